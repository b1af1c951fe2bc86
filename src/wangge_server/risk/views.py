"""Judgement: today's proposals with their reasons, the cases, who met them where, and the rules in words."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wangge.risk import explain, rules
from wangge_server.base.ledger import Column, cut, ledger
from wangge_server.emergency.queries import current_emergency
from wangge_server.exposure import queries as exposures
from wangge_server.exposure.confirm_actions import confirm_contact
from wangge_server.exposure.drawn import drawn
from wangge_server.exposure.words import (
    category_words,
    evidence_words,
    kind_words,
    lag_words,
    minutes_words,
    place_words,
)
from wangge_server.geography.queries import area_names
from wangge_server.policy.gate import gate
from wangge_server.policy.reads import record_read
from wangge_server.policy.scope import may, rows_in
from wangge_server.risk import queries

HOME = "person__household__grid_code"
TIERS = (("red", gettext_lazy("红")), ("yellow", gettext_lazy("黄")), ("blue", gettext_lazy("蓝")))
SOON = 2  # days


@gate("grade.view")
def judgement(request: HttpRequest) -> HttpResponse:
    """Today's proposals by tier with reasons; names only where the purpose grants them, counts for everybody else."""
    area, on = rows_in(request, HOME), _day()
    counts, soon = queries.grade_counts(area, on), queries.expiring(area, on, SOON)
    total = sum(counts.values())
    named = "person.name" in request.decision.elements and request.decision.relation != "counts"  # type: ignore[attr-defined]
    return render(request, "risk/judgement.html", {
        "head": {"title": _("今日研判"), "answer": _("建议分级"), "number": total, "unit": _("人"),
                 "as_of": on, "stale": _behind(on), "how_url": reverse("protocol") if may(request, "protocol.view") else ""},
        "cards": _tier_cards(counts, total, soon), "categories": _categories(area), "rules": _rule_rows(area, on),
        "ledger": _graded(request, queries.grades_in(area, on)) if named else None, "named": named,
    })  # fmt: skip


@gate("case.view")
def cases(request: HttpRequest) -> HttpResponse:
    """Cases as the CDC reports them, with how many people each met."""
    area, elements = rows_in(request, HOME), request.decision.elements  # type: ignore[attr-defined]
    columns = [
        *([Column("name", gettext_lazy("姓名"))] if "person.name" in elements else []),
        Column("kind", gettext_lazy("类型"), order="kind"), Column("area", gettext_lazy("社区"), hide="narrow"),
        Column("onset", gettext_lazy("发病"), order="onset_on"), Column("sampled", gettext_lazy("采样"), order="sampled_on"),
        Column("isolated", gettext_lazy("隔离"), order="isolated_on"),
        Column("contacts", gettext_lazy("接触者（人）"), numeric=True), Column("confirmed", gettext_lazy("已审定（人）"), numeric=True),
        Column("lag", gettext_lazy("收到名单到查出接触者"), hide="narrow"),
    ]  # fmt: skip
    page = cut(request, exposures.cases_in(area), columns)
    met, names = exposures.n_contacts_by_case(), _communities(request)
    done = exposures.n_confirmed_by_case()
    if "person.name" in elements:
        record_read(request, "case_list", [one.person_id for one in page.items])
    lines = [
        _case_line(one, (met.get(one.person_id, 0), done.get(one.person_id, 0)), names, elements) for one in page.items
    ]
    return render(request, "risk/cases.html", {
        "head": {"title": _("病例"), "answer": _("已报告"), "number": page.count, "unit": _("例"), "as_of": _day(), "stale": _behind(_day())},
        "cards": [{"label": kind_words(row["kind"]) or _("类型未知"), "value": row["n"], "of": page.count, "unit": _("例")}
                  for row in exposures.case_counts(area)],
        "ledger": ledger(page, lines, title=_("病例台账"), id="cases", empty={
            "title": _("没有病例"), "text": _("病例由疾控的名单带入；上传后会出现在这里。")}),
    })  # fmt: skip


