"""The product's addresses and, for comparison only, the peer's."""

from django.urls import include, path

from bench.sync_peer import api

urlpatterns = [path("peer/", api.urls), path("", include("wangge_server.config.urls"))]
