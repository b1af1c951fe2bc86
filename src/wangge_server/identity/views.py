"""The desk: rows that may be one person or several, side by side; a person says, and can take it back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_POST

from wangge_server.base.ledger import Column, cut, ledger
from wangge_server.geography.queries import area_names
from wangge_server.identity import actions, queries
from wangge_server.identity.models import Group
from wangge_server.identity.words import SAYS, STATES, marked, places_apart, reason_words
from wangge_server.intake.words import list_words
from wangge_server.policy.gate import gate
from wangge_server.policy.reads import record_read
from wangge_server.policy.scope import may, rows_in
from wangge_server.registry.queries import people_by_id
from wangge_server.registry.words import RELATIONS, SEX, masked_number, masked_phone

ELEMENTS = (
    ("name", gettext_lazy("姓名")), ("sex", gettext_lazy("性别")), ("birth_date", gettext_lazy("出生日期")),
    ("id_number", gettext_lazy("证件号码")), ("phone", gettext_lazy("电话")), ("address", gettext_lazy("地址")),
    ("relation_to_head", gettext_lazy("与户主关系")),
)  # fmt: skip


@gate("review.view")
def desk(request: HttpRequest) -> HttpResponse:
    """How many groups wait, and the queue: every grid in its turn."""
    area = rows_in(request)
    counts, state = queries.counts_in(area), request.GET.get("state", "open")
    state = state if state in STATES else "open"
    done, waiting = counts["settled"], counts["open"] + counts["second"] + counts["later"]
    columns = [
        Column("why", gettext_lazy("为什么要看")), Column("grid", pgettext_lazy("one", "网格"), hide="narrow"),
        Column("rows", gettext_lazy("行数"), numeric=True),
    ]  # fmt: skip
    page = cut(request, queries.groups_in(area, state=state), columns)
    names = area_names("grid", request.user.area_code)  # type: ignore[union-attr]
    rows = [
        {"id": one.group_id, "url": reverse("desk_group", args=[one.group_id]), "cells": [
            {"kind": "link", "text": reason_words(one.reason), "url": reverse("desk_group", args=[one.group_id])},
            names.get(one.grid_code or "", one.grid_code or _("未落格")), one.n_rows]}
        for one in page.items]  # fmt: skip
    return render(request, "identity/desk.html", {
        "head": {"title": _("并档复核"), "answer": _("已判断"), "number": done, "of": done + waiting, "unit": _("组"),
                 "as_of": timezone.now()},
        "cards": [{"label": word, "value": counts[key], "unit": _("组"), "href": f"?state={key}"}
                  for key, word in STATES.items()],
        "state": state, "may_settle": may(request, "review.settle") and waiting > 0,
        "ledger": ledger(page, rows, title=STATES[state], id="groups",
                         empty={"title": _("没有要判断的组"), "text": _("现在没有机器拿不准、等人判断的。")}),
    })  # fmt: skip


@gate("review.settle")
def following(request: HttpRequest) -> HttpResponse:
    """Straight to the next group."""
    found = queries.next_for(rows_in(request), request.user)
    return redirect("desk_group", group_id=found.group_id) if found else redirect("desk")


@gate("review.view")
def group(request: HttpRequest, group_id: str) -> HttpResponse:
    """One group: its people side by side, what differs marked."""
    found = _group(request, group_id)
    rows = queries.rows_of(found)
    people = people_by_id(list(dict.fromkeys(row.person_id for row in rows)))
    said, elements = list(queries.verdicts_of(found)), request.decision.elements  # type: ignore[attr-defined]
    open_one = queries.waiting_verdict(found)
    mine = queries.last_of(request.user)
    record_read(request, "review", [one.person_id for one in people])
    numbers = [one.id_number for one in people if one.id_number] if "person.id_number" in elements else []
    return render(request, "identity/group.html", {
        "head": {"title": _("是不是同一人？"), "answer": reason_words(found.reason), "as_of": timezone.now()},
        "group": found, "state": STATES[found.state], "people": people, "lines": _lines(people, elements),
        "sources": [[(list_words(row.list_name), row.row) for row in rows if row.person_id == one.person_id]
                    for one in people],
        "apart": places_apart(numbers), "said": [(one, SAYS[one.says]) for one in said],
        "settles": may(request, "review.settle") and found.state in ("open", "later"),
        "seconds": may(request, "review.settle") and found.state == "second" and open_one is not None
                   and open_one.by_id != request.user.pk,
        "proposed": open_one and SAYS[open_one.says], "mine": mine,
        "left": queries.counts_in(rows_in(request))["open"],
        "breadcrumb": [{"label": _("并档复核"), "url": reverse("desk")}, {"label": _("一组")}],
    })  # fmt: skip


@require_POST
@gate("review.settle")
def settle(request: HttpRequest, group_id: str) -> HttpResponse:
    """Same, different, later, or the second person's yes or no; then the next group."""
    found, what = _group(request, group_id), request.POST.get("what", "")
    same: dict[str, Any] = {"by": request.user, "purpose": request.purpose}  # type: ignore[attr-defined]
    if what in SAYS:
        ids = {row.person_id for row in queries.rows_of(found)}
        chosen = [one for one in request.POST.getlist("person") if one in ids] or sorted(ids)
        numbers = {one.id_number for one in people_by_id(chosen) if one.id_number}
        made = actions.settle(group=found, says=what, people=chosen, numbers=len(numbers), **same)
        messages.success(request, _("已记下，等第二人复看。") if made.needs_two else _("已记下，下次运算时生效。"))
    elif what == "later":
        actions.put_off(group=found, **same)
    elif what in ("agree", "disagree"):
        verdict = queries.waiting_verdict(found)
        if verdict is None:
            raise Http404
        actions.second(verdict=verdict, agrees=what == "agree", **same)
        messages.success(request, _("已复看。"))
    else:
        raise Http404
    return redirect("desk_next")


@require_POST
@gate("review.settle")
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one's own newest verdict back."""
    verdict = queries.last_of(request.user)
    if verdict is None or verdict.pk != pk:
        raise Http404
    actions.undo(verdict=verdict, by=request.user, purpose=request.purpose)  # type: ignore[attr-defined]
    messages.success(request, _("已撤销，这一组重新等待判断。"))
    return redirect("desk_group", group_id=verdict.group_id)


# ---- parts ------------------------------------------------------------------------------------------------


def _group(request: HttpRequest, group_id: str) -> Group:
    found = queries.group_in(rows_in(request), group_id)
    if found is None:
        raise Http404
    return found


def _lines(people: list[Any], elements: frozenset[str]) -> list[dict[str, Any]]:
    """Element by element, the values of all people. -> [{label, cells: [pieces or None], differs}]"""
    lines = []
    for name, word in ELEMENTS:
        if f"person.{name}" not in elements:
            continue
        raw = [_text(name, getattr(one, name)) for one in people]
        cells = marked(raw)
        lines.append({"label": word, "cells": cells, "differs": len({one for one in raw if one is not None}) > 1})
    lines.append({"label": _("名单数"), "differs": False, "cells": [
        [(ngettext("%(n)d 行名单", "%(n)d 行名单", one.n_rows) % {"n": one.n_rows}, False)] for one in people]})  # fmt: skip
    return lines


def _text(name: str, value: Any) -> str | None:
    if value in (None, ""):
        return None
    if name == "sex":
        return str(SEX[value]) if value in SEX else None
    if name == "relation_to_head":
        return str(RELATIONS.get(value, value))
    if name == "id_number":
        return masked_number(value)
    return masked_phone(value) if name == "phone" else str(value)
