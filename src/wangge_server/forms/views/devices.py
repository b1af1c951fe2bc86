"""Devices: a code for one worker's phone, shown once; withdrawn with one click."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from wangge.base.errors import WanggeError
from wangge_server.base.ledger import Column, cut, ledger
from wangge_server.base.panel import panel
from wangge_server.forms import queries
from wangge_server.forms.actions import issue_device, revoke_device
from wangge_server.forms.forms import DeviceForm
from wangge_server.forms.keys import as_svg, collect_settings
from wangge_server.forms.machine import PROJECT
from wangge_server.policy.gate import gate, in_area
from wangge_server.policy.queries import label

DEVICES = (
    Column("name", gettext_lazy("设备")), Column("user", gettext_lazy("使用人")), Column("purpose", gettext_lazy("目的")),
    Column("state", gettext_lazy("状态")), Column("expires", gettext_lazy("有效到"), order="expires_at"),
    Column("issued", gettext_lazy("发放"), hide="narrow"), Column("act", ""),
)  # fmt: skip


@gate("device.issue")
def devices(request: HttpRequest) -> HttpResponse:
    """Which phones may fetch forms, in whose hands, for what, until when."""
    rows, now = queries.devices(in_area(request, "area_code")), timezone.now()
    page = cut(request, rows, DEVICES)
    open_ = rows.filter(revoked_at=None, expires_at__gt=now).count()
    lines = [{"id": str(one.pk), "cells": [
        one.name, one.user.name, label("purpose", one.purpose, get_language() or "zh-hans"), _state(one, now),
        f"{timezone.localtime(one.expires_at):%Y-%m-%d}", f"{one.issued_by.name} {timezone.localtime(one.issued_at):%Y-%m-%d}",
        {"kind": "link", "text": _("撤销"), "url": reverse("device_revoke", args=[one.pk])} if not one.revoked_at else "—"]}
        for one in page.items]  # fmt: skip
    acts = [{"label": _("发放设备码"), "url": reverse("device_issue"), "icon": "device-mobile", "primary": True}]
    return render(request, "forms/forms.html", {
        "head": {"title": _("设备"), "answer": _("可以取表单的设备"), "number": open_, "of": page.count, "as_of": now, "actions": acts},
        "ledger": ledger(page, lines, title=_("设备"), id="devices", empty={
            "title": _("还没有设备"), "text": _("给一名工作人员发放设备码，用 ODK Collect 扫码即可。")}),
    })  # fmt: skip


def _state(one: Any, now: Any) -> dict[str, Any]:
    if one.revoked_at:
        return {"kind": "badge", "tone": "bad", "word": _("已撤销")}
    if one.expires_at <= now:
        return {"kind": "badge", "tone": "unknown", "word": _("已过期")}
    return {"kind": "badge", "tone": "good", "word": _("有效")}


@gate("device.issue")
def issue(request: HttpRequest) -> HttpResponse:
    """Choose whose device it is and for what; the code is shown once, on this page, and kept nowhere."""
    form = DeviceForm(request.POST or None, area=in_area(request, "area_code"))
    shown, error = {}, None
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            device, key = issue_device(name=said["name"], user=said["user"], for_purpose=said["purpose"], days=said["days"],
                                       by=request.user, purpose=request.purpose)  # type: ignore[attr-defined]  # fmt: skip
            address = request.build_absolute_uri(f"/v1/key/{key}/projects/{PROJECT}")
            code = as_svg(collect_settings(address, device.name))
            shown = {"code": mark_safe(code), "address": address, "device": device}  # noqa: S308 - segno's own SVG
        except WanggeError as why:
            error = panel(why)
    head = {"title": _("发放设备码"), "answer": _("一台设备，一个人，一个目的")}
    response = render(request, "forms/device.html", {
        "head": head, "form": form, "error": error, **shown,
        "breadcrumb": [{"label": _("一表通"), "url": reverse("forms")}, {"label": _("设备"), "url": reverse("devices")},
                       {"label": _("发放设备码")}],
    }, status=400 if error or (form.errors and request.method == "POST") else 200)  # fmt: skip
    response["Cache-Control"] = "no-store"
    return response


@gate("device.issue")
def revoke(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask once, then withdraw: the key opens nothing from then on."""
    found = queries.devices(in_area(request, "area_code")).filter(pk=pk).first()
    if found is None:
        raise Http404
    if request.method != "POST":
        return render(request, "forms/revoke.html", {
            "head": {"title": _("撤销设备"), "answer": f"{found.name} · {found.user.name}"}, "device": found,
            "breadcrumb": [{"label": _("设备"), "url": reverse("devices")}, {"label": _("撤销设备")}],
        })  # fmt: skip
    revoke_device(device=found, by=request.user, purpose=request.purpose)  # type: ignore[attr-defined]
    messages.success(request, _("已撤销。设备上未报送的内容不会丢失，换发新码后可继续报送。"))
    return redirect("devices")
