"""Writes about forms: brought in, published, retired; devices let in; submissions taken and reviewed."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from wangge import forms as compiler
from wangge import policy
from wangge.base.errors import WanggeError, Where
from wangge.base.ids import file_digest
from wangge.forms.convert import convert_apart
from wangge.forms.soundness import elements_of, refuse_banned, refuse_circle, refuse_unreadable
from wangge.forms.submission import Sent, read_submission
from wangge.forms.xform import XForm, parse_xform
from wangge_server.base.actions import action, note
from wangge_server.forms import queries
from wangge_server.forms.keys import key_digest, new_key
from wangge_server.forms.models import (
    DepartmentForm,
    Device,
    Form,
    FormFile,
    FormVersion,
    Reply,
    Submission,
    SubmissionFile,
)
from wangge_server.forms.submissions import Weighed, weigh
from wangge_server.forms.words import collecting_purposes
from wangge_server.policy.second import must_be_second


@action("form.upload")
def upload_form(
    *, data: bytes, file_name: str, for_purpose: str, until: dt.date, lang: str, by: Any, purpose: str
) -> FormVersion:
    """Bring in a form workbook as a draft. The same workbook again changes nothing; a draft may be brought anew.

    Raises E3830 to E3834 (what is wrong with it, at its cell), E3835 (that version is out with other contents), E3847
    (no such purpose, or the form is for another one: merging forms never merges purposes).
    """
    made = convert_apart(data, file_name, lang)
    form = parse_xform(made.xform.encode(), file_name)
    refuse_unreadable(form, file_name)
    refuse_circle(form, file_name)
    refuse_banned(form, file_name, lang)
    facts = {
        "title": (form.title or form.form_id)[:200], "until": until, "xform": made.xform, "md5": _md5(made.xform.encode()),
        "source_name": file_name[:200], "source": data, "remarks": [vars(one) for one in made.remarks],
        "elements": elements_of(form), "uploaded_by": by,
    }  # fmt: skip
    found = _draft(form, for_purpose, facts, file_name)
    if made.itemsets:
        _put_file(found, "itemsets.csv", made.itemsets.encode())
    note(about=str(found.pk), form=form.form_id, version=form.version, until=until.isoformat())
    return found


def _draft(form: XForm, for_purpose: str, facts: dict[str, Any], file_name: str) -> FormVersion:
    where = Where(file=file_name, sheet="settings")
    if for_purpose not in collecting_purposes():
        raise WanggeError("E3847", where, reason=f"purpose {for_purpose}")
    owner, _ = Form.objects.get_or_create(
        form_id=form.form_id[:80], defaults={"purpose": for_purpose, "title": facts["title"]}
    )
    if owner.purpose != for_purpose:
        raise WanggeError("E3847", where, reason=f"{form.form_id}: purpose {owner.purpose}")
    known = FormVersion.objects.select_for_update().filter(form=owner, version=form.version).first()
    if known is None:
        return FormVersion.objects.create(form=owner, version=form.version, **facts)
    if known.state != "draft":
        if known.md5 == facts["md5"]:
            return known
        raise WanggeError("E3835", where, form=form.form_id, version=form.version or "—")
    for name, value in facts.items():
        setattr(known, name, value)
    known.save()
    return known


def _md5(data: bytes) -> str:
    """OpenRosa names files by this digest; nothing is protected by it."""
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def _put_file(version: FormVersion, name: str, data: bytes) -> None:
    FormFile.objects.update_or_create(version=version, name=name, defaults={"data": data, "md5": _md5(data)})


@action("form.upload")
def add_form_file(*, version: FormVersion, name: str, data: bytes, by: Any, purpose: str) -> None:
    """Bring a file that the form names. E3848 for another name, E3835 once the version is out."""
    if version.state != "draft":
        raise WanggeError("E3835", form=version.form_id, version=version.version or "—")
    if name not in queries.read_form(version).files:
        raise WanggeError("E3848", Where(file=name), what=name)
    _put_file(version, name, data)
    note(about=str(version.pk), file=name, bytes=len(data))


@action("form.publish")
def publish_form(*, version: FormVersion, by: Any, purpose: str) -> None:
    """From now on devices get this version. Earlier ones stay collected until somebody retires them. E3848: a file is missing."""
    missing = queries.missing_files(version)
    if missing:
        raise WanggeError("E3848", what=", ".join(missing))
    if version.state == "draft":
        version.state, version.published_by, version.published_at = "published", by, timezone.now()
        version.save(update_fields=["state", "published_by", "published_at"])
    note(about=str(version.pk), form=version.form_id, version=version.version, for_purpose=version.form.purpose)


@action("form.publish")
def retire_form(*, version: FormVersion, by: Any, purpose: str) -> None:
    """Devices no longer get it; what still comes in is kept and waits for review."""
    if version.state == "published":
        version.state, version.retired_by, version.retired_at = "retired", by, timezone.now()
        version.save(update_fields=["state", "retired_by", "retired_at"])
    note(about=str(version.pk), form=version.form_id, version=version.version)


@action("form.upload")
def add_department_forms(
    *, read: Sequence[compiler.Form], department: str, for_purpose: str, file_name: str, by: Any, purpose: str
) -> list[DepartmentForm]:
    """Keep the questions of forms that a department sent. The same questions again are the same version.

    A form is named by its department and its own id. Raises E3847 where nobody may be asked anything for that purpose.
    """
    if for_purpose not in policy.purposes_that_ask():
        raise WanggeError("E3847", Where(file=file_name), reason=f"purpose {for_purpose}")
    kept = [_keep(form, department, for_purpose, file_name, by) for form in read]
    note(forms=",".join(f"{one.form_id}@{one.number}" for one in kept), for_purpose=for_purpose)
    return kept


def _keep(form: compiler.Form, department: str, for_purpose: str, file_name: str, by: Any) -> DepartmentForm:
    questions = [asdict(one) | {"options": list(one.options)} for one in form.fields]
    digest = hashlib.sha256(json.dumps([form.title, for_purpose, questions], sort_keys=True).encode()).hexdigest()
    name = f"{department}:{form.form_id}"[:120]
    newest = DepartmentForm.objects.select_for_update().filter(form_id=name).order_by("-number").first()
    if newest and newest.digest == digest and newest.withdrawn_at is None:
        return newest
    return DepartmentForm.objects.create(
        form_id=name, number=newest.number + 1 if newest else 1, title=form.title[:200],
        department=department, for_purpose=for_purpose, file_name=file_name[:200], digest=digest, questions=questions,
        uploaded_by=by,
    )  # fmt: skip


@action("form.upload")
def withdraw_department_form(*, form_id: str, by: Any, purpose: str) -> None:
    """The form is no longer asked; its versions are kept."""
    rows = DepartmentForm.objects.filter(form_id=form_id, withdrawn_at=None)
    n = rows.update(withdrawn_by=by, withdrawn_at=timezone.now())
    note(about=form_id, versions=n)


# ---- devices --------------------------------------------------------------------------------------------


@action("device.issue")
def issue_device(*, name: str, user: Any, for_purpose: str, days: int, by: Any, purpose: str) -> tuple[Device, str]:
    """A key for one device of one account, for one purpose. -> (device, key); the key is told once and never kept.

    E8002 where that account may not fetch forms for that purpose, or stands outside the issuer's area.
    """
    is_inside = user.area_code.startswith(by.area_code or "-") or _reach(by, purpose, "device.issue") == "all"
    if not is_inside or not policy.decide(user.role, for_purpose, "form.fetch").allowed:
        raise WanggeError("E8002")
    device, key = _new_device(name, "device", user, for_purpose, timezone.now() + dt.timedelta(days=days), by)
    note(about=str(device.pk), user=user.username, for_purpose=for_purpose, days=days)
    return device, key


def _reach(by: Any, purpose: str, permission: str) -> str:
    return policy.decide(by.role, purpose, permission).relation


def _new_device(name: str, kind: str, user: Any, purpose: str, expires: dt.datetime, by: Any) -> tuple[Device, str]:
    key = new_key()
    device = Device.objects.create(name=name[:80], kind=kind, key_digest=key_digest(key), user=user, purpose=purpose,
                                   issued_by=by, expires_at=expires)  # fmt: skip
    return device, key


@action("device.issue")
def revoke_device(*, device: Device, by: Any, purpose: str) -> None:
    """The key opens nothing any more, from this moment on."""
    if device.revoked_at is None:
        device.revoked_by, device.revoked_at = by, timezone.now()
        device.save(update_fields=["revoked_by", "revoked_at"])
    note(about=str(device.pk))


@action("session.open")
def open_session(*, hours: int, by: Any, purpose: str) -> tuple[Device, str]:
    """A session of a program that gave name and password: a key for one purpose and a few hours. -> (session, key)"""
    device, key = _new_device("", "session", by, purpose, timezone.now() + dt.timedelta(hours=hours), by)
    note(about=str(device.pk), hours=hours)
    return device, key


# ---- submissions ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Receipt:
    """What became of a submission: accepted, held, same (it is here already) or conflict; and the number to tell."""

    submission: Submission
    became: str
    code: str = ""


@action("submission.send")
def receive_submission(
    *, raw: bytes, files: Mapping[str, bytes], device: Device | None, now: dt.datetime, by: Any, purpose: str
) -> Receipt:
    """Take a submission in. Whatever names a form and an instanceID is kept whole; only that which holds counts.

    Same instanceID and bytes: nothing is added but files that were missing. Same instanceID, other bytes: both are kept
    (E3840). Raises E3838 and E3839 for what is no submission at all.
    """
    sent, digest = read_submission(raw), file_digest(raw)
    with connection.cursor() as cursor:  # two posts of one id at the same moment come one after the other
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [sent.instance_id])
    known = queries.known_submission(sent.instance_id)
    if known is not None and known.digest == digest and known.by_id == by.pk:
        _add_files(known, files)
        note(about=str(known.pk), became="same", files=len(files))
        return Receipt(known, "same")
    if known is not None:
        if known.digest == digest:  # somebody else's bytes: told apart by who sent them
            digest = file_digest(raw + str(by.pk).encode())
        kept, _ = Submission.objects.get_or_create(
            instance_id=sent.instance_id, digest=digest,
            defaults=_facts(sent, raw, None, purpose, by, device) | {"state": "conflict", "problems": [{"code": "E3840", "path": ""}]},
        )  # fmt: skip
        note(about=str(kept.pk), became="conflict")
        return Receipt(kept, "conflict", "E3840")
    return _take(sent, raw, digest, files, weigh(sent, by, purpose, now), device, by, purpose)


def _take(sent: Sent, raw: bytes, digest: str, files: Mapping[str, bytes], weighed: Weighed, device: Device | None,
          by: Any, purpose: str) -> Receipt:  # fmt: skip
    replaced = _replaced(sent, by, weighed)
    state = "held" if weighed.problems else "accepted"
    made = Submission.objects.create(
        instance_id=sent.instance_id, digest=digest, state=state, problems=weighed.problems, replaces=replaced,
        **_facts(sent, raw, weighed, purpose, by, device),
    )  # fmt: skip
    _add_files(made, files)
    if state == "accepted":
        _count(made, weighed)
    codes = sorted({one["code"] for one in weighed.problems})
    note(about=str(made.pk), became=state, form=sent.form_id, codes=codes, files=len(files))
    return Receipt(made, state, codes[0] if codes else "")


def _facts(
    sent: Sent, raw: bytes, weighed: Weighed | None, purpose: str, by: Any, device: Device | None
) -> dict[str, Any]:
    return {"form_id": sent.form_id, "version_said": sent.version, "version": weighed.version if weighed else None,
            "purpose": purpose, "xml": raw, "by": by, "device": device,
            "grid_code": queries.grid_of(weighed.household_id if weighed else "", by)}  # fmt: skip


def _replaced(sent: Sent, by: Any, weighed: Weighed) -> Submission | None:
    """The submission an edit corrects: one's own, of the same form, not corrected yet. Anything else waits for review."""
    if not sent.replaces:
        return None
    found = queries.known_submission(sent.replaces)
    if found is None or found.by_id != by.pk or found.form_id != sent.form_id or found.state == "replaced":
        weighed.problems.append({"code": "E3841", "path": "", "what": "deprecatedID"})
        return None
    return found


