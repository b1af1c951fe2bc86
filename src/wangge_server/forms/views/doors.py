"""At the door: which doors a campaign still asks at, and only the questions that are missing there."""

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
from wangge.base.ids import uuid7
from wangge.dictionary import elements as dictionary
from wangge_server.base.ledger import Column, cut, ledger
from wangge_server.base.panel import panel
from wangge_server.forms import campaign_queries as queries
from wangge_server.forms.campaign_actions import follow_ups, take_reports
from wangge_server.forms.models import CampaignDoor
from wangge_server.geography.queries import area_names
from wangge_server.intake.words import element_words
from wangge_server.policy.gate import gate
from wangge_server.policy.reads import record_read
from wangge_server.policy.scope import may
from wangge_server.registry.queries import homes_in, homes_of_dwellings

COLUMNS = (
    Column("door", gettext_lazy("门牌或地址")), Column("grid", pgettext_lazy("one", "网格"), hide="narrow"),
    Column("asked", gettext_lazy("只问")), Column("planned", gettext_lazy("排在"), order="planned_on"),
    Column("tried", gettext_lazy("去过没人"), order="tried", numeric=True, hide="narrow"),
)  # fmt: skip
RESULTS = {
    "answered": gettext_lazy("问到了"), "occupied": gettext_lazy("有人住"), "vacant": gettext_lazy("空置"),
    "not_a_home": gettext_lazy("不是住宅"), "gone": gettext_lazy("已拆除"), "refused": gettext_lazy("谢绝"),
    "nobody_home": gettext_lazy("没有人在家"),
}  # fmt: skip
OF_KIND = {"targeted": ("answered", "refused", "nobody_home"),
           "census": ("occupied", "vacant", "not_a_home", "gone", "refused", "nobody_home")}  # fmt: skip
SAID = (("not_known", gettext_lazy("不清楚")), ("refused", gettext_lazy("不愿说")))
YES_NO = (("yes", gettext_lazy("是")), ("no", gettext_lazy("否")))
KINDS = (("permanent", gettext_lazy("常住")), ("boarding", gettext_lazy("寄住")), ("floating", gettext_lazy("流动")))
SEXES = (("1", gettext_lazy("男")), ("2", gettext_lazy("女")))
RELATIONS = (("head", gettext_lazy("户主")), ("spouse", gettext_lazy("配偶")), ("child", gettext_lazy("子女")),
             ("parent", gettext_lazy("父母")), ("other", gettext_lazy("其他")))  # fmt: skip
CHOICES = {"person.residence_kind": KINDS, "person.sex": SEXES, "person.relation_to_head": RELATIONS}
MOST_PEOPLE = 8


@gate("door.list")
def doors(request: HttpRequest) -> HttpResponse:
    """The doors of running campaigns that wait, the earliest planned first."""
    rows = queries.doors_for(_grids(request), request.purpose).filter(state="open")  # type: ignore[attr-defined]
    page, names = cut(request, rows, COLUMNS), area_names("grid", request.user.area_code)  # type: ignore[union-attr]
    due = rows.filter(planned_on__lte=timezone.localdate()).count()
    by_address = "person.address" in request.decision.elements  # type: ignore[attr-defined]
    record_read(request, "door_list", [one.door_id for one in page.items])
    lines = []
    for one in page.items:
        url = reverse("door", args=[one.pk]) if may(request, "door.record") else ""
        place = _place(one) if by_address else _("一户")
        lines.append({"id": str(one.pk), "url": url, "cells": [
            {"kind": "link", "text": place, "url": url} if url else place, names.get(one.grid_code, one.grid_code), _asked(one),
            one.planned_on.isoformat(), one.tried]})  # fmt: skip
    return render(request, "forms/doors.html", {
        "head": {"title": _("补问的门"), "answer": _("今天和以前排到的"), "number": due, "of": page.count, "unit": _("户"), "as_of": timezone.now()},
        "ledger": ledger(page, lines, title=_("要去的门"), id="doors", empty={
            "title": _("没有要去的门"), "text": _("目前没有采集要在您的网格里问什么。")}),
    })  # fmt: skip


