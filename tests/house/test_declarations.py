"""Every column and field says how sensitive it is and when it must go; what is banned has no place to be."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from wangge.dictionary import Retention, Sensitivity, elements
from wangge.tables import TABLES
from wangge_server.base.fields import kept
from wangge_server.vault import queries

BANNED = re.compile(
    r"ethnic|nationalit|religio|politic|petition|criminal|drug|psychiatr|union|native_place|birthplace|face", re.I
)
# Models that other people's apps bring. They hold accounts' sessions and jobs, no residents; retention is theirs: stated here.
FOREIGN = {"auth", "contenttypes", "sessions", "axes", "procrastinate", "messages"}


def own_fields() -> list[tuple[str, models.Field[Any, Any]]]:
    return [
        (f"{model._meta.label}.{field.name}", field)
        for model in apps.get_models()
        if model.__module__.startswith("wangge_server.")
        for field in model._meta.local_fields
    ]


def test_every_model_field_declares() -> None:
    fields = own_fields()
    assert len(fields) > 80
    lacking = [
        name
        for name, field in fields
        if not isinstance(getattr(field, "sensitivity", None), Sensitivity)
        or not isinstance(getattr(field, "retention", None), Retention)
    ]
    assert lacking == []


def test_an_undeclared_field_would_be_seen() -> None:
    """The planted hole: a bare field has no declaration, a kept one has."""
    assert not hasattr(models.CharField(max_length=1), "sensitivity")
    assert kept(models.CharField(max_length=1), Sensitivity.PUBLIC, Retention.WORK).retention is Retention.WORK


def test_foreign_apps_are_known() -> None:
    found = {m._meta.app_label for m in apps.get_models() if not m.__module__.startswith("wangge_server.")}
    assert found <= FOREIGN


@pytest.mark.parametrize("name", list(TABLES))
def test_every_column_declares(name: str) -> None:
    for column in TABLES[name].columns:
        assert isinstance(column.sensitivity, Sensitivity), column.name
        assert isinstance(column.retention, Retention), column.name


def test_no_banned_attribute_has_a_place() -> None:
    names = [name for name, _ in own_fields()] + [f"{t.name}.{c.name}" for t in TABLES.values() for c in t.columns]
    assert [n for n in names if BANNED.search(n.split(".")[-1])] == []
    banned = {name for name, element in elements().items() if element.banned}
    assert {
        "person.ethnicity",
        "person.religion",
        "person.political_status",
        "person.petition",
        "person.criminal_record",
        "person.drug_use",
        "person.psychiatric_label",
        "person.union_membership",
        "person.native_place",
    } <= banned


def test_health_and_whereabouts_live_in_the_event_vault_only() -> None:
    for label, field in own_fields():
        if label.split(".")[0] in {"exposure", "risk"}:
            assert field.retention is Retention.EVENT, label  # type: ignore[attr-defined]


def test_no_table_stands_in_both_vaults() -> None:
    assert queries.mixed_models() == []
    names = {model._meta.label for model in queries.event_models()}
    assert {"field.Answer", "exposure.Exposure", "risk.Grade", "forms.Submission"} <= names
    assert not names & {"registry.Person", "registry.Household", "audit.Event", "publish.Release", "accounts.User"}


def test_nothing_that_stays_points_at_what_goes() -> None:
    """TRUNCATE would be refused; this says which field, and at build time."""
    going = set(queries.event_models())
    bad = [f"{m._meta.label}.{f.name}" for m in apps.get_models() if m not in going
           for f in m._meta.concrete_fields if f.related_model in going]  # fmt: skip
    assert bad == []
