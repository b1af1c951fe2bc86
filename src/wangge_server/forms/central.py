"""The part of ODK Central's REST interface that pyodk asks most: sessions, forms, submissions, OData, attachments.

Source: docs.getodk.org/central-api. Nothing else of Central is promised.
"""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from wangge.base.errors import WanggeError
from wangge.forms.submission import check, expected_files, read_submission
from wangge.forms.xform import XForm
from wangge_server.forms import actions, queries
from wangge_server.forms.api import take, version_for
from wangge_server.forms.machine import PROJECT, body_of, by_password, machine, told
from wangge_server.forms.models import FormVersion, Submission
from wangge_server.forms.submissions import shown
from wangge_server.policy.gate import open_to_all
from wangge_server.policy.reads import record_read

SESSION_HOURS = 8
MOST_ROWS = 1000
REVIEW = {"held": "hasIssues", "conflict": "hasIssues", "refused": "rejected", "replaced": "edited"}


@csrf_exempt
@open_to_all
def sessions(request: HttpRequest) -> HttpResponse:
    """Name and password for a session's token; the name may say the purpose (`account@purpose`)."""
    try:
        given = json.loads(request.body or b"{}") if request.method == "POST" else {}
        name, password = str(given.get("email", "")), str(given.get("password", ""))
        user, purpose = by_password(request, name, password)
        device, key = actions.open_session(hours=SESSION_HOURS, by=user, purpose=purpose)
    except (ValueError, AttributeError):
        return told(request, WanggeError("E3849"), openrosa=False)
    except WanggeError as error:
        return told(request, error, openrosa=False)
    return JsonResponse({"token": key, "createdAt": _stamp(device.issued_at), "expiresAt": _stamp(device.expires_at)})


@machine("session.open")
def current_user(request: HttpRequest) -> HttpResponse:
    """Whose session this is."""
    user: Any = request.user
    return JsonResponse({"id": user.pk, "type": "user", "email": user.username, "displayName": user.name,
                         "createdAt": _stamp(timezone.now()), "purpose": request.purpose})  # type: ignore[attr-defined]  # fmt: skip


@machine("form.fetch")
def projects(request: HttpRequest) -> HttpResponse:
    """The one project: this installation."""
    return JsonResponse([{"id": PROJECT, "name": "wangge", "description": None, "archived": None, "keyId": None,
                          "createdAt": _stamp(timezone.now()), "updatedAt": None, "deletedAt": None}], safe=False)  # fmt: skip


@machine("form.fetch")
def forms(request: HttpRequest) -> HttpResponse:
    """Forms collected for this purpose today."""
    rows = queries.collected(request.purpose, timezone.localdate())  # type: ignore[attr-defined]
    return JsonResponse([_form(one) for one in rows], safe=False)


@machine("form.fetch")
def form(request: HttpRequest, form_id: str) -> HttpResponse:
    """One form, in its newest version."""
    return JsonResponse(_form(version_for(request, form_id)))


def _form(one: FormVersion) -> dict[str, Any]:
    return {"projectId": PROJECT, "xmlFormId": one.form_id, "name": one.title, "version": one.version, "hash": one.md5,
            "state": "open", "createdAt": _stamp(one.uploaded_at), "updatedAt": None, "publishedAt": _stamp(one.published_at),
            "keyId": None, "enketoId": None}  # fmt: skip


@machine("submission.view", writes="submission.send")
def submissions(request: HttpRequest, form_id: str) -> HttpResponse:
    """GET: what was received, without answers. POST: one more; its XML is the body. 409 where its id is here with others."""
    if request.method == "POST":
        return _sent(request, form_id)
    rows = list(_visible(request, form_id)[:MOST_ROWS])
    return JsonResponse([_submission(one) for one in rows], safe=False)


def _sent(request: HttpRequest, form_id: str, replaces: str = "") -> HttpResponse:
    raw = body_of(request)
    said = read_submission(raw)
    if said.form_id != form_id or (replaces and said.replaces != replaces):
        raise WanggeError("E3841", what="id")
    receipt = take(request, raw, {})
    if receipt.became == "conflict":
        raise WanggeError("E3840")
    return JsonResponse(_submission(receipt.submission))


@machine("submission.view", writes="submission.send")
def submission(request: HttpRequest, form_id: str, instance_id: str) -> HttpResponse:
    """GET: one submission, without answers. PUT: an edit, whose XML says deprecatedID; once it holds it takes its place."""
    if request.method == "PUT":
        return _sent(request, form_id, replaces=instance_id)
    return JsonResponse(_submission(_one(request, form_id, instance_id)))


def _submission(one: Submission) -> dict[str, Any]:
    return {"instanceId": one.instance_id, "submitterId": one.by_id, "deviceId": str(one.device_id) if one.device_id else None,
            "createdAt": _stamp(one.received_at), "updatedAt": _stamp(one.reviewed_at), "instanceName": None,
            "reviewState": REVIEW.get(one.state), "userAgent": None}  # fmt: skip


def _visible(request: HttpRequest, form_id: str) -> Any:
    relation = request.decision.relation  # type: ignore[attr-defined]
    return queries.submissions_for(request.user, request.purpose, relation).filter(form_id=form_id)  # type: ignore[attr-defined]


def _one(request: HttpRequest, form_id: str, instance_id: str) -> Submission:
    found = _visible(request, form_id).filter(instance_id=instance_id).exclude(state="conflict").first()
    if found is None:
        raise Http404
    return found  # type: ignore[no-any-return]


