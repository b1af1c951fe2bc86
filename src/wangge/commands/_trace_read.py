"""Reading for `wangge trace`: visits, cases, contact lists and tickets, as they come, and where each row stood."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from wangge import exposure, geography, intake
from wangge.base.errors import WanggeError, Where

ELEMENTS = {
    "visits": {"person_id": "visit.person", "place_id": "visit.place", "place_kind": "visit.place_kind"}
    | {name: f"visit.{name}" for name in ("start", "end", "zone", "lon", "lat", "crs", "accuracy", "city")},
    "cases": {"person_id": "visit.person", "kind": "case.kind", "onset_on": "case.onset_on"}
    | {name: f"case.{name}" for name in ("sampled_on", "isolated_on")},
    "contacts": {"case_id": "contact.case", "person_id": "visit.person", "type": "contact.type"}
    | {name: f"contact.{name}" for name in ("first", "last")},
    "tickets": {"person_id": "visit.person"}
    | {name: f"trip.{name}" for name in ("mode", "vehicle", "on", "carriage", "seat")},
}
FIX = ("lon", "lat", "accuracy")
ALSO = {"start": "start_at", "end": "end_at", "onset_on": "onset", "sampled_on": "sampled", "isolated_on": "isolated"}


class Input(NamedTuple):
    """One input: its rows in our words, the number of each row in its file, and rows that could not be read at all."""

    table: pa.Table
    rows: np.ndarray[Any, np.dtype[Any]]
    torn: pa.Table  # input, row, code
    unread: dict[str, int]  # values that could not be read, by number


def read_part(path: Path, part: str, columns: dict[str, str] | None, zone: str) -> Input:
    """One file as the part it is: Parquet as it lies, text and workbooks through the front door of intake."""
    table, rows, torn = _read(path, part, columns or {})
    if part != "visits":
        fitted, unread = exposure.fit(_ours(table), part, columns, path.name)
        return Input(fitted, rows, torn, {"E5020": unread} if unread else {})
    visits, unread_by = exposure.visits_told(exposure.visits_as_told(table, columns, path.name), zone)
    if "lon" in visits.column_names:
        visits, rows, off = _in_cells(visits, rows)
        torn = pa.concat_tables([torn, _torn(part, off, "E5032")])
    return Input(visits, rows, torn, unread_by)


def _read(path: Path, part: str, columns: dict[str, str]) -> tuple[pa.Table, Any, pa.Table]:
    if not path.is_file():
        raise WanggeError("E9003", Where(file=path.name), name=path.name)
    if path.suffix == ".parquet":
        try:
            table = pq.read_table(path)
        except (pa.ArrowInvalid, OSError) as why:
            raise WanggeError("E1001", Where(file=path.name), name=path.name) from why
        return table, np.arange(1, table.num_rows + 1), _torn(part, [], "")
    wanted = {columns.get(ours, ours): element for ours, element in ELEMENTS[part].items()}
    wanted |= {ALSO[ours]: ELEMENTS[part][ours] for ours in ELEMENTS[part] if ours in ALSO and ours not in columns}
    mapping = {theirs: element for theirs, element in wanted.items() if not theirs.startswith("=")}
    found = intake.read(path, intake.ListMapping(part, mapping))
    theirs_of = {e: t for t, e in reversed(mapping.items())}
    named = {theirs_of[e]: found.rows.column(e) for e in found.rows.column_names if e in theirs_of}
    if not named:
        raise WanggeError("E1003", Where(file=path.name), column=next(iter(mapping)), found="-")
    torn = _torn(part, found.held.column("row").to_pylist(), "E1012")
    return pa.table(named), np.asarray(found.rows.column("row")).astype(np.int64), torn


def _ours(table: pa.Table) -> pa.Table:
    """With the short names that line lists use (onset, sampled, isolated) as ours, where ours are not there."""
    short = {v: k for k, v in ALSO.items() if k not in table.column_names}
    return table.rename_columns([short.get(name, name) for name in table.column_names])


def _in_cells(visits: pa.Table, rows: Any) -> tuple[pa.Table, Any, list[int]]:
    """Visits told by coordinates in cells; the others as they are; and the file's rows whose place nobody can tell."""
    named = np.asarray(pc.is_valid(visits.column("place_id")))
    plain = visits.drop_columns([n for n in (*FIX, "crs") if n in visits.column_names])
    fixed = plain.filter(pa.array(~named))
    for name, values in _fixes(visits.filter(pa.array(~named))).items():
        fixed = fixed.append_column(name, pa.array(values, pa.float64(), from_pandas=True))
    made, source = exposure.cell_visits(fixed)
    told = np.asarray(pc.is_valid(made.column("place_id")))
    at = np.flatnonzero(~named)[source]
    cells = made.filter(pa.array(told)).select(plain.column_names)
    both = pa.concat_tables([plain.filter(pa.array(named)), cells], promote_options="permissive")
    return both, rows[np.concatenate([np.flatnonzero(named), at[told]])], rows[at[~told]].tolist()


def _fixes(visits: pa.Table) -> dict[str, Any]:
    """lon and lat in WGS84 and the accuracy; NaN where there is none. Raises E4002 for an unknown coordinate system."""
    absent = pa.chunked_array([pa.nulls(visits.num_rows, pa.string())])
    found = {n: _floats(visits.column(n) if n in visits.column_names else absent) for n in FIX}
    crs = pc.fill_null((visits.column("crs") if "crs" in visits.column_names else absent).cast(pa.string()), "WGS84")
    for one in pc.unique(crs).to_pylist():
        at = np.flatnonzero(np.asarray(pc.equal(crs, one)))
        known = one.strip().upper().replace("-", "")
        found["lon"][at], found["lat"][at] = geography.convert(found["lon"][at], found["lat"][at], known, "WGS84")
    return found


def _floats(values: pa.ChunkedArray) -> Any:
    text = values.cast(pa.string())
    good = pc.match_substring_regex(text, r"^\s*-?\d+(\.\d+)?\s*$")
    return np.asarray(pc.if_else(good, text, None).cast(pa.float64()).fill_null(np.nan)).copy()


def _torn(part: str, rows: list[int], code: str) -> pa.Table:
    schema = pa.schema([("input", pa.string()), ("row", pa.int64()), ("code", pa.string())])
    return pa.table([[part] * len(rows), rows, [code] * len(rows)], schema=schema)
