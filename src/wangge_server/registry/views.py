"""The register: search by purpose, a household as a card. What the purpose does not grant is not there at all."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from wangge_server.audit.queries import reads_about
from wangge_server.base.ledger import Column, cut, ledger
from wangge_server.geography.queries import area_names, full_name
from wangge_server.intake.queries import received_by_list
from wangge_server.intake.words import list_words
from wangge_server.policy.gate import gate
from wangge_server.policy.queries import label
from wangge_server.policy.reads import record_read
from wangge_server.policy.scope import may, rows_in
from wangge_server.registry import queries
from wangge_server.registry.forms import SearchForm
from wangge_server.registry.known import known
from wangge_server.registry.words import (
    ENDS,
    EVENTS,
    HOUSEHOLDS,
    HOW,
    REASONS,
    RELATIONS,
    RESIDENCES,
    SEX,
    evidence_words,
    household_words,
    masked_number,
    masked_phone,
    residence_words,
)

KEPT = "register_search"  # in the session: a name or address never stands in an address
FRESH_DAYS = 31
FILTERS = {
    "lives": "person.residence_kind",
    "kind": "household.kind",
}  # what the address may ask for: the element it tells


@gate("household.view")
def register(request: HttpRequest) -> HttpResponse:
    """Households of the reader's area by name, address or grid. Nothing is listed until something is asked."""
    if request.method == "POST":
        return _keep_search(request)
    area, asked = rows_in(request), request.session.get(KEPT, {})
    grid, unlocated = request.GET.get("grid", ""), request.GET.get("unlocated") == "1"
    elements = request.decision.elements  # type: ignore[attr-defined]
    lives, kind = _picked(request, "lives", RESIDENCES, elements), _picked(request, "kind", HOUSEHOLDS, elements)
    counts = queries.register_counts(area)
    table = None
    if grid or lives or kind or unlocated or any(asked.values()):
        rows = queries.households_in(area, grid=grid, lives=lives, kind=kind, unlocated=unlocated, **asked)
        table = _table(request, rows)
    return render(request, "registry/register.html", {
        "head": {"title": _("共享登记"), "answer": _("在册家庭"), "number": counts["households"], "unit": _("户"),
                 "as_of": timezone.now()},
        "cards": _cards(counts), "asked": asked, "grid": grid, "unlocated": unlocated, "ledger": table,
        "residences": _residences(area, lives) if FILTERS["lives"] in elements else [],
        "picks": _picks(lives, kind, elements),
        "grids": sorted(area_names("grid", request.user.area_code).items()),  # type: ignore[union-attr]
        "by_name": "person.name" in elements,
    })  # fmt: skip


@gate("household.open")
def household(request: HttpRequest, household_id: str) -> HttpResponse:
    """One household: who, since when, which list said so, how old. No health data."""
    found = queries.household_in(rows_in(request), household_id)
    if found is None:
        raise Http404
    homes = list(queries.homes_in(found.household_id))
    people = [home.person for home in homes]
    links, fresh = queries.links_of([p.person_id for p in people]), received_by_list()
    elements, today = request.decision.elements, timezone.localdate()  # type: ignore[attr-defined]
    earlier = [row | {"role": label("role", row["role"], get_language() or "zh-hans"),
                      "purpose": label("purpose", row["purpose"], get_language() or "zh-hans")}
               for row in reads_about(found.household_id)]  # fmt: skip
    record_read(request, "household", [found.household_id], people=len(people))
    context = {
        "head": {"title": _("家庭"), "answer": str(found.dwelling or "") if "person.address" in elements else "",
                 "number": len(people), "unit": _("人"), "as_of": timezone.now()},
        "facts": _facts(found, elements), "earlier": earlier, "check": may(request, "check.record"),
        "people": [_person(home.person, links.get(home.person_id, []), fresh, elements, today) | _home(request, home, elements)
                   for home in homes],
        "left": [{"name": one.person.name if "person.name" in elements else _("家庭成员"), "home": one,
                  "why": ENDS.get(one.ended, one.ended)} for one in queries.left_from(found.household_id)[:20]],
        "household_id": found.household_id,
        "breadcrumb": [{"label": _("一人一档"), "url": reverse("register")}, {"label": _("家庭")}],
    }  # fmt: skip
    return render(request, "registry/household.html", context)


