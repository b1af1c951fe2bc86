"""What lies in the data folder for a batch: the file as it came, what was seen of it, what a dry run found, the good rows.

Everything here can be made again from the file as it came, so that a job killed in the middle simply runs again.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings

from wangge_server.intake.models import Batch

ROWS_A_PART = 16_384  # rows that are unpacked for one that is asked for


def upload_path(batch: Batch) -> Path:
    """Where the department's own file lies, as it came."""
    return Path(settings.DATA) / "uploads" / f"{batch.digest}{Path(batch.file_name).suffix.lower()}"


def lake_path(batch: Batch) -> Path:
    """Where the good rows of a batch lie."""
    return Path(settings.DATA) / "lake" / "good" / f"{batch.pk}.parquet"


def preview_path(batch: Batch) -> Path:
    """The first lines of the file and its columns, as last looked at."""
    return Path(settings.DATA) / "staged" / f"{batch.pk}.json"


def staged_path(batch: Batch) -> Path:
    """Good rows of a dry run, which nobody has confirmed."""
    return Path(settings.DATA) / "staged" / f"{batch.pk}.parquet"


def rows_path(batch: Batch) -> Path:
    """What a dry run says of each row."""
    return Path(settings.DATA) / "staged" / f"{batch.pk}-rows.parquet"


def write_bytes(target: Path, data: bytes) -> None:
    """The whole file or none of it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(f".{os.getpid()}.part")
    partial.write_bytes(data)
    os.replace(partial, target)


def write_table(target: Path, table: pa.Table) -> None:
    """The whole table or none of it, in parts small enough that a few rows of it are soon found."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(f".{os.getpid()}.part")
    pq.write_table(table, partial, compression="zstd", row_group_size=ROWS_A_PART)
    os.replace(partial, target)


def keep_preview(batch: Batch, seen: dict[str, Any]) -> None:
    """What was seen of the file, for the pages that ask about it."""
    write_bytes(preview_path(batch), json.dumps(seen, ensure_ascii=False).encode())


def preview_of(batch: Batch) -> dict[str, Any] | None:
    """What was last seen of the file; None where nobody looked yet."""
    path = preview_path(batch)
    return json.loads(path.read_text("utf-8")) if path.exists() else None


def forget_preview(batch: Batch) -> None:
    """The first lines are not needed once nobody is asked about them any more."""
    preview_path(batch).unlink(missing_ok=True)


def forget_staged(batch: Batch) -> None:
    """Nothing of a dry run stays once it is confirmed anew, taken back or refused. The file itself stays as it came."""
    for path in (staged_path(batch), rows_path(batch)):
        path.unlink(missing_ok=True)


def own_files(batch: Batch) -> tuple[Path, ...]:
    """All that lies there for a batch beside the lake: the file as it came, what was seen of it, its dry run."""
    return upload_path(batch), preview_path(batch), staged_path(batch), rows_path(batch)


def sweep(keep: set[Path], until: dt.datetime) -> int:
    """Delete uploads and dry runs that no batch needs. What was written after `until` is left alone: its batch may be on
    its way. A kill in the middle leaves files that the next sweep finds. -> how many"""
    gone = 0
    for folder in ("uploads", "staged"):
        for path in sorted((Path(settings.DATA) / folder).glob("*")):
            if path not in keep and path.stat().st_mtime < until.timestamp():
                path.unlink()
                gone += 1
    return gone
