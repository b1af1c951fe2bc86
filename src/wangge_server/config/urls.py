"""All addresses, by room. Every page names its permission at its view."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("wangge_server.ui.urls")),
]
