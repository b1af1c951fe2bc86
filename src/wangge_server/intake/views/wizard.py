"""The steps of one file: upload, where the table stands, what its columns are, confirm, take back. Each can be left
and come back to: what was settled lies in the database, what is only half said in the session."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from procrastinate.contrib.django import app

from wangge.base.errors import WanggeError
from wangge.dictionary import normal_header
from wangge.dictionary.match import question_key
from wangge_server.base.panel import panel
from wangge_server.dictionary.queries import confirmed_words
from wangge_server.intake import queries
from wangge_server.intake.actions import cancel_batch, choose_table, confirm_batch, map_columns, receive_file
from wangge_server.intake.files import preview_of
from wangge_server.intake.forms import TableForm, UploadForm, element_choices, list_choices, read_columns
from wangge_server.intake.views.parts import BUSY, OPEN, crumbs, may_see_values, own_batch_or_404, steps
from wangge_server.intake.words import MODES, banned_words, element_words, note_words
from wangge_server.policy.gate import gate
from wangge_server.policy.reads import record_read

SHOWN_LINES, SHOWN_COLUMNS = 20, 40


@gate("batch.upload")
def upload(request: HttpRequest) -> HttpResponse:
    """One file, as it is. Numbered errors stand above the form; nothing is half taken."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method != "POST" or not form.is_valid():
        return _upload_page(request, form)
    try:
        form.refuse_unreadable()
        file = form.cleaned_data["file"]
        with transaction.atomic():
            taken = receive_file(
                list_name=form.cleaned_data["list_name"], file_name=file.name, data=file.read(), **_who(request)
            )
            _ask_for("check_batch", taken.pk)
    except WanggeError as error:
        return _upload_page(request, form, error)
    return redirect("batch", pk=taken.pk)


