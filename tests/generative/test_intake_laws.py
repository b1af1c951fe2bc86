"""Whatever a sheet looks like: every row of it is read or held, no failure without a number, facts are equal after
export and import.

CI reads a short form; `WANGGE_SHEETS=10000` (just faults) the full one.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from dataclasses import asdict
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.intake_sheets import ELEMENTS, Made, sheets, write

from wangge.base.errors import WanggeError
from wangge.intake import REASON, ListMapping
from wangge.intake.lines import lines_here
from wangge.intake.one_file import Read
from wangge.intake.parse import read_here
from wangge.intake.preview import preview_here
from wangge.intake.write_like import _book

N = int(os.environ.get("WANGGE_SHEETS", "150"))
LISTING = ListMapping("x", dict(ELEMENTS), required=("person.name",))
MANY = settings(max_examples=N, deadline=None, suppress_health_check=list(HealthCheck), database=None)
SAID = tuple(ELEMENTS.values())
SEEN: Counter[str] = Counter()


def facts_of(found: Read) -> dict[int, dict[str, str | None]]:
    """line (from 0) -> what the row says; blank rows left out"""
    rows = found.rows.select(["line", *ELEMENTS.values()]).to_pylist()
    return {row.pop("line") - 1: row for row in rows if any(v for k, v in row.items() if k != "line")}


def check(made: Made, found: Read) -> None:
    report = found.report
    assert report.header_line - 1 == made.header_at
    assert report.n_rows == found.rows.num_rows + found.held.num_rows
    assert facts_of(found) == made.facts
    assert found.held.num_rows == 0
    # Every line below the header has a fate: a row, a repeated header, another table's.
    below = set(range(made.header_at + 1, len(made.lines)))
    told = {line - 1 for line in found.rows.column("line").to_pylist()}
    assert told <= below
    blank = {n for n in below if not any(c is not None for c in made.lines[n])}
    assert below - told - blank == made.other_lines | made.header_lines
    assert report.n_header_lines == len(made.header_lines)
    assert len(report.other_tables) == bool(made.other_lines)
    lines = found.rows.filter(found.rows.column("id_from_number")).column("line").to_pylist()
    assert {line - 1 for line in lines} == made.from_number
    assert [name.rpartition("/")[2] for name in report.dropped] == ["民族"] * any("民族" in line for line in made.lines)


@MANY
@given(sheets())
def test_every_row_is_read_as_it_stands(made: Made) -> None:
    SEEN[made.kind] += 1
    with tempfile.TemporaryDirectory() as folder:
        path = write(made, Path(folder))
        check(made, read_here(path, LISTING))
        preview_here(path, ListMapping("", {}))


@settings(MANY, max_examples=max(N // 3, 1))
@given(sheets())
def test_rows_sent_back_say_the_same_when_they_come_again(made: Made) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path, again = write(made, Path(folder)), Path(folder) / "again.xlsx"
        first = read_here(path, LISTING)
        rows = first.rows.column("row").to_pylist()
        if not rows:
            return
        parts = [asdict(part) for part in lines_here(path, LISTING, rows)]
        assert [len(part["rows"]) for part in parts] == [len(rows)]
        again.write_bytes(_book(parts[0], dict.fromkeys(rows, "=错"), REASON))
        second = read_here(again, LISTING)
        facts = list(facts_of(first).values())
        assert list(facts_of(second).values()) == facts
        assert second.report.header_line == first.report.header_line


def sent_back(path: Path, out: Path, rows: list[int]) -> Read:
    """Some rows of a file as an error workbook, each with a reason that leads back, and read again."""
    part = asdict(lines_here(path, LISTING, rows)[0])
    out.write_bytes(_book(part, {row: f"日期无法识别 (#{row})" for row in rows}, f"{REASON} [batch]"))
    return read_here(out, LISTING)


def answers(path: Path) -> list[int]:
    """Which row each row of an error workbook answers."""
    found = read_here(path, ListMapping("back", {f"{REASON} [batch]": "address.building"}))
    return [int(text.partition("(#")[2].rstrip(")")) for text in found.rows.column("address.building").to_pylist()]


@settings(MANY, max_examples=max(N // 3, 1))
@given(sheets(), st.data())
def test_corrections_of_corrections_keep_their_facts_and_lead_back(made: Made, data: st.DataObject) -> None:
    """Any rows sent back, and any of those once more: each says what it said, and names the row that it answers."""
    with tempfile.TemporaryDirectory() as folder:
        path = write(made, Path(folder))
        first = read_here(path, LISTING)
        facts = dict(zip(first.rows.column("row").to_pylist(), first.rows.select(list(SAID)).to_pylist(), strict=True))
        filled = sorted(row for row, said in facts.items() if any(said.values()))
        for round_ in range(2):
            if not filled:
                return
            rows = sorted(data.draw(st.sets(st.sampled_from(filled), min_size=1)))
            out = Path(folder) / f"{round_}.xlsx"
            back = sent_back(path, out, rows)
            assert answers(out) == rows
            told = back.rows.select([name for name in SAID if name in back.rows.column_names]).to_pylist()
            assert [dict.fromkeys(SAID) | one for one in told] == [facts[row] for row in rows]
            path, filled = out, back.rows.column("row").to_pylist()
            facts = dict(zip(filled, [facts[row] for row in rows], strict=True))


def damaged(content: bytearray, share: float, bit: int, what: str) -> bytearray:
    """The file cut, or with a bit, a few bytes or a piece of it wrong; `share` says where."""
    at = int(share * (len(content) - 1)) if content else 0
    if what == "cut":
        return content[:at]
    if what == "flip":
        return content[:at] + bytes([content[at] ^ 1 << bit]) + content[at + 1 :] if content else content
    return content[:at] + (content[at + 7 :] if what == "drop" else content[at : at + 40] + content[at:])


DAMAGE = st.tuples(st.floats(0, 1), st.integers(0, 7), st.sampled_from(["cut", "flip", "flip", "drop", "double"]))


@settings(MANY, max_examples=max(N // 2, 1))
@given(sheets(), st.lists(DAMAGE, min_size=1, max_size=4))
def test_a_damaged_file_is_read_or_refused_with_a_number(made: Made, damages: list[tuple[float, int, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write(made, Path(folder))
        content = bytearray(path.read_bytes())
        for one in damages:
            content = damaged(content, *one)
        path.write_bytes(content)
        try:
            found = read_here(path, LISTING)
        except WanggeError:
            return
        assert found.report.n_rows == found.rows.num_rows + found.held.num_rows
