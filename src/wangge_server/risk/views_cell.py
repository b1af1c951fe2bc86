"""The joint cell: what the machine proposes today, what differs, what the guard found, and three seats to sign."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wangge.risk import explain, reasons
from wangge_server.accounts.key_actions import make_signing_key, revoke_signing_key
from wangge_server.accounts.queries import signing_key
from wangge_server.base.ledger import Column, cut, ledger
from wangge_server.exposure.words import evidence_words
from wangge_server.policy.gate import gate
from wangge_server.policy.queries import label
from wangge_server.policy.reads import record_read
from wangge_server.policy.scope import may, rows_in
from wangge_server.policy.second import is_second
from wangge_server.risk import cell_actions, cell_queries

STATES: dict[str, tuple[str, Any]] = {
    "proposed": ("warn", gettext_lazy("待三方签名")), "signed": ("good", gettext_lazy("已签发")),
    "refused": ("bad", gettext_lazy("不予签发")), "recalled": ("bad", gettext_lazy("已召回")),
    "superseded": ("", gettext_lazy("已被新的一批取代")),
}  # fmt: skip
CHANGES = {
    "came": gettext_lazy("新列入"), "stronger": gettext_lazy("升高"), "weaker": gettext_lazy("降低"),
    "other": gettext_lazy("依据或期限变了"), "same": gettext_lazy("不变"), "ended": gettext_lazy("不再列入"),
    "held_back": gettext_lazy("没有新依据，不续"),
}  # fmt: skip
ATTRIBUTES = {"list": gettext_lazy("来源名单"), "registered_area": gettext_lazy("证件首次登记地"), "bank": gettext_lazy("开户银行"),
              "employer": gettext_lazy("单位")}  # fmt: skip
HOME = "person__household__grid_code"


@gate("cell.view")
def cell(request: HttpRequest, pk: UUID | None = None) -> HttpResponse:
    """A batch as this seat may see it; the one that waits, or the newest. Looking is recorded."""
    found = cell_queries.batch_by_id(pk) if pk else cell_queries.waiting() or cell_queries.batches().first()
    if pk and found is None:
        raise Http404
    if found is None:
        return render(
            request,
            "risk/cell.html",
            {"head": {"title": _("联席研判"), "answer": _("还没有待签的批次")}, "batch": None},
        )
    decision = request.decision  # type: ignore[attr-defined]
    area = rows_in(request, HOME)
    columns = [] if decision.relation == "counts" else cell_queries.columns_for(decision.elements)
    if found.state == "proposed" and request.user.role in cell_queries.seats():  # type: ignore[union-attr]
        cell_actions.record_sight(
            batch=found, columns=columns, area=area, by=request.user, purpose=request.purpose  # type: ignore[attr-defined]
        )  # fmt: skip
    tone, word = STATES[found.state]
    return render(request, "risk/cell.html", {
        "head": {"title": _("联席研判"), "answer": word, "number": sum(found.counts.values()), "unit": _("人"), "as_of": found.as_of},
        "batch": found, "tone": tone, "word": word, "late": found.state == "proposed" and found.expires_at <= timezone.now(),
        "cards": _cards(found), "changes": _changes(found), "seats": _seats(found), "guard": _guard(found),
        "checked": [ATTRIBUTES.get(name, name) for name in found.checked],
        "planned": cell_queries.planned(found.pk) if cell_queries.planned else None,
        "ledger": _rows(request, found, columns, area) if columns else None, **_acts(request, found),
        "others": [(one, *STATES[one.state]) for one in cell_queries.batches().exclude(pk=found.pk)[:10]],
    })  # fmt: skip


@require_POST
@gate("cell.sign")
def sign(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One seat signs the number on its page."""
    _found(pk)
    batch = cell_actions.sign_batch(
        batch_id=pk, digest=request.POST.get("digest", ""), passphrase=request.POST.get("passphrase", ""),
        by=request.user, purpose=request.purpose,  # type: ignore[attr-defined]
    )  # fmt: skip
    messages.success(
        request, _("三方签名齐全，已生效并派单。") if batch.state == "signed" else _("已签名，等待其余席位。")
    )
    return redirect("cell_batch", pk=pk)


@require_POST
@gate("cell.answer")
def answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Somebody answers by name for what the guard found."""
    _found(pk)
    cell_actions.answer_guard(
        batch_id=pk, **{key: request.POST.get(key, "") for key in ("attribute", "value", "reason")},
        by=request.user, purpose=request.purpose,  # type: ignore[attr-defined]
    )  # fmt: skip
    messages.info(request, _("答复已留痕。"))
    return redirect("cell_batch", pk=pk)


@require_POST
@gate("cell.recall")
def recall(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The first person asks to take a signed batch back; the second, of another department, agrees."""
    batch, same = _found(pk), {"by": request.user, "purpose": request.purpose}  # type: ignore[attr-defined]
    if cell_queries.recall_of(batch) is None:
        cell_actions.ask_recall(batch_id=pk, reason=request.POST.get("reason", ""), **same)
        messages.info(request, _("已提出召回，等待另一部门的人同意。"))
    else:
        cell_actions.agree_to_recall(batch_id=pk, **same)
        messages.success(request, _("已召回：等级失效，未结的已撤回，已有结果的保留。"))
    return redirect("cell_batch", pk=pk)


