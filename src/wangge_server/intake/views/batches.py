"""Lists as departments send them: what arrived, what was good, what is held and why."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wangge_server.base.ledger import Column, cut, ledger
from wangge_server.base.panel import panel, reason
from wangge_server.intake import queries
from wangge_server.intake.reading import NOTHING_IN_IT
from wangge_server.intake.views.parts import BUSY, batch_or_404, crumbs, may_go_on, may_see_values, scope, steps
from wangge_server.intake.views.rows import rows_ledger
from wangge_server.intake.words import MODES, banned_words, element_words, list_words, state_badge
from wangge_server.policy.gate import gate
from wangge_server.policy.scope import may

BATCHES = (
    Column("received", gettext_lazy("收到"), order="received_at"),
    Column("list", gettext_lazy("清单"), order="list_name"),
    Column("file", gettext_lazy("文件"), hide="narrow"),
    Column("by", gettext_lazy("报送人"), hide="narrow"),
    Column("state", gettext_lazy("状态"), order="state"),
    Column("rows", gettext_lazy("行数"), order="n_rows", numeric=True),
    Column("accepted", gettext_lazy("接收"), numeric=True),
    Column("person", gettext_lazy("待人工"), order="n_faulty", numeric=True),
    Column("held", gettext_lazy("退回"), order="n_held", numeric=True),
)
HELD = (
    Column("line", gettext_lazy("文件行号"), order="line", numeric=True, width="96px"),
    Column("sheet", gettext_lazy("工作表"), hide="narrow"),
    Column("element", gettext_lazy("列"), order="element"),
    Column("what", gettext_lazy("问题"), order="code"),
    Column("todo", gettext_lazy("怎么办")),
    Column("code", gettext_lazy("编号"), hide="narrow"),
)
AT_THE_END = ("confirmed", "reading", "read", "replaced")
SOURCES = (
    Column("list", gettext_lazy("清单")),
    Column("at", gettext_lazy("最近收到")),
    Column("files", gettext_lazy("文件"), numeric=True),
    Column("rows", gettext_lazy("行数"), numeric=True),
    Column("share", gettext_lazy("合格 / 行数")),
)


@gate("batch.view")
def batches(request: HttpRequest) -> HttpResponse:
    """What arrived, from whom, rows good and held, what waits for a person."""
    within = scope(request)
    counts, wait, now = queries.batch_counts(within), queries.waiting(within), timezone.now()
    page = cut(request, queries.batches(within), BATCHES, sort="-received")
    table = ledger(
        page,
        [_batch_line(one) for one in page.items],
        title=_("批次"),
        id="batches",
        empty={
            "title": _("还没有收到清单"),
            "text": _("各部门原样上传，不必改格式。"),
            "action_url": reverse("batch_upload") if may(request, "batch.upload") else "",
            "action_label": _("上传清单"),
        },
    )
    return render(request, "intake/batches.html", {
        "head": {"title": _("汇聚"), "answer": _("合格行"), "number": counts["n_good"], "of": counts["n_rows"],
                 "unit": _("行"), "as_of": now, "actions": _upload_act(request)},
        "cards": _cards(counts, wait), "ledger": table, "sources": _sources(queries.received_by_list(within)),
    })  # fmt: skip


@gate("batch.view")
def batch(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One file: where it stands, what it would do or did, row by row where granted, and what comes next."""
    found = batch_or_404(request, pk)
    mine = may_go_on(request, found)
    if found.state == "previewed" and mine:
        return redirect("batch_table", pk=pk)
    by_code = [row | reason(row["code"]) for row in queries.held_by_code(found)]
    refusal = queries.refusal(found)
    n_left = len(queries.open_rows(found, NOTHING_IN_IT))
    rows = _rows(request, found, by_code)
    by_code = [] if rows and found.n_new is not None else by_code  # the rows' own table tells the reasons
    context = {
        "head": _head(found), "batch": found, "steps": steps(found, _here(found)),
        "cards": _batch_cards(found, n_left), "sums": _sums(found), "by_code": by_code, "columns": _columns(found),
        "stages": _stages(found) if found.state in BUSY else [], "poll_url": _poll(found),
        "error": panel(refusal) if refusal else None, "ledger": rows, "mine": mine,
        "mode": MODES[found.mode], "replaced": _replaced(found), "errors_url": _errors_url(request, found, n_left),
        "n_left": n_left, "keep_days": queries.KEEP_DAYS, "corrections": _corrections(request, found), "breadcrumb": crumbs(found),
    }  # fmt: skip
    return render(request, "intake/batch.html", context)


