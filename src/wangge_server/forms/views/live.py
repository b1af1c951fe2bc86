"""Forms as they are out: bring one in, look at it as a phone shows it, publish, retire."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from wangge.base.errors import WanggeError
from wangge_server.base.ledger import Column, cut, ledger
from wangge_server.base.panel import panel
from wangge_server.forms import actions, queries
from wangge_server.forms.forms import FormFileForm, UploadForm
from wangge_server.forms.words import ENTITY_LISTS, STATES
from wangge_server.intake.words import element_words
from wangge_server.policy.gate import gate
from wangge_server.policy.queries import label
from wangge_server.policy.scope import may

FORMS = (
    Column("form", gettext_lazy("表单")), Column("purpose", gettext_lazy("目的")),
    Column("version", gettext_lazy("版本")), Column("state", gettext_lazy("状态")),
    Column("until", gettext_lazy("采集到"), hide="narrow"),
)  # fmt: skip
VERSIONS = (
    Column("version", gettext_lazy("版本")), Column("state", gettext_lazy("状态")),
    Column("n", gettext_lazy("收到"), numeric=True), Column("until", gettext_lazy("采集到")),
    Column("published", gettext_lazy("发布"), hide="narrow"), Column("retired", gettext_lazy("停用"), hide="narrow"),
)  # fmt: skip
EXAMPLE_ROWS = {"households.csv": "name,label,__version\nexample-1,示例小区1栋101,1\nexample-2,示例小区1栋102,1\n"}


@gate("form.view")
def forms(request: HttpRequest) -> HttpResponse:
    """Every form with the version that is out, for which purpose and until when."""
    page = cut(request, queries.forms(), FORMS)
    today, out = timezone.localdate(), 0
    lines = []
    for form in page.items:
        newest = next((v for v in form.versions.all() if v.state == "published"), next(iter(form.versions.all()), None))
        state = queries.state_of(newest, today) if newest else "draft"
        out += state == "published"
        url = reverse("form", args=[form.form_id])
        lines.append({"id": form.form_id, "url": url, "cells": [
            {"kind": "link", "text": f"{newest.title if newest else form.title}（{form.form_id}）", "url": url},
            label("purpose", form.purpose, get_language() or "zh-hans"), newest.version if newest else "—",
            _badge(state), newest.until.isoformat() if newest else "—"]})  # fmt: skip
    acts = [{"label": _("上传表单"), "url": reverse("form_upload"), "icon": "file-import", "primary": True}]
    return render(request, "forms/forms.html", {
        "head": {"title": _("表单"), "answer": _("正在采集的表单"), "number": out, "of": page.count,
                 "as_of": timezone.now(), "actions": acts if may(request, "form.upload") else []},
        "ledger": ledger(page, lines, title=_("表单"), id="forms", empty={
            "title": _("还没有表单"), "text": _("上传一份 XLSForm 工作簿：先看问题和预览，再发布给手机。")}),
    })  # fmt: skip


@gate("form.upload")
def upload(request: HttpRequest) -> HttpResponse:
    """One workbook. What is wrong stands above the form with its cell; nothing is half taken."""
    form = UploadForm(request.POST or None, request.FILES or None)
    error = None
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            made = actions.upload_form(
                data=file.read(), file_name=file.name, for_purpose=form.cleaned_data["purpose"],
                until=form.cleaned_data["until"], lang=get_language() or "zh-hans", **_who(request),
            )  # fmt: skip
            return redirect("form_version", pk=made.pk)
        except WanggeError as why:
            error = why
    return render(request, "forms/upload.html", {
        "head": {"title": _("上传表单"), "answer": _("XLSForm 工作簿，原样上传")},
        "form": form, "error": panel(error) if error else None, "breadcrumb": _crumbs(_("上传表单")),
    }, status=400 if error or form.errors else 200)  # fmt: skip


@gate("form.view")
def form(request: HttpRequest, form_id: str) -> HttpResponse:
    """One form over all its versions: who brought, published and retired each."""
    found = queries.form_by_id(form_id)
    if found is None:
        raise Http404
    page, today = cut(request, queries.versions_of(form_id), VERSIONS), timezone.localdate()
    lines = [{"id": str(one.pk), "url": reverse("form_version", args=[one.pk]), "cells": [
        {"kind": "link", "text": one.version or "—", "url": reverse("form_version", args=[one.pk])},
        _badge(queries.state_of(one, today)), one.n, one.until.isoformat(),
        _by(one.published_by, one.published_at), _by(one.retired_by, one.retired_at)]} for one in page.items]  # fmt: skip
    return render(request, "forms/forms.html", {
        "head": {"title": found.title, "answer": label("purpose", found.purpose, get_language() or "zh-hans"),
                 "number": page.count, "unit": _("个版本"), "as_of": timezone.now()},
        "ledger": ledger(page, lines, title=_("版本"), id="versions"), "breadcrumb": _crumbs(found.title),
    })  # fmt: skip


@gate("form.view")
def version(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One version: what was remarked, what it asks and under which data element, which files it needs."""
    found = version_or_404(pk)
    return _version_page(request, found)


