"""What was read, done and refused: alarms first. Events hold ids and counts, never a person's data."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from wangge_server.accounts.queries import accounts
from wangge_server.audit import queries
from wangge_server.base.ledger import Column, cut, ledger
from wangge_server.policy.gate import gate
from wangge_server.policy.queries import label
from wangge_server.registry.queries import lying_elsewhere
from wangge_server.ui.words import KINDS, facts_words, permission_words, verb_words

COLUMNS = (
    Column("at", gettext_lazy("时间"), order="id"), Column("kind", gettext_lazy("种类"), order="kind"),
    Column("who", gettext_lazy("谁")), Column("purpose", gettext_lazy("目的"), order="purpose", hide="narrow"),
    Column("what", gettext_lazy("做了什么"), order="verb"), Column("about", gettext_lazy("对象编号"), hide="narrow"),
    Column("facts", gettext_lazy("数目"), hide="narrow"),
)  # fmt: skip
WEEK = dt.timedelta(days=7)


@gate("audit.view")
def audit(request: HttpRequest) -> HttpResponse:
    """Refusals of the week, then every event, newest first."""
    lang, now = get_language() or "zh-hans", timezone.now()
    asked = {key: request.GET.get(key, "") for key in ("kind", "permission", "who", "about", "since", "until")}
    rows = queries.events(
        kind=asked["kind"],
        permission=asked["permission"],
        who=asked["who"],
        about=asked["about"].strip(),
        since=_day(asked["since"]),
        until=_day(asked["until"]),
    )
    page, week = cut(request, rows, COLUMNS, sort="-at"), queries.counts_since(now - WEEK)
    return render(request, "ui/audit.html", {
        "head": {"title": _("留痕"), "answer": _("七天内被拒"), "number": week["refused"], "unit": _("次"), "as_of": now},
        "cards": _cards(week, queries.people_read(now - WEEK)), "alarms": _alarms(now - WEEK, lang),
        "bulk": [row | {"role": label("role", row["role"], lang)} for row in queries.bulk_readers(timezone.localdate())],
        "elsewhere": _elsewhere(now - WEEK, lang),
        "ledger": ledger(page, [_line(event, lang) for event in page.items], title=_("全部留痕"), id="events",
                         filters=_filters(asked), empty={"title": _("没有这样的留痕"), "text": _("放宽筛选条件，或清除筛选。")}),
    })  # fmt: skip


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _cards(week: dict[str, int], shown: int) -> list[dict[str, Any]]:
    refused = week["refused"]
    return [
        {"label": _("被拒"), "value": refused, "unit": _("次"), "tone": "bad" if refused else "good",
         "word": _("要看一看") if refused else _("没有"), "hint": _("七天内"), "href": "?kind=refused#events"},
        {"label": _("查看"), "value": week["read"], "unit": _("次"), "hint": _("显示人员或家庭 %(n)s 次") % {"n": shown},
         "href": "?kind=read#events"},
        {"label": _("更改"), "value": week["write"], "unit": _("次"), "hint": _("七天内"), "href": "?kind=write#events"},
        {"label": _("登录"), "value": week["login"], "unit": _("次"), "hint": _("七天内"), "href": "?kind=login#events"},
    ]  # fmt: skip


def _alarms(since: dt.datetime, lang: str) -> list[dict[str, Any]]:
    return [{"who": row["by__name"] or row["by__username"] or "—", "username": row["by__username"],
             "role": label("role", row["role"], lang), "purpose": label("purpose", row["purpose"], lang),
             "what": permission_words(row["permission"]), "n": row["n"]} for row in queries.refusals(since)]  # fmt: skip


def _elsewhere(since: dt.datetime, lang: str) -> list[dict[str, Any]]:
    """Who was shown people outside their own ground."""
    rows = lying_elsewhere(queries.shown_to(since))
    known = {one.username: one for one in accounts().filter(username__in=[who for who, _n in rows])}
    return [{"username": who, "who": known[who].name or who, "role": label("role", known[who].role, lang), "n": n}
            for who, n in rows if who in known]  # fmt: skip


def _filters(asked: dict[str, str]) -> list[dict[str, Any]]:
    every = [{"value": "", "label": _("全部")}]
    kinds = [{"value": key, "label": word} for key, (_tone, word) in KINDS.items()]
    permissions = [{"value": code, "label": permission_words(code)} for code in queries.permissions()]
    return [
        {"name": "kind", "label": _("种类"), "kind": "select", "value": asked["kind"], "options": every + kinds},
        {"name": "permission", "label": _("权限"), "kind": "select", "value": asked["permission"], "options": every + permissions},
        {"name": "who", "label": _("账号"), "kind": "text", "value": asked["who"]},
        {"name": "about", "label": _("对象编号"), "kind": "text", "value": asked["about"]},
        {"name": "since", "label": _("自"), "kind": "date", "value": asked["since"]},
        {"name": "until", "label": _("至"), "kind": "date", "value": asked["until"]},
    ]  # fmt: skip


def _line(event: Any, lang: str) -> dict[str, Any]:
    tone, word = KINDS.get(event.kind, ("unknown", event.kind))
    who = (
        {
            "kind": "link",
            "text": event.by.name or event.by.username,
            "url": f"?who={event.by.username}#events",
            "sub": label("role", event.role, lang),
        }
        if event.by
        else "—"
    )
    what = permission_words(event.permission) if event.kind == "refused" else verb_words(event.verb, event.permission)
    return {"id": str(event.pk), "tone": "bad" if event.kind == "refused" else "", "cells": [
        {"kind": "time", "value": event.at}, {"kind": "badge", "tone": tone, "word": word}, who,
        label("purpose", event.purpose, lang) if event.purpose else "—", str(what), event.about or "—",
        facts_words(event.facts) or "—"]}  # fmt: skip
