"""Which of several values is believed: the written rules, changed without code."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wangge.base.errors import WanggeError
from wangge.identity import link
from wangge.identity.sorting import grouped, numbered, order_of
from wangge.identity.survivorship import agreeing, load_rules
from wangge.tables.shapes import GOOD_ROW

AS_OF = dt.date(2026, 11, 23)
WANG = "11010119900307109X"  # made up, check digit right


def person(rules: str, tmp_path: Path, *some: dict[str, Any], **options: Any) -> dict[str, Any]:
    file = tmp_path / "rules.toml"
    file.write_text(rules, "utf-8")
    full = [{"row": i, "sex": "0", "id_number": WANG} | row for i, row in enumerate(some, 1)]
    good = GOOD_ROW.hand_over(pa.Table.from_pylist(full, schema=GOOD_ROW.schema))
    (one,) = link(good, AS_OF, rules=load_rules(file), **options).people.to_pylist()
    return dict(one)


OLD, NEW = dt.date(2020, 1, 1), dt.date(2026, 1, 1)
ROWS = (
    {"list": "a", "phone": "1", "collected_on": NEW, "relation_to_head": "户主"},
    {"list": "b", "phone": "2", "collected_on": OLD, "relation_to_head": "子"},
    {"list": "c", "phone": "2", "relation_to_head": "子"},
    {"list": "d", "phone": "3", "collected_on": OLD, "relation_to_head": "配偶"},
)


@pytest.mark.parametrize(
    ("rules", "phone", "relation"),
    [
        ('[default]\nrules = ["freshest", "source"]', "1", "户主"),
        ('[default]\nrules = ["source"]', "2", "子"),
        ('[default]\nrules = ["confirmed", "freshest"]', "3", "配偶"),
        ('[default]\nrules = ["most_lists"]', "2", "子"),
        ('[default]\nrules = ["freshest"]\n[elements."person.phone"]\nrules = ["most_lists"]', "2", "户主"),
        ('[default]\nrules = ["source"]\n[elements."person.phone"]\nsources = ["d"]', "3", "子"),
        ('[default]\nrules = ["source"]\nsources = ["a"]', "1", "户主"),
    ],
)
def test_a_rule_is_changed_in_a_file(rules: str, phone: str, relation: str, tmp_path: Path) -> None:
    found = person(rules, tmp_path, *ROWS, source_order=("c", "b", "a", "d"), door_lists=("d",))
    assert (found["phone"], found["relation_to_head"]) == (phone, relation)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[default]\nrules = [", "Invalid value"),
        ("", "no rules"),
        ('[default]\nrules = ["newest"]', "newest"),
        ('[default]\nrules = ["source"]\n[elements."person.shoe"]\nrules = ["source"]', "person.shoe"),
        ('[default]\nrules = ["source"]\norder = ["a"]', "more than"),
        ('[default]\nrules = "source"', "no list"),
    ],
)
def test_what_cannot_be_understood_is_E3011(text: str, reason: str, tmp_path: Path) -> None:
    file = tmp_path / "rules.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(WanggeError, match="E3011") as why:
        load_rules(file)
    assert reason in str(why.value)


ROW = st.tuples(st.integers(0, 3), st.integers(-1, 2), st.integers(0, 4))


@settings(deadline=None, max_examples=60)
@given(st.lists(ROW, max_size=12), st.sampled_from([1, 30]))
def test_how_many_lists_agree(rows: list[tuple[int, int, int]], times: int) -> None:
    rows = rows * times  # many rows of one person take another way through the kernel
    who, code, lists = (np.array([row[i] for row in rows], np.int64) for i in range(3))
    wanted = [len({x[2] for x in rows if x[:2] == row[:2]}) if row[1] >= 0 else 0 for row in rows]
    assert agreeing(*grouped(who, 4), code, lists).tolist() == wanted


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(-(2**63), 2**63 - 1) | st.integers(0, 3), max_size=30), st.data())
def test_rows_of_equal_keys_stand_together_in_their_order(keys: list[int], data: st.DataObject) -> None:
    rows = data.draw(st.lists(st.sampled_from(range(len(keys))), unique=True)) if keys else []
    key = np.array(keys, np.int64)
    order = order_of(key, np.array(rows, np.int64)).tolist()
    assert sorted(order) == sorted(rows)
    runs = [keys[i] for n, i in enumerate(order) if n == 0 or keys[order[n - 1]] != keys[i]]
    assert len(runs) == len(set(runs))
    assert all([i for i in order if keys[i] == k] == [i for i in rows if keys[i] == k] for k in runs)
    again = data.draw(st.permutations(rows))
    assert [keys[i] for i in order_of(key, np.array(again, np.int64))] == [keys[i] for i in order]


@given(st.lists(st.integers(0, 5), max_size=12))
@settings(deadline=None, max_examples=40)
def test_groups_are_numbered_as_they_come(roots: list[int]) -> None:
    root = np.array([next(i for i, r in enumerate(roots) if r == x) for x in roots], np.int64)
    who, leaders = numbered(root)
    assert leaders[who].tolist() == root.tolist()
    assert leaders.tolist() == sorted(set(root.tolist()))
    starts, rows = grouped(who, leaders.size)
    assert [rows[starts[p] : starts[p + 1]].tolist() for p in range(leaders.size)] == [
        [i for i, w in enumerate(who) if w == p] for p in range(leaders.size)
    ]