@gate("person.open")
def person(request: HttpRequest, person_id: str) -> HttpResponse:
    """One person: who and where; what is known, from whom and how old; who looked."""
    found = queries.person_in(rows_in(request), person_id)
    if found is None or not found.is_listed:
        led = queries.led_to(person_id)
        if led and queries.person_in(rows_in(request), led):
            return redirect("person", person_id=led)
        raise Http404
    elements, today = request.decision.elements, timezone.localdate()  # type: ignore[attr-defined]
    homes = list(queries.homes_of(found))
    now = homes[0] if homes and homes[0].to_on is None else None
    earlier = [row | {"role": label("role", row["role"], get_language() or "zh-hans"),
                      "purpose": label("purpose", row["purpose"], get_language() or "zh-hans")}
               for row in reads_about(found.person_id)]  # fmt: skip
    record_read(request, "person", [found.person_id])
    door = found.household.dwelling or found.household.address if "person.address" in elements else None
    return render(request, "registry/person.html", {
        "head": {"title": found.name or _("姓名未知") if "person.name" in elements else _("个人"), "answer": str(door or ""),
                 "as_of": timezone.now()},
        "known": known(found, now.kind if now else "", elements, today), "homes": [
            (_residence(one, elements), ENDS.get(one.ended, one.ended),
             str(one.household.dwelling or one.household.address or "") if "person.address" in elements else "", one)
            for one in homes],
        "events": [(EVENTS.get(one.kind, one.kind), one.on) for one in queries.events_of(found)], "now": now,
        "household_id": now.household_id if now else "", "earlier": earlier,
        "breadcrumb": [{"label": _("一人一档"), "url": reverse("register")}, {"label": _("个人")}],
    })  # fmt: skip


# ---- parts ------------------------------------------------------------------------------------------------


def _keep_search(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.POST)
    words = form.cleaned_data if form.is_valid() else {}
    if "person.name" not in request.decision.elements:  # type: ignore[attr-defined]
        words["name"] = ""
    request.session[KEPT] = {key: value for key, value in words.items() if value}
    return redirect("register")


def _picked(request: HttpRequest, name: str, words: dict[str, Any], elements: frozenset[str]) -> str:
    """A filter of the address, where the purpose grants its element and the word is one of ours."""
    asked = request.GET.get(name, "")
    return asked if asked in words and FILTERS[name] in elements else ""


def _picks(lives: str, kind: str, elements: frozenset[str]) -> list[dict[str, Any]]:
    """The filters to offer."""
    offered = (("lives", _("居住类别"), RESIDENCES, lives), ("kind", _("户别"), HOUSEHOLDS, kind))
    return [{"name": name, "label": label_, "options": words.items(), "now": now}
            for name, label_, words, now in offered if FILTERS[name] in elements]  # fmt: skip


def _residences(area: dict[str, str], now: str) -> list[dict[str, Any]]:
    """People by how they live, each number opening its households."""
    counts = queries.people_by_residence(area)
    return [
        {"kind": kind, "word": word, "n": counts.get(kind, 0), "now": kind == now} for kind, word in RESIDENCES.items()
    ]


def _cards(counts: dict[str, int]) -> list[dict[str, Any]]:
    lost = counts["unlocated"]
    return [
        {"label": _("在册家庭"), "value": counts["households"], "unit": _("户")},
        {"label": _("在册人数"), "value": counts["people"], "unit": _("人")},
        {"label": _("有人上门问过"), "value": counts["confirmed"], "of": counts["households"], "unit": _("户")},
        {"label": _("未落格"), "value": lost, "of": counts["households"], "unit": _("户"), "tone": "warn" if lost else "good",
         "word": _("要查地址") if lost else _("都有门牌"), "href": "?unlocated=1" if lost else ""},
    ]  # fmt: skip


def _table(request: HttpRequest, rows: Any) -> dict[str, Any]:
    elements = request.decision.elements  # type: ignore[attr-defined]
    columns = [
        *([Column("head", gettext_lazy("户主"))] if "person.name" in elements else []),
        *([Column("address", gettext_lazy("门牌或地址"), order="address")] if "person.address" in elements else []),
        Column("grid", pgettext_lazy("one", "网格"), order="grid_code"),
        Column("people", gettext_lazy("人数"), order="n_people", numeric=True),
        *([Column("lives", gettext_lazy("居住类别"), hide="narrow")] if FILTERS["lives"] in elements else []),
        *([Column("kind", gettext_lazy("户别"), order="kind", hide="narrow")] if FILTERS["kind"] in elements else []),
        Column("how", gettext_lazy("定位"), order="how", hide="narrow"),
    ]
    page = cut(request, rows, columns)
    heads, names = queries.heads_of(page.items), area_names("grid", request.user.area_code)  # type: ignore[union-attr]
    living = queries.how_they_live([one.household_id for one in page.items])
    record_read(request, "household_list", [one.household_id for one in page.items])
    lines = [_line(one, heads, names, living.get(one.household_id, {}), elements) for one in page.items]
    return ledger(page, lines, title=_("家庭台账"), id="households",
                  empty={"title": _("没有找到家庭"), "text": _("试试更短的姓名开头，或只写小区名。"), "action_url": "?",
                         "action_label": _("重新查找")})  # fmt: skip


