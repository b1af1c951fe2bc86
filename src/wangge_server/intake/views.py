"""Lists as departments send them: what arrived, what was good, what is held and why."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from procrastinate.contrib.django import app

from wangge.base.errors import WanggeError
from wangge_server.base.export import exported
from wangge_server.base.ledger import Column, cut, ledger
from wangge_server.base.panel import panel, reason
from wangge_server.intake import queries
from wangge_server.intake.actions import receive_file
from wangge_server.intake.forms import UploadForm
from wangge_server.intake.words import element_words, list_words, state_badge
from wangge_server.policy.gate import gate
from wangge_server.policy.reads import record_read
from wangge_server.policy.scope import may

BATCHES = (
    Column("received", gettext_lazy("收到"), order="received_at"),
    Column("list", gettext_lazy("清单"), order="list_name"),
    Column("file", gettext_lazy("文件"), hide="narrow"),
    Column("by", gettext_lazy("报送人"), hide="narrow"),
    Column("state", gettext_lazy("状态"), order="state"),
    Column("rows", gettext_lazy("行数"), order="n_rows", numeric=True),
    Column("good", gettext_lazy("合格"), order="n_good", numeric=True),
    Column("held", gettext_lazy("暂存"), order="n_held", numeric=True),
)
HELD = (
    Column("line", gettext_lazy("文件行号"), order="line", numeric=True, width="96px"),
    Column("sheet", gettext_lazy("工作表"), hide="narrow"),
    Column("element", gettext_lazy("列"), order="element"),
    Column("what", gettext_lazy("问题"), order="code"),
    Column("todo", gettext_lazy("怎么办")),
    Column("code", gettext_lazy("编号"), hide="narrow"),
)
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
    counts, wait, now = queries.batch_counts(), queries.waiting(), timezone.now()
    page = cut(request, queries.batches(), BATCHES, sort="-received")
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
        "cards": _cards(counts, wait), "ledger": table, "sources": _sources(),
    })  # fmt: skip


@gate("batch.upload")
def upload(request: HttpRequest) -> HttpResponse:
    """One file, as it is. Numbered errors stand above the form; nothing is half taken."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method != "POST" or not form.is_valid():
        return _upload_page(request, form)
    try:
        form.refuse_unreadable()
        file = form.cleaned_data["file"]
        taken = receive_file(list_name=form.cleaned_data["list_name"], file_name=file.name, data=file.read(),
                             by=request.user, purpose=request.purpose)  # type: ignore[attr-defined]  # fmt: skip
    except WanggeError as error:
        return _upload_page(request, form, error)
    app.configure_task("read_batch").defer(batch_id=str(taken.pk))
    messages.success(request, _("已收到。正在读取与检查，可以离开本页。"))
    return redirect("batch", pk=taken.pk)


