"""Writes about uploads. One file, one batch, one transaction: nothing half-written stays."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings
from django.utils import timezone

from wangge import intake, quality
from wangge.base.errors import WanggeError, Where
from wangge.base.ids import file_digest
from wangge_server.base.actions import action, note
from wangge_server.base.bulk import copy_in
from wangge_server.emergency.queries import current_emergency
from wangge_server.intake.models import Batch, HeldRow

# Above this share of held rows the mapping or date style is wrong, not the rows: nothing is loaded (E1006).
HELD_LIMIT = 0.4
# A file that stopped the reader so often is set aside (E1014), so that the others can go on.
MOST_TRIES = 5


def upload_path(batch: Batch) -> Path:
    """Where the department's own file lies, as it came."""
    return Path(settings.DATA) / "uploads" / f"{batch.digest}{Path(batch.file_name).suffix.lower()}"


def lake_path(batch: Batch) -> Path:
    """Where the good rows of a batch lie."""
    return Path(settings.DATA) / "lake" / "good" / f"{batch.pk}.parquet"


@action("batch.upload")
def receive_file(*, list_name: str, file_name: str, data: bytes, by: Any, purpose: str) -> Batch:
    """Take in one file as it is. The very same bytes twice: E1005, nothing changed. -> Batch"""
    digest = file_digest(data)
    known = Batch.objects.filter(digest=digest).first()
    if known is not None:
        raise WanggeError(
            "E1005",
            Where(file=Path(file_name).name),
            batch=str(known.pk)[-6:],
            at=timezone.localtime(known.received_at).strftime("%Y-%m-%d %H:%M"),
        )
    batch = Batch.objects.create(list_name=list_name, file_name=Path(file_name).name, digest=digest, received_by=by)
    target = upload_path(batch)
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(".part")
    partial.write_bytes(data)
    os.replace(partial, target)
    note(about=str(batch.pk), list=list_name, bytes=len(data))
    return batch


@action("batch.read")
def begin_reading(*, batch: Batch, by: Any, purpose: str) -> Batch:
    """Note, in a transaction of its own, that a reading begins: a file that stops the reader is known the next time."""
    batch.state, batch.n_tries = "reading", batch.n_tries + 1
    batch.save(update_fields=["state", "n_tries"])
    note(about=str(batch.pk), tries=batch.n_tries)
    return batch


@action("batch.read")
def read_batch(*, batch: Batch, by: Any, purpose: str) -> Batch:
    """Read and check one batch: good rows to the lake, held rows to the desk, counts that add up.

    A file that cannot be read, or with too many held rows, is refused as a whole with its number; nothing is loaded.
    Running it again after a kill gives the same result.
    """
    HeldRow.objects.filter(batch=batch).delete()
    try:
        if batch.n_tries > MOST_TRIES:
            raise WanggeError("E1014", Where(file=batch.file_name), tries=MOST_TRIES)
        good, held, report = _think(batch)
    except WanggeError as error:
        batch.state, batch.error_code, batch.error_facts = "refused", error.code, _plain(error)
    else:
        _keep(batch, good, held, report)
    batch.read_at = timezone.now()
    batch.save()
    note(about=str(batch.pk), state=batch.state, code=batch.error_code, rows=batch.n_rows, held=batch.n_held)
    return batch


def _think(batch: Batch) -> tuple[pa.Table, pa.Table, intake.Report]:
    """Good rows, held rows and the report of one file; E2009 when they do not add up."""
    emergency = current_emergency()
    if emergency is None:
        raise WanggeError("E9004")
    mapping = intake.load_mapping(Path(settings.DATA) / "mapping.toml")
    read = intake.read(upload_path(batch), mapping.lists[batch.list_name], batch=batch.pk.hex)
    checked = quality.check(read.rows, emergency.as_of)
    held = pa.concat_tables([read.held, checked.held])
    if read.report.n_rows != checked.good.num_rows + held.num_rows:
        raise WanggeError("E2009", rows=read.report.n_rows, good=checked.good.num_rows, held=held.num_rows)
    return checked.good, held, read.report


def _keep(batch: Batch, good: pa.Table, held: pa.Table, report: intake.Report) -> None:
    batch.n_rows, batch.n_good, batch.n_held = report.n_rows, good.num_rows, held.num_rows
    batch.report = dataclasses.asdict(report)
    _write_held(batch, held)
    share = held.num_rows / max(report.n_rows, 1)
    if share > HELD_LIMIT:
        error = WanggeError("E1006", share=f"{share:.0%}", held=held.num_rows, rows=report.n_rows)
        batch.state, batch.error_code, batch.error_facts = "refused", error.code, _plain(error)
        return
    target = lake_path(batch)
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(".part")
    pq.write_table(good, partial, compression="zstd")
    os.replace(partial, target)
    batch.state, batch.error_code, batch.error_facts = "read", "", {}


def _write_held(batch: Batch, held: pa.Table) -> None:
    from django.db import connection

    rows = pa.table(
        {
            **{name: held.column(name).fill_null("") for name in ("sheet", "element", "code")},
            **{name: held.column(name) for name in ("row", "line")},
            "batch_id": pa.array([str(batch.pk)] * held.num_rows, pa.string()),
        }
    )
    with connection.cursor() as cursor:
        copy_in(cursor, HeldRow._meta.db_table, rows)


def _plain(error: WanggeError) -> dict[str, str]:
    where = error.where
    facts = {key: str(value) for key, value in error.facts.items()}
    return facts | {"_file": where.file, "_sheet": where.sheet, "_row": str(where.row or ""), "_column": where.column}
