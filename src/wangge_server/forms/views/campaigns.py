"""Campaigns: what asking costs before it starts, two people to start it, how far it has come, and taking it back."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wangge import forms, insight
from wangge.base.errors import WanggeError
from wangge_server.base.ledger import Column, cut, ledger
from wangge_server.base.panel import panel
from wangge_server.forms import campaign_actions as actions
from wangge_server.forms import campaign_queries as queries
from wangge_server.forms.models import Campaign
from wangge_server.geography.queries import area_name, area_names
from wangge_server.intake.words import element_words
from wangge_server.policy.gate import gate
from wangge_server.policy.scope import NOBODY, may

KINDS = {"targeted": gettext_lazy("补问"), "census": gettext_lazy("普查")}
STATES: dict[str, tuple[str, Any]] = {
    "proposed": ("warn", gettext_lazy("待第二人批准")), "running": ("good", gettext_lazy("进行中")),
    "withdrawn": ("unknown", gettext_lazy("已收回")), "done": ("good", gettext_lazy("已完成")),
}  # fmt: skip
LIST = (
    Column("what", gettext_lazy("采集")), Column("area", gettext_lazy("区域")), Column("state", gettext_lazy("状态")),
    Column("done", gettext_lazy("办结 / 应去（户）")), Column("due", gettext_lazy("期限"), order="due_on"),
    Column("by", gettext_lazy("提出人"), hide="narrow"),
)  # fmt: skip
PRICED = (
    Column("grid", pgettext_lazy("one", "网格"), order="grid_code"), Column("doors", gettext_lazy("户"), order="doors", numeric=True),
    Column("questions", gettext_lazy("问题"), order="questions", numeric=True),
    Column("minutes", gettext_lazy("共需（分钟）"), order="minutes", numeric=True),
    Column("workers", gettext_lazy("网格员"), order="workers", numeric=True),
    Column("day", gettext_lazy("每人每天 / 可用（分钟）"), order="minutes_a_worker_day"),
    Column("needed", gettext_lazy("最少天数"), order="days_needed", numeric=True), Column("state", gettext_lazy("结论"), order="is_over"),
)  # fmt: skip
DEFAULT_DAYS = 7


@gate("campaign.view")
def campaigns(request: HttpRequest) -> HttpResponse:
    """What is asked at present, what waits for a second person, what is over."""
    page = cut(request, queries.campaigns_in(_own(request)), LIST)
    acts: list[dict[str, Any]] = [
        {"label": _("普查报价"), "url": reverse("campaign_new") + "?kind=census", "icon": "notes"}
    ]
    if may(request, "gap.view"):
        acts.append({"label": _("从缺口开始"), "url": reverse("gaps"), "icon": "search", "primary": True})
    running = sum(one.state == "running" for one in page.items)
    return render(request, "forms/campaigns.html", {
        "head": {"title": _("采集"), "answer": _("进行中的采集"), "number": running, "of": page.count, "as_of": timezone.now(),
                 "actions": acts if may(request, "campaign.propose") else []},
        "ledger": ledger(page, [_line(one) for one in page.items], title=_("采集"), id="campaigns", empty={
            "title": _("还没有采集"), "text": _("从缺口图选一类人群，先看代价，再由第二人批准。")}),
    })  # fmt: skip


@gate("campaign.propose")
def new(request: HttpRequest) -> HttpResponse:
    """The price, grid by grid, before anything is proposed; POST proposes it, if workers have the time."""
    given = request.POST if request.method == "POST" else request.GET
    asked = _asked(request, given)
    draft, error = None, None
    try:
        draft = queries.draft(**asked, today=timezone.localdate())
        names = {one: str(element_words(one)) for one in draft.elements}
        if request.method == "POST":
            made = actions.propose_campaign(draft=draft, names=names, **_who(request))
            messages.success(request, _("已提出，等待第二人批准。现在还没有任何人上门。"))
            return redirect("campaign", pk=made.pk)
        forms.refuse_if_over(draft.price, names)
    except WanggeError as why:
        if why.code not in ("E3870", "E3871", "E3872", "E3879", "E3880", "E3881"):
            raise
        error = why
    return render(
        request,
        "forms/campaign_new.html",
        _priced(request, asked, draft, error),
        status=400 if error and request.method == "POST" else 200,
    )


@gate("campaign.view")
def campaign(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One campaign: the price while it waits, the progress once it runs."""
    found, today = _one(request, pk), timezone.localdate()
    doors = queries.doors_table(found)
    context = {"campaign": found, "breadcrumb": [{"label": _("采集"), "url": reverse("campaigns")}, {"label": _title(found)}],
               "can_stop": found.state in ("proposed", "running") and may(request, "campaign.stop")}  # fmt: skip
    if not doors.num_rows:
        return render(request, "forms/campaign_waiting.html", context | _waiting(request, found))
    return render(request, "forms/campaign.html", context | _progress(request, found, doors, today))


