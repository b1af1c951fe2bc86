"""People already known: all rows so far, their keys, their components, and whose they are.

`advance` adds rows, takes rows away or obeys decisions, and asks anew only the rows of the components that this touches
(see `known_keys`). The people that come out are those of a run over all rows at once; ids stay (see `merges`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from wangge.identity.bytes import Array
from wangge.identity.keys import Keys
from wangge.identity.known_keys import Index
from wangge.tables.shapes import DECISION, GOOD_ROW, HOUSEHOLD, PERSON, REVIEW

VALUES = tuple(c for c in GOOD_ROW.columns if c.name not in ("list", "batch"))
STILL = ("place", "row")  # never lacking in a segment
# What of a person the households of others hang on: the door and the lists' household numbers (see `advance_homes`).
# `said` is a digest of the values: the order of people hangs on what is said of them, not on when they came.
EXTRAS = pa.schema([
    ("at", pa.int64()), ("number", pa.int64()), ("door", pa.int64()), ("door_key", pa.int64()), ("twin", pa.bool_()),
    ("mate_asked", pa.int64()), ("mate_other", pa.int64()), ("mate_role", pa.int8()), ("home", pa.int64()),
    ("said", pa.int64()),
])  # fmt: skip
PEOPLE = pa.schema([*PERSON.schema, *EXTRAS])
DECIDED = pa.schema([*DECISION.schema, ("a", pa.int64()), ("b", pa.int64())])
REVIEWED = pa.schema([*REVIEW.schema, ("at", pa.int64())])
NO_ROWS: Array = np.zeros(0, np.int64)


class Batch(NamedTuple):
    """One file of one list: its name is the first 12 hex digits of its digest. `by` replaced it, or is empty."""

    list: str
    batch: str
    run: int
    rows: int
    by: str = ""


class Ids(NamedTuple):
    """Every id there ever was, by its place: in which run it came, and the one it is now (-1: itself, or nobody's)."""

    ids: pa.Array
    since: Array
    now: Array


NO_IDS = Ids(pa.array([], pa.string()), NO_ROWS, NO_ROWS)


@dataclass(frozen=True)
class Known:
    """The state between two runs. Rows are named by their place in the order they came; people and households by the
    place of their id. `person` is -1 for a row that is gone."""

    run: int = 0
    batches: tuple[Batch, ...] = ()
    segments: tuple[pa.Table, ...] = ()
    component: Array = field(default_factory=lambda: NO_ROWS)
    person: Array = field(default_factory=lambda: NO_ROWS)
    born: Array = field(default_factory=lambda: NO_ROWS)
    how: Array = field(default_factory=lambda: np.zeros(0, np.int8))
    is_open: Array = field(default_factory=lambda: np.zeros(0, np.bool_))  # see `known_keys`
    door: Array = field(default_factory=lambda: NO_ROWS)
    twin: Array = field(default_factory=lambda: np.zeros(0, np.bool_))
    index: Index = field(default_factory=dict)
    evidence: tuple[str, ...] = ()
    is_weighed: bool = False  # the model has joined rows: its weights hang on all of them
    person_ids: Ids = field(default_factory=lambda: NO_IDS)
    home_ids: Ids = field(default_factory=lambda: NO_IDS)
    people: pa.Table = field(default_factory=PEOPLE.empty_table)
    households: pa.Table = field(default_factory=HOUSEHOLD.empty)
    review: pa.Table = field(default_factory=REVIEWED.empty_table)
    decisions: pa.Table = field(default_factory=DECIDED.empty_table)

    @property
    def size(self) -> int:
        return int(self.person.size)

    def column(self, name: str) -> Array:
        """One number column of all rows (place, row, or of the keys)."""
        parts = [_numbers(s, name) for s in self.segments]
        return np.concatenate(parts) if parts else NO_ROWS


def _numbers(segment: pa.Table, name: str) -> Array:
    """A column that a segment leaves out holds -1 (not there) in every row."""
    if name not in segment.column_names:
        return np.full(segment.num_rows, -1, np.int64)
    values: Array = segment.column(name).to_numpy()
    return values


def one_segment(segments: Sequence[pa.Table]) -> pa.Table:
    """Segments as one."""
    whole = pa.concat_tables(segments, promote_options="default")
    for i, field_ in enumerate(whole.schema):
        if field_.type == pa.int64():
            whole = whole.set_column(i, field_.name, whole.column(i).fill_null(-1))
    return whole.combine_chunks()


def segment_of(good: pa.Table, place: Array, keys: Keys) -> pa.Table:
    """Rows that came together, as they are kept: values, keys, place of the batch. Empty columns are left out."""
    columns: dict[str, Any] = {"place": pa.array(place.astype(np.int32))}
    for one in VALUES:
        column = good.column(one.name)
        if one.name in STILL or column.null_count < len(column):
            columns[one.name] = column.combine_chunks()
    for name, values in key_columns(keys).items():
        if values.dtype == np.bool_ or (values != -1).any():
            columns[name] = pa.array(values)
    return pa.table(columns)


def key_columns(keys: Keys) -> dict[str, Array]:
    """The arrays of Keys by name; those of `parts` begin with "part."."""
    columns = {f"part.{name}": values for name, values in keys.parts.items()}
    arrays = {f.name: getattr(keys, f.name) for f in fields(keys)}
    return columns | {name: values for name, values in arrays.items() if isinstance(values, np.ndarray)}


def keys_from(columns: dict[str, Array]) -> Keys:
    """The way back from key_columns."""
    parts = {name.removeprefix("part."): values for name, values in columns.items() if name.startswith("part.")}
    return Keys(parts=parts, **{name: values for name, values in columns.items() if not name.startswith("part.")})


def joined(one: Keys, other: Keys) -> Keys:
    """Keys of these rows and then those."""
    left, right = key_columns(one), key_columns(other)
    return keys_from({name: np.concatenate([values, right[name]]) for name, values in left.items()})


def taken(keys: Keys, at: Array) -> Keys:
    """Keys of some rows."""
    return keys_from({name: values[at] for name, values in key_columns(keys).items()})


def rows_of(known: Known, at: Array, names: Sequence[str] = ()) -> pa.Table:
    """Known rows, by places in rising order -> GOOD_ROW, or some of its columns."""
    wanted = [c for c in GOOD_ROW.columns if not names or c.name in names]
    parts, begin = [], 0
    for segment in known.segments:
        low, high = np.searchsorted(at, [begin, begin + segment.num_rows])
        parts.append(_from_segment(known, segment, at[low:high] - begin, wanted))
        begin += segment.num_rows
    schema = pa.schema([(c.name, c.type) for c in wanted])
    return pa.concat_tables([schema.empty_table(), *parts])


def _from_segment(known: Known, segment: pa.Table, at: Array, wanted: list[Any]) -> pa.Table:
    rows = pa.array(at)
    there = [c.name for c in wanted if c.name in segment.column_names]
    some = segment.select(there).take(rows)
    place = _numbers(segment, "place")[at]
    out = {}
    for column in wanted:
        if column.name in ("list", "batch"):
            words = pa.array([getattr(b, column.name) for b in known.batches], pa.string())
            out[column.name] = words.take(pa.array(place))
        else:
            lacking = column.name not in there
            out[column.name] = pa.nulls(len(at), column.type) if lacking else some.column(column.name)
    return pa.table(out, schema=pa.schema([(c.name, c.type) for c in wanted]))


def columns_of_known(known: Known, at: Array, like: Keys, names: Sequence[str] = ()) -> dict[str, Array]:
    """Arrays of the keys of known rows, by places in rising order; `like` tells which there are. Doors are today's."""
    kinds = {name: values.dtype for name, values in key_columns(like).items() if not names or name in names}
    columns = {name: np.full(at.size, -1 if kind != np.bool_ else 0, kind) for name, kind in kinds.items()}
    begin = 0
    for segment in known.segments:
        low, high = np.searchsorted(at, [begin, begin + segment.num_rows])
        for name in columns:
            if name in segment.column_names and high > low:
                columns[name][low:high] = segment.column(name).to_numpy()[at[low:high] - begin]
        begin += segment.num_rows
    today = {"part.door": known.door, "door_twin": known.twin}
    return columns | {name: values[at] for name, values in today.items() if name in columns}


def keys_of_known(known: Known, at: Array, like: Keys) -> Keys:
    """Keys of known rows, by places in rising order."""
    return keys_from(columns_of_known(known, at, like))


def with_doors(keys: Keys, door: Array, twin: Array) -> Keys:
    """Keys with other doors."""
    return replace(keys, parts={**keys.parts, "door": door}, door_twin=twin)
