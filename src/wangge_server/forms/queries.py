"""Reads about forms and their versions."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from wangge import forms as compiler
from wangge.forms.xform import XForm, parse_xform
from wangge_server.forms.models import DepartmentForm, Form, FormFile, FormVersion
from wangge_server.forms.words import ENTITY_LISTS


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
