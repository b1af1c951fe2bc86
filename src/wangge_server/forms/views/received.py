"""What came in: which submissions count, which wait for a person and why. Only for whoever holds the form's purpose."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST

from wangge.base.errors import WanggeError
from wangge.forms.submission import read_submission
from wangge.forms.xform import XForm
from wangge_server.base.ledger import Column, cut, ledger
from wangge_server.base.panel import panel
from wangge_server.forms import queries
from wangge_server.forms.actions import review_submission
from wangge_server.forms.submissions import shown
from wangge_server.policy.gate import gate
from wangge_server.policy.reads import record_read
from wangge_server.policy.scope import may

STATES: dict[str, tuple[str, Any]] = {
    "accepted": ("good", gettext_lazy("已采用")), "held": ("warn", pgettext_lazy("submission", "待复核")),
    "conflict": ("bad", gettext_lazy("编号冲突")), "replaced": ("unknown", gettext_lazy("已被更正")),
    "refused": ("unknown", gettext_lazy("已搁置")),
}  # fmt: skip
COLUMNS = (
    Column("at", gettext_lazy("收到时间"), order="received_at"), Column("form", gettext_lazy("表单"), order="form_id"),
    Column("state", gettext_lazy("状态"), order="state"), Column("why", gettext_lazy("原因")),
    Column("by", gettext_lazy("报送人"), hide="narrow"), Column("grid", pgettext_lazy("one", "网格"), hide="narrow"),
)  # fmt: skip


@gate("submission.view")
def submissions(request: HttpRequest) -> HttpResponse:
    """Everything received for this purpose, what waits first by filter. No answers here: those open one by one."""
    rows, state = _visible(request), request.GET.get("state", "")
    waiting = rows.filter(state__in=("held", "conflict"), reviewed_at=None).count()
    total = rows.count()
    page = cut(request, rows.filter(state=state) if state in STATES else rows, COLUMNS, sort="-at")
    record_read(request, "submissions_list", [str(one.pk) for one in page.items])
    return render(request, "forms/forms.html", {
        "head": {"title": _("收到的报送"), "answer": _("等待复核"), "number": waiting, "of": total, "as_of": timezone.now()},
        "ledger": ledger(page, [_line(one) for one in page.items], title=_("收到的报送"), id="received", filters=[
            {"name": "state", "label": _("状态"), "kind": "select", "value": state,
             "options": [{"value": "", "label": _("全部")}, *({"value": k, "label": w} for k, (_t, w) in STATES.items())]}],
            empty={"title": _("还没有收到报送"), "text": _("发布表单、发放设备码之后，报送会出现在这里。")}),
    })  # fmt: skip


def _visible(request: HttpRequest) -> Any:
    return queries.submissions_for(request.user, request.purpose, request.decision.relation)  # type: ignore[attr-defined]


def _line(one: Any) -> dict[str, Any]:
    tone, word = STATES[one.state]
    url = reverse("submission", args=[one.pk])
    codes = sorted({problem["code"] for problem in one.problems})
    return {"id": str(one.pk), "url": url, "cells": [
        {"kind": "link", "text": f"{timezone.localtime(one.received_at):%Y-%m-%d %H:%M}", "url": url},
        f"{one.form_id} {one.version_said}".strip(), {"kind": "badge", "tone": tone, "word": word}, "、".join(codes) or "—",
        one.by.name, one.grid_code or "—"]}  # fmt: skip


@gate("submission.view")
def submission(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One submission: its answers as far as the purpose grants, and what does not hold."""
    return _page(request, _one(request, pk))


def _one(request: HttpRequest, pk: UUID) -> Any:
    found = _visible(request).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _page(request: HttpRequest, one: Any, error: WanggeError | None = None) -> HttpResponse:
    tone, word = STATES[one.state]
    form = queries.read_form(one.version) if one.version else None
    record_read(request, "submission", [str(one.pk)])
    problems = [
        {"code": problem["code"], **_reason(problem), "label": _label(form, problem["path"])}
        for problem in one.problems
    ]
    return render(request, "forms/submission.html", {
        "head": {"title": one.version.title if one.version else one.form_id, "answer": word, "as_of": one.received_at},
        "one": one, "tone": tone, "word": word, "problems": problems, "error": panel(error) if error else None,
        "answers": _answers(request, one, form) if form else [], "files": one.files.values_list("name", flat=True),
        "can_review": one.state == "held" and may(request, "submission.review"), "is_mine": one.by_id == request.user.pk,
        "breadcrumb": [{"label": _("收到的报送"), "url": reverse("submissions")}, {"label": one.form_id}],
    }, status=400 if error else 200)  # fmt: skip


def _reason(problem: dict[str, str]) -> dict[str, str]:
    """What its number says, with the facts about the form that go with it."""
    found = panel(WanggeError(problem["code"], path=problem["path"].rsplit("/", 1)[-1], what=problem.get("what", ""),
                              type=problem.get("what", "")))  # fmt: skip
    return {"what": found["what"], "todo": found["todo"]}


def _label(form: XForm | None, path: str) -> str:
    question = form.questions.get(path) if form else None
    return (question.label or question.name) if question else path.rsplit("/", 1)[-1]


def _answers(request: HttpRequest, one: Any, form: XForm) -> list[dict[str, Any]]:
    """Answers as lines; questions whose element is not granted are absent."""
    root = read_submission(bytes(one.xml)).root
    return list(_lines(form, shown(form, one.version.elements, request.decision.elements, root), f"/{form.root}", ""))  # type: ignore[attr-defined]


def _lines(form: XForm, group: dict[str, Any], path: str, turn: str) -> Any:
    for name, value in group.items():
        below = f"{path}/{name}"
        if isinstance(value, list):
            for number, one in enumerate(value, 1):
                yield from _lines(form, one, below, f"{turn}{number}")
        elif isinstance(value, dict) and "coordinates" not in value:
            yield from _lines(form, value, below, turn) if name != "meta" else ()
        elif value is not None:
            said = ", ".join(map(str, value["coordinates"])) if isinstance(value, dict) else value
            yield {"label": _label(form, below), "turn": turn, "value": said}


@require_POST
@gate("submission.review")
def review(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Settle what waits: check anew, let what holds count, or set aside."""
    verdict = request.POST.get("verdict", "")
    if verdict not in ("again", "accept", "refuse"):
        raise Http404
    found = _one(request, pk)
    try:
        review_submission(
            submission=found,
            verdict=verdict,
            now=timezone.now(),
            by=request.user,
            purpose=request.purpose,  # type: ignore[attr-defined]
        )  # type: ignore[attr-defined]
    except WanggeError as why:
        return _page(request, found, why)
    messages.success(request, _("已处理：%(state)s") % {"state": STATES[found.state][1]})
    return redirect("submission", pk=pk)