def _line(
    one: Any, heads: dict[str, str], names: dict[str, str], living: dict[str, int], elements: frozenset[str]
) -> dict[str, Any]:
    url = reverse("household", args=[one.household_id])
    shown: list[Any] = []
    if "person.name" in elements:
        shown.append({"kind": "link", "text": heads.get(one.head_person_id, _("未知")), "url": url})
    if "person.address" in elements:
        shown.append(str(one.dwelling) if one.dwelling else one.address)
    grid = (
        names.get(one.grid_code, one.grid_code)
        if one.grid_code
        else {"kind": "badge", "tone": "warn", "word": _("未落格")}
    )
    how = REASONS.get(one.reason, one.reason) if one.reason and one.how == "none" else HOW.get(one.how, one.how)
    kinds = {
        FILTERS["lives"]: residence_words(living),
        FILTERS["kind"]: household_words(one.kind, one.dwelling),  # None shows as unknown
    }
    more = [word for element, word in kinds.items() if element in elements]
    return {"id": one.household_id, "url": url, "cells": [*shown, grid, one.n_people, *more, str(how)]}


def _facts(found: Any, elements: frozenset[str]) -> list[tuple[Any, Any]]:
    """What is known of the door, and why it is not."""
    facts = []
    if "person.address" in elements:
        facts += [(_("门牌"), str(found.dwelling) if found.dwelling else None), (_("名单上的地址"), found.address)]
    if "household.kind" in elements:
        facts.append((_("户别"), household_words(found.kind, found.dwelling)))
    facts += [
        (pgettext("one", "网格"), full_name(found.grid_code) if found.grid_code else None),
        (_("定位"), HOW.get(found.how, found.how)),
    ]
    if found.reason:
        facts.append((_("为什么不知道"), REASONS.get(found.reason, found.reason)))
    if found.dwelling:
        facts.append((_("房屋核对于"), found.dwelling.framed_on.isoformat()))
    return facts


def _person(
    person: Any, links: list[dict[str, Any]], fresh: dict[str, Any], elements: frozenset[str], today: dt.date
) -> dict[str, Any]:
    """One member as a card, element by element."""
    granted = {
        "person.name": (_("姓名"), person.name), "person.sex": (_("性别"), SEX.get(person.sex)),
        "person.birth_date": (_("出生日期"), _born(person.birth_date, today)),
        "person.relation_to_head": (_("与户主关系"), RELATIONS.get(person.relation_to_head, person.relation_to_head)),
        "person.phone": (_("电话"), masked_phone(person.phone)),
        "person.id_number": (_("证件号码"), masked_number(person.id_number)),
    }  # fmt: skip
    return {
        "name": person.name or _("姓名未知") if "person.name" in elements else _("家庭成员"),
        "facts": [pair for element, pair in granted.items() if element in elements and element != "person.name"],
        "confirmed": _age(person.confirmed_on, today), "n_rows": person.n_rows,
        "sources": [{"list": list_words(link["list_name"]), "row": link["row"], "evidence": evidence_words(link["evidence"]),
                     "at": fresh.get(link["list_name"], {}).get("at")} for link in links],
    }  # fmt: skip


def _home(request: HttpRequest, home: Any, elements: frozenset[str]) -> dict[str, Any]:
    """How somebody lives there, and since when."""
    url = reverse("person", args=[home.person_id]) if may(request, "person.open") else ""
    return {"kind": _residence(home, elements), "since": home.from_on, "url": url}


def _residence(home: Any, elements: frozenset[str]) -> str:
    """How somebody lives there, where the purpose grants it."""
    return str(RESIDENCES.get(home.kind, home.kind)) if FILTERS["lives"] in elements else ""


def _born(day: dt.date | None, today: dt.date) -> str | None:
    if day is None:
        return None
    years = today.year - day.year - ((today.month, today.day) < (day.month, day.day))
    return _("%(day)s（%(n)s 岁）") % {"day": day.isoformat(), "n": years}


def _age(day: dt.date | None, today: dt.date) -> dict[str, Any]:
    """How long ago somebody asked at the door, in words and a tone."""
    if day is None:
        return {"tone": "unknown", "word": _("没有人上门问过")}
    days = (today - day).days
    word = ngettext("%(n)d 天前上门问过", "%(n)d 天前上门问过", days) % {"n": days} if days > 0 else _("今天上门问过")
    return {"tone": "good" if days <= FRESH_DAYS else "warn", "word": word}
