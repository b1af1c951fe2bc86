"""What every page of the console shows around its own content: menu, purpose bar, emergency."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from wangge import policy
from wangge_server.emergency.queries import current_emergency, current_phase
from wangge_server.policy.gate import chosen_purpose

# The menu in the order of the way: key, label, address, icon, permission.
MENU = ()


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context for the frame of a page; nothing for people who have not come in."""
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return {}
    purpose, phase = chosen_purpose(request), current_phase()
    emergency = current_emergency()
    return {
        "menu": [
            {
                "key": key,
                "label": label,
                "url": reverse(url),
                "icon": icon,
                "active": request.path.startswith(reverse(url)),
            }
            for key, label, url, icon, permission in MENU
            if policy.decide(request.user.role, purpose, permission, phase).allowed
        ],
        "purpose": _purpose(request, purpose, emergency),
        "purposes": [_purpose(request, code, emergency) for code in policy.purposes_for(request.user.role)],
        "emergency": emergency,
    }


def _purpose(request: HttpRequest, code: str, emergency: Any) -> dict[str, Any]:
    lang = getattr(request, "LANGUAGE_CODE", "zh-hans")
    row = policy.table()["purpose"].get(code)
    if row is None:
        return {"code": code, "label": _("无目的"), "basis": "", "until": None}
    return {
        "code": code,
        "label": row["label"].get(lang, row["label"]["zh-hans"]),
        "basis": row["basis"].get(lang, row["basis"]["zh-hans"]),
        "until": emergency.review_on if emergency else None,
    }
