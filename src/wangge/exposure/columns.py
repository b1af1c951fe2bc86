"""Line lists of others: a small TOML file says which of their columns holds what we need.

`[visits]`, `[cases]`, `[contacts]` and `[tickets]` name our columns and theirs (`"=word"` gives every row the same word);
`date_style` is ymd, dmy or mdy; `id_case` lower or upper makes the ids of two files equal. Shipped examples lie in `columns/`.
"""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from wangge.base.errors import WanggeError, Where
from wangge.exposure.travel import TICKET
from wangge.tables.shapes import CASE

CONTACT = pa.schema(
    [
        ("case_id", pa.string()),
        ("person_id", pa.string()),
        ("type", pa.string()),
        ("first", pa.date32()),
        ("last", pa.date32()),
    ]
)
VISIT_COLUMNS = ("person_id", "place_id", "place_kind", "start", "end", "zone", "lon", "lat", "crs", "accuracy", "city")
SHAPES = {"cases": CASE.schema, "contacts": CONTACT, "tickets": TICKET}
NAMES = {part: tuple(schema.names) for part, schema in SHAPES.items()} | {"visits": VISIT_COLUMNS}
STYLES = {"ymd": "%Y-%m-%d", "dmy": "%d-%m-%Y", "mdy": "%m-%d-%Y"}
UNKNOWN = pa.array(["", "NA", "N/A"])
OPTIONS = ("date_style", "id_case")


def read_columns(name: str) -> dict[str, dict[str, str]]:
    """A file of columns by path, or a shipped one by name (mers_korea_2015). Raises E9003, E5019."""
    shipped = resources.files(__package__).joinpath("columns", f"{name}.toml")
    path = Path(name)
    if not path.is_file() and not shipped.is_file():
        raise WanggeError("E9003", Where(file=path.name), name=path.name)
    try:
        found = tomllib.loads((path if path.is_file() else shipped).read_text("utf-8"))
        for part, words in found.items():
            unknown = set(words) - set(NAMES[part]) - set(OPTIONS)
            if unknown or words.get("date_style", "ymd") not in STYLES:
                raise ValueError(f"[{part}] {', '.join(sorted(unknown)) or 'date_style'}")
    except (tomllib.TOMLDecodeError, KeyError, ValueError, AttributeError) as why:
        raise WanggeError("E5019", Where(file=path.name), name=path.name, reason=str(why)) from why
    return found


def fit(table: pa.Table, part: str, columns: dict[str, str] | None, file: str) -> tuple[pa.Table, int]:
    """Somebody's table as CASE ("cases"), contact list ("contacts") or TICKET ("tickets"), and how many dates could not be read.

    Raises E1003 when a column that is named, or an id, is not there. A date that cannot be read is empty and counted
    (E5020): whether the row can do without is for tracing to say.
    """
    schema, words = SHAPES[part], dict(columns or {})
    style, id_case = words.pop("date_style", "ymd"), words.pop("id_case", "")
    arrays, unread = [], 0
    for field in schema:
        values = _column(table, words.get(field.name, field.name), field.name in words, field.name, file)
        if pa.types.is_date(field.type):
            values, bad = _days(values, style)
            unread += bad
        elif field.name.endswith("_id") and id_case:
            values = getattr(pc, f"utf8_{id_case}")(values)
        arrays.append(values.cast(field.type))
    return pa.table(arrays, schema=schema), unread


def visits_as_told(table: pa.Table, columns: dict[str, str] | None, file: str) -> pa.Table:
    """Somebody's table of visits under our names, times still as they are written.

    Raises E1003 where the person, or both place and coordinates, or the start are not there.
    """
    words = {k: v for k, v in (columns or {}).items() if k in VISIT_COLUMNS}
    for ours in ("start", "end"):  # our own tables call them so
        if ours not in words and ours not in table.column_names and f"{ours}_at" in table.column_names:
            words[ours] = f"{ours}_at"
    needed = {
        "person_id",
        "start",
        *({"lon", "lat"} if "lon" in table.column_names or "lon" in words else {"place_id"}),
    }
    made = {}
    for ours in VISIT_COLUMNS:
        name = words.get(ours, ours)
        if name.startswith("="):
            made[ours] = pa.repeat(pa.scalar(name[1:]), table.num_rows)
        elif name in table.column_names:
            made[ours] = table.column(name)
        elif ours in needed or ours in words:
            raise WanggeError("E1003", Where(file=file, column=name), column=name, found=", ".join(table.column_names))
        elif ours in ("place_id", "place_kind", "end"):
            made[ours] = pa.nulls(table.num_rows, pa.string())
    exact = {
        n: table.column(n)
        for n in ("start_by", "end_from")
        if n in table.column_names and "start_at" in table.column_names
    }
    return pa.table({**made, **exact})


def _column(table: pa.Table, name: str, named: bool, ours: str, file: str) -> Any:
    if name.startswith("="):
        return pa.array([name[1:]] * table.num_rows, pa.string())
    if name in table.column_names:
        values = table.column(name)
        return values if pa.types.is_temporal(values.type) else pc.utf8_trim_whitespace(values.cast(pa.string()))
    if named or ours.endswith("_id"):
        raise WanggeError("E1003", Where(file=file, column=name), column=name, found=", ".join(table.column_names))
    return pa.nulls(table.num_rows, pa.string())


def _days(values: Any, style: str) -> tuple[Any, int]:
    if pa.types.is_temporal(values.type):
        return values.cast(pa.date32()), 0
    text = pc.if_else(pc.is_in(values, value_set=UNKNOWN), None, values)
    plain = pc.replace_substring_regex(text, r"[/.年月]", "-")
    plain = pc.replace_substring_regex(plain, r"日|[ T].*$", "")
    days = pc.strptime(plain, format=STYLES[style], unit="s", error_is_null=True).cast(pa.date32())
    return days, days.null_count - text.null_count