@gate("batch.upload")
def table(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Where the table stands: the sheet and the row of its header, on the file's first lines."""
    found, seen, elsewhere = _settling(request, pk)
    if elsewhere or seen is None:
        return elsewhere or redirect("batch", pk=pk)
    form = TableForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        sheet = form.cleaned_data["sheet"] or seen["sheet"]
        row = form.cleaned_data["header_row"] or 0
        if (sheet, row) == (seen["sheet"], seen["header_row"]) == (found.sheet, found.header_row):
            return redirect("batch_columns", pk=pk)
        # Another sheet has its header elsewhere: it is looked for there.
        with transaction.atomic():
            choose_table(batch=found, sheet=sheet, header_row=row if sheet == seen["sheet"] else 0, **_who(request))
            _ask_for("check_batch", pk)
        request.session.pop(_draft_key(found), None)
        return redirect("batch", pk=pk)
    shown = may_see_values(request, found)
    if shown:
        record_read(request, "preview", [], batch=str(found.pk), rows=len(seen["head"]))
    return render(request, "intake/table.html", {
        "head": {"title": _("认表头"), "answer": _("表头在第 %(n)s 行，共 %(k)s 列") % {"n": seen["header_row"], "k": len(seen["columns"])}},
        "batch": found, "seen": seen, "notes": [note_words(note) for note in seen["notes"]], "steps": steps(found, "table"), "lines": _lines(seen) if shown else [], "shown": shown,
        "more": max(len(seen["columns"]) - SHOWN_COLUMNS, 0), "breadcrumb": crumbs(found, _("认表头")),
    })  # fmt: skip


@gate("batch.upload")
def columns(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What each column is, which list the file belongs to, and what it does to that list."""
    found, seen, elsewhere = _settling(request, pk)
    if elsewhere or seen is None:
        return elsewhere or redirect("batch", pk=pk)
    if request.method != "POST":
        return _columns_page(request, found, seen, request.session.get(_draft_key(found)) or {})
    said, wrong = read_columns(request.POST, seen["columns"])
    list_name, mode = request.POST.get("list_name", ""), request.POST.get("mode", "add")
    if not list_name:
        wrong[-1] = _("请选择这份文件属于哪一份清单。")
    if wrong:
        return _columns_page(request, found, seen, request.POST.dict(), wrong, status=400)
    try:
        corrects = found.corrects if mode == "correct" else None
        with transaction.atomic():
            map_columns(batch=found, list_name=list_name, columns=said, mode=mode, corrects=corrects, **_who(request))
            _ask_for("check_batch", pk)
    except WanggeError as error:
        return _columns_page(request, found, seen, request.POST.dict(), error=error, status=400)
    request.session.pop(_draft_key(found), None)
    return redirect("batch", pk=pk)


@require_POST
@gate("batch.upload")
def draft(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Keep what is half said of the columns, so that leaving the page loses nothing."""
    found = own_batch_or_404(request, pk)
    said = {key: value for key, value in request.POST.items() if key.startswith("col-") or key in ("list_name", "mode")}
    request.session[_draft_key(found)] = said
    return HttpResponse(status=204)


@require_POST
@gate("batch.upload")
def confirm(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The dry run is accepted; the job worker puts the rows in."""
    found = own_batch_or_404(request, pk)
    with transaction.atomic():
        confirm_batch(batch=found, **_who(request))
        _ask_for("read_batch", pk)
    messages.success(request, _("已确认，正在入库。可以离开本页。"))
    return redirect("batch", pk=pk)


@require_POST
@gate("batch.upload")
def cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take the file back: nothing of it was loaded."""
    found = own_batch_or_404(request, pk)
    cancel_batch(batch=found, **_who(request))
    request.session.pop(_draft_key(found), None)
    messages.success(request, _("已撤回，未载入任何行。同一文件以后可以再传。"))
    return redirect("batches")


# ---- parts --------------------------------------------------------------------------------------------


def _who(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.user, "purpose": request.purpose}  # type: ignore[attr-defined]


def _draft_key(found: Any) -> str:
    return f"columns-{found.pk}"


def _settling(request: HttpRequest, pk: UUID) -> tuple[Any, dict[str, Any] | None, HttpResponse | None]:
    """The batch and what was seen of it, or where to go instead: a page of a step that is not open."""
    found = own_batch_or_404(request, pk)
    seen = preview_of(found)
    if found.state in BUSY or found.state not in OPEN or seen is None:
        return found, None, redirect("batch", pk=pk)
    return found, seen, None


def _lines(seen: dict[str, Any]) -> list[dict[str, Any]]:
    """The first lines of the file as they stand, the header marked."""
    at = set(seen["header_lines"])
    return [
        {"n": n, "cells": cells[:SHOWN_COLUMNS], "is_header": n in at, "checked": n == seen["header_row"]}
        for n, cells in enumerate(seen["head"][:SHOWN_LINES], 1)
    ]


def _upload_page(request: HttpRequest, form: UploadForm, error: WanggeError | None = None) -> HttpResponse:
    return render(request, "intake/upload.html", {
        "head": {"title": _("上传清单"), "answer": _("原样上传即可：不必改列名、不必删列、不必合并工作表。")},
        "form": form, "error": panel(error) if error else None, "lists": list_choices(),
        "breadcrumb": [{"label": _("汇聚"), "url": reverse("batches")}, {"label": _("上传清单")}],
    }, status=400 if error or form.errors else 200)  # fmt: skip


def _columns_page(request: HttpRequest, found: Any, seen: dict[str, Any], said: dict[str, Any],
                  wrong: dict[int, str] | None = None, error: WanggeError | None = None, status: int = 200) -> HttpResponse:  # fmt: skip
    shown, wrong = may_see_values(request, found), wrong or {}
    if shown:
        record_read(request, "preview", [], batch=str(found.pk), rows=len(seen["columns"]))
    lines = _column_lines(found, seen, said, wrong, shown)
    list_name = said.get("list_name", found.list_name)
    return render(request, "intake/columns.html", {
        "head": {"title": _("对列"), "answer": _("要读入的列"), "number": sum(1 for c in lines if c["text"]), "of": len(lines)},
        "batch": found, "steps": steps(found, "columns"), "columns": lines, "shown": shown,
        "lists": list_choices(), "list_name": list_name, "modes": _modes(found, said), "list_error": wrong.get(-1),
        "elements": [{"words": words, "code": code} for code, words in element_choices()],
        "error": panel(error) if error else None, "n_wrong": len(wrong), "breadcrumb": crumbs(found, _("对列")),
    }, status=status)  # fmt: skip


def _column_lines(
    found: Any, seen: dict[str, Any], said: dict[str, Any], wrong: dict[int, str], shown: bool
) -> list[dict[str, Any]]:
    """Each column: its header, what it is taken for and why, samples where the reader may see them."""
    known, before = _known(found, seen), confirmed_words(found.unit_code)
    lines = []
    for column in seen["columns"]:
        settled = column["header"] in known
        element = (
            known[column["header"]] if settled else before.get(question_key(column["header"]), column["suggested"])
        )
        text = element_words(element) if element else ""
        lines.append({
            **column, "place": column["index"] + 1, "is_id": element == "person.id_number",
                "why_banned": banned_words(column["header"], column["banned"]), "text": said.get(f"col-{column['index']}", text), "wrong": wrong.get(column["index"], ""),
            "samples": column["samples"] if shown and not column["banned"] else [],
            "how": "" if column["banned"] else "kept" if settled else "suggested" if element else "unknown",
        })  # fmt: skip
    return lines


def _known(found: Any, seen: dict[str, Any]) -> dict[str, str]:
    """What is settled already: in this file, by the mapping file, or when these headers came before."""
    if found.by_file:
        named = {normal_header(h): e for h, e in queries.mapping().lists[found.list_name].columns.items()}
        return {c["header"]: named.get(normal_header(c["header"]), "") for c in seen["columns"] if c["header"]}
    if found.columns:
        return dict(found.columns)
    known = queries.remembered(found.unit_code, found.header_key)
    return dict(known.columns) if known else {}


def _modes(found: Any, said: dict[str, Any]) -> list[dict[str, Any]]:
    """What the file may do to its list; a correction only where the file says which batch it corrects."""
    hints = {
        "add": _("以前的文件保留，这一份加在后面。"),
        "replace": _("本单位报送到该清单的以前各份不再计入，可在批次里查到。"),
        "correct": _("只更正上次的错误行，其余行不动。"),
    }
    chosen = said.get("mode", found.mode)
    names = [name for name in MODES if name != "correct" or found.corrects_id]
    return [{"name": name, "label": MODES[name], "hint": hints[name], "checked": name == chosen} for name in names]


def _ask_for(job: str, pk: UUID) -> None:
    """Put the job into the queue, in the caller's transaction: with what a person settled, or not at all."""
    app.configure_task(job).defer(batch_id=str(pk))
