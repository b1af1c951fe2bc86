"""The gap map: what nobody asked, by question and by grid; and, for care alone, the doors behind a profile."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from wangge import insight
from wangge_server.base.ledger import Column, cut, ledger
from wangge_server.forms import campaign_queries as queries
from wangge_server.geography.queries import area_names, names_of
from wangge_server.intake.words import element_words
from wangge_server.policy.gate import gate
from wangge_server.policy.reads import record_read
from wangge_server.policy.scope import NOBODY, may
from wangge_server.registry.queries import households_by_id, people_by_id
from wangge_server.registry.words import masked_phone

STATES = (
    ("never_asked", gettext_lazy("没人问过")), ("stale", gettext_lazy("过期")), ("not_known", gettext_lazy("不清楚")),
    ("refused", gettext_lazy("谢绝")), ("answered", gettext_lazy("已答")),
)  # fmt: skip
COLUMNS = (
    Column("name", pgettext_lazy("one", "网格"), order="name"), Column("households", gettext_lazy("家庭"), order="households", numeric=True),
    *(Column(key, word, order=key, numeric=True) for key, word in STATES),
    Column("share", gettext_lazy("已答 / 应知（个）"), order="share"),
)  # fmt: skip
LISTED = (
    Column("door", gettext_lazy("门牌或地址")), Column("grid", pgettext_lazy("one", "网格"), hide="narrow"),
    Column("name", gettext_lazy("姓名")), Column("phone", gettext_lazy("联系电话"), hide="narrow"), Column("holds", gettext_lazy("是否符合")),
)  # fmt: skip
HOLDS = {"yes": ("good", gettext_lazy("符合")), "unknown": ("unknown", gettext_lazy("不知道"))}


@gate("gap.view")
def gaps(request: HttpRequest) -> HttpResponse:
    """One profile of one area: who is in it as far as anybody knows, and which questions nobody asked. Counts only."""
    chosen, area = _chosen(request), request.user.area_code or NOBODY  # type: ignore[union-attr]
    known = queries.gap_map(area, timezone.localdate(), [chosen.name])
    tally = next(row for row in insight.tally(known.held, known.people).to_pylist() if row["profile"] == chosen.name)
    counts = insight.gap_counts(known.found, known.located).to_pylist()
    rows = _by_grid(counts, area_names("grid", area))
    page = cut(request, rows, COLUMNS, sort="-never_asked")
    missing = sum(row[s] for row in rows for s in ("never_asked", "stale", "not_known"))
    lang = get_language() or "zh-hans"
    return render(request, "insight/gaps.html", {
        "head": {"title": _("缺口"), "answer": _("%(who)s：还没有问到") % {"who": chosen.label[lang]}, "number": missing,
                 "of": missing + sum(row[s] for row in rows for s in ("answered", "refused")), "unit": _("个问题"), "as_of": timezone.now(),
                 "actions": _acts(request, chosen, area, missing)},
        "profiles": [(one.name, one.label[lang], one.name == chosen.name) for one in insight.profiles().values()],
        "cards": _cards(tally, chosen), "elements": _by_element(counts), "states": STATES, "how": HOW,
        "ledger": ledger(page, [_line(row) for row in page.items], title=_("按网格的缺口"), id="gaps", empty={
            "title": _("没有要问的"), "text": _("这一类人群在这里没有人，或都问到了。")}),
    })  # fmt: skip


@gate("profile.list")
def profile_list(request: HttpRequest, name: str) -> HttpResponse:
    """The doors behind a profile, in walking order. Only for care; nobody is ranked."""
    if name not in insight.profiles():
        raise Http404
    chosen, area = insight.profile(name), request.user.area_code or NOBODY  # type: ignore[union-attr]
    rows = queries.listed(name, area, timezone.localdate())
    page, lang = cut(request, rows, LISTED), get_language() or "zh-hans"
    people = {one.person_id: one for one in people_by_id([row["person_id"] for row in page.items if row["person_id"]])}
    homes = {one.household_id: one for one in households_by_id([row["household_id"] for row in page.items])}
    record_read(request, "profile_list", [row["person_id"] or row["household_id"] for row in page.items], profile=name)
    names = names_of({row["grid_code"] for row in page.items if row["grid_code"]})
    lines = [_listed(row, homes[row["household_id"]], people.get(row["person_id"]), names, request.decision.elements)  # type: ignore[attr-defined]
             for row in page.items]  # fmt: skip
    return render(request, "insight/profile_list.html", {
        "head": {"title": chosen.label[lang], "answer": _("符合的"), "number": sum(row["holds"] == "yes" for row in rows), "as_of": timezone.now()},
        "ledger": ledger(page, lines, title=_("名单"), id="listed", empty={"title": _("名单是空的"), "text": _("目前没有人符合。")}),
        "breadcrumb": [{"label": _("缺口"), "url": reverse("gaps") + f"?profile={name}"}, {"label": _("名单")}],
    })  # fmt: skip


# ---- parts ----------------------------------------------------------------------------------------------


def _chosen(request: HttpRequest) -> insight.Profile:
    asked = request.GET.get("profile", "")
    return insight.profiles().get(asked) or insight.profile(queries.SHOWN_FIRST)


def _acts(request: HttpRequest, chosen: insight.Profile, area: str, missing: int) -> list[dict[str, Any]]:
    acts: list[dict[str, Any]] = []
    if may(request, "profile.list"):
        acts.append({"label": _("看名单"), "url": reverse("profile_list", args=[chosen.name]), "icon": "id"})
    if missing and may(request, "campaign.propose"):
        asked = urlencode({"kind": "targeted", "profile": chosen.name, "in": area})
        acts.append(
            {"label": _("补问：先看代价"), "url": f"{reverse('campaign_new')}?{asked}", "icon": "send", "primary": True}
        )
    return acts


def _by_grid(counts: list[dict[str, Any]], names: dict[str, str]) -> list[dict[str, Any]]:
    """One row a grid over all questions; those in no grid have their line."""
    rows: dict[str | None, dict[str, Any]] = {}
    for one in counts:
        code = one["grid_code"]
        row = rows.setdefault(code, {"code": code, "name": names.get(code, code) if code else str(_("未落格")), "households": 0}
                              | {key: 0 for key, _word in STATES})  # fmt: skip
        row["households"] = max(row["households"], one["households"])
        for key, _word in STATES:
            row[key] += one[key]
    for row in rows.values():
        whole = sum(row[key] for key, _word in STATES)
        row["whole"], row["share"] = whole, row["answered"] / whole if whole else None
    return list(rows.values())


def _by_element(counts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    for one in counts:
        row = rows.setdefault(one["element"], {"label": element_words(one["element"]), "states": [0] * len(STATES)})
        row["states"] = [n + one[key] for n, (key, _word) in zip(row["states"], STATES, strict=True)]
    return sorted(rows.values(), key=lambda row: -row["states"][0])


def _cards(tally: dict[str, Any], chosen: insight.Profile) -> list[dict[str, Any]]:
    unit = _("人") if chosen.subject == "person" else _("户")
    share = _("至少占 %(n)s%%") if tally["unknown"] else _("占 %(n)s%%")
    return [
        {"label": _("已知符合"), "value": tally["yes"], "of": tally["whole"], "unit": unit,
         "hint": share % {"n": tally["share"]} if tally["share"] is not None else ""},
        {"label": _("不知道是否符合"), "value": tally["unknown"], "of": tally["whole"], "unit": unit,
         "tone": "warn" if tally["unknown"] else "good", "word": _("要问") if tally["unknown"] else _("都知道")},
        {"label": _("不符合"), "value": tally["no"], "of": tally["whole"], "unit": unit},
    ]  # fmt: skip


def _line(row: dict[str, Any]) -> dict[str, Any]:
    share = {"kind": "share", "value": row["answered"], "of": row["whole"]}
    return {
        "id": row["code"] or "",
        "cells": [row["name"], row["households"], *(row[key] for key, _word in STATES), share],
    }


def _listed(
    row: dict[str, Any], home: Any, person: Any, names: dict[str, str], elements: frozenset[str]
) -> dict[str, Any]:
    tone, word = HOLDS[row["holds"]]
    place = str(home.dwelling or home.address or _("未落格")) if "person.address" in elements else "—"
    name = (person.name or _("姓名未知")) if person and "person.name" in elements else _("全户") if not person else "—"
    phone = masked_phone(person.phone) if person and "person.phone" in elements else ""
    return {"id": row["household_id"], "cells": [place, names.get(row["grid_code"], row["grid_code"] or _("未落格")), name, phone or "—",
                                                 {"kind": "badge", "tone": tone, "word": word}]}  # fmt: skip


HOW = (
    (gettext_lazy("没人问过"), gettext_lazy("没有任何名单、走访或表单问过这一项。")),
    (gettext_lazy("过期"), gettext_lazy("有过答案，但比字典规定的期限旧，或名单没有写是哪天问的。")),
    (gettext_lazy("不清楚"), gettext_lazy("问过，在场的人不知道；下次可以问别人。")),
    (gettext_lazy("谢绝"), gettext_lazy("问过，不愿意说。这也是一种回答，不会再为此上门。")),
    (gettext_lazy("已答"), gettext_lazy("有足够新的答案；回答“否”也是已答。")),
    (
        gettext_lazy("符合"),
        gettext_lazy("由出生日期、户内人数和住户自愿说明得出，没有打分，也不排名。不知道的单独列出，不算“否”。"),
    ),
)