@gate("batch.view")
def state(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The part that the page asks for every two seconds while a file is being read."""
    found = batch_or_404(request, pk)
    response = render(
        request,
        "ui/parts/progress_stages.html",
        {"stages": _stages(found), "poll_url": _poll(found), "title": _("进度")},
    )
    if not _poll(found):
        response["HX-Refresh"] = "true"  # everything else on the page has changed too
    return response


# ---- parts ------------------------------------------------------------------------------------------------


def _upload_act(request: HttpRequest) -> list[dict[str, Any]]:
    if not may(request, "batch.upload"):
        return []
    return [{"label": _("上传清单"), "url": reverse("batch_upload"), "icon": "file-import", "primary": True}]


def _cards(counts: dict[str, int], wait: dict[str, int]) -> list[dict[str, Any]]:
    accepted = counts["n_good"] - counts["n_faulty"]
    return [
        {"label": _("收到的行"), "value": counts["n_rows"], "unit": _("行"), "hint": _("= 接收 + 待人工 + 退回，一行不少")},
        *_three(counts["n_rows"], accepted, counts["n_faulty"], counts["n_held"]),
        {"label": _("等待处理的文件"), "value": wait["unread"] + wait["asks"] + wait["refused"], "unit": _("份"),
         "tone": "bad" if wait["refused"] else "warn" if wait["asks"] else "",
         "word": _("退回 %(n)s") % {"n": wait["refused"]} if wait["refused"] else _("等您 %(n)s") % {"n": wait["asks"]}
         if wait["asks"] else "", "hint": _("在处理 %(n)s") % {"n": wait["unread"]}},
    ]  # fmt: skip


def _three(rows: int | None, accepted: int | None, person: int | None, refused: int | None) -> list[dict[str, Any]]:
    """Rows taken whole, rows that went on without a value, rows refused: together all rows of the file."""
    return [
        {"label": _("接收"), "value": accepted, "of": rows, "unit": _("行"), "tone": "good", "word": _("可用")},
        {"label": _("待人工"), "value": person, "of": rows, "unit": _("行"), "tone": "warn" if person else "good",
         "word": _("有一项待核对，其余可用") if person else _("没有")},
        {"label": _("退回"), "value": refused, "of": rows, "unit": _("行"), "tone": "warn" if refused else "good",
         "word": _("等部门更正") if refused else _("没有")},
    ]  # fmt: skip


def _batch_line(one: Any) -> dict[str, Any]:
    return {"id": str(one.pk), "tone": "bad" if one.state == "refused" else "", "url": reverse("batch", args=[one.pk]), "cells": [
        {"kind": "link", "text": timezone.localtime(one.received_at).strftime("%Y-%m-%d %H:%M"),
         "url": reverse("batch", args=[one.pk])},
        list_words(one.list_name), one.file_name, one.received_by.name or one.received_by.username, state_badge(one.state),
        one.n_rows, one.n_accepted, one.n_faulty, one.n_held]}  # fmt: skip


def _sources(got: dict[str, Any]) -> dict[str, Any]:
    """Every list the mapping knows, with its newest arrival; one that never came says so."""
    rows = [{"list": name, **got.get(name, {"at": None, "files": 0, "n_rows": None, "n_good": None})}
            for name in queries.mapping().lists]  # fmt: skip
    lines = [
        {
            "cells": [
                list_words(r["list"]),
                {"kind": "time", "value": r["at"]}
                if r["at"]
                else {"kind": "badge", "tone": "warn", "word": _("从未收到")},
                r["files"],
                r["n_rows"],
                {"kind": "share", "value": r["n_good"], "of": r["n_rows"]},
            ]
        }
        for r in rows
    ]
    return {"id": "sources", "title": _("来源与新鲜度"), "columns": [c.as_dict() for c in SOURCES], "rows": lines,
            "count": len(lines), "page": 1, "pages": 1, "first": 1, "last": len(lines)}  # fmt: skip


def _here(found: Any) -> str:
    """The step this page is about."""
    return "table" if found.state == "received" or (not found.header_key and found.state == "refused") else (
        "result" if found.state in AT_THE_END else "check")  # fmt: skip


def _head(found: Any) -> dict[str, Any]:
    """The answer in words: what the file would do, what it did, or what it waits for."""
    answers = {
        "received": _("正在认表头"), "previewed": _("等报送单位核对表头和列"), "mapped": _("正在试算，尚未载入任何行"),
        "confirmed": _("正在入库"), "reading": _("正在入库"), "cancelled": _("已撤回，未载入任何行"),
        "refused": _("已退回，未载入任何行"), "replaced": _("已被后来的文件替换，不再计入"),
        "expired": _("三十天内没有人确认，未载入任何行"),
    }  # fmt: skip
    head = {
        "title": list_words(found.list_name) if found.list_name else found.file_name,
        "as_of": found.read_at or found.checked_at or found.received_at,
    }
    if found.state in answers:
        return head | {"answer": answers[found.state]}
    words = _("试算：确认后可入库的行") if found.state == "checked" else _("已入库的行")
    return head | {"answer": words, "number": found.n_good, "of": found.n_rows, "unit": _("行")}


def _batch_cards(found: Any, n_left: int) -> list[dict[str, Any]]:
    """新增, 更新, 跳过 and 错误 where the file was tried out, else the three sums."""
    if found.n_rows is None:
        return []
    if found.n_new is None:
        whole = {"label": _("收到的行"), "value": found.n_rows, "unit": _("行"), "hint": found.file_name}
        return [whole, *_three(found.n_rows, found.n_accepted, found.n_faulty, found.n_held)]
    page = "" if found.forgotten_at else "?outcome={}#rows"
    errors = (
        {"tone": "warn", "word": _("要更正")}
        if n_left
        else {"tone": "good", "word": _("已更正") if found.n_error else _("没有")}
    )
    return [
        {"label": _("新增"), "value": found.n_new, "unit": _("行"), "hint": _("登记里没有的人"), "href": page.format("new")},
        {"label": _("更新"), "value": found.n_update, "unit": _("行"), "hint": _("已有的人，内容有变化或增加"), "href": page.format("update")},
        {"label": _("跳过"), "value": found.n_skip, "unit": _("行"), "hint": _("没有新内容、重复、空行或合计"), "href": page.format("skip")},
        {"label": _("错误"), "value": found.n_error, "unit": _("行"), "href": page.format("error"),
         **({} if found.forgotten_at else errors)},
    ]  # fmt: skip


def _sums(found: Any) -> list[dict[str, Any]]:
    """Both ways of counting the rows, each adding up to the rows of the file."""
    if found.n_rows is None:
        return []
    three = [(_("接收"), found.n_accepted), (_("待人工"), found.n_faulty), (_("退回"), found.n_held)]
    four = [
        (_("新增"), found.n_new),
        (_("更新"), found.n_update),
        (_("跳过"), found.n_skip),
        (_("错误"), found.n_error),
    ]
    lines = [three] if found.n_new is None else [three, four]
    return [{"parts": parts, "difference": found.n_rows - sum(n for _word, n in parts)} for parts in lines]


def _replaced(found: Any) -> dict[str, int] | None:
    """Which files a confirmation would put out of count."""
    if found.mode != "replace" or found.state != "checked":
        return None
    return queries.would_replace(found)


def _errors_url(request: HttpRequest, found: Any, n_left: int) -> str:
    """Where the rows that wait can be downloaded by those who may see what stands in them."""
    open_ = found.state in ("checked", "read", "refused") and n_left and may_see_values(request, found)
    return reverse("batch_errors", args=[found.pk]) if open_ else ""


def _corrections(request: HttpRequest, found: Any) -> list[dict[str, Any]]:
    """Files that corrected rows of this one."""
    rows = queries.batches(scope(request)).filter(corrects=found).exclude(state="cancelled")
    return [
        {"url": reverse("batch", args=[one.pk]), "label": one.file_name, "state": state_badge(one.state)}
        for one in rows
    ]


def _rows(request: HttpRequest, found: Any, by_code: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The rows one by one: all of them where the file was tried out, else those held."""
    if not may(request, "held.view") or found.n_rows is None or found.forgotten_at:
        return None
    if found.n_new is not None:
        return rows_ledger(request, found, may_see_values(request, found))
    return _held_ledger(request, found, by_code) if found.n_held else None


def _columns(found: Any) -> list[dict[str, Any]]:
    """What happened to each column of the file, in the order: read, dropped, not used, missing."""
    report = found.report or {}
    place = {header: n for n, (header, _element) in enumerate(found.columns)}
    read = sorted(report.get("read", {}).items(), key=lambda one: place.get(one[0], 0))
    return [
        *({"header": h, "tone": "good", "word": _("已读入"), "note": element_words(e)} for h, e in read),
        *({"header": h, "tone": "bad", "word": _("禁止采集，已丢弃"), "note": banned_words(h, why)} for h, why in report.get("dropped", {}).items()),
        *({"header": h, "tone": "unknown", "word": _("未使用"), "note": ""} for h in report.get("ignored", [])),
        *({"header": h, "tone": "warn", "word": _("文件里没有"), "note": ""} for h in report.get("missing", [])),
    ]  # fmt: skip


def _stages(found: Any) -> list[dict[str, Any]]:
    """How far the machine has come with what it does now."""
    doing = {"received": "table", "mapped": "check", "confirmed": "kept", "reading": "kept", "refused": "table"}
    words = (
        ("received", _("收到")),
        ("table", _("认表头")),
        ("check", _("逐行检查，对照登记试算")),
        ("kept", _("入库")),
    )
    keys = [key for key, _word in words]
    at = keys.index(doing.get(found.state, "kept"))
    started = found.n_tries > 0 or found.state == "reading"
    lines = [
        {"key": key, "label": word, "state": "done" if n < at else "waiting"} for n, (key, word) in enumerate(words)
    ]
    if found.state not in BUSY:
        lines[at]["state"] = "failed" if found.state == "refused" else "done"
    elif started:
        lines[at]["state"] = "running"
    if found.by_file and found.n_rows is None and at == 3:
        lines[1]["state"] = lines[2]["state"] = "done"
    return lines


def _poll(found: Any) -> str:
    return reverse("batch_state", args=[found.pk]) if found.state in BUSY else ""


def _held_ledger(request: HttpRequest, found: Any, by_code: list[dict[str, Any]]) -> dict[str, Any]:
    code = request.GET.get("reason", "")
    page = cut(request, queries.held_rows(found, code), HELD, sort="line")
    words = {row["code"]: row for row in by_code}
    lines = [{"cells": [row.line, row.sheet or "—", element_words(row.element), words[row.code]["what"], words[row.code]["todo"],
                        row.code]} for row in page.items]  # fmt: skip
    options = [{"value": "", "label": _("全部")}, *({"value": r["code"], "label": r["what"]} for r in by_code)]
    return ledger(page, lines, title=_("退回的行"), id="held", export_url=reverse("batch_held", args=[found.pk]), filters=[
        {"name": "reason", "label": _("问题"), "kind": "select", "value": code, "options": options}],
        empty={"title": _("没有这样的行"), "text": _("换一个问题，或清除筛选。")})  # fmt: skip