def _count(submission: Submission, weighed: Weighed) -> None:
    """Its answers count from now on; those of the submission it corrects no longer do."""
    if submission.replaces is not None:
        submission.replaces.replies.all().delete()
        submission.replaces.state = "replaced"
        submission.replaces.save(update_fields=["state"])
    for one in weighed.replies:
        one.submission = submission
    Reply.objects.bulk_create(weighed.replies)


def _add_files(submission: Submission, files: Mapping[str, bytes]) -> None:
    """Big forms arrive in several posts: files are added, never replaced."""
    for name, data in files.items():
        SubmissionFile.objects.get_or_create(
            submission=submission, name=name[:200], defaults={"data": data, "digest": file_digest(data)}
        )


@action("submission.send")
def add_attachment(*, submission: Submission, name: str, data: bytes, by: Any, purpose: str) -> None:
    """A file of a submission that came without it."""
    _add_files(submission, {name: data})
    note(about=str(submission.pk), files=1)


@action("submission.review")
def review_submission(*, submission: Submission, verdict: str, now: dt.datetime, by: Any, purpose: str) -> str:
    """Settle what waits: `again` checks it anew (the version may be here now), `accept` lets the answers that hold count,
    `refuse` sets it aside. Nothing is deleted. E3836 where nobody knows the form; E8004 for one's own submission. -> state
    """
    if verdict == "accept":
        must_be_second("submission.review", submission.by, by)
    if submission.state == "held" and verdict != "refuse":
        weighed = weigh(
            read_submission(bytes(submission.xml)), submission.by, submission.purpose, submission.received_at
        )
        if weighed.version is None:
            raise WanggeError("E3836", form=submission.form_id, version=submission.version_said)
        submission.version, submission.problems = weighed.version, weighed.problems
        if verdict == "accept" or not weighed.problems:
            submission.state = "accepted"
            _count(submission, weighed)
    elif submission.state == "held":
        submission.state = "refused"
    submission.reviewed_by, submission.reviewed_at = by, now
    submission.save(update_fields=["version", "problems", "state", "reviewed_by", "reviewed_at"])
    note(about=str(submission.pk), verdict=verdict, state=submission.state)
    return str(submission.state)


@action("submission.forget")
def forget_submissions(*, ids: Sequence[Any], by: Any, purpose: str) -> int:
    """Destroy submissions with their answers and files: their day has come, or whoever sent them took them back. -> how many"""
    Submission.objects.filter(replaces__in=ids).update(replaces=None)
    gone = Submission.objects.filter(pk__in=ids).count()
    Submission.objects.filter(pk__in=ids).delete()
    note(submissions=gone)
    return gone
