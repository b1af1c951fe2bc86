"""Reads about forms, devices and submissions."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.db.models import Count, Prefetch, Q, QuerySet

from wangge import forms as compiler
from wangge import policy
from wangge.forms.xform import XForm, parse_xform
from wangge.tables.shapes import SAID
from wangge_server.base.bulk import copy_out
from wangge_server.base.sealed import opened
from wangge_server.forms.keys import key_digest
from wangge_server.forms.models import DepartmentForm, Device, Form, FormFile, FormVersion, Submission
from wangge_server.forms.words import ENTITY_LISTS
from wangge_server.registry.queries import household_in, households_in

REPLY_VALUE = "forms_reply.value"  # where the sealed answers stand


def forms() -> QuerySet[Form]:
    """All forms with their versions, newest first, and how many submissions wait for review."""
    light = FormVersion.objects.defer("xform", "source")
    return Form.objects.prefetch_related(Prefetch("versions", light)).order_by("form_id")


def form_by_id(form_id: str) -> Form | None:
    """One form."""
    return Form.objects.filter(form_id=form_id).first()


def versions_of(form_id: str) -> QuerySet[FormVersion]:
    """Versions of a form, newest first, with how many answers each brought."""
    rows = FormVersion.objects.filter(form_id=form_id).defer("xform", "source")
    counted = rows.annotate(n=Count("submissions", filter=~Q(submissions__state="conflict")))
    return counted.select_related("uploaded_by", "published_by", "retired_by")


def version_by_id(pk: Any) -> FormVersion | None:
    """One version with its form."""
    found = FormVersion.objects.filter(pk=pk).defer("source")
    return found.select_related("form", "uploaded_by", "published_by", "retired_by").first()


def version_said(form_id: str, version: str) -> FormVersion | None:
    """The version a submission names, whatever its state."""
    return FormVersion.objects.filter(form_id=form_id, version=version).select_related("form").first()


def collected(purpose: str, today: dt.date) -> list[FormVersion]:
    """The newest published version of each form of a purpose that is still collected."""
    rows = FormVersion.objects.filter(form__purpose=purpose, state="published", until__gte=today)
    return list(rows.order_by("form_id", "-published_at").distinct("form_id").select_related("form"))


def published_versions(today: dt.date) -> list[FormVersion]:
    """Every version that is out and still collected, by title."""
    rows = FormVersion.objects.filter(state="published", until__gte=today).defer("xform", "source")
    return list(rows.select_related("form").order_by("title", "-published_at"))


def state_of(version: FormVersion, today: dt.date) -> str:
    """draft, published, ended (its day has passed) or retired."""
    return "ended" if version.state == "published" and version.until < today else version.state


def read_form(version: FormVersion) -> XForm:
    """The version's XForm, parsed."""
    return parse_xform(version.xform.encode(), f"{version.form_id}.xml")


def files_of(version: FormVersion) -> dict[str, FormFile]:
    """Files that were brought for a version, by name."""
    return {one.name: one for one in FormFile.objects.filter(version=version)}


def missing_files(version: FormVersion) -> list[str]:
    """Files the form names that nobody brought and that are no list of the register."""
    named = set(read_form(version).files)
    return sorted(named - set(files_of(version)) - set(ENTITY_LISTS))


# ---- forms as departments sent them, made one ------------------------------------------------------------


def department_forms() -> list[DepartmentForm]:
    """The newest version of each form that is not withdrawn."""
    rows = DepartmentForm.objects.filter(withdrawn_at=None).order_by("form_id", "-number").distinct("form_id")
    return list(rows.select_related("uploaded_by"))


def department_form_versions(form_id: str) -> list[DepartmentForm]:
    """All versions of a form, newest first, withdrawn ones too."""
    return list(DepartmentForm.objects.filter(form_id=form_id).order_by("-number").select_related("uploaded_by"))


def as_form(row: DepartmentForm) -> compiler.Form:
    """A kept version as the compiler reads it."""
    fields = tuple(compiler.Field(**one | {"options": tuple(one["options"])}) for one in row.questions)
    return compiler.Form(
        row.form_id, row.title, fields, department=row.department, purpose=row.for_purpose, version=str(row.number)
    )


def harmonised(phase: str) -> compiler.Harmonised:
    """What the forms in use come to in this phase of the emergency."""
    return _harmonised(tuple(row.pk for row in department_forms()), phase)


