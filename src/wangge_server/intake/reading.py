"""Reading a batch: by which mapping, and what comes of it. Changes nothing that the house remembers."""

from __future__ import annotations

import dataclasses
import datetime as dt
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
from django.utils import timezone

from wangge import intake, quality
from wangge.base.errors import WanggeError
from wangge.intake.kinds import kind_of
from wangge_server.emergency.queries import current_emergency
from wangge_server.intake.files import upload_path
from wangge_server.intake.looking import reason_header
from wangge_server.intake.models import Batch
from wangge_server.intake.queries import last_mapping, mapping

if TYPE_CHECKING:
    from wangge_server.emergency.models import Emergency

# Nothing in these rows waits for anybody, held or not: blank lines, sums and notes, the same row again.
NOTHING_IN_IT = ("E2005", "E2007", "E2008")


@dataclass(frozen=True)
class Reading:
    """Good rows (GOOD_ROW), held rows (HELD_ROW), values set aside (FAULT), all rows as written (RAW_ROW)."""

    good: pa.Table
    held: pa.Table
    faults: pa.Table
    raw: pa.Table
    report: intake.Report

    @property
    def n_faulty(self) -> int:
        """Good rows that went on without a value that somebody must look at."""
        waits = pc.invert(pc.is_in(self.faults.column("code"), pa.array(NOTHING_IN_IT)))
        return len(self.faults.column("row").filter(waits).unique())


def listing_of(batch: Batch) -> intake.ListMapping:
    """How this file is to be read: the list's entry in the mapping file, with what a person settled for these headers."""
    base = mapping().lists[batch.list_name]
    if batch.by_file or not batch.columns:
        return base
    return dataclasses.replace(
        base,
        columns={header: element for header, element in batch.columns if element},
        banned={},  # banned headers are known by name; they are never read
        encoding="",
        sheet=batch.sheet,
        header_row=batch.header_row,
    )


def read_and_check(batch: Batch) -> Reading:
    """Read and check the file of a batch. E2009 when the rows do not add up, E9004 without an emergency."""
    emergency = current_emergency()
    if emergency is None:
        raise WanggeError("E9004")
    read = intake.read(upload_path(batch), listing_of(batch), batch=batch.pk.hex, apart=True)
    checked = quality.check(read.rows, _newest_day(batch, emergency))
    held = pa.concat_tables([read.held, checked.held])
    if read.report.n_rows != checked.good.num_rows + held.num_rows:
        raise WanggeError("E2009", rows=read.report.n_rows, good=checked.good.num_rows, held=held.num_rows)
    return Reading(checked.good, held, checked.faults, read.rows, read.report)


def _newest_day(batch: Batch, emergency: Emergency) -> dt.date:
    """No day in a list is later than the one on which the list came; what a drill is made of may speak of a day to come."""
    return max(timezone.localdate(batch.received_at), emergency.as_of)


def error_workbook(batch: Batch, rows: Sequence[int], reasons: Sequence[str]) -> tuple[bytes, bool]:
    """Rows of the file laid out as they came, with one more column: why. It leads back when it is sent again.

    -> (the workbook, or a zip of workbooks where the file was a set; whether it is one)
    """
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "errors.xlsx"
        intake.write_like(upload_path(batch), out, rows, reasons, reason_header(batch), listing_of(batch))
        body = out.read_bytes()
        return body, kind_of(body) == "set"


def list_headers(list_name: str, unit_code: str) -> list[str]:
    """Headers of an empty list to fill in: as the unit last sent it, else as the mapping file names them."""
    kept = last_mapping(unit_code, list_name)
    if kept is not None:
        return [header for header, element in kept.columns if element]
    listing = mapping().lists.get(list_name)
    return list(listing.columns) if listing else []
