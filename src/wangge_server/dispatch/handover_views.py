"""Handing over on one page: a grid goes to somebody else, or is divided anew; what moves is shown before anything does."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from wangge_server.base.ledger import Column, cut, ledger
from wangge_server.dispatch import handover_actions as actions
from wangge_server.dispatch import handover_queries as queries
from wangge_server.geography.queries import area_names, buildings_of, in_force
from wangge_server.policy.gate import chosen_purpose, gate
from wangge_server.policy.scope import may

CAUSES = {
    "swap": gettext_lazy("对调"), "ill": gettext_lazy("生病"), "left": gettext_lazy("离岗"), "new": gettext_lazy("新到岗"),
    "phone_lost": gettext_lazy("手机遗失"), "redivided": gettext_lazy("网格调整"),
}  # fmt: skip
KINDS = {"split": gettext_lazy("拆分：选中的楼栋另成一格"), "move": gettext_lazy("划转：选中的楼栋划给另一格"),
         "merge": gettext_lazy("合并：整格并入另一格")}  # fmt: skip
COLUMNS = (
    Column("at", gettext_lazy("时间")), Column("cause", gettext_lazy("原因")), Column("grids", gettext_lazy("涉及网格")),
    Column("n", gettext_lazy("随之移交的信封"), numeric=True), Column("late", gettext_lazy("移交后收到的旧持有人所见"), numeric=True),
    Column("by", gettext_lazy("经办"), hide="narrow"),
)  # fmt: skip
MOST_WORDS = 200


@gate("grid.assign")
def handover(request: HttpRequest) -> HttpResponse:
    """Choose, look at what would move, then do it. The address holds the choice, so it can be shown to somebody first."""
    area, asked = _area(request), request.GET
    names, people = area_names("grid", area), dict(queries.workers_in(area))
    holders = queries.holders_in(area)
    source = asked.get("source", "")
    chosen = _buildings(asked.getlist("building"))
    held = [(f"{grid}:{who}", f"{names.get(grid, grid)} · {people.get(who, who)}") for grid, who in holders]
    empty = [
        (f"{grid}:", f"{name} · {_('没有人负责')}") for grid, name in sorted(names.items()) if grid not in dict(holders)
    ]
    done = queries.handovers_in(area)
    late, page = queries.late_work(done), cut(request, [{"one": one} for one in done], COLUMNS)
    return render(request, "dispatch/handover.html", {
        "head": {"title": _("移交与调整"), "answer": _("没有人负责的网格"), "number": len(empty), "of": len(names), "unit": "", "as_of": timezone.now()},
        "holdings": empty + held, "people": sorted(people.items()), "causes": [(key, CAUSES[key]) for key in actions.CAUSES],
        "grids": sorted(names.items()), "kinds": KINDS.items(), "asked": asked, "chosen": asked.getlist("building"),
        "buildings": buildings_of(source) if source in names else [], "can_divide": may(request, "grid.redivide"),
        "preview": _preview(asked, names, chosen), "how": HOW,
        "ledger": ledger(page, [_line(row["one"], names, late) for row in page.items], title=_("做过的移交"), id="handovers",
                         empty={"title": _("还没有移交过"), "text": ""}),
        "breadcrumb": [{"label": _("派单"), "url": reverse("dispatch")}, {"label": _("移交与调整")}],
    })  # fmt: skip


@require_POST
@gate("grid.assign")
def handover_assign(request: HttpRequest) -> HttpResponse:
    """A grid goes to somebody else, or a lost phone is noted."""
    given, area = request.POST, _area(request)
    grid, _sep, old = given.get("holding", "").partition(":")
    _inside(area, grid)
    same: dict[str, Any] = {
        "reason": given.get("reason", "").strip()[:MOST_WORDS],
        "by": request.user,
        "purpose": chosen_purpose(request),
    }
    cause = given.get("cause", "")
    if cause not in actions.CAUSES:
        raise Http404
    if cause == "phone_lost":
        made = actions.lose_phone(worker=old, **same)
    else:
        new = given.get("worker", "")
        if new and new not in dict(queries.workers_in(area)):
            raise Http404
        made = actions.reassign(cause=cause, changes=[actions.Change(grid, old, new)], **same)
    messages.success(request, _("已移交，%(n)s 个未办结的信封随之移交。") % {"n": made.n_envelopes})
    return redirect("handover")


@require_POST
@gate("grid.redivide")
def handover_redivide(request: HttpRequest) -> HttpResponse:
    """A grid is split, merged into another, or gives some buildings away."""
    given, area = request.POST, _area(request)
    kind, source, target = (given.get(key, "") for key in ("kind", "source", "target"))
    if kind not in KINDS:
        raise Http404
    _inside(area, source, *([target] if kind != "split" else []))
    made = actions.redivide(
        kind=kind, source=source, target=target, buildings=_buildings(given.getlist("building")) if kind != "merge" else [],
        name=given.get("name", "").strip()[:40], holder=given.get("worker", ""), reason=given.get("reason", "").strip()[:MOST_WORDS],
        by=request.user, purpose=request.purpose,  # type: ignore[attr-defined]
    )  # fmt: skip
    messages.success(request, _("网格已调整，%(n)s 个未办结的信封随之移交。") % {"n": made.n_envelopes})
    return redirect("handover")


# ---- parts ------------------------------------------------------------------------------------------------


def _area(request: HttpRequest) -> str:
    return request.user.area_code or "-"  # type: ignore[union-attr]


def _inside(area: str, *grids: str) -> None:
    """404 for a grid that is not the reader's ground: it does not exist for them."""
    if not all(grid.startswith(area) and in_force(grid) for grid in grids):
        raise Http404