@gate("door.record")
def door(request: HttpRequest, pk: int) -> HttpResponse:
    """One door with its missing questions; a yes, a no, "don't know" and "would rather not" are four answers."""
    found = queries.doors_for(_grids(request), request.purpose).filter(pk=pk, state="open").first()  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    error = None
    if request.method == "POST":
        report = _report(request, found)
        answer = take_reports(reports=[report], today=timezone.localdate(), by=request.user, purpose=request.purpose)[0]  # type: ignore[attr-defined]
        if answer["state"] != "refused":
            messages.success(request, _("已登记。"))
            return redirect("doors")
        error = panel(WanggeError(answer["code"], element=_asked(found)))
    record_read(request, "door", [found.door_id])
    elements = request.decision.elements  # type: ignore[attr-defined]
    census = found.campaign.kind == "census"
    return render(request, "forms/door.html", {
        "head": {"title": _("上门补问") if not census else _("普查登记"), "answer": _place(found) if "person.address" in elements else "", "as_of": timezone.now()},
        "door": found, "error": error, "results": [(code, RESULTS[code]) for code in OF_KIND[found.campaign.kind]],
        "questions": _questions(found, elements, request.POST), "follow": _follow(found, elements, request.POST), "said": SAID,
        "people": range(MOST_PEOPLE) if census else [], "members": _members(found) if census else [],
        "sexes": SEXES, "relations": RELATIONS, "kinds": KINDS, "given": request.POST.get("result", ""), "report_id": uuid7(),
        "breadcrumb": [{"label": _("补问的门"), "url": reverse("doors")}, {"label": _("登记")}],
    }, status=400 if error else 200)  # fmt: skip


# ---- parts ----------------------------------------------------------------------------------------------


def _grids(request: HttpRequest) -> list[str]:
    """A worker's own grids; whoever answers for an area sees the lists of its grids."""
    user: Any = request.user
    if request.decision.relation == "assigned":  # type: ignore[attr-defined]
        return queries.grids_of(user)
    return sorted(area_names("grid", user.area_code or "-"))


def _place(one: CampaignDoor) -> str:
    if one.dwelling:
        return str(one.dwelling)
    return (one.household.address or "") if one.household else ""


def _asked(one: CampaignDoor) -> str:
    """What is asked there in a phrase."""
    if one.campaign.kind == "census":
        return _("谁住在这里")
    return "、".join(dict.fromkeys(element_words(element) for _person, element in one.asks))


def _questions(found: CampaignDoor, elements: frozenset[str], given: Any) -> list[dict[str, Any]]:
    """The missing ones, of the household first, then person by person; what is not granted is not there."""
    people = {home.person_id: home.person for home in homes_in(found.door_id)} if any(p for p, _e in found.asks) else {}
    rows = []
    for i, (person_id, element) in enumerate(found.asks):
        if element in elements and (not person_id or person_id in people):
            who = people[person_id].name or _("姓名未知") if person_id and "person.name" in elements else ""
            rows.append(_question(f"q{i}", person_id, element, who, given))
    place = {element: i for i, element in enumerate(found.campaign.elements)}
    return sorted(rows, key=lambda row: (row["who"], place.get(row["element"], len(place))))


def _follow(found: CampaignDoor, elements: frozenset[str], given: Any) -> list[dict[str, Any]]:
    return [
        _question(f"f{i}", "", element, "", given) for i, element in enumerate(follow_ups(found)) if element in elements
    ]


def _question(name: str, person_id: str, element: str, who: str, given: Any) -> dict[str, Any]:
    kind = dictionary()[element].type
    choices = YES_NO if kind == "yes_no" else CHOICES.get(element, ())
    return {"name": name, "person_id": person_id, "element": element, "label": element_words(element), "who": who, "choices": choices,
            "date": kind == "date", "value": given.get(name, "")}  # fmt: skip


def _report(request: HttpRequest, found: CampaignDoor) -> dict[str, Any]:
    """The form as take_reports() reads it. A question left empty was not asked: it stays a gap."""
    given = request.POST
    rows = []
    asked = [(f"q{i}", person_id, element) for i, (person_id, element) in enumerate(found.asks)]
    asked += [(f"f{i}", "", element) for i, element in enumerate(follow_ups(found))]
    for name, person_id, element in asked:
        value = given.get(f"{name}_said") or given.get(name, "").strip()
        if value:
            said = value if value in ("not_known", "refused") else "answered"
            rows.append(
                {
                    "person_id": person_id,
                    "element": element,
                    "said": said,
                    "value": value if said == "answered" else None,
                }
            )
    return {"id": given.get("report_id") or str(uuid7()), "door": found.pk, "result": given.get("result", ""), "on": timezone.localdate(),
            "replies": rows, "people": _people(given)}  # fmt: skip


def _people(given: Any) -> list[dict[str, Any]]:
    """Who lives there: members the register knows that were ticked, and those written down."""
    here: list[dict[str, Any]] = [{"person_id": one} for one in given.getlist("here")]
    for i in range(MOST_PEOPLE):
        row = {
            key: given.get(f"p{i}_{key}", "").strip()
            for key in ("name", "birth_date", "sex", "phone", "relation_to_head", "kind")
        }
        if row["name"]:
            here.append(row | {"birth_date": _day(row["birth_date"])})
    return here


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _members(found: CampaignDoor) -> list[tuple[str, str]]:
    """Whom the register knows behind this door: ids and names, to nod at."""
    known = homes_of_dwellings([str(found.dwelling_id)]).get(str(found.dwelling_id))
    return (
        [(home.person_id, home.person.name or _("姓名未知")) for home in homes_in(known.household_id)] if known else []
    )
