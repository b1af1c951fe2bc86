"""All addresses, by room. Every page names its permission at its view."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("wangge_server.ui.urls")),
    path("", include("wangge_server.field.urls")),
    path("", include("wangge_server.feedback.phone_urls")),
]