def _buildings(picked: list[str]) -> list[tuple[str, str]]:
    return [(compound, building) for compound, _, building in (one.partition("|") for one in picked)]


def _preview(asked: Any, names: dict[str, str], chosen: list[tuple[str, str]]) -> dict[str, Any] | None:
    """What the choice in the address would move; nothing where nothing of one's own ground is chosen."""
    holding, source, kind = asked.get("holding", ""), asked.get("source", ""), asked.get("kind", "")
    if holding.partition(":")[0] in names and asked.get("cause") in actions.CAUSES:
        grid, _sep, old = holding.partition(":")
        return {
            "url": reverse("handover_assign"),
            "title": names[grid],
            "cards": _cards(queries.would_move(grid, worker=old)),
        }
    if (
        source in names
        and (kind == "merge" or (kind in KINDS and chosen))
        and (kind == "split" or asked.get("target") in names)
    ):
        moves = queries.would_move(source, buildings=chosen if kind != "merge" else ())
        return {"url": reverse("handover_redivide"), "title": names[source], "cards": _cards(moves)}
    return None


def _cards(moves: queries.Moves) -> list[dict[str, Any]]:
    phones = _("照收不误，旧持有人交来的所见都算数") if moves.phones else ""
    return [
        {"label": _("户"), "value": moves.doors}, {"label": _("未办结的信封"), "value": moves.envelopes},
        {"label": _("还没有结果的人"), "value": moves.people},
        {"label": _("可能有未发送内容的手机"), "value": moves.phones, "tone": "unknown" if moves.phones else "", "hint": phones},
    ]  # fmt: skip


def _line(one: Any, names: dict[str, str], late: dict[Any, int]) -> dict[str, Any]:
    grids = sorted({grid for grid, _, _ in one.grids if grid})
    return {"id": str(one.pk), "cells": [{"kind": "time", "value": one.at}, str(CAUSES.get(one.cause, one.cause)),
            "、".join(names.get(grid, grid) for grid in grids) or "—", one.n_envelopes, late.get(one.pk, 0), one.by.name]}  # fmt: skip


HOW = (
    (gettext_lazy("先看后做"), gettext_lazy("先看会移动多少户、多少信封、哪些手机可能有未发送的内容，再确认。")),
    (gettext_lazy("不丢"), gettext_lazy("手机不在线也照样移交：旧持有人在得知之前做的，交来就收，按门现在所在的网格计算。")),
    (gettext_lazy("不清空"), gettext_lazy("手机只收到变化：转走的门消失，接来的门出现，排在原有清单之后。")),
    (gettext_lazy("编号"), gettext_lazy("调整不改旧编号；停用的网格编号不再使用，何时属于哪一格都有记录。")),
    (gettext_lazy("手机遗失"), gettext_lazy("登记后，旧手机找回时未发送的内容仍会收下；另请改密码，使旧手机不能再打开。")),
)  # fmt: skip