@gate("exposure.view")
def case(request: HttpRequest, case_id: str) -> HttpResponse:
    """One case: places in order of time, and who overlapped there, with the reason and the minutes."""
    area, elements = rows_in(request, HOME), request.decision.elements  # type: ignore[attr-defined]
    found = exposures.case_in(area, case_id)
    if found is None:
        raise Http404
    columns = [
        *([Column("name", gettext_lazy("姓名"))] if "person.name" in elements else []),
        Column("category", gettext_lazy("建议类别"), order="category"),
        Column("place", gettext_lazy("在哪里"), order="place_kind"), Column("when", gettext_lazy("何时"), order="first_at"),
        Column("minutes", gettext_lazy("重合"), order="overlap_minutes", numeric=True),
        Column("area", gettext_lazy("住在"), hide="narrow"),
    ]  # fmt: skip
    page = cut(request, exposures.contacts_of_case(found.person_id, area), columns)
    names = _communities(request)
    record_read(request, "case", [found.person_id, *dict.fromkeys(row.person_id for row in page.items)])
    # The name stands in the page, never in its title: titles stay in the browser's history.
    name = [(_("姓名"), found.person.name)] if "person.name" in elements else []
    return render(request, "risk/case.html", {
        "head": {"title": pgettext("one", "病例"), "answer": _("接触记录"), "number": page.count, "unit": "", "as_of": _day(), "stale": _behind(_day())},
        "facts": [*name, *_case_facts(found)], "places": _places(found.person_id),
        "contacts": _contacts(page.items, exposures.decided_of_case(found), elements), "case": found,
        "categories": [(code, category_words(code)) for code in exposures.DECIDABLE], "may_confirm": may(request, "exposure.confirm"),
        "map": drawn(exposures.homes_of_contacts(found.person_id, area), found.person.household.grid_code or ""),
        "ledger": ledger(page, [_contact_line(row, names, elements) for row in page.items], title=_("谁在同一地点同一时间"),
                         id="contacts", empty={"title": _("没有接触记录"), "text": _("该病例没有可用的行程，或没有人与其重合。")}),
        "breadcrumb": [{"label": _("研判"), "url": reverse("judgement")}, {"label": _("病例"), "url": reverse("cases")},
                       {"label": _("接触记录")}],
    })  # fmt: skip


@require_POST
@gate("exposure.confirm")
def confirm(request: HttpRequest, case_id: str) -> HttpResponse:
    """Somebody of the CDC confirms or changes what one contact is, and says why."""
    area = rows_in(request, HOME)
    found = exposures.case_in(area, case_id)
    if found is None:
        raise Http404
    confirm_contact(case=found, area=area, by=request.user, purpose=request.purpose,  # type: ignore[attr-defined]
                    **{key: request.POST.get(key, "") for key in ("person_id", "category", "reason")})  # fmt: skip
    messages.success(request, _("已审定；等级随下一批研判更新。"))
    return redirect(reverse("case", args=[case_id]) + "#confirm")


# ---- parts ------------------------------------------------------------------------------------------------


def _day() -> dt.date:
    """The day the data speak of; today without an emergency."""
    emergency = current_emergency()
    return emergency.as_of if emergency else timezone.localdate()


def _behind(on: dt.date) -> str:
    """A word where the data speak of an earlier day than today: grades of that day may have ended since."""
    days = (timezone.localdate() - on).days
    if days <= 0:
        return ""
    return ngettext("所依据的数据截至 %(n)d 天前", "所依据的数据截至 %(n)d 天前", days) % {"n": days}


def _communities(request: HttpRequest) -> dict[str, str]:
    return area_names("community", request.user.area_code[:6])  # type: ignore[union-attr]


def _home(person: Any, names: dict[str, str]) -> Any:
    code = person.household.grid_code
    return names.get(code[:12], code[:12]) if code else {"kind": "badge", "tone": "warn", "word": _("未落格")}


def _tier_cards(counts: dict[str, int], total: int, soon: dict[str, int]) -> list[dict[str, Any]]:
    tones = {"red": "bad", "yellow": "warn", "blue": ""}
    return [{"label": _("%(tier)s色") % {"tier": word}, "value": counts[tier], "of": total, "unit": _("人"),
             "tone": tones[tier], "grade": tier,
             "hint": _("两天内到期 %(n)s 人") % {"n": soon.get(tier, 0)}} for tier, word in TIERS]  # fmt: skip


def _categories(area: dict[str, str]) -> list[dict[str, Any]]:
    return [{"word": category_words(row["category"]), "n": row["n"]} for row in exposures.category_counts(area)]


def _rule_rows(area: dict[str, str], on: dt.date) -> list[dict[str, Any]]:
    lang, counts = get_language() or "zh-hans", queries.rule_counts(area, on)
    return [{"grade": r.grade, "text": r.explanation.get(lang, r.explanation["zh-hans"]), "n": counts.get(r.name, 0)}
            for r in rules()]  # fmt: skip


