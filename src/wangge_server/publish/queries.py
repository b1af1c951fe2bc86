"""Reads of releases."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
from django.db.models import QuerySet

from wangge import publish
from wangge.tables.shapes import CELL, RELEASE
from wangge_server.insight.queries import cells
from wangge_server.publish.models import Release

LEVELS = {"district": 6, "street": 9, "community": 12}


def cells_down_to(level: str, now: dt.datetime) -> pa.Table:
    """Today's counts of all areas from the district down to `level`. What nobody can place is left out. -> CELL"""
    rows = [
        {**row, "area_code": row["code"], "kind": kind, "missed_low": None}
        for kind, digits in LEVELS.items()
        if digits <= LEVELS[level]
        for row in cells("", digits, now)
        if row["code"] is not None
    ]
    return pa.Table.from_pylist([{name: row[name] for name in CELL.schema.names} for row in rows], schema=CELL.schema)


def verdict(table: pa.Table) -> publish.Release:
    """What the gate would say of this table, together with everything that went out before. Nothing is kept."""
    return publish.release(table, "public", earlier=earlier_releases())


def releases() -> QuerySet[Release]:
    """Everything proposed, newest first."""
    return Release.objects.select_related("proposed_by", "approved_by")


def release_by_id(pk: Any) -> Release | None:
    """One release."""
    return releases().filter(pk=pk).first()


def earlier_releases() -> list[pa.Table]:
    """Everything that went out before, newest last. -> RELEASE tables"""
    rows = Release.objects.filter(state="published").order_by("id").values_list("rows", flat=True)
    return [pa.Table.from_pylist(list(one), schema=RELEASE.schema) for one in rows]
