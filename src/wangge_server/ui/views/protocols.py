"""Protocols: which version answers which day, what each says in words, and two people who sign one into force."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wangge.exposure import SignedProtocol, parse_protocol, protocol_texts, protocols
from wangge.risk import rules
from wangge_server.accounts.key_actions import make_signing_key
from wangge_server.accounts.queries import signing_key
from wangge_server.emergency import protocol_actions as actions
from wangge_server.emergency import protocol_queries as queries
from wangge_server.exposure.protocol_words import dues, proposes, sentences
from wangge_server.exposure.words import place_words
from wangge_server.policy.gate import gate
from wangge_server.policy.scope import may
from wangge_server.policy.second import is_second


@gate("protocol.view")
def protocol(request: HttpRequest) -> HttpResponse:
    """Every version with its days and who signed it, and day by day which one answers."""
    lang, today = get_language() or "zh-hans", timezone.localdate()
    month, signed = _month(request, today), {one.label: one for one in queries.versions()}
    shelf = [p for p in protocols().values() if not p.example]
    known = [parse_protocol(one.text, one.label) for one in signed.values()]
    both = {p.label: p for p in (*shelf, *known)}
    now = [p.label for p in both.values() if p.covers(today) and _stands(signed.get(p.label))]
    return render(request, "ui/protocols.html", {
        "head": {"title": _("方案与规则"), "answer": _("今天生效：%(label)s") % {"label": "、".join(now)} if now else _("今天没有生效的方案"), "as_of": today},
        "versions": [_row(p, signed.get(p.label)) for p in sorted(both.values(), key=lambda p: (p.name, p.start))],
        "month": month, "before": _step(month, -1), "after": _step(month, 1),
        "days": [(name, queries.answers(name, month, calendar.monthrange(month.year, month.month)[1])) for name in sorted({p.name for p in both.values()})],
        "rules": [{"name": r.name, "grade": r.grade, "text": r.explanation.get(lang, r.explanation["zh-hans"])} for r in rules()],
    })  # fmt: skip


@gate("protocol.view")
def protocol_version(request: HttpRequest, label: str) -> HttpResponse:
    """One version in words, its signatures, and what this reader may do now."""
    version, text = queries.version_by_label(label), _text(label)
    found = parse_protocol(text, label)
    signs = may(request, "protocol.sign")
    waits = version is not None and version.in_force_at is None
    return render(request, "ui/protocol_version.html", {
        "head": {"title": found.label, "answer": _state(version)[1], "as_of": timezone.now()},
        "protocol": found, "version": version, "sentences": sentences(found), "dues": dues(found),
        "minutes": [(place_words(k), n, proposes(found, k)) for k, n in found.min_minutes.items()],
        "digest": queries.digest_of(text), "text": text, "needs_key": signs and (version is None or waits) and signing_key(request.user) is None,  # type: ignore[arg-type]
        "can_propose": signs and version is None and not found.example,
        "can_sign": signs and waits and is_second("protocol.sign", version.first_by, request.user),  # type: ignore[union-attr]
        "can_withdraw": signs and waits and version.first_by_id == request.user.pk,  # type: ignore[union-attr]
        "breadcrumb": [{"label": _("方案与规则"), "url": reverse("protocol")}, {"label": found.label}],
    })  # fmt: skip


@require_POST
@gate("protocol.sign")
def protocol_sign(request: HttpRequest, label: str) -> HttpResponse:
    """The first signs a version of the shelf, the second the version that waits."""
    same: dict[str, Any] = {
        "passphrase": request.POST.get("passphrase", ""),
        "by": request.user,
        "purpose": request.purpose,  # type: ignore[attr-defined]
    }  # type: ignore[attr-defined]
    if queries.version_by_label(label) is None:
        actions.propose_protocol(text=_text(label), **same)
        messages.info(request, _("已签名，等另一部门的人签名后生效。"))
    else:
        actions.sign_protocol(label=label, digest=request.POST.get("digest", ""), **same)
        messages.success(request, _("两人均已签名，方案生效。"))
    return redirect("protocol_version", label=label)


@require_POST
@gate("protocol.sign")
def protocol_withdraw(request: HttpRequest, label: str) -> HttpResponse:
    """Whoever signed first takes it back."""
    if queries.version_by_label(label) is None:
        raise Http404
    actions.withdraw_protocol(label=label, by=request.user, purpose=request.purpose)  # type: ignore[attr-defined]
    messages.success(request, _("已撤回。"))
    return redirect("protocol")


@require_POST
@gate("key.make")
def protocol_key(request: HttpRequest) -> HttpResponse:
    """Make one's own signing key."""
    make_signing_key(passphrase=request.POST.get("passphrase", ""), by=request.user, purpose=request.purpose)  # type: ignore[attr-defined]
    messages.success(request, _("签名密钥已生成。口令不保存在任何地方，请记牢。"))
    return redirect("protocol")


# ---- parts ------------------------------------------------------------------------------------------------


def _text(label: str) -> str:
    """What was signed; the file of the shelf where nobody has signed it yet."""
    version = queries.version_by_label(label)
    text = version.text if version is not None else protocol_texts().get(label)
    if text is None:
        raise Http404
    return text


def _stands(version: Any) -> bool:
    return version is not None and version.in_force_at is not None


def _state(version: Any) -> tuple[str, str]:
    """Tone and word."""
    if version is None:
        return "", _("未签发")
    return ("good", _("已签发")) if _stands(version) else ("warn", _("待第二人签名"))


def _row(p: SignedProtocol, version: Any) -> dict[str, Any]:
    tone, word = _state(version)
    people = [one for one in (version.first_by, version.second_by) if one] if version else []
    return {"label": p.label, "start": p.start, "end": p.end, "lookback": p.lookback_days, "tone": tone, "word": word,
            "by": "、".join(one.name or one.username for one in people)}  # fmt: skip


def _month(request: HttpRequest, today: dt.date) -> dt.date:
    """The month of ?month=2026-09; this one for anything else."""
    try:
        return dt.date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        return today.replace(day=1)


def _step(month: dt.date, n: int) -> str:
    years, rest = divmod(month.month - 1 + n, 12)
    year = min(max(month.year + years, dt.MINYEAR), dt.MAXYEAR)
    return f"{year:04d}-{rest + 1:02d}"
