"""Renewal needs new evidence: the same contact gives the same end and the same weight, once."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wangge.risk import held_to_evidence, without_new_evidence
from wangge.tables.shapes import GRADE

DAY = dt.date(2026, 11, 20)


def row(last: int = 0, limit: int = 7, **given: Any) -> dict[str, Any]:
    """A grade for a contact of `last` days after DAY, under a limit of so many days."""
    on = DAY + dt.timedelta(days=last)
    ends = on + dt.timedelta(days=limit)
    facts = [f"category=close degree=1 last_on={on} limit_days={limit}"]
    return {"person_id": "p1", "grade": "red", "rules": ["close_contact_recent"], "facts": facts, "evidence": "overlap:venue:95min",
            "protocol": "p 1", "as_of": DAY, "expires_on": ends, "next_on": ends} | given  # fmt: skip


def stood(*rows: dict[str, Any], ended: bool = True) -> pa.Table:
    table = pa.Table.from_pylist(list(rows), schema=GRADE.schema)
    return table.append_column("ended", pa.array([ended] * table.num_rows, pa.bool_()))


def batch(*rows: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=GRADE.schema)


@pytest.mark.parametrize(
    ("proposed", "earlier", "ended", "stale"),
    [
        (row(), row(), True, True),  # what ran out comes back unchanged
        (row(), row(), False, False),  # what is in force goes on
        (row(limit=14), row(limit=7), True, True),  # a longer limit is no evidence
        (row(limit=14), row(limit=7), False, True),
        (row(last=1), row(), True, False),  # a later contact is
        (row(last=1), row(), False, False),
        (row(evidence="overlap:meal:30min"), row(), True, False),  # another contact of that day is
        (row(grade="red"), row(grade="yellow"), False, True),  # heavier on the same contact
        (row(grade="yellow"), row(grade="red"), False, False),  # lighter
        (row(person_id="p2"), row(), True, False),
    ],
)
def test_examples(proposed: dict[str, Any], earlier: dict[str, Any], ended: bool, stale: bool) -> None:
    found = without_new_evidence(batch(proposed), stood(earlier, ended=ended)).to_pylist()
    assert found == ([proposed["person_id"]] if stale else [])


def test_whoever_is_held_back_keeps_the_grade_in_force_or_none() -> None:
    earlier = pa.concat_tables([stood(row()), stood(row(grade="yellow"), ended=False), stood(row(person_id="p2"))])
    kept, n = held_to_evidence(batch(row(), row(person_id="p2"), row(person_id="p3")), earlier, DAY)
    assert n == 2
    assert [(r["person_id"], r["grade"]) for r in kept.to_pylist()] == [("p1", "yellow"), ("p3", "red")]
    assert len(without_new_evidence(kept, earlier)) == 0  # and so it may be signed
    later, _ = held_to_evidence(batch(row()), earlier, DAY + dt.timedelta(days=8))
    assert later.num_rows == 0  # the grade in force is over by then


DAYS = st.integers(0, 5)
ROWS = st.builds(
    row, last=DAYS, limit=st.sampled_from([7, 14]), grade=st.sampled_from(["red", "yellow", "blue"]),
    person_id=st.sampled_from(["p1", "p2", "p3"]),
)  # fmt: skip


@given(st.lists(ROWS, max_size=3, unique_by=lambda r: r["person_id"]), st.lists(ROWS, max_size=4), st.booleans())
def test_never_longer_nor_stronger_without_a_later_contact(
    proposed: list[dict[str, Any]], earlier: list[dict[str, Any]], ended: bool
) -> None:
    """Against the law said once more in plain Python; and asking twice changes nothing."""
    weight = {"red": 3, "yellow": 2, "blue": 1}

    def stale(p: dict[str, Any]) -> bool:
        limits = {id(r): int(r["facts"][0].rsplit("=", 1)[1]) for r in [p, *earlier]}
        last = {i: r["expires_on"] - dt.timedelta(days=limits[i]) for r in [p, *earlier] if (i := id(r))}
        return any(
            s["person_id"] == p["person_id"] and last[id(s)] == last[id(p)]
            and (ended or weight[p["grade"]] > weight[s["grade"]] or p["expires_on"] > s["expires_on"])
            for s in earlier
        )  # fmt: skip

    found = without_new_evidence(batch(*proposed), stood(*earlier, ended=ended)).to_pylist()
    assert found == sorted(p["person_id"] for p in proposed if stale(p))
    if ended:
        kept, _ = held_to_evidence(batch(*proposed), stood(*earlier), DAY)
        assert held_to_evidence(kept, stood(*earlier), DAY) == (kept, 0)
