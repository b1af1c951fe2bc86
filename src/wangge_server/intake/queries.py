"""Reads about uploads."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings
from django.db.models import Count, Max, QuerySet, Sum

from wangge import intake
from wangge.base.errors import WanggeError, Where
from wangge_server.intake.models import Batch, HeldRow


def mapping() -> intake.Mapping:
    """The installation's mapping file."""
    return intake.load_mapping(Path(settings.DATA) / "mapping.toml")


def batches() -> QuerySet[Batch]:
    """All batches, newest first."""
    return Batch.objects.select_related("received_by")


def waiting() -> dict[str, int]:
    """What waits: files not read yet, files refused, rows held."""
    by_state = {
        row["state"]: row["n"] for row in Batch.objects.values("state").annotate(n=Count("pk")).order_by("state")
    }
    unread = by_state.get("received", 0) + by_state.get("reading", 0)
    return {"unread": unread, "refused": by_state.get("refused", 0), "held": batch_counts()["n_held"]}


def received_by_list() -> dict[str, Any]:
    """Newest arrival and rows of each list. -> {list_name: {at, n_rows, n_good, n_held, files}}"""
    rows = (
        Batch.objects.filter(state="read")
        .values("list_name")
        .annotate(
            at=Max("received_at"), n_rows=Sum("n_rows"), n_good=Sum("n_good"), n_held=Sum("n_held"), files=Count("pk")
        )
    )
    return {row["list_name"]: row for row in rows.order_by("list_name")}


def batch_counts() -> dict[str, int]:
    """Rows in, good and held of all batches read."""
    found = Batch.objects.filter(state="read").aggregate(
        n_rows=Sum("n_rows"), n_good=Sum("n_good"), n_held=Sum("n_held")
    )
    return {key: value or 0 for key, value in found.items()}


def held_by_code(batch: Batch) -> list[Any]:
    """Held rows of a batch by reason, most first."""
    return list(batch.held.values("code").annotate(n=Count("pk")).order_by("-n", "code"))


def held_rows(batch: Batch, code: str = "") -> QuerySet[HeldRow]:
    """Held rows of a batch in the order of the file, all or those of one reason."""
    rows = batch.held.filter(code=code) if code else batch.held.all()
    return rows.order_by("line", "pk")


def refusal(batch: Batch) -> WanggeError | None:
    """Why a batch was refused, as the error a person can read; None when it was not."""
    if not batch.error_code:
        return None
    facts = dict(batch.error_facts)
    where = Where(
        facts.pop("_file", ""), facts.pop("_sheet", ""), int(facts.pop("_row", "") or 0), facts.pop("_column", "")
    )
    return WanggeError(batch.error_code, where, **facts)


def good_rows() -> pa.Table:
    """Good rows of all batches read, oldest batch first. -> GOOD_ROW"""
    from wangge.tables.shapes import GOOD_ROW

    folder = Path(settings.DATA) / "lake" / "good"
    ids = Batch.objects.filter(state="read").order_by("id").values_list("pk", flat=True)
    tables = [pq.read_table(folder / f"{pk}.parquet") for pk in ids]
    return pa.concat_tables(tables) if tables else GOOD_ROW.empty()


def batch_by_id(pk: Any) -> Batch | None:
    """One batch."""
    return batches().filter(pk=pk).first()


def rows_at(places: list[tuple[str, int]]) -> pa.Table:
    """The good rows at these places (batch in hex, row) of files read; only the parts of the files that hold them are
    looked into. -> GOOD_ROW"""
    from wangge.tables.shapes import GOOD_ROW

    folder = Path(settings.DATA) / "lake" / "good"
    wanted: dict[str, list[int]] = {}
    for batch, row in places:
        wanted.setdefault(batch, []).append(row)
    files = {batch: folder / f"{uuid.UUID(batch)}.parquet" for batch in wanted if batch != "door"}
    tables = [pq.read_table(file, filters=[("row", "in", wanted[batch])], schema=GOOD_ROW.schema)
              for batch, file in files.items() if file.exists()]  # fmt: skip
    return pa.concat_tables(tables) if tables else GOOD_ROW.empty()