@require_POST
@gate("campaign.approve")
def approve(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The second person starts it; the proposer may not (E3873)."""
    n = actions.approve_campaign(campaign=_one(request, pk), today=timezone.localdate(), **_who(request))
    messages.success(request, _("已批准：%(n)s 户排进了网格员的日程。") % {"n": n})
    return redirect("campaign", pk=pk)


@require_POST
@gate("campaign.stop")
def stop(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Taken back: doors nobody settled are off every list; what was answered stays."""
    n = actions.withdraw_campaign(campaign=_one(request, pk), **_who(request))
    messages.success(request, _("已收回 %(n)s 户；已经回答的保留。") % {"n": n})
    return redirect("campaign", pk=pk)


# ---- parts ----------------------------------------------------------------------------------------------


def _who(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.user, "purpose": request.purpose}  # type: ignore[attr-defined]


def _own(request: HttpRequest) -> str:
    return request.user.area_code or NOBODY  # type: ignore[union-attr]


def _one(request: HttpRequest, pk: UUID) -> Campaign:
    found = queries.campaign_in(_own(request), pk)
    if found is None:
        raise Http404
    return found


def _asked(request: HttpRequest, given: Any) -> dict[str, Any]:
    """What the address asks for; nonsense means the reader's own ground and a week from today."""
    area, own, today = given.get("in", ""), _own(request), timezone.localdate()
    if not area.isdecimal() or not area.startswith(own):
        area = own
    starts_on = _day(given.get("starts_on")) or today
    due_on = _day(given.get("due_on")) or starts_on + dt.timedelta(days=DEFAULT_DAYS - 1)
    census = given.get("kind") == "census"
    return {"kind": "census" if census else "targeted", "profile": "" if census else given.get("profile") or queries.SHOWN_FIRST, "area": area,
            "starts_on": max(starts_on, today), "due_on": due_on, "dropped": tuple(given.getlist("drop"))}  # fmt: skip


def _day(text: str | None) -> dt.date | None:
    try:
        return parse_date(text or "")
    except ValueError:
        return None


def _title(one: Any) -> str:
    return _name(one.kind, one.profile)


def _name(kind: str, profile: str) -> str:
    if kind == "census":
        return _("普查")
    known = insight.profiles().get(profile)
    return _("补问：%(who)s") % {"who": known.label[get_language() or "zh-hans"] if known else profile}


def _state(one: Any) -> tuple[str, Any]:
    return STATES["done" if one.state == "running" and one.n_doors and one.n_done == one.n_doors else one.state]


def _line(one: Any) -> dict[str, Any]:
    url, (tone, word) = reverse("campaign", args=[one.pk]), _state(one)
    share = {"kind": "share", "value": one.n_done, "of": one.n_doors} if one.n_doors else "—"
    return {"id": str(one.pk), "url": url, "cells": [
        {"kind": "link", "text": _title(one), "url": url}, area_name(one.area_code), {"kind": "badge", "tone": tone, "word": word},
        share, one.due_on.isoformat(), one.proposed_by.name]}  # fmt: skip


def _priced(
    request: HttpRequest, asked: dict[str, Any], draft: queries.Draft | None, error: WanggeError | None
) -> dict[str, Any]:
    price = draft.price if draft else None
    page = cut(request, price.grids.to_pylist() if price else [], PRICED, sort="-state")
    names = area_names("grid", asked["area"])
    census = asked["kind"] == "census"
    all_elements = tuple(forms.budget()["census"]["elements"]) if census else _asks(asked["profile"])
    again = {"kind": asked["kind"], "profile": asked["profile"], "in": asked["area"]}
    return {
        "head": {"title": _("代价：%(what)s") % {"what": _name(asked["kind"], asked["profile"])},
                 "answer": _("要问的户") if price else _("没有报价"), "number": price.doors if price else None, "unit": _("户"),
                 "as_of": timezone.now()},
        "cards": _price_cards(price) if price else [], "error": panel(error) if error else None, "asked": asked, "place": area_name(asked["area"]),
        "elements": [(one, element_words(one), one in asked["dropped"]) for one in all_elements], "can_propose": price is not None and not price.is_over,
        "ledger": ledger(page, [_priced_line(row, names) for row in page.items], title=_("按网格的代价"), id="price", empty={
            "title": _("没有要问的"), "text": _("换一个人群，或改日再来。")}),
        "again": urlencode(again), "how": HOW,
        "breadcrumb": [{"label": _("采集"), "url": reverse("campaigns")}, {"label": _("代价")}],
    }  # fmt: skip


def _asks(profile: str) -> tuple[str, ...]:
    chosen = insight.profile(profile)
    return tuple(dict.fromkeys((*chosen.first, *chosen.asks)))


def _price_cards(price: forms.Price) -> list[dict[str, Any]]:
    over = sum(row["is_over"] for row in price.grids.to_pylist())
    return [
        {"label": _("问题"), "value": round(price.questions), "unit": _("个"), "hint": _("只问没人问过、过期或当时不清楚的")},
        {"label": _("共需"), "value": round(price.minutes / 60), "unit": _("小时")},
        {"label": _("期限"), "value": price.days, "unit": _("天")},
        {"label": _("最少要"), "value": price.days_needed, "unit": _("天"), "tone": "bad" if price.is_over else "good",
         "word": _("超出每日预算") if price.is_over else _("来得及")},
        {"label": _("超出的网格"), "value": over, "of": price.grids.num_rows, "tone": "bad" if over else "good",
         "word": _("要删减或延期") if over else _("都来得及")},
    ]  # fmt: skip


def _priced_line(row: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    badge = {"kind": "badge", "tone": "bad", "word": _("超出") if row["workers"] else _("无人负责")} if row["is_over"] else {
        "kind": "badge", "tone": "good", "word": _("来得及")}  # fmt: skip
    day = f"{row['minutes_a_worker_day']:.0f} / {row['budget']:.0f}" if row["workers"] else "—"
    return {"id": row["grid_code"] or "", "tone": "bad" if row["is_over"] else "", "cells": [
        names.get(row["grid_code"], row["grid_code"] or _("未落格")), row["doors"], round(row["questions"]), round(row["minutes"]),
        row["workers"], day, row["days_needed"], badge]}  # fmt: skip


def _waiting(request: HttpRequest, found: Any) -> dict[str, Any]:
    """A campaign without doors yet, or taken back before it had any: its price as it was shown."""
    tone, word = STATES[found.state]
    names = area_names("grid", found.area_code)
    page = cut(request, found.price["grids"], PRICED)
    mine = found.proposed_by_id == request.user.pk
    return {
        "head": {"title": _title(found), "answer": word, "as_of": found.proposed_at}, "tone": tone, "word": word, "mine": mine,
        "place": area_name(found.area_code), "elements": [element_words(one) for one in found.elements],
        "cards": [
            {"label": _("户"), "value": found.price["doors"]}, {"label": _("问题"), "value": found.price["questions"]},
            {"label": _("共需"), "value": round(found.price["minutes"] / 60), "unit": _("小时")},
            {"label": _("期限"), "value": found.price["days"], "unit": _("天")},
            {"label": _("最少要"), "value": found.price["days_needed"], "unit": _("天")},
        ],
        "can_approve": found.state == "proposed" and not mine and may(request, "campaign.approve"),
        "ledger": ledger(page, [_priced_line(row, names) for row in page.items], title=_("提出时的代价"), id="price"),
    }  # fmt: skip


# ---- progress --------------------------------------------------------------------------------------------


def _progress(request: HttpRequest, found: Any, doors: Any, today: dt.date) -> dict[str, Any]:
    rows = forms.progress(doors, today).to_pylist()
    sums = {
        key: sum(row[key] for row in rows)
        for key in ("frame", "confirmed", "refused", "unconfirmed", "tried", "done", "planned")
    }
    told = forms.forecast(doors, starts_on=found.starts_on, until=today - dt.timedelta(days=1))
    late = [row for row in rows if row["is_late"]]
    names = area_names("grid", found.area_code)
    tone, word = _state(found)
    return {
        "head": {"title": _title(found), "answer": _("已核实"), "number": sums["confirmed"], "of": sums["frame"], "unit": _("户"),
                 "as_of": timezone.now()},
        "tone": tone, "word": word, "place": area_name(found.area_code), "forecast": forecast_words(told, found.due_on),
        "cards": _progress_cards(sums, late, rows, told, found.due_on), "chart": _chart(doors), "table": _by_grid_and_day(doors, rows, names, today),
        "forgotten": [(names.get(row["grid_code"], row["grid_code"]), row["place"], row["doors"]) for row in forms.forgotten(doors, today).to_pylist()[:20]],
        "how": PROGRESS_HOW,
    }  # fmt: skip


def forecast_words(told: forms.Forecast, due_on: dt.date) -> str:
    """What can be said of the end, and how sure it is, in one sentence."""
    if told.why == "finished":
        return _("已全部办结，最后一户在 %(on)s。") % {"on": told.expected_on}
    if told.why == "too_early":
        return _("还不能预计：要先走满两天。")
    if told.why == "standing" or told.expected_on is None:
        return _("还不能预计：有的网格还没有办结一户。")
    words = {"on": told.expected_on, "from": told.earliest_on, "to": told.latest_on, "n": told.n_days}
    span = (_("各网格每天都按最快一天走是 %(from)s，按最慢一天走是 %(to)s") if told.latest_on
            else _("各网格每天都按最快一天走是 %(from)s；有一天一户也没有办结，最晚到哪天说不准")) % words  # fmt: skip
    late = _("，晚于期限 %(due)s") % {"due": due_on} if told.expected_on > due_on else ""
    return _("按前 %(n)s 天的平均速度，%(on)s 办结%(late)s。%(span)s。") % {**words, "late": late, "span": span}


def _progress_cards(
    sums: dict[str, int], late: list[Any], rows: list[Any], told: forms.Forecast, due_on: dt.date
) -> list[dict[str, Any]]:
    in_time = told.expected_on is not None and told.expected_on <= due_on
    word = {"finished": _("已完成"), "too_early": _("还不能预计"), "standing": _("还不能预计")}.get(told.why) or (
        _("期限之内") if in_time else _("会晚"))  # fmt: skip
    return [
        {"label": _("底数"), "value": sums["frame"], "unit": _("户")},
        {"label": _("未核实"), "value": sums["unconfirmed"], "of": sums["frame"], "unit": _("户"),
         "tone": "warn" if sums["unconfirmed"] else "good", "word": _("还要去") if sums["frame"] - sums["done"] else _("全部走到"),
         "hint": _("其中谢绝 %(n)s 户") % {"n": sums["refused"]} if sums["refused"] else ""},
        {"label": _("去过没人"), "value": sums["tried"], "unit": _("户")},
        {"label": _("落后的网格"), "value": len(late), "of": len(rows), "tone": "bad" if late else "good",
         "word": _("落后于排期") if late else _("都按排期")},
        {"label": _("期限"), "value": None if told.expected_on is None else (due_on - told.expected_on).days, "unit": _("天富余"),
         "tone": "unknown" if told.expected_on is None else "good" if in_time else "bad", "word": word},
    ]  # fmt: skip


def _chart(doors: Any) -> dict[str, Any] | None:
    """Planned and settled doors, day by day."""
    days: dict[str, list[int]] = {}
    for row in forms.by_day(doors).to_pylist():
        sums = days.setdefault(row["day"].isoformat(), [0, 0])
        sums[0] += row["planned"]
        sums[1] += row["done"]
    labels = sorted(days)
    return {"kind": "bars", "labels": labels, "unit": _("户"), "series": [
        {"name": _("排期"), "values": [days[day][0] for day in labels]}, {"name": _("办结"), "values": [days[day][1] for day in labels]}]}  # fmt: skip


def _by_grid_and_day(doors: Any, rows: list[Any], names: dict[str, str], today: dt.date) -> dict[str, Any]:
    """Grids by days, late ones first: what was settled of what was planned."""
    cells: dict[str, dict[dt.date, tuple[int, int]]] = {}
    for row in forms.by_day(doors).to_pylist():
        cells.setdefault(row["grid_code"], {})[row["day"]] = (row["done"], row["planned"])
    days = sorted({day for one in cells.values() for day in one})
    ordered = sorted(rows, key=lambda row: (not row["is_late"], row["grid_code"]))
    return {
        "days": days,
        "rows": [{"name": names.get(row["grid_code"], row["grid_code"]), "late": row["is_late"], "done": row["done"], "frame": row["frame"],
                  "behind": max(0, row["planned"] - row["done"]),
                  "cells": [(*cells[row["grid_code"]].get(day, (0, 0)), day < today) for day in days]} for row in ordered],
    }  # fmt: skip


HOW = (
    (gettext_lazy("怎样算"), gettext_lazy("户数 × 每户分钟 + 问题 × 每题分钟；数字在 budget.toml，可由主管调整。")),
    (
        gettext_lazy("每人每天"),
        gettext_lazy("一格的时间由负责它的人平分；一人负责几格就相加，正在进行的采集先扣除。七天里有一天不排。"),
    ),
    (gettext_lazy("超出就不启动"), gettext_lazy("删减排在后面的问题，或放宽期限；无人负责的网格先指派。")),
    (gettext_lazy("两个人"), gettext_lazy("提出的人不能批准。批准之前没有人上门，批准之后可以收回。")),
)
PROGRESS_HOW = (
    (gettext_lazy("底数"), gettext_lazy("批准时排进来的门，每扇只算一次，所以不会超过 100%。")),
    (gettext_lazy("已核实"), gettext_lazy("到过门口并有结论：有人住、空置、不是住宅或已拆。谢绝是结果，但不算核实。")),
    (gettext_lazy("落后"), gettext_lazy("排到昨天的户里，没有办结的超过百分之五。")),
    (gettext_lazy("没有人去过的楼"), gettext_lazy("排期已过，而整栋楼没有一户办结、也没有一户敲过门。")),
    (
        gettext_lazy("预计"),
        gettext_lazy(
            "只用已经过完的整天；各网格按自己的速度，最慢的网格决定哪天办结。天数少，所以给出最快和最慢，不给概率。"
        ),
    ),
)
