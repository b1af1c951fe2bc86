"""The monthly check: which doors are due, and what was said at one of them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from wangge.base.errors import WanggeError
from wangge_server.base.ledger import Column, cut, ledger
from wangge_server.base.panel import panel
from wangge_server.dispatch.queries import grids_of
from wangge_server.field.forms import MOST_NEWCOMERS, CheckForm, MemberForm, NewcomerForm
from wangge_server.geography.queries import area_names
from wangge_server.policy.gate import gate
from wangge_server.policy.reads import record_read
from wangge_server.policy.scope import may, rows_in
from wangge_server.registry import queries
from wangge_server.registry.actions import record_check
from wangge_server.registry.words import RESULTS, masked_phone


def _scope(request: HttpRequest) -> dict[str, Any]:
    """Whose doors: a worker's own grids; everybody else's area."""
    if request.decision.relation == "assigned":  # type: ignore[attr-defined]
        return {"grid_code__in": grids_of(request.user)}  # type: ignore[arg-type]
    return rows_in(request)


@gate("check.list")
def checks(request: HttpRequest) -> HttpResponse:
    """How far this month has come, and the doors that wait, the longest unseen first."""
    area, month = _scope(request), timezone.localdate().replace(day=1)
    grid, done = request.GET.get("grid", ""), request.GET.get("done") == "1"
    grids = queries.checks_by_grid(area, month)
    total, settled = (sum(row[key] for row in grids) for key in ("households", "done"))
    names = area_names("grid", request.user.area_code)  # type: ignore[union-attr]
    return render(request, "field/checks.html", {
        "head": {"title": _("每月走访"), "answer": _("本月已走访"), "number": settled, "of": total, "unit": _("户"),
                 "as_of": timezone.now()},
        "cards": [
            {"label": _("还要走访"), "value": total - settled, "of": total, "unit": _("户"),
             "tone": "warn" if total - settled else "good", "word": _("待走访") if total - settled else _("本月走完")},
            {"label": _("走完的网格"), "value": sum(row["done"] == row["households"] for row in grids), "of": len(grids),
             "unit": _("格")},
        ],
        "grids": [(row["grid_code"], names.get(row["grid_code"], row["grid_code"]), row) for row in grids],
        "grid": grid, "done": done, "ledger": _table(request, queries.due_in(area, month, grid=grid, done=done), names),
    })  # fmt: skip


def _table(request: HttpRequest, rows: Any, names: dict[str, str]) -> dict[str, Any]:
    elements = request.decision.elements  # type: ignore[attr-defined]
    columns = [
        *([Column("address", gettext_lazy("门牌或地址"))] if "person.address" in elements else []),
        Column("grid", pgettext_lazy("one", "网格"), hide="narrow"),
        Column("people", gettext_lazy("人数"), numeric=True),
        Column("seen", gettext_lazy("上次走访"), order="checked_on"),
    ]
    page, can_record = cut(request, rows, columns), may(request, "check.record")
    record_read(request, "check_list", [one.household_id for one in page.items])
    lines = []
    for one in page.items:
        url = reverse("check" if can_record else "household", args=[one.household_id])
        door = [{"kind": "link", "text": str(one.dwelling or one.address or _("未落格")), "url": url}]
        lines.append({"id": one.household_id, "url": url, "cells": [
            *(door if "person.address" in elements else []), names.get(one.grid_code, one.grid_code or "—"), one.n_people,
            one.checked_on.isoformat() if one.checked_on else {"kind": "badge", "tone": "unknown", "word": _("还没有走访过")},
        ]})  # fmt: skip
    return ledger(page, lines, title=_("要走访的家庭"), id="checks",
                  empty={"title": _("没有要走访的家庭"), "text": _("本月都走访过了，或换一个网格看看。")})  # fmt: skip


@gate("check.record")
def check(request: HttpRequest, household_id: str) -> HttpResponse:
    """One door: who lives there as far as known, what has changed, who came and who left."""
    household = queries.household_in(_scope(request), household_id)
    if household is None:
        raise Http404
    homes, today = list(queries.homes_in(household_id)), timezone.localdate()
    given = request.POST if request.method == "POST" else None
    visit = CheckForm(given, initial={"result": "as_known", "method": "visit", "on": today})
    members = [MemberForm(given, prefix=f"m{i}", initial={"person_id": home.person_id, "what": "here"})
               for i, home in enumerate(homes)]  # fmt: skip
    newcomers = [NewcomerForm(given, prefix=f"n{i}") for i in range(MOST_NEWCOMERS)]
    error, wrong = None, [form for form in (visit, *members, *newcomers) if not form.is_valid()]  # each says its own
    if given is not None and not wrong:
        try:
            _store(request, household, visit.cleaned_data, [m.row() for m in members], [n.row() for n in newcomers])
        except WanggeError as why:
            error = panel(why, getattr(request, "LANGUAGE_CODE", "zh-hans"))
        else:
            messages.success(request, _("已登记。"))
            return redirect("checks")
    elif given is not None:
        messages.error(request, _("还没有保存：请看标出的几处。"))
    record_read(request, "check", [household_id], people=len(homes))
    elements = request.decision.elements  # type: ignore[attr-defined]
    return render(request, "field/check.html", {
        "head": {"title": _("走访登记"), "answer": str(household.dwelling or household.address or "")
                 if "person.address" in elements else "", "number": len(homes), "unit": _("人"), "as_of": timezone.now()},
        "household": household, "visit": visit, "newcomers": newcomers, "error": error,
        "members": [(form, _shown(home, elements)) for form, home in zip(members, homes, strict=True)],
        "earlier": [(one, RESULTS.get(one.result, one.result)) for one in queries.checks_of(household_id)[:6]],
        "breadcrumb": [{"label": _("每月走访"), "url": reverse("checks")}, {"label": _("走访登记")}],
    }, status=400 if error else 200)  # fmt: skip


def _store(
    request: HttpRequest, household: Any, visit: dict[str, Any], members: list[Any], newcomers: list[Any]
) -> None:
    """Nobody answered: nothing is known of anybody, so nothing is confirmed."""
    spoke = visit["result"] in ("as_known", "changed")
    record_check(
        household=household, result=visit["result"], method=visit["method"], on=visit["on"],
        members=members if spoke else [], newcomers=[row for row in newcomers if row] if spoke else [],
        by=request.user, purpose=request.purpose,  # type: ignore[attr-defined]
    )  # fmt: skip


def _shown(home: Any, elements: frozenset[str]) -> dict[str, Any]:
    """Who stands on the card, as far as the purpose grants."""
    person = home.person
    born: dt.date | None = person.birth_date if "person.birth_date" in elements else None
    return {
        "name": person.name or _("姓名未知") if "person.name" in elements else _("家庭成员"),
        "born": born, "phone": masked_phone(person.phone) if "person.phone" in elements else None,
        "relation": person.relation_to_head if "person.relation_to_head" in elements else None,
        "kind": home.kind, "since": home.from_on,
    }  # fmt: skip
