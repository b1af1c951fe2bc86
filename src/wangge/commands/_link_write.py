"""Writing for `wangge link`: all files aside first, then each in its place, the state of the next run, the report."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from wangge.base.csv_file import write_csv
from wangge.base.errors import WanggeError, Where
from wangge.base.progress import Progress, peak_rss_mb
from wangge.commands._link_lines import write_links
from wangge.commands._link_read import Rows
from wangge.identity.advance import Step
from wangge.identity.known import Known
from wangge.identity.known_files import save
from wangge.tables.shapes import PERSON, REVIEW

CODED = ["sex", "relation_to_head"]  # few different values; the others are written as they are, which is faster


def write(
    folder: Path, source: Path | None, state: dict[str, Any] | None, key: str, rows: Rows, step: Step,
    report: dict[str, Any], progress: Progress, started: float, changes: bool,
) -> None:  # fmt: skip
    """The files appear together, at the end, readable by their owner only; then the state in `known`, report.json last.

    Completes `report` with lines, seconds and memory. Raises E3005.
    """
    aside = None
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        aside = Path(tempfile.mkdtemp(prefix=".link-", dir=folder))
        with progress.stage("write"):
            report["links"], report["earlier"] = _tables(aside, step.known)
            write_csv(step.merges, aside / "merges.csv")
            write_csv(pa.concat_tables(rows.held), aside / "held.csv")
            write_csv(pa.concat_tables(rows.faults), aside / "faults.csv")
            if changes:
                write_csv(pa.concat_tables(rows.changes), aside / "changes.csv")
            commit = save(step.known, folder, source, state, key)
            for file in sorted(aside.iterdir()):
                _put(file, folder)
            commit()
        report |= {
            "seconds": progress.seconds, "cpu_seconds": round(time.process_time() - started, 3),
            "peak_rss_mb": peak_rss_mb(),
        }  # fmt: skip
        last = aside / "report.json"
        last.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", "utf-8")
        _put(last, folder)
    except OSError as why:
        reason = why.strerror or type(why).__name__
        raise WanggeError("E3005", Where(file=folder.name), name=folder.name, reason=reason) from why
    finally:
        if aside is not None:
            shutil.rmtree(aside, ignore_errors=True)


def _put(file: Path, folder: Path) -> None:
    file.chmod(0o600)
    file.replace(folder / file.name)


def _tables(aside: Path, known: Known) -> tuple[int, int]:
    """links.csv, earlier.csv, people, households, review. -> lines of the first two"""
    lines = write_links(known, aside / "links.csv", aside / "earlier.csv")
    people = known.people.select(PERSON.schema.names)
    pq.write_table(people, aside / "people.parquet", compression="zstd", compression_level=1, use_dictionary=CODED)
    pq.write_table(
        known.households, aside / "households.parquet", compression="zstd", compression_level=1, use_dictionary=False
    )
    write_csv(_review(known), aside / "review.csv")
    return lines


def _review(known: Known) -> pa.Table:
    """REVIEW with the people of today."""
    at = known.review.column("at").to_numpy()
    ids = known.person_ids.ids.take(pa.array(known.person[at])) if len(at) else pa.array([], pa.string())
    table = known.review.set_column(known.review.column_names.index("person_id"), "person_id", ids)
    order = pc.sort_indices(table, sort_keys=[(n, "ascending") for n in ("group_id", "list", "batch", "row")])
    return table.take(order).select(REVIEW.schema.names)