def _version_page(request: HttpRequest, found: Any, error: WanggeError | None = None) -> HttpResponse:
    state = queries.state_of(found, timezone.localdate())
    read, have = queries.read_form(found), queries.files_of(found)
    questions = [
        {"name": q.name, "label": q.label, "required": bool(q.required), "element": element_words(found.elements[p])
         if p in found.elements else ""}
        for p, q in read.questions.items() if q.control and q.control != "trigger"
    ]  # fmt: skip
    files = [{"name": name, "from_register": ENTITY_LISTS.get(name), "here": name in have} for name in read.files]
    acts = [{"label": _("预览"), "url": reverse("form_preview", args=[found.pk]), "icon": "device-mobile"}]
    return render(request, "forms/version.html", {
        "head": {"title": found.title, "answer": STATES[state][1], "number": len(questions), "unit": _("题"),
                 "as_of": found.uploaded_at, "actions": acts if may(request, "form.preview") else []},
        "version": found, "state": state, "questions": questions, "files": files, "error": panel(error) if error else None,
        "remarks": [one for one in found.remarks if one["matters"]], "advice": [o for o in found.remarks if not o["matters"]],
        "can_publish": state == "draft" and may(request, "form.publish"),
        "can_retire": state in ("published", "ended") and may(request, "form.publish"),
        "can_add": state == "draft" and may(request, "form.upload"),
        "purpose_label": label("purpose", found.form.purpose, get_language() or "zh-hans"),
        "breadcrumb": [*_crumbs(found.title)[:1], {"label": found.form_id, "url": reverse("form", args=[found.form_id])},
                       {"label": found.version or "—"}],
    }, status=400 if error else 200)  # fmt: skip


@require_POST
@gate("form.upload")
def add_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A file the form names."""
    found, given = version_or_404(pk), FormFileForm(request.POST, request.FILES)
    if not given.is_valid():
        messages.error(request, " ".join(str(e) for errors in given.errors.values() for e in errors))
        return redirect("form_version", pk=pk)
    file = given.cleaned_data["file"]
    try:
        actions.add_form_file(version=found, name=file.name, data=file.read(), **_who(request))
    except WanggeError as why:
        return _version_page(request, found, why)
    return redirect("form_version", pk=pk)


@require_POST
@gate("form.publish")
def publish(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give it to the devices."""
    found = version_or_404(pk)
    try:
        actions.publish_form(version=found, **_who(request))
    except WanggeError as why:
        return _version_page(request, found, why)
    messages.success(request, _("已发布。设备下次取表单时就会得到这一版。"))
    return redirect("form_version", pk=pk)


@require_POST
@gate("form.publish")
def retire(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take it back from the devices."""
    actions.retire_form(version=version_or_404(pk), **_who(request))
    messages.success(request, _("已停用。之后再收到的报送会保留并等待复核。"))
    return redirect("form_version", pk=pk)


@gate("form.preview")
def preview(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The form as a phone shows it, run by the same engine. Nothing is sent and no real person is in it."""
    found = version_or_404(pk)
    return render(request, "forms/preview.html", {
        "head": {"title": found.title, "answer": _("预览：填什么都不会保存，也不会报送")},
        "xform": reverse("form_xform", args=[pk]), "media": reverse("form_file", args=[pk, "x"])[:-1], "version": found,
        "breadcrumb": [*_crumbs(found.title)[:1], {"label": found.form_id, "url": reverse("form", args=[found.form_id])},
                       {"label": found.version or "—", "url": reverse("form_version", args=[pk])}, {"label": _("预览")}],
    })  # fmt: skip


@require_GET
@gate("form.preview")
def xform(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The version's XForm."""
    return HttpResponse(version_or_404(pk).xform, content_type="text/xml; charset=utf-8")


@require_GET
@gate("form.preview")
def file(request: HttpRequest, pk: UUID, name: str) -> HttpResponse:
    """A file of the version for its preview; a list of the register shows two made-up lines."""
    if name in EXAMPLE_ROWS:
        return HttpResponse(EXAMPLE_ROWS[name], content_type="text/csv; charset=utf-8")
    found = queries.files_of(version_or_404(pk)).get(name)
    if found is None:
        raise Http404
    return download(bytes(found.data), name)


def download(data: bytes, name: str) -> HttpResponse:
    """Bytes somebody else made: never run, never shown as a page of ours."""
    response = HttpResponse(data, content_type="application/octet-stream")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = "attachment"
    return response


def version_or_404(pk: UUID) -> Any:
    """One version."""
    found = queries.version_by_id(pk)
    if found is None:
        raise Http404
    return found


def _who(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.user, "purpose": request.purpose}  # type: ignore[attr-defined]


def _badge(state: str) -> dict[str, Any]:
    tone, word = STATES[state]
    return {"kind": "badge", "tone": tone, "word": word}


def _by(user: Any, at: Any) -> str:
    return f"{user.name} {timezone.localtime(at):%Y-%m-%d}" if user and at else "—"


def _crumbs(here: Any) -> list[dict[str, Any]]:
    return [{"label": _("一表通"), "url": reverse("forms")}, {"label": here}]
