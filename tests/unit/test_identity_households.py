"""Who lives together, as tables: each row is one line of a list; the last word says which household the person is in."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest

from wangge.identity import link
from wangge.tables.shapes import GOOD_ROW

AS_OF, ASKED = dt.date(2026, 11, 23), dt.date(2026, 11, 2)
HERE, THERE = "金钟花园12-3-501", "银河里4-1-102"
HEADER = ("list", "name", "address", "household_number", "relation_to_head", "home")
# `door` is the list asked at the door. People of one name are one person.
EXAMPLES: dict[str, list[tuple[str | None, ...]]] = {
    "three generations of one surname stay one, though the register has two numbers": [
        ("police", "王建国", HERE, "1", "户主", "a"), ("police", "李秀英", HERE, "1", "妻", "a"),
        ("police", "王强", HERE, "2", "户主", "a"), ("police", "赵敏", HERE, "2", "妻", "a"),
        ("police", "王小宝", HERE, "2", "子", "a"),
    ],
    "two families of other surnames under two numbers are two": [
        ("police", "王建国", HERE, "1", "户主", "a"), ("police", "李秀英", HERE, "1", "妻", "a"),
        ("police", "陈刚", HERE, "2", "户主", "b"), ("police", "周红", HERE, "2", "妻", "b"),
    ],
    "whoever stood at the door saw two households": [
        ("door", "王建国", HERE, "1", "户主", "a"), ("door", "王强", HERE, "2", "户主", "b"),
    ],
    "whoever stood at the door saw one, whatever the register says": [
        ("door", "王建国", HERE, "1", "户主", "a"), ("door", "陈刚", HERE, "1", "其他", "a"),
        ("police", "王建国", HERE, "7", "户主", "a"), ("police", "陈刚", HERE, "8", "户主", "a"),
    ],
    "flatmates who are each their own head share one household": [
        ("police", "王建国", HERE, "1", "户主", "a"), ("police", "陈刚", HERE, "2", "户主", "a"),
        ("police", "周红", HERE, "3", "户主", "a"),
    ],
    "who was registered here but not found at the door is not drawn into the family": [
        ("door", "王建国", HERE, "1", "户主", "a"), ("police", "王建国", HERE, "5", "户主", "a"),
        ("police", "陈刚", HERE, "6", "户主", "b"), ("police", "周红", HERE, "6", "妻", "b"),
    ],
    "a child whom the census forgot stays with the family": [
        ("door", "王建国", HERE, "1", "户主", "a"), ("police", "王建国", HERE, "5", "户主", "a"),
        ("police", "王小宝", HERE, "5", "子", "a"),
    ],
    "no list has numbers: the door is the household": [
        ("health", "王建国", HERE, None, None, "a"), ("health", "陈刚", HERE, None, None, "a"),
    ],
    "the family has moved: whoever lives at the old door now does not call them back": [
        ("door", "王建国", THERE, "1", "户主", "a"), ("door", "王小宝", THERE, "1", "子女", "a"),
        ("police", "王强", HERE, "2", "户主", "a"), ("health", "王强", THERE, None, None, "a"),
        ("police", "陈刚", HERE, "3", "户主", "b"), ("police", "周红", HERE, "3", "妻", "b"),
    ],
    "asked at the door the newest address wins": [
        ("police", "王建国", HERE, "1", "户主", "a"), ("health", "王建国", HERE, None, None, "a"),
        ("door", "王建国", THERE, "9", "户主", "a"), ("police", "陈刚", HERE, "2", "户主", "b"),
    ],
    "a number places who has no address": [
        ("police", "王建国", HERE, "1", "户主", "a"), ("police", "王小宝", None, "1", "子", "a"),
        ("police", "陈刚", None, "2", "户主", "b"), ("police", "周红", None, "2", "妻", "b"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("backwards", [False, True])
def test_who_lives_together(name: str, backwards: bool) -> None:
    people = sorted({line[1] or "" for line in EXAMPLES[name]})
    rows: list[dict[str, Any]] = []
    for i, line in enumerate(EXAMPLES[name], 1):
        values = dict(zip(HEADER, line, strict=True))
        phone = f"138000000{people.index(values['name'] or ''):02}"
        asked = {"collected_on": ASKED} if values["list"] == "door" else {}
        rows.append({"row": i, "sex": "0", "phone": phone, **values, **asked})
    rows = rows[::-1] if backwards else rows
    good = GOOD_ROW.hand_over(pa.Table.from_pylist(rows, schema=GOOD_ROW.schema))
    found = link(good, AS_OF, door_lists=("door",), source_order=("police", "door", "health"))
    home = {str(row["name"]): row["home"] for row in rows}
    together: dict[str, set[str]] = {}
    for person in found.people.to_pylist():
        together.setdefault(person["household_id"], set()).add(person["name"])
    assert len(found.people) == len(people)
    assert sorted(map(sorted, together.values())) == sorted(
        sorted(n for n in people if home[n] == h) for h in set(home.values())
    )


def test_a_dormitory_is_not_taken_apart() -> None:
    rows = [
        {"list": "police", "row": i, "sex": "0", "name": f"{'赵钱孙李周吴郑王'[i % 8]}{chr(0x4E00 + i)}",
         "phone": f"13{i:09}", "address": "工人公寓1号楼1-101", "household_number": str(i // 2), "relation_to_head": "其他"}
        for i in range(1, 80)
    ]  # fmt: skip
    good = GOOD_ROW.hand_over(pa.Table.from_pylist(rows, schema=GOOD_ROW.schema))
    found = link(good, AS_OF)
    assert found.households.column("n_people").to_pylist() == [found.people.num_rows]
    assert found.people.num_rows > 60
