"""Forms as departments sent them, made one: who asks the same, the union form, the bill."""

from __future__ import annotations

import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from wangge import forms as compiler
from wangge.base.errors import WanggeError
from wangge.commands.harmonise import read_forms
from wangge.forms.report import report
from wangge.forms.union import part_rule
from wangge.forms.union_book import labels, union_book
from wangge_server.base.ledger import Column, cut, ledger
from wangge_server.base.panel import panel
from wangge_server.emergency.queries import current_phase
from wangge_server.forms import actions, queries
from wangge_server.forms.forms import DepartmentFormForm
from wangge_server.forms.models import DepartmentForm
from wangge_server.forms.words import FATES, QUESTION_STATES, STEPS, VERDICTS
from wangge_server.intake.words import element_words
from wangge_server.policy.gate import gate
from wangge_server.policy.queries import label
from wangge_server.policy.scope import may

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMS = (
    Column("title", gettext_lazy("部门表格")), Column("department", gettext_lazy("部门"), order="department"),
    Column("verdict", gettext_lazy("处理结果")), Column("asks", gettext_lazy("共问"), order="asks", numeric=True),
    Column("shared", gettext_lazy("别的表也问"), order="shared", numeric=True),
    Column("minutes", gettext_lazy("可省分钟"), order="minutes", numeric=True),
    Column("version", gettext_lazy("版本"), hide="narrow"),
)  # fmt: skip
QUESTIONS = (
    Column("part", gettext_lazy("部分")), Column("question", gettext_lazy("问题")),
    Column("times", gettext_lazy("各表共问"), order="asks", numeric=True),
    Column("whom", gettext_lazy("谁要")), Column("purposes", gettext_lazy("用途"), hide="narrow"),
    Column("state", gettext_lazy("状态")),
)  # fmt: skip


@gate("form.view")
def department_forms(request: HttpRequest) -> HttpResponse:
    """Every form in use with its verdict, what of it others ask too, and each department's bill."""
    rows, done = queries.department_forms(), queries.harmonised(current_phase())
    verdicts = {one.form_id: one for one in done.verdicts}
    found = [_form_row(row, verdicts[row.form_id], done) for row in rows]
    page = cut(request, found, FORMS)
    acts: list[dict[str, Any]] = []
    if may(request, "form.upload"):
        acts.append({"label": _("交一份部门表格"), "url": reverse("department_form_add"), "icon": "file-import"})
    if rows:
        acts.append({"label": _("看合并后的问题"), "url": reverse("union_form"), "icon": "table", "primary": True})
    lines = [{"id": str(row["pk"]), "url": row["url"], "cells": [
        {"kind": "link", "text": row["title"], "url": row["url"]}, row["department"], _badge(VERDICTS, row["verdict"]),
        row["asks"], row["shared"], row["minutes"], row["version"]]} for row in page.items]  # fmt: skip
    return render(request, "forms/department_forms.html", {
        "head": {"title": _("部门表格"), "answer": _("不同的问题"), "number": done.bill["distinct"], "of": done.bill["asks"],
                 "unit": _("（各表共问）"), "as_of": timezone.now(), "actions": acts},
        "bill": done.bill, "ledger": ledger(page, lines, title=_("部门表格"), id="department-forms", empty={
            "title": _("还没有部门表格"), "text": _("把各部门的表格原样交上来：哪些问题重复、哪些不该问，马上就能看到。")}),
    })  # fmt: skip


def _form_row(row: DepartmentForm, verdict: compiler.Verdict, done: compiler.Harmonised) -> dict[str, Any]:
    line = done.bill["by_form"].get(row.form_id, {"asks": 0, "shared": 0, "minutes": 0})
    return {"pk": row.pk, "title": row.title, "department": row.department, "verdict": verdict.verdict, "version": row.number,
            "asks": line["asks"], "shared": line["shared"], "minutes": line["minutes"],
            "url": reverse("department_form", args=[row.pk])}  # fmt: skip


def _badge(words: dict[str, tuple[str, Any]], key: str) -> dict[str, Any]:
    tone, word = words[key]
    return {"kind": "badge", "tone": tone, "word": word}


@gate("form.upload")
def add(request: HttpRequest) -> HttpResponse:
    """One file, as the department has it. What cannot be read is told with its place; nothing is half taken."""
    form, error = DepartmentFormForm(request.POST or None, request.FILES or None), None
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            kept = actions.add_department_forms(
                read=_read(file.name, file.read()), department=form.cleaned_data["department"], file_name=file.name,
                for_purpose=form.cleaned_data["purpose"], **_who(request),
            )  # fmt: skip
            return redirect("department_form", pk=kept[0].pk) if len(kept) == 1 else redirect("department_forms")
        except WanggeError as why:
            error = why
    return render(request, "forms/department_form_add.html", {
        "head": {"title": _("交一份部门表格"), "answer": _("原样上传，不用改")}, "form": form,
        "error": panel(error) if error else None, "breadcrumb": _crumbs(_("交一份部门表格")),
    }, status=400 if error or form.errors else 200)  # fmt: skip


