"""The end of an emergency's data, for the two who answer for it."""

from __future__ import annotations

import base64
import json
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from procrastinate.contrib.django import app

from wangge import vault
from wangge_server.accounts.key_actions import make_signing_key
from wangge_server.accounts.queries import signing_key
from wangge_server.emergency.queries import current_emergency
from wangge_server.policy.gate import gate
from wangge_server.policy.scope import may
from wangge_server.policy.second import is_second
from wangge_server.vault import queries
from wangge_server.vault.actions import approve_sunset, propose_sunset, sign_certificate
from wangge_server.vault.clocks import clocks
from wangge_server.vault.models import Sunset
from wangge_server.vault.words import table_words

STATES: dict[str, tuple[str, Any]] = {
    "": ("neutral", gettext_lazy("尚未提出")), "proposed": ("warn", gettext_lazy("待另一单位批准")),
    "approved": ("warn", gettext_lazy("正在销毁")), "destroyed": ("warn", gettext_lazy("密钥已销毁，正在逐字节检查")),
    "searched": ("warn", gettext_lazy("证书已写出，待两人签署")), "certified": ("good", gettext_lazy("已销毁，证书已由两人签署")),
}  # fmt: skip


@gate("sunset.view")
def sunset(request: HttpRequest) -> HttpResponse:
    """Where the end stands, what will go, what stays, and the next act of whoever looks."""
    emergency = current_emergency()
    found = queries.sunset_of(emergency.code) if emergency else None
    tone, word = STATES[found.state if found else ""]
    first = found.proposed_by if found is not None and found.state == "proposed" else None
    rows = (found.before if found and found.before else None) or queries.event_rows()
    return render(request, "vault/sunset.html", {
        "head": {"title": _("数据销毁"), "answer": word, "as_of": timezone.now()},
        "emergency": emergency, "sunset": found, "tone": tone, "word": word,
        "rows": [(table_words(name), n) for name, n in sorted(rows.items())], "n_rows": sum(rows.values()),
        "certificate": found.certificate if found else None,
        "can_propose": emergency is not None and emergency.phase == "ended" and found is None and may(request, "sunset.propose"),
        "can_approve": first is not None and may(request, "sunset.approve") and is_second("sunset.approve", first, request.user),
        **_signing(request, found), "signers": _signers(found),
        "waits_for_end": emergency is not None and emergency.phase != "ended",
        "clocks": [] if found is not None and found.destroyed_at else _clocks(),
    })  # fmt: skip


@require_POST
@gate("sunset.propose")
def propose(request: HttpRequest) -> HttpResponse:
    """Say that it shall end, and why."""
    emergency, reason = current_emergency(), request.POST.get("reason", "").strip()
    if emergency is None:
        raise Http404
    if not reason:
        messages.error(request, _("请写明理由和文号。"))
        return redirect("sunset")
    propose_sunset(emergency=emergency, reason=reason, by=request.user, purpose=request.purpose)  # type: ignore[attr-defined]
    messages.info(request, _("已提出，等待另一单位批准。"))
    return redirect("sunset")


@require_POST
@gate("sunset.approve")
def approve(request: HttpRequest) -> HttpResponse:
    """The second person agrees; the job worker begins."""
    found = _current()
    with transaction.atomic():
        approve_sunset(sunset=found, now=timezone.now(), by=request.user, purpose=request.purpose)  # type: ignore[attr-defined]
        app.configure_task("carry_sunset").defer(sunset_id=str(found.pk))
    messages.success(request, _("已批准，正在销毁。完成后需两人签署证书。"))
    return redirect("sunset")


@require_POST
@gate("key.make")
def key(request: HttpRequest) -> HttpResponse:
    """Make one's own signing key, before the certificate waits for it."""
    make_signing_key(passphrase=request.POST.get("passphrase", ""), by=request.user, purpose=request.purpose)  # type: ignore[attr-defined]
    messages.success(request, _("签名密钥已生成。口令不保存在任何地方，请记牢。"))
    return redirect("sunset")


@require_POST
@gate("sunset.sign")
def sign(request: HttpRequest) -> HttpResponse:
    """One of the two signs what was found."""
    found = sign_certificate(
        sunset=_current(), passphrase=request.POST.get("passphrase", ""), now=timezone.now(),
        by=request.user, purpose=request.purpose,  # type: ignore[attr-defined]
    )  # fmt: skip
    messages.success(
        request, _("两人均已签署，证书生效。") if found.state == "certified" else _("已签署，等待另一人签署。")
    )
    return redirect("sunset")


def _clocks() -> list[dict[str, Any]]:
    """What goes before the end already: what it is, after how many days of each tier, and which rows stay longer."""
    lang = get_language() or "zh-hans"
    return [{"what": clock.words[lang], "days": list(clock.days.items()),
             "unless": clock.unless.get(lang, "")} for clock in clocks()]  # fmt: skip


def _signers(found: Sunset | None) -> list[dict[str, str]]:
    """Who signed, with the fingerprint that is compared over the telephone."""
    rows = (found.certificate or {}).get("signatures", []) if found is not None else []
    return [{"name": one["name"], "unit": one["unit"], "key": vault.fingerprint(one["public"])} for one in rows]


def _signing(request: HttpRequest, found: Sunset | None) -> dict[str, Any]:
    """What whoever looks may do about the certificate: sign it, make a key first, or nothing, being another person."""
    user: Any = request.user
    answers = found is not None and user.pk in (found.proposed_by_id, found.approved_by_id)
    if found is None or not answers or found.state == "certified" or not may(request, "sunset.sign"):
        return {"can_sign": False, "needs_key": False, "own_key": None}
    mine = signing_key(user)
    signed = any(one["unit"] == user.unit_code for one in (found.certificate or {}).get("signatures", []))
    own = vault.fingerprint(base64.b64encode(bytes(mine.public)).decode()) if mine else None
    return {
        "can_sign": found.state == "searched" and mine is not None and not signed,
        "needs_key": mine is None,
        "own_key": own,
    }


@gate("sunset.view")
def certificate(request: HttpRequest) -> HttpResponse:
    """The certificate as a file, to be checked elsewhere."""
    found = _current()
    if not found.certificate:
        raise Http404
    body = json.dumps(found.certificate, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    response = HttpResponse(body, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="sunset-{found.emergency_id}.json"'
    return response


def _current() -> Any:
    emergency = current_emergency()
    found = queries.sunset_of(emergency.code) if emergency else None
    if found is None:
        raise Http404
    return found
