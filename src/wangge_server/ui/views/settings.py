"""What is allowed and why, who may come in, and what is off that should be on."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from wangge import policy as table
from wangge_server.accounts import queries as accounts
from wangge_server.base.ledger import Column, cut, ledger
from wangge_server.geography.queries import names_of
from wangge_server.policy.gate import gate
from wangge_server.policy.queries import grants, label
from wangge_server.ui.queries import machine
from wangge_server.ui.words import ELEMENTS, PHASES, RELATIONS, permission_words

PEOPLE = (
    Column("username", gettext_lazy("账号"), order="username"), Column("name", gettext_lazy("称呼"), order="name"),
    Column("role", gettext_lazy("角色"), order="role"), Column("area", gettext_lazy("辖区"), order="area_code"),
    Column("state", gettext_lazy("状态"), order="is_active"), Column("last", gettext_lazy("最近登录"), order="last_login", hide="narrow"),
)  # fmt: skip


@gate("policy.view")
def policy(request: HttpRequest) -> HttpResponse:
    """The policy table in words: who may do what for which purpose, and what they may see."""
    lang, role = get_language() or "zh-hans", request.GET.get("role", "")
    rows = [_grant(row) for row in grants(lang) if not role or row["code"] == role]
    return render(request, "ui/policy.html", {
        "head": {"title": _("策略说明"), "answer": _("没有写明的一律不允许。策略版本"), "number": table.version()},
        "grants": rows, "role": role, "purposes": _purposes(lang),
        "roles": [(code, label("role", code, lang)) for code in table.table()["role"]],
    })  # fmt: skip


@gate("people.view")
def people(request: HttpRequest) -> HttpResponse:
    """Accounts by role. No password, no phone number, nothing private."""
    lang, role = get_language() or "zh-hans", request.GET.get("role", "")
    by_role = accounts.n_by_role()
    page = cut(request, accounts.accounts(role=role), PEOPLE, sort="role")
    names = names_of(one.area_code for one in page.items)
    active, total = (sum(row[key] for row in by_role.values()) for key in ("active", "n"))
    options = [
        {"value": "", "label": _("全部")},
        *({"value": code, "label": f"{label('role', code, lang)} ({row['n']})"} for code, row in by_role.items()),
    ]
    return render(request, "ui/people.html", {
        "head": {"title": _("人员与角色"), "answer": _("可登录账号"), "number": active, "of": total, "unit": "",
                 "as_of": timezone.now()},
        "ledger": ledger(page, [_account(one, names, lang) for one in page.items], title=_("账号台账"), id="people", filters=[
            {"name": "role", "label": _("角色"), "kind": "select", "value": role, "options": options}],
            empty={"title": _("没有这样的账号"), "text": _("换一个角色，或清除筛选。")}),
    })  # fmt: skip


@gate("health.view")
def health_page(request: HttpRequest) -> HttpResponse:
    """Version, database, disk, jobs, TLS: what is off that should be on stands first."""
    m = machine()
    checks = [_check(*line) for line in _lines(m)]
    off = [one for one in checks if one["tone"] != "good"]
    return render(request, "ui/health.html", {
        "head": {"title": _("运行状况"), "answer": _("正常"), "number": len(checks) - len(off), "of": len(checks), "unit": _("项"),
                 "as_of": timezone.now()},
        "checks": sorted(checks, key=lambda one: one["order"]),
    })  # fmt: skip


def _grant(row: dict[str, Any]) -> dict[str, Any]:
    return row | {
        "may": [(permission_words(code), RELATIONS.get(relation, relation)) for code, relation in row["may"]],
        "elements": [ELEMENTS.get(code, code) for code in row["elements"]],
        "phases": [PHASES.get(code, code) for code in row["phases"]],
    }


def _purposes(lang: str) -> list[dict[str, Any]]:
    return [{"label": label("purpose", code, lang), "basis": row["basis"].get(lang, row["basis"]["zh-hans"]),
             "answerable": label("role", row["answerable"], lang)} for code, row in table.table()["purpose"].items()]  # fmt: skip


def _account(one: Any, names: dict[str, str], lang: str) -> dict[str, Any]:
    state = ("good", _("可登录")) if one.is_active else ("unknown", _("已停用"))
    return {"id": one.username, "cells": [
        one.username, one.name, label("role", one.role, lang), names.get(one.area_code, one.area_code or "—"),
        {"kind": "badge", "tone": state[0], "word": state[1]},
        {"kind": "time", "value": one.last_login} if one.last_login else _("从未登录")]}  # fmt: skip


def _lines(m: dict[str, Any]) -> list[tuple[Any, Any, str, Any]]:
    """Name, value, tone, what to do."""
    waiting, failed = m["jobs"].get("todo", 0), m["jobs"].get("failed", 0)
    return [
        (_("加密连接（TLS）"), _("开") if m["tls"] else _("关"), "good" if m["tls"] else "warn",
         "" if m["tls"] else _("只在本机试用时可以关；联网使用前请打开。")),
        (_("调试模式"), _("开") if m["debug"] else _("关"), "bad" if m["debug"] else "good", ""),
        _backup_line(m["backup"]),
        (_("失败的后台工作"), failed, "bad" if failed else "good", _("在“运算”和“批次”里查看原因。") if failed else ""),
        (_("等待的后台工作"), waiting, "warn" if waiting > 20 else "good", _("后台可能没有运行。") if waiting > 20 else ""),
        (_("剩余磁盘（GB）"), f"{m['free_gb']} / {m['disk_gb']}", "bad" if m["free_gb"] < 2 else "good",
         _("请清理或扩容。") if m["free_gb"] < 2 else ""),
        (_("数据库大小（MB）"), m["database_mb"], "good", ""),
        (_("数据库版本"), f"PostgreSQL {m['postgres']}", "good", ""),
        (_("程序版本"), m["version"], "good", ""),
    ]  # fmt: skip


def _backup_line(last: dict[str, Any] | None) -> tuple[Any, Any, str, Any]:
    """None that was restored, or none for two days, is not a backup to rely on."""
    if last is None:
        return _("备份"), _("没有"), "warn", _("请设置 WANGGE_BACKUPS，每晚自动备份并演练恢复。")
    value = timezone.localtime(last["at"]).strftime("%Y-%m-%d %H:%M")
    if last["equal"] is False:
        return _("备份"), value, "bad", _("恢复演练与备份不一致，不能依靠；请查看后台日志并重做。")
    if timezone.now() - last["at"] > dt.timedelta(days=2):
        return _("备份"), value, "bad", _("已超过两天没有备份；后台可能没有运行。")
    return _("备份"), value, "good" if last["equal"] else "warn", "" if last["equal"] else _("没有做恢复演练。")


def _check(name: Any, value: Any, tone: str, todo: Any) -> dict[str, Any]:
    words = {"good": _("正常"), "warn": _("注意"), "bad": _("不正常")}
    return {"name": name, "value": value, "tone": tone, "word": words[tone], "todo": todo,
            "order": ("bad", "warn", "good").index(tone)}  # fmt: skip