def _read(name: str, data: bytes) -> list[compiler.Form]:
    """The forms of an upload; the file lies in a folder of its own for as long as it is read."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / Path(name).name
        path.write_bytes(data)
        return read_forms(path)


@gate("form.view")
def department_form(request: HttpRequest, pk: int) -> HttpResponse:
    """One form: its verdict and the reason, each field with its element, and how it changed from version to version."""
    row = next((one for one in queries.department_forms() if one.pk == pk), None)
    if row is None:
        raise Http404
    done, lang = queries.harmonised(current_phase()), get_language() or "zh-hans"
    verdict = next(one for one in done.verdicts if one.form_id == row.form_id)
    also = {field.place: one.question.forms for one in done.asked for field in one.question.askers}
    fields = [
        {"label": one.field.label, "group": one.field.group, "fate": _badge(FATES, one.fate),
         "element": element_words(one.element) if one.element and one.fate == "asked" else "",
         "others": len(also.get(one.place, [row.form_id])) - 1, "reason": one.reason,
         "candidates": [element_words(c.element) for c in one.candidates] if one.decision in ("suggest", "none") else []}
        for one in done.fields if one.form.form_id == row.form_id
    ]  # fmt: skip
    versions = queries.department_form_versions(row.form_id)
    return render(request, "forms/department_form.html", {
        "head": {"title": row.title, "answer": row.department, "number": len(fields), "unit": _("个字段"), "as_of": row.uploaded_at},
        "row": row, "verdict": verdict.verdict, "tone": VERDICTS[verdict.verdict][0], "word": VERDICTS[verdict.verdict][1],
        "reason": verdict.reason.get(lang, verdict.reason["zh-hans"]), "fields": fields, "versions": versions,
        "changes": _changes(versions), "purpose_label": label("purpose", row.for_purpose, lang),
        "may_withdraw": may(request, "form.upload"), "breadcrumb": _crumbs(row.title),
    })  # fmt: skip


def _changes(versions: list[DepartmentForm]) -> list[dict[str, Any]]:
    """What each version changed against the one before, newest first."""
    return [
        {"number": new.number, "at": new.uploaded_at, "steps": [
            {"kind": STEPS[one.kind], "words": one.words}
            for one in compiler.changes(queries.as_form(old), queries.as_form(new)) if one.kind != "kept"]}
        for new, old in pairwise(versions)
    ]  # fmt: skip


@gate("form.upload")
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """The form is no longer asked."""
    row = next((one for one in queries.department_forms() if one.pk == pk), None)
    if row is None:
        raise Http404
    actions.withdraw_department_form(form_id=row.form_id, **_who(request))
    return redirect("department_forms")


@gate("form.view")
def union_form(request: HttpRequest) -> HttpResponse:
    """Every different question once: for whom, for what, and which are not asked."""
    done, lang = queries.harmonised(current_phase()), get_language() or "zh-hans"
    rows = [{"asked": one, "asks": one.question.asks} for one in done.asked]
    page = cut(request, rows, QUESTIONS)
    departments = {form.form_id: form.department for form in done.forms}
    lines = [{"id": row["asked"].name, "cells": _union_cells(row["asked"], departments, lang)} for row in page.items]
    acts = [{"label": _("打印报告"), "url": reverse("union_report"), "icon": "printer"}]
    purposes = sorted({name for one in done.asked for name in one.purposes})
    downloads = [
        {"url": reverse("union_book", args=[name]), "label": label("purpose", name, lang)} for name in purposes
    ]
    asked = sum(1 for one in done.asked if one.state != "withheld")
    return render(request, "forms/union_form.html", {
        "head": {"title": _("合并后的问题"), "answer": _("一次上门要问"), "number": asked, "of": done.bill["asks"],
                 "unit": _("（各表共问）"), "as_of": timezone.now(), "actions": acts},
        "bill": done.bill, "downloads": downloads, "breadcrumb": _crumbs(_("合并后的问题")),
        "ledger": ledger(page, lines, title=_("合并后的问题"), id="union-form", empty={
            "title": _("还没有问题"), "text": _("先交部门表格。")}),
    })  # fmt: skip


def _union_cells(one: compiler.Asked, departments: dict[str, str], lang: str) -> list[Any]:
    who = sorted({departments[form] for form in one.question.forms})
    purposes = "、".join(label("purpose", name, lang) for name in one.purposes) or "—"
    return [part_rule(one.part)[lang], labels(one)[lang], one.question.asks, "、".join(who), purposes,
            _badge(QUESTION_STATES, one.state)]  # fmt: skip


@gate("form.view")
def union_workbook(request: HttpRequest, name: str) -> HttpResponse:
    """The union form of one purpose as an XLSForm: merging forms never merges purposes."""
    done = queries.harmonised(current_phase())
    asked = compiler.for_purpose(done.asked, name)
    if not asked:
        raise Http404
    departments = {form.form_id: form.department for form in done.forms}
    book = union_book(asked, departments, f"union_{name}", compiler.version_of(asked))
    response = HttpResponse(book, content_type=WORKBOOK)
    response["Content-Disposition"] = f'attachment; filename="union-{name}.xlsx"'
    return response


@gate("form.view")
def union_report(request: HttpRequest) -> HttpResponse:
    """The report to read and print, as a file."""
    response = HttpResponse(report(queries.harmonised(current_phase())), content_type="text/html; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="union-report.html"'
    return response


def _who(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.user, "purpose": request.purpose}  # type: ignore[attr-defined]


def _crumbs(last: str) -> list[dict[str, str]]:
    return [{"label": _("部门表格"), "url": reverse("department_forms")}, {"label": last}]