@require_POST
@gate("key.make")
def key(request: HttpRequest) -> HttpResponse:
    """Make one's own signing key."""
    make_signing_key(passphrase=request.POST.get("passphrase", ""), by=request.user, purpose=request.purpose)  # type: ignore[attr-defined]
    messages.success(request, _("签名密钥已生成。口令不保存在任何地方，请记牢。"))
    return redirect("cell")


@require_POST
@gate("key.revoke")
def revoke(request: HttpRequest) -> HttpResponse:
    """Revoke one's own signing key."""
    revoke_signing_key(by=request.user, purpose=request.purpose)  # type: ignore[attr-defined]
    messages.success(request, _("签名密钥已吊销。"))
    return redirect("cell")


def _found(pk: UUID) -> Any:
    found = cell_queries.batch_by_id(pk)
    if found is None:
        raise Http404
    return found


def _cards(batch: Any) -> list[dict[str, Any]]:
    total = sum(batch.counts.values())
    words = (("red", _("红"), "bad"), ("yellow", _("黄"), "warn"), ("blue", _("蓝"), ""))
    return [{"label": _("%(tier)s色") % {"tier": word}, "value": batch.counts.get(tier, 0), "of": total, "unit": _("人"),
             "tone": tone, "grade": tier} for tier, word, tone in words]  # fmt: skip


def _changes(batch: Any) -> list[tuple[Any, int]]:
    return [(word, batch.changes.get(name, 0)) for name, word in CHANGES.items()]


def _seats(batch: Any) -> list[dict[str, Any]]:
    signed, lang = {one.seat: one for one in cell_queries.signatures_of(batch)}, get_language() or "zh-hans"
    return [{"label": label("role", seat, lang), "by": signed.get(seat)} for seat in cell_queries.seats()]


def _guard(batch: Any) -> list[dict[str, Any]]:
    answered, words = cell_queries.answers_of(batch), reasons("guard_reason", get_language() or "zh-hans")
    found = []
    for alarm in batch.alarms:
        said = answered.get((alarm["attribute"], alarm["value"]))
        found.append({**alarm, "label": ATTRIBUTES.get(alarm["attribute"], alarm["attribute"]), "said": said,
                      "percent": f"{alarm['likeness']:.0%}", "best": f"{alarm['best_epidemiology']:.0%}",
                      "reason": words.get(said.reason, "") if said else ""})  # fmt: skip
    return found


def _acts(request: HttpRequest, batch: Any) -> dict[str, Any]:
    """What this reader may do now. The actions ask again."""
    lang, recall = get_language() or "zh-hans", cell_queries.recall_of(batch)
    waits = batch.state == "proposed" and batch.expires_at > timezone.now()
    mine = request.user.pk in {one.by_id for one in cell_queries.signatures_of(batch)}
    seat = may(request, "cell.sign")
    return {
        "seat": seat, "mine": mine, "key": signing_key(request.user) if seat else None,  # type: ignore[arg-type]
        "can_sign": waits and seat and not mine and not cell_queries.unanswered(batch),
        "can_answer": waits and may(request, "cell.answer"), "guard_reasons": reasons("guard_reason", lang),
        "recall": recall, "recall_reasons": reasons("recall_reason", lang),
        "recall_words": reasons("recall_reason", lang).get(recall.reason, "") if recall else "",
        "can_recall": batch.state == "signed" and recall is None and may(request, "cell.recall"),
        "can_agree": bool(recall and recall.agreed_at is None and may(request, "cell.recall")
                          and is_second("cell.recall", recall.asked_by, request.user)),
    }  # fmt: skip


def _rows(request: HttpRequest, batch: Any, columns: list[str], area: dict[str, str]) -> dict[str, Any]:
    elements, lang = request.decision.elements, get_language() or "zh-hans"  # type: ignore[attr-defined]
    heads = [*([Column("name", gettext_lazy("姓名"), width="96px")] if "person.name" in elements else []),
             Column("change", gettext_lazy("与上一批比"), order="change"), Column("grade", gettext_lazy("建议等级"), order="weight"),
             *([Column("why", gettext_lazy("为什么"))] if "rules" in columns else []),
             *([Column("evidence", gettext_lazy("依据"), hide="narrow")] if "evidence" in columns else []),
             Column("until", gettext_lazy("到期"), order="expires_on", width="112px")]  # fmt: skip
    changed = request.GET.get("show", "") == "changed"
    page = cut(request, cell_queries.rows_of(batch, changed=changed, area=area), heads)
    record_read(request, "cell_batch", [row.person_id for row in page.items], batch=str(batch.pk), columns=columns)
    lines = [{"id": row.person_id, "cells": [
        *([row.person.name] if "person.name" in elements else []), str(CHANGES[row.change]), {"kind": "grade", "grade": row.grade},
        *([explain(row.rules[0], lang)] if "rules" in columns else []),
        *([evidence_words(row.evidence)] if "evidence" in columns else []),
        {"kind": "time", "value": row.expires_on}]} for row in page.items]  # fmt: skip
    options = [{"value": "", "label": _("全部")}, {"value": "changed", "label": _("只看变化")}]
    return ledger(page, lines, title=_("拟定名单"), id="proposed", filters=[
        {"name": "show", "label": _("范围"), "kind": "select", "value": "changed" if changed else "", "options": options}],
        empty={"title": _("没有变化"), "text": _("与上一批相同。")})  # fmt: skip
