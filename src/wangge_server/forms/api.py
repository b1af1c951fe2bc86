"""OpenRosa 1.0, as ODK Collect speaks it: the forms of a device, what belongs to them, and what comes back.

Source: docs.getodk.org/openrosa (form discovery, manifest, submission). A 201 or 202 means "received, delete it there";
4xx means "do not send it again as it is"; 5xx "try later".
"""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext as _

from wangge.base.errors import WanggeError
from wangge_server.forms import queries
from wangge_server.forms.actions import Receipt, receive_submission
from wangge_server.forms.machine import PROJECT, machine, message, told, xml
from wangge_server.forms.models import FormVersion
from wangge_server.forms.words import ENTITY_LISTS
from wangge_server.policy.reads import record_read

BLANK = "___"  # how an empty version is written in an address, as ODK Central does
MOST_FILES = 50


def address(request: HttpRequest, name: str, *args: Any) -> str:
    """A full address of the same way in: with the device's key where it came with one."""
    match = request.resolver_match
    key = match.kwargs.get("key") if match else None
    return request.build_absolute_uri(
        reverse(f"{'key_' if key else ''}{name}", args=[*([key] if key else []), PROJECT, *args])
    )


@machine("form.fetch", openrosa=True)
def form_list(request: HttpRequest) -> HttpResponse:
    """The forms that are collected for this device's purpose today."""
    asked = request.GET.get("formID")
    rows = [one for one in queries.collected(_purpose(request), timezone.localdate()) if asked in (None, one.form_id)]
    return xml('<?xml version="1.0" encoding="UTF-8"?><xforms xmlns="http://openrosa.org/xforms/xformsList">'
               f"{''.join(_entry(request, one) for one in rows)}</xforms>")  # fmt: skip


def _entry(request: HttpRequest, one: FormVersion) -> str:
    where = (one.form_id, one.version or BLANK)
    manifest = (
        f"<manifestUrl>{escape(address(request, 'odk_manifest', *where))}</manifestUrl>"
        if queries.read_form(one).files
        else ""
    )
    return (f"<xform><formID>{escape(one.form_id)}</formID><name>{escape(one.title)}</name><version>{escape(one.version)}</version>"
            f"<hash>md5:{one.md5}</hash><downloadUrl>{escape(address(request, 'odk_xform', *where))}</downloadUrl>{manifest}</xform>")  # fmt: skip


def _purpose(request: HttpRequest) -> str:
    return str(request.purpose)  # type: ignore[attr-defined]


def version_for(request: HttpRequest, form_id: str, version: str = "") -> FormVersion:
    """The version a client may have: of its purpose, out and not retired. 404 for any other. Without one: the newest."""
    today = timezone.localdate()
    if not version:
        found = next((one for one in queries.collected(_purpose(request), today) if one.form_id == form_id), None)
    else:
        found = queries.version_said(form_id, "" if version == BLANK else version)
        if found is not None and (
            found.form.purpose != _purpose(request) or queries.state_of(found, today) != "published"
        ):
            found = None
    if found is None:
        raise Http404
    return found


@machine("form.fetch", openrosa=True)
def xform(request: HttpRequest, form_id: str, version: str = "") -> HttpResponse:
    """One version's XForm, byte for byte what its hash was made of."""
    return xml(version_for(request, form_id, version).xform)


@machine("form.fetch", openrosa=True)
def manifest(request: HttpRequest, form_id: str, version: str) -> HttpResponse:
    """What belongs to a version: pictures, lists, and the lists of the register, which change from device to device."""
    found, lines = version_for(request, form_id, version), []
    for name in queries.read_form(found).files:
        data = queries.file_for(found, name, request.user, _purpose(request))
        if data is None:
            continue
        kind = ' type="entityList"' if name in ENTITY_LISTS else ""
        digest = hashlib.md5(data, usedforsecurity=False).hexdigest()
        url = address(request, "odk_media", form_id, version, name)
        lines.append(f"<mediaFile{kind}><filename>{escape(name)}</filename><hash>md5:{digest}</hash><downloadUrl>{escape(url)}</downloadUrl></mediaFile>")  # fmt: skip
    return xml('<?xml version="1.0" encoding="UTF-8"?><manifest xmlns="http://openrosa.org/xforms/xformsManifest">'
               f"{''.join(lines)}</manifest>")  # fmt: skip


@machine("form.fetch", openrosa=True)
def media(request: HttpRequest, form_id: str, version: str, name: str) -> HttpResponse:
    """One file. A list of people is a read, and recorded."""
    data = queries.file_for(version_for(request, form_id, version), name, request.user, _purpose(request))
    if data is None:
        raise Http404
    if name in ENTITY_LISTS:
        households = [line.split(",", 1)[0] for line in data.decode().splitlines()[1:]]
        record_read(request, "entity_list", households, list=name, device=_device_id(request))
    response = HttpResponse(
        data, content_type="text/csv; charset=utf-8" if name.endswith(".csv") else "application/octet-stream"
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _device_id(request: HttpRequest) -> str:
    device = request.device  # type: ignore[attr-defined]
    return str(device.pk) if device else ""


@machine("submission.send", openrosa=True)
def submission(request: HttpRequest) -> HttpResponse:
    """HEAD: may I send? POST: here it is, with its files."""
    if request.method == "HEAD":
        response = HttpResponse(status=204)
        response["Location"] = request.build_absolute_uri()
        return response
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "HEAD, POST"})
    part = request.FILES.get("xml_submission_file")
    raw = part.read() if part is not None else request.POST.get("xml_submission_file", "").encode()  # type: ignore[union-attr]
    if not raw:
        raise WanggeError("E3839", what="xml_submission_file")
    files = {
        str(one.name): one
        for name in request.FILES
        for one in request.FILES.getlist(name)
        if name != "xml_submission_file"
    }
    if len(files) > MOST_FILES:
        raise WanggeError("E3832", what="files", n=len(files), most=MOST_FILES)
    return answer(request, take(request, raw, {name: one.read() for name, one in files.items()}))


def take(request: HttpRequest, raw: bytes, files: dict[str, bytes]) -> Receipt:
    """Hand a submission to the one action that takes it in."""
    return receive_submission(raw=raw, files=files, device=request.device, now=timezone.localtime().replace(tzinfo=None),  # type: ignore[attr-defined]
                              by=request.user, purpose=_purpose(request))  # fmt: skip


def answer(request: HttpRequest, receipt: Receipt) -> HttpResponse:
    """201: taken. 202: here already, or kept for review with the number that says why. 409: another one with that id."""
    if receipt.became == "conflict":
        return told(request, WanggeError("E3840"), openrosa=True)
    if receipt.became == "same":
        return message(_("已经收到过。"), "submit_success", 202)
    if receipt.became == "held":
        problems = len(receipt.submission.problems)
        text = _("已收到并保留，等待复核：%(code)s（%(n)d 处）") % {"code": receipt.code, "n": problems}
        return message(text, "submit_success", 202)
    return message(_("已收到。"), "submit_success", 201)