def _graded(request: HttpRequest, rows: Any) -> dict[str, Any]:
    elements, grade = request.decision.elements, request.GET.get("grade", "")  # type: ignore[attr-defined]
    rows = rows.filter(grade=grade) if grade in dict(TIERS) else rows
    reasons = "grade.reason" in elements
    columns = [Column("name", gettext_lazy("姓名"), width="96px"), Column("grade", gettext_lazy("建议等级"), order="weight"),
               *([Column("why", gettext_lazy("为什么")), Column("evidence", gettext_lazy("依据"), hide="narrow")] if reasons else []),
               Column("area", gettext_lazy("社区"), order=HOME), Column("until", gettext_lazy("到期"), order="expires_on", width="112px")]  # fmt: skip
    page, names = cut(request, rows, columns), _communities(request)
    record_read(request, "grade_list", [row.person_id for row in page.items])
    lang = get_language() or "zh-hans"
    lines = [
        {
            "id": row.person_id,
            "cells": [
                row.person.name,
                {"kind": "grade", "grade": row.grade},
                *([explain(row.rules[0], lang), evidence_words(row.evidence)] if reasons else []),
                _home(row.person, names),
                {"kind": "time", "value": row.expires_on},
            ],
        }
        for row in page.items
    ]
    options = [{"value": "", "label": _("全部")}, *({"value": tier, "label": word} for tier, word in TIERS)]
    return ledger(page, lines, title=_("建议名单"), id="graded", filters=[
        {"name": "grade", "label": _("建议等级"), "kind": "select", "value": grade, "options": options}],
        empty={"title": _("没有这样的建议"), "text": _("换一个等级，或清除筛选。")})  # fmt: skip


def _case_line(one: Any, counts: tuple[int, int], names: dict[str, str], elements: frozenset[str]) -> dict[str, Any]:
    url = reverse("case", args=[one.case_id])
    name = [{"kind": "link", "text": one.person.name, "url": url}] if "person.name" in elements else []
    days = [{"kind": "time", "value": day} if day else None for day in (one.onset_on, one.sampled_on, one.isolated_on)]
    return {
        "id": one.case_id,
        "url": url,
        "cells": [
            *name,
            kind_words(one.kind),
            _home(one.person, names),
            *days,
            *counts,
            lag_words(one.listed_at, one.found_at),
        ],
    }


def _case_facts(found: Any) -> list[tuple[str, Any]]:
    return [(_("类型"), kind_words(found.kind)), (_("发病"), found.onset_on), (_("采样"), found.sampled_on),
            (_("隔离"), found.isolated_on), (_("收到名单到查出接触者"), lag_words(found.listed_at, found.found_at))]  # fmt: skip


def _places(person_id: str) -> list[dict[str, Any]]:
    return [row | {"kind": place_words(row["place_kind"]), "when": _span(row["start"], row["end"])}
            for row in exposures.places_of_case(person_id)]  # fmt: skip


def _span(start: dt.datetime, end: dt.datetime) -> str:
    """From and until; a span from midnight to midnight is known by its days only and is written as days."""
    first, last = timezone.localtime(start), timezone.localtime(end)
    if first.time() != dt.time() or last.time() != dt.time() or last <= first:
        return f"{first:%Y-%m-%d %H:%M} – {last:%Y-%m-%d %H:%M}"
    until = last.date() - dt.timedelta(days=1)
    return f"{first.date()}" if until == first.date() else f"{first.date()} – {until}"


def _contact_line(row: Any, names: dict[str, str], elements: frozenset[str]) -> dict[str, Any]:
    name = [row.person.name] if "person.name" in elements else []
    return {"id": row.exposure_id, "cells": [*name, str(category_words(row.category)), str(place_words(row.place_kind) or "—"),
            _first_met(row), minutes_words(row.overlap_minutes),
            _home(row.person, names)]}  # fmt: skip


def _contacts(rows: list[Any], decided: dict[str, Any], elements: frozenset[str]) -> list[dict[str, Any]]:
    """The people of the rows shown, once each: what is proposed of them, and what was decided by whom."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        said = decided.get(row.person_id)
        found.setdefault(row.person_id, {
            "id": row.person_id, "name": row.person.name if "person.name" in elements else row.person_id[-6:],
            "proposed": category_words(row.category), "chosen": said.category if said else row.category, "said": said,
            "decided": category_words(said.category) if said else ""})  # fmt: skip
    return list(found.values())


def _first_met(row: Any) -> dict[str, Any] | None:
    """When they met; the day alone where no more than the day is known."""
    if row.first_at is None:
        return None
    at = timezone.localtime(row.first_at)
    return {"kind": "time", "value": at if row.overlap_minutes is not None else at.date()}
