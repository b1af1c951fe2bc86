"""Reads of releases."""

from __future__ import annotations

import pyarrow as pa

from wangge.tables.shapes import RELEASE
from wangge_server.publish.models import Release


def earlier_releases() -> list[pa.Table]:
    """Everything that went out before, newest last. -> RELEASE tables"""
    rows = Release.objects.filter(state="published").order_by("id").values_list("rows", flat=True)
    return [pa.Table.from_pylist(list(one), schema=RELEASE.schema) for one in rows]
