"""The urgent look: one person's few fields past the table, for an hour, with somebody else told at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pyarrow as pa
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from wangge import policy
from wangge_server.policy import queries as looks
from wangge_server.policy.actions import open_urgent_look, review_urgent_look
from wangge_server.policy.alarm_actions import review_alarm
from wangge_server.policy.gate import gate
from wangge_server.policy.reads import record_read
from wangge_server.registry import queries
from wangge_server.registry.forms import UrgentForm
from wangge_server.registry.named import ASKED, people_named

SHOWN_LOOKS = 50
ALARMS: dict[str, Any] = {
    "bulk": gettext_lazy("一天看的人超过本人平日三倍"),
    "elsewhere": gettext_lazy("看了不在本人辖区的人或家庭"),
}


@gate("glass.open")
def urgent(request: HttpRequest) -> HttpResponse:
    """Ask for one person by name and number, with a reason; and the looks one opened so far."""
    form = UrgentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        found = _only_one(form.cleaned_data)
        record_read(request, "urgent_search", [found] if found else [])
        if found:
            look = open_urgent_look(person_id=found, reason=form.cleaned_data["reason"], now=timezone.now(), by=request.user,
                                    purpose=request.purpose)  # type: ignore[attr-defined]  # fmt: skip
            return redirect("urgent_look", pk=look.pk)
        form.add_error(None, _("没有找到唯一的一位。请核对姓名与号码；此次查找已留痕。"))
    rule = policy.table()["break_glass"]
    return render(request, "registry/urgent.html", {
        "head": {"title": _("紧急查看"), "answer": _("只看一人"), "number": rule["minutes"], "unit": _("分钟")},
        "form": form, "hours": rule["review_hours"], "least": rule["reason_length"],
        "looks": [_line(one) for one in looks.looks_of(request.user)[:SHOWN_LOOKS]],
        "breadcrumb": [{"label": _("紧急查看")}],
    })  # fmt: skip


@gate("glass.open")
def urgent_look(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The few fields, while the hour lasts and only for whoever opened it. After that there is no such page."""
    look = looks.open_look(pk, request.user, timezone.now())
    person = queries.person_in({}, look.person_id) if look else None
    if look is None or person is None:
        raise Http404
    record_read(request, "urgent_look", [person.person_id], look=str(look.pk))
    home = person.household
    every = {
        "person.name": (_("姓名"), person.name), "person.phone": (_("电话"), person.phone),
        "person.address": (_("地址"), str(home.dwelling) if home.dwelling else home.address),
    }  # fmt: skip
    granted = policy.table()["break_glass"]["elements"]
    return render(request, "registry/urgent_look.html", {
        "head": {"title": _("紧急查看"), "answer": _("到期"), "as_of": look.opened_at},
        "look": look, "facts": [pair for element, pair in every.items() if element in granted],
        "breadcrumb": [{"label": _("紧急查看"), "url": reverse("urgent")}, {"label": _("一人")}],
    })  # fmt: skip


@gate("glass.review")
def urgent_told(request: HttpRequest) -> HttpResponse:
    """Looks and alarms one was told of: who, when, why, until when it is to be judged. Nothing of the people who were read."""
    rows, alarms = (
        list(looks.looks_told(request.user)[:SHOWN_LOOKS]),
        list(looks.alarms_told(request.user)[:SHOWN_LOOKS]),
    )
    waiting = looks.n_looks_waiting(request.user) + looks.n_alarms_waiting(request.user)
    return render(request, "registry/urgent_told.html", {
        "head": {"title": _("复核紧急查看"), "answer": _("等待复核"), "number": waiting, "unit": _("次")},
        "looks": [_line(one) | {"pk": one.pk, "who": one.by.name, "reason": one.reason} for one in rows],
        "alarms": [_state(one) | {"pk": one.pk, "day": one.day, "who": one.reader.name or one.reader.username,
                                  "what": ALARMS[one.kind], "n": one.n, "usual": one.usual} for one in alarms],
        "breadcrumb": [{"label": _("复核紧急查看")}],
    })  # fmt: skip


@require_POST
@gate("glass.review")
def alarm_review(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Was this reading justified? Said by whoever was told; another's alarm does not exist."""
    alarm = looks.alarms_told(request.user).filter(pk=pk).first()
    verdict = request.POST.get("verdict")
    if alarm is None or verdict not in ("justified", "unjustified"):
        raise Http404
    review_alarm(alarm=alarm, is_justified=verdict == "justified", now=timezone.now(), by=request.user,
                 purpose=request.purpose)  # type: ignore[attr-defined]  # fmt: skip
    return redirect("urgent_told")


@require_POST
@gate("glass.review")
def urgent_review(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Justified or not, by whoever was told; another's look does not exist."""
    look = looks.looks_told(request.user).filter(pk=pk).first()
    verdict = request.POST.get("verdict")
    if look is None or verdict not in ("justified", "unjustified"):
        raise Http404
    review_urgent_look(look=look, is_justified=verdict == "justified", now=timezone.now(), by=request.user,
                       purpose=request.purpose)  # type: ignore[attr-defined]  # fmt: skip
    return redirect("urgent_told")


def _only_one(said: dict[str, Any]) -> str:
    """The person this name and number name, if it is exactly one."""
    asked = {
        "row": 1,
        "name": said["name"],
        "phone": said["phone"] or None,
        "id_number": said["id_number"] or None,
        "birth_date": None,
    }
    types = (pa.int32(), pa.string(), pa.string(), pa.date32(), pa.string())
    table = pa.table({name: pa.array([asked[name]], kind) for name, kind in zip(ASKED, types, strict=True)})
    rows = people_named(table).to_pylist()
    return (
        str(rows[0]["person_id"])
        if len(rows) == 1 and rows[0]["n_people"] == 1 and rows[0]["name"] == said["name"]
        else ""
    )


def _line(one: Any) -> dict[str, Any]:
    url = reverse("urgent_look", args=[one.pk]) if one.expires_at > timezone.now() else ""
    return _state(one) | {"at": one.opened_at, "told": one.told.name, "url": url}


def _state(one: Any) -> dict[str, Any]:
    """How the judgement of a look or an alarm stands."""
    now = timezone.now()
    if one.reviewed_at is not None:
        state = ("good", _("认为必要")) if one.is_justified else ("bad", _("认为不必要"))
    else:
        state = ("bad", _("逾期未复核")) if now > one.review_due else ("warn", _("待复核"))
    return {"due": one.review_due, "tone": state[0], "word": state[1], "waits": one.reviewed_at is None}