@lru_cache(maxsize=8)
def _harmonised(versions: tuple[int, ...], phase: str) -> compiler.Harmonised:
    """Versions never change, so their ids are enough of a key."""
    rows = DepartmentForm.objects.filter(pk__in=versions)
    return compiler.harmonise([as_form(row) for row in rows], phase=phase)


# ---- what a device may have -----------------------------------------------------------------------------

# dispatch/apps.py puts its reader here: who holds which grid is known downstream.
grids_held: Callable[[Any], list[str]] | None = None


def grids_for(user: Any) -> list[str]:
    """Grids whose lists a device of this account may hold: the worker's own, today; nobody else's."""
    return grids_held(user) if grids_held else []


def entity_list(name: str, user: Any, purpose: str) -> bytes | None:
    """A list of the register for one device: households of the account's own grids as CSV. None: not to be had.

    Columns name, label, __version and grid_code. Addresses are there only where the purpose grants them.
    """
    if name not in ENTITY_LISTS or "person.address" not in policy.elements_for(user.role, purpose):
        return None
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("name", "label", "__version", "grid_code"))
    grids = grids_for(user)
    rows = households_in({"grid_code__in": grids}) if grids else []
    for one in rows:
        writer.writerow((one.household_id, str(one.dwelling or one.address or ""), 1, one.grid_code))
    return out.getvalue().encode()


def grid_of(household_id: str, user: Any) -> str:
    """Where a submission belongs: the household's grid among the account's own, else their first, else their area."""
    grids = grids_for(user)
    found = household_in({"grid_code__in": grids}, household_id) if household_id and grids else None
    return str(found.grid_code) if found else next(iter(grids), "") or str(user.area_code)


def lists_for(version: FormVersion, form: XForm, user: Any, purpose: str) -> dict[str, bytes]:
    """The files a form chooses from, as this account's devices hold them."""
    found = {name: bytes(one.data) for name, one in files_of(version).items() if name.endswith(".csv")}
    for name in set(form.external.values()) & set(ENTITY_LISTS):
        made = entity_list(name, user, purpose)
        if made is not None:
            found[name] = made
    return found


def file_for(version: FormVersion, name: str, user: Any, purpose: str) -> bytes | None:
    """One file of a form for one device."""
    if name in ENTITY_LISTS:
        return entity_list(name, user, purpose)
    found = files_of(version).get(name)
    return bytes(found.data) if found else None


def device_of(key: str, kind: str, now: dt.datetime) -> Device | None:
    """The device a key belongs to, while it holds: not withdrawn, not out of date, its account still active."""
    rows = Device.objects.filter(key_digest=key_digest(key), kind=kind, revoked_at=None, expires_at__gt=now)
    return rows.filter(user__is_active=True).select_related("user").first()


def devices(area: dict[str, str]) -> QuerySet[Device]:
    """Devices of accounts in an area, newest first."""
    within = {f"user__{key}": value for key, value in area.items()}
    return Device.objects.filter(kind="device", **within).select_related("user", "issued_by", "revoked_by")


# ---- submissions ------------------------------------------------------------------------------------------


def submissions_for(user: Any, purpose: str, relation: str) -> QuerySet[Submission]:
    """Submissions this account may see for this purpose: their own, those of their area, or all of the purpose."""
    rows = Submission.objects.filter(purpose=purpose).select_related("version", "by", "device")
    if relation == "all":
        return rows
    if relation == "area" and user.area_code:
        return rows.filter(grid_code__startswith=user.area_code)
    return rows.filter(by=user)


def known_submission(instance_id: str) -> Submission | None:
    """The submission of an instanceID; conflicts stand beside it."""
    return Submission.objects.filter(instance_id=instance_id).exclude(state="conflict").first()


def said_at_doors(until: dt.date) -> pa.Table:
    """Every answer with where it comes from, as a list from the door. -> SAID"""
    rows = copy_out(
        f"""SELECT s.id::text, s.form_id, s.version_said, s.purpose, r.subject, nullif(r.household_id, ''), r.element, r.said,
                   encode(r.value, 'hex'), r.collected_on, u.username
            FROM forms_reply r JOIN forms_submission s ON s.id = r.submission_id JOIN accounts_user u ON u.id = s.by_id
            WHERE r.collected_on <= '{until.isoformat()}' ORDER BY r.id""",
        SAID.schema,
    )
    return with_opened(rows)


def with_opened(rows: pa.Table) -> pa.Table:
    """The column `value` as people said it; null where nothing was said."""
    said = opened(rows["value"], REPLY_VALUE)
    empty = pc.equal(said, "")
    return rows.set_column(rows.column_names.index("value"), "value", pc.if_else(empty, None, said))