@gate("batch.view")
def batch(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One file: state, columns, held rows by reason and, where granted, one by one."""
    found = _batch(pk)
    by_code = [row | reason(row["code"]) for row in queries.held_by_code(found)]
    refusal = queries.refusal(found)
    context = {
        "head": {"title": list_words(found.list_name), "answer": _("合格行") if found.n_rows is not None else _("还没有读完"),
                 "number": found.n_good, "of": found.n_rows, "unit": _("行") if found.n_rows is not None else "",
                 "as_of": found.read_at or found.received_at, "actions": _upload_act(request)},
        "batch": found, "cards": _batch_cards(found), "by_code": by_code, "columns": _columns(found),
        "stages": _stages(found), "poll_url": _poll(found), "error": panel(refusal) if refusal else None,
        "ledger": _held_ledger(request, found, by_code) if may(request, "held.view") and found.n_held else None,
        "breadcrumb": [{"label": _("汇聚"), "url": reverse("batches")}, {"label": found.file_name}],
    }  # fmt: skip
    return render(request, "intake/batch.html", context)


@gate("batch.view")
def state(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The part that the page asks for every two seconds while a file is being read."""
    found = _batch(pk)
    response = render(
        request,
        "ui/parts/progress_stages.html",
        {"stages": _stages(found), "poll_url": _poll(found), "title": _("读取进度")},
    )
    if not _poll(found):
        response["HX-Refresh"] = "true"  # everything else on the page has changed too
    return response


@gate("held.view")
def held_csv(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Held rows as a spreadsheet for the department: line, column, what, what to do. No value of the row."""
    found = _batch(pk)
    rows = list(queries.held_rows(found))
    words = {row.code: reason(row.code) for row in rows}
    record_read(request, "export_held", [], rows=len(rows), batch=str(found.pk))
    header = [_("文件行号"), _("工作表"), _("列"), _("编号"), _("问题"), _("怎么办")]
    return exported(
        request,
        "csv",
        f"held-{str(found.pk)[-6:]}",
        header,
        (
            [r.line, r.sheet, element_words(r.element), r.code, words[r.code]["what"], words[r.code]["todo"]]
            for r in rows
        ),
    )


# ---- parts ------------------------------------------------------------------------------------------------


def _batch(pk: UUID) -> Any:
    found = queries.batch_by_id(pk)
    if found is None:
        raise Http404
    return found


def _upload_act(request: HttpRequest) -> list[dict[str, Any]]:
    if not may(request, "batch.upload"):
        return []
    return [{"label": _("上传清单"), "url": reverse("batch_upload"), "icon": "file-import", "primary": True}]


def _upload_page(request: HttpRequest, form: UploadForm, error: WanggeError | None = None) -> HttpResponse:
    return render(request, "intake/upload.html", {
        "head": {"title": _("上传清单"), "answer": _("原样上传即可：不必改列名、不必删列、不必合并工作表。")},
        "form": form, "error": panel(error) if error else None,
        "breadcrumb": [{"label": _("汇聚"), "url": reverse("batches")}, {"label": _("上传清单")}],
    }, status=400 if error or form.errors else 200)  # fmt: skip


def _cards(counts: dict[str, int], wait: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {"label": _("收到的行"), "value": counts["n_rows"], "unit": _("行"), "hint": _("= 合格 + 暂存，一行不少")},
        {"label": _("合格"), "value": counts["n_good"], "of": counts["n_rows"], "unit": _("行"), "tone": "good",
         "word": _("可用")},
        {"label": _("暂存"), "value": counts["n_held"], "of": counts["n_rows"], "unit": _("行"),
         "tone": "warn" if counts["n_held"] else "good", "word": _("等部门更正") if counts["n_held"] else _("没有暂存")},
        {"label": _("等待处理的文件"), "value": wait["unread"] + wait["refused"], "unit": _("份"),
         "tone": "bad" if wait["refused"] else "", "word": _("退回 %(n)s") % {"n": wait["refused"]} if wait["refused"] else "",
         "hint": _("等待读取 %(n)s") % {"n": wait["unread"]}},
    ]  # fmt: skip


def _batch_line(one: Any) -> dict[str, Any]:
    return {"id": str(one.pk), "tone": "bad" if one.state == "refused" else "", "url": reverse("batch", args=[one.pk]), "cells": [
        {"kind": "link", "text": timezone.localtime(one.received_at).strftime("%Y-%m-%d %H:%M"),
         "url": reverse("batch", args=[one.pk])},
        list_words(one.list_name), one.file_name, one.received_by.name or one.received_by.username, state_badge(one.state),
        one.n_rows, one.n_good, one.n_held]}  # fmt: skip


def _sources() -> dict[str, Any]:
    """Every list the mapping knows, with its newest arrival; one that never came says so."""
    got = queries.received_by_list()
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


def _batch_cards(found: Any) -> list[dict[str, Any]]:
    if found.n_rows is None:
        return []
    return [
        {"label": _("收到的行"), "value": found.n_rows, "unit": _("行"), "hint": found.file_name},
        {"label": _("合格"), "value": found.n_good, "of": found.n_rows, "unit": _("行"), "tone": "good", "word": _("可用")},
        {"label": _("暂存"), "value": found.n_held, "of": found.n_rows, "unit": _("行"),
         "tone": "warn" if found.n_held else "good", "word": _("等部门更正") if found.n_held else _("没有暂存")},
    ]  # fmt: skip


def _columns(found: Any) -> list[dict[str, Any]]:
    """What happened to each column of the file, in the order: read, dropped, not used, missing."""
    report = found.report or {}
    return [
        *({"header": h, "tone": "good", "word": _("已读入"), "note": element_words(e)} for h, e in report.get("read", {}).items()),
        *({"header": h, "tone": "bad", "word": _("禁止采集，已丢弃"), "note": why} for h, why in report.get("dropped", {}).items()),
        *({"header": h, "tone": "unknown", "word": _("未使用"), "note": ""} for h in report.get("ignored", [])),
        *({"header": h, "tone": "warn", "word": _("文件里没有"), "note": ""} for h in report.get("missing", [])),
    ]  # fmt: skip


def _stages(found: Any) -> list[dict[str, Any]]:
    reading = {"received": "waiting", "reading": "running", "read": "done", "refused": "failed"}[found.state]
    return [
        {"key": "received", "label": _("收到"), "state": "done"},
        {"key": "read", "label": _("读取与检查"), "state": reading, "done": found.n_rows, "total": found.n_rows},
        {"key": "kept", "label": _("合格行入库"), "state": {"read": "done", "refused": "cancelled"}.get(found.state, "waiting"),
         "done": found.n_good if found.state == "read" else None,
         "note": _("整份退回，未载入任何行") if found.state == "refused" else ""},
    ]  # fmt: skip


def _poll(found: Any) -> str:
    return reverse("batch_state", args=[found.pk]) if found.state in ("received", "reading") else ""


def _held_ledger(request: HttpRequest, found: Any, by_code: list[dict[str, Any]]) -> dict[str, Any]:
    code = request.GET.get("reason", "")
    page = cut(request, queries.held_rows(found, code), HELD, sort="line")
    words = {row["code"]: row for row in by_code}
    lines = [{"cells": [row.line, row.sheet or "—", element_words(row.element), words[row.code]["what"], words[row.code]["todo"],
                        row.code]} for row in page.items]  # fmt: skip
    options = [{"value": "", "label": _("全部")}, *({"value": r["code"], "label": r["what"]} for r in by_code)]
    return ledger(page, lines, title=_("暂存行"), id="held", export_url=reverse("batch_held", args=[found.pk]), filters=[
        {"name": "reason", "label": _("问题"), "kind": "select", "value": code, "options": options}],
        empty={"title": _("没有这样的暂存行"), "text": _("换一个问题，或清除筛选。")})  # fmt: skip