# ---- OData ------------------------------------------------------------------------------------------------


@machine("submission.view")
def table(request: HttpRequest, form_id: str, name: str) -> HttpResponse:
    """Submissions of a form, or one of its repeats (`Submissions.person`), as OData: only elements the purpose grants.

    `$skip`, `$top`, `$count` and `$expand=*` are understood. What waits for review is in it, marked; what was replaced or
    refused is not.
    """
    rows = _visible(request, form_id).filter(state__in=("accepted", "held"), version__isnull=False)
    skip, top = _number(request, "$skip", 0), min(_number(request, "$top", MOST_ROWS), MOST_ROWS)
    total, part = rows.count(), list(rows[skip : skip + top])
    record_read(request, "submissions", [str(one.pk) for one in part], form=form_id)
    parsed = {pk: queries.read_form(v) for pk, v in {one.version_id: one.version for one in part}.items()}
    lines = [_line(request, one, parsed[one.version_id]) for one in part]
    repeat = name.partition(".")[2].split(".") if "." in name else []
    value = [turn for line in lines for turn in _turns(line, repeat, line["__id"])] if repeat else lines
    if not repeat and request.GET.get("$expand") != "*":
        value = [_folded(line, line["__id"]) for line in value]
    answer: dict[str, Any] = {"@odata.context": request.build_absolute_uri(), "value": value}
    if request.GET.get("$count", "").lower() == "true":
        answer["@odata.count"] = total
    if skip + len(part) < total:
        answer["@odata.nextLink"] = f"{request.build_absolute_uri(request.path)}?$skip={skip + len(part)}&$top={top}"
    return JsonResponse(answer)


def _number(request: HttpRequest, name: str, otherwise: int) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else otherwise


def _line(request: HttpRequest, one: Submission, form: XForm) -> dict[str, Any]:
    version: Any = one.version
    granted = request.decision.elements  # type: ignore[attr-defined]
    answers = shown(form, version.elements, granted, read_submission(bytes(one.xml)).root)
    system = {"submissionDate": _stamp(one.received_at), "submitterId": str(one.by_id), "reviewState": REVIEW.get(one.state),
              "formVersion": one.version_said, "status": one.state, "problems": sorted({p["code"] for p in one.problems})}  # fmt: skip
    return {"__id": one.instance_id, "__system": system, **answers}


def _folded(line: dict[str, Any], above: str) -> dict[str, Any]:
    """Repeats as links, groups as they are: how OData shows a table that has tables below."""
    out: dict[str, Any] = {}
    for name, value in line.items():
        if isinstance(value, list):
            out[f"{name}@odata.navigationLink"] = f"Submissions('{above}')/{name}"
        else:
            out[name] = _folded(value, above) if isinstance(value, dict) and not name.startswith("__") else value
    return out


def _turns(line: dict[str, Any], steps: list[str], above: str) -> list[dict[str, Any]]:
    """Turns of one repeat as rows, each with its place and what it belongs to."""
    found: list[dict[str, Any]] = [line]
    for step in steps:
        found = [turn for one in found for turn in _listed(one.get(step))]
    return [{"__id": f"{above}/{'/'.join(steps)}[{i}]", "__Submissions-id": above, **_folded(one, above)}
            for i, one in enumerate(found, 1)]  # fmt: skip


def _listed(value: Any) -> list[dict[str, Any]]:
    return value if isinstance(value, list) else [value] if isinstance(value, dict) else []


# ---- attachments ----------------------------------------------------------------------------------------


@machine("submission.view")
def attachments(request: HttpRequest, form_id: str, instance_id: str) -> HttpResponse:
    """Files the answers speak of, and whether they are here."""
    one = _one(request, form_id, instance_id)
    have = set(one.files.values_list("name", flat=True))
    names = have | (_named(one) if one.version else set())
    return JsonResponse([{"name": name, "exists": name in have} for name in sorted(names)], safe=False)


def _named(one: Submission) -> set[str]:
    version: Any = one.version
    form = queries.read_form(version)
    found = check(form, read_submission(bytes(one.xml)), {}, timezone.now().replace(tzinfo=None))
    return set(expected_files(form, found.answers))


@machine("submission.view", writes="submission.send")
def attachment(request: HttpRequest, form_id: str, instance_id: str, name: str) -> HttpResponse:
    """POST: a file of one's own submission. GET: that file, never shown as a page of ours."""
    if request.method == "POST":
        return _add(request, form_id, instance_id, name)
    one = _one(request, form_id, instance_id)
    found = one.files.filter(name=name).first()
    if found is None:
        raise Http404
    record_read(request, "attachment", [str(one.pk)])
    response = HttpResponse(bytes(found.data), content_type="application/octet-stream")
    response["X-Content-Type-Options"], response["Content-Disposition"] = "nosniff", "attachment"
    return response


def _add(request: HttpRequest, form_id: str, instance_id: str, name: str) -> HttpResponse:
    """Another's submission does not exist for whoever sends."""
    own = queries.submissions_for(request.user, request.purpose, "own")  # type: ignore[attr-defined]
    one = own.filter(form_id=form_id, instance_id=instance_id).first()
    if one is None:
        raise Http404
    actions.add_attachment(submission=one, name=name, data=body_of(request), by=request.user, purpose=request.purpose)  # type: ignore[attr-defined]
    return JsonResponse({"success": True})


def _stamp(at: Any) -> str | None:
    return at.isoformat().replace("+00:00", "Z") if at else None
