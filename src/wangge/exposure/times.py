"""Times as people write them -> the earliest and the latest instant they may mean.

An instant with an offset is exact. A time without one is that of the zone named (Beijing, unless another is said). A
day, or half of one (上午, 下午, AM, PM), is every moment of it. Where clocks are put back a time comes twice: it may mean
either hour. Where they are put forward a time does not exist: nobody can say what was meant (E5025).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangge.base.errors import WanggeError
from wangge.exposure.days import DAY_SECONDS, Ints

BEIJING = "Asia/Shanghai"
PATTERN = (
    r"^\s*(?P<y>\d{4})[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})日?"
    r"(?:[T\s]*(?:(?P<half>上午|下午|[AaPp][Mm])|(?P<h>\d{1,2})[:：时](?P<i>\d{1,2})?分?(?::(?P<s>\d{1,2})(?:\.\d+)?)?"
    r"\s*(?P<off>Z|z|[+-]\d{2}:?\d{2})?))?\s*$"
)
FORENOON = pa.array(["上午", "AM", "am", "Am", "aM"])
HALF_DAY = DAY_SECONDS // 2
GAP = 60  # seconds; a time that does not exist lies between two instants closer than this


class Told(NamedTuple):
    """Earliest and latest instant (UTC; null: unknown), and how many values could not be read or do not exist."""

    low: pa.Array
    high: pa.Array
    unread: int
    skipped: int


def told(values: pa.ChunkedArray | pa.Array, zone: str | pa.Array = BEIJING) -> Told:
    """Texts, days or instants -> Told. `zone` is one for all or one a row (null: Beijing). Raises E5024."""
    values = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    zones = (
        pa.repeat(pa.scalar(zone, pa.string()), len(values)) if isinstance(zone, str) else pc.fill_null(zone, BEIJING)
    )
    if pa.types.is_timestamp(values.type) and values.type.tz is not None:
        exact = values.cast(pa.timestamp("s", tz="UTC"), safe=False)
        return Told(exact, exact, 0, 0)
    if pa.types.is_temporal(values.type):
        values = pc.strftime(values, "%Y-%m-%d" if pa.types.is_date(values.type) else "%Y-%m-%dT%H:%M:%S")
    parts = pc.extract_regex(values.cast(pa.string()), PATTERN)
    day = _day(parts)
    given = pc.and_(
        pc.is_valid(values), pc.not_equal(pc.utf8_trim_whitespace(pc.fill_null(values.cast(pa.string()), "")), "")
    )
    wall, length = _wall(parts, day)
    low, high = _instants(wall, wall + length, parts, zones, np.asarray(pc.is_valid(day)))
    skipped = (length == 0) & (high != low) & (high - low < GAP)
    known = np.asarray(pc.is_valid(day)) & ~skipped
    unread = np.asarray(given) & ~np.asarray(pc.is_valid(day))
    out = [pa.array(side, pa.int64(), mask=~known).cast(pa.timestamp("s", tz="UTC")) for side in (low, high)]
    return Told(out[0], out[1], int(unread.sum()), int((skipped & np.asarray(pc.is_valid(day))).sum()))


def visits_told(visits: pa.Table, zone: str = BEIJING) -> tuple[pa.Table, dict[str, int]]:
    """Visits whose start and end are as people wrote them (and `zone`, one a row, where there is such a column).

    -> the table with start_at, start_by, end_from, end_at instead, and how many times could not be read: E5020, E5025
    """
    zones: Any = visits.column("zone").combine_chunks().cast(pa.string()) if "zone" in visits.column_names else zone
    start, end = (told(visits.column(name), zones) for name in ("start", "end"))
    rest = visits.drop_columns([n for n in ("start", "end", "zone") if n in visits.column_names])
    columns = {
        "start_at": start.low,
        "start_by": _unless_exact(start.high, start),
        "end_from": _unless_exact(end.low, end),
        "end_at": end.high,
    }
    for name, column in columns.items():
        if name in rest.column_names:  # our own tables say it already
            continue
        rest = rest.append_column(name, column)
    wrong = {"E5020": start.unread + end.unread, "E5025": start.skipped + end.skipped}
    return rest, {code: n for code, n in wrong.items() if n}


def _unless_exact(side: pa.Array, both: Told) -> pa.Array:
    return pc.if_else(pc.equal(both.low, both.high), None, side)


def _day(parts: pa.StructArray) -> pa.Array:
    """The day, null where there is none such as 30 February."""
    text = pc.binary_join_element_wise(*(_part(parts, name) for name in ("y", "m", "d")), "-")
    day = pc.strptime(text, format="%Y-%m-%d", unit="s", error_is_null=True).cast(pa.date32())
    same = pc.equal(pc.day(day).cast(pa.int32()), _number(parts, "d"))
    clock = pc.and_(
        pc.less_equal(_number(parts, "h"), 24),
        pc.and_(pc.less(_number(parts, "i"), 60), pc.less(_number(parts, "s"), 61)),
    )
    return pc.if_else(pc.and_(same, clock), day, None)


def _part(parts: pa.StructArray, name: str) -> pa.Array:
    return pc.struct_field(parts, name)


def _number(parts: pa.StructArray, name: str) -> pa.Array:
    """A number of the text; 0 where it is left out."""
    text = _part(parts, name)
    return pc.if_else(pc.equal(text, ""), "0", text).cast(pa.int32())


def _wall(parts: pa.StructArray, day: pa.Array) -> tuple[Ints, Ints]:
    """Seconds on the clock on the wall at the earliest, and for how long it may have been later."""
    start = np.asarray(pc.fill_null(day.cast(pa.int32()), 0)).astype(np.int64) * DAY_SECONDS
    half, hour = _filled(parts, "half"), np.asarray(pc.not_equal(pc.fill_null(_part(parts, "h"), ""), ""))
    after = half & ~np.asarray(pc.is_in(pc.fill_null(_part(parts, "half"), ""), value_set=FORENOON))
    h, i, s = (np.asarray(pc.fill_null(_number(parts, name), 0)).astype(np.int64) for name in "his")
    clock = np.where(after, HALF_DAY, h * 3600 + i * 60 + s)
    return start + clock, np.where(hour, 0, np.where(half, HALF_DAY, DAY_SECONDS))


def _filled(parts: pa.StructArray, name: str) -> Any:
    return np.asarray(pc.not_equal(pc.fill_null(_part(parts, name), ""), ""))


def _instants(low: Ints, high: Ints, parts: pa.StructArray, zones: pa.Array, known: Ints) -> tuple[Ints, Ints]:
    """Clock on the wall -> UTC seconds: by the offset that is written, else by the zone."""
    out = low.copy(), high.copy()
    offset = pc.fill_null(_part(parts, "off"), "")
    written = np.asarray(pc.not_equal(offset, ""))
    shift = _offset_seconds(offset)
    for zone in pc.unique(zones).to_pylist():
        here = np.flatnonzero(np.asarray(pc.equal(zones, zone)) & ~written & known)
        for side, wall, which in ((out[0], low, "earliest"), (out[1], high, "latest")):
            side[here] = _in_zone(wall[here], zone, which)
    return tuple(np.where(written, wall - shift, side) for side, wall in zip(out, (low, high), strict=True))  # type: ignore[return-value]


def _in_zone(wall: Ints, zone: str, which: str) -> Ints:
    try:
        local = pa.array(wall, pa.int64()).cast(pa.timestamp("s"))
        return np.asarray(pc.assume_timezone(local, zone, ambiguous=which, nonexistent=which).cast(pa.int64()))
    except (pa.ArrowInvalid, pa.ArrowKeyError) as why:
        raise WanggeError("E5024", zone=zone) from why


def _offset_seconds(offset: pa.Array) -> Ints:
    """+08:00 -> 28800; Z and nothing -> 0."""
    digits = pc.replace_substring(offset, ":", "")
    plain = pc.if_else(pc.equal(pc.binary_length(digits), 5), digits, "+0000")
    sign = np.where(np.asarray(pc.starts_with(plain, "-")), -1, 1)
    hours, minutes = (np.asarray(pc.utf8_slice_codeunits(plain, a, a + 2).cast(pa.int64())) for a in (1, 3))
    return np.asarray(sign * (hours * 3600 + minutes * 60))
