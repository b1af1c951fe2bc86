"""All addresses, by room. Every page names its permission at its view."""

from __future__ import annotations

from django.urls import include, path

ROOMS = (
    "field",
    "vault",
    "dictionary",
    "intake",
    "registry",
    "identity",
    "forms",
    "risk",
    "dispatch",
    "feedback",
    "insight",
    "publish",
    "sharing",
    "resident",
    "jobs",
    "ui",
)

urlpatterns = [
    # Phones first: they call most often, and every address passed on the way costs each call its time.
    path("", include("wangge_server.feedback.phone_urls")),
    *(path("", include(f"wangge_server.{room}.urls")) for room in ROOMS),
]
handler403 = "wangge_server.ui.views.entrance.refused"
handler404 = "wangge_server.ui.views.entrance.not_found"
handler500 = "wangge_server.ui.views.entrance.failed"
