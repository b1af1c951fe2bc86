"""Writes about forms: brought in, published, retired."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.utils import timezone

from wangge import forms as compiler
from wangge import policy
from wangge.base.errors import WanggeError, Where
from wangge.forms.convert import convert_apart
from wangge.forms.soundness import elements_of, refuse_banned, refuse_circle
from wangge.forms.xform import XForm, parse_xform
from wangge_server.base.actions import action, note
from wangge_server.forms import queries
from wangge_server.forms.models import DepartmentForm, Form, FormFile, FormVersion
from wangge_server.forms.words import collecting_purposes


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
    refuse_circle(form, file_name)
    refuse_banned(form, file_name)
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
