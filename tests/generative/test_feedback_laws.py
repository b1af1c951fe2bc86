"""Laws of verification: one outcome a lead, whatever arrives, in whatever order, however often."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from wangge.feedback import closing, conserve, verify
from wangge.field import door
from wangge.tables.shapes import ANSWER, LEAD

FORM = door()
LEADS = pa.Table.from_pylist(
    [{"lead_id": x, "task_id": x, "person_id": x, "household_id": x, "grade": "red"} for x in "LMNO"],
    schema=LEAD.schema,
)
ONE = st.fixed_dictionaries(
    {
        "answer_id": st.sampled_from([f"a{i}" for i in range(9)]),
        "lead_id": st.sampled_from("LMN?"),
        **{f: st.sampled_from(sorted(FORM[f])) for f in ("person", "residence", "status", "result")},
        "by": st.sampled_from("vw"),
        "observed_at": st.integers(0, 96).map(
            lambda h: dt.datetime(2026, 11, 1, tzinfo=dt.UTC) + dt.timedelta(hours=h)
        ),
    }
)
ANSWERS = st.lists(ONE, max_size=30)


def table(rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist([{n: r[n] for n in ANSWER.schema.names} for r in rows], schema=ANSWER.schema)


@settings(max_examples=8, deadline=None)
@given(ANSWERS, st.randoms())
def test_order_and_repetition_of_arrival_mean_nothing(rows: list[dict[str, Any]], random: Any) -> None:
    again = [*rows, *rows]
    random.shuffle(again)
    once = verify(LEADS, table(rows))
    assert once.equals(verify(LEADS, table(again)))
    assert once.column("lead_id").to_pylist() == ["L", "M", "N", "O"]
    assert conserve(LEADS, once)["difference"] == 0


@settings(max_examples=8, deadline=None)
@given(ANSWERS)
def test_full_needs_an_answer_that_saw_all_three(rows: list[dict[str, Any]]) -> None:
    full = closing()["full"]
    by_id: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for r in rows:
        by_id.setdefault((r["lead_id"], r["answer_id"]), []).append(r)
    for row in verify(LEADS, table(rows)).to_pylist():
        told = by_id.get((row["lead_id"], row["answer_id"]), [])
        if row["outcome"] == "full":
            assert any(all(r[f] in full[f] for f in full) for r in told)
        if row["outcome"] is None or row["outcome"] == "partial":
            assert not row["is_closed"]
            assert not any(all(r[f] in full[f] for f in full) for r in rows if r["lead_id"] == row["lead_id"])


@settings(max_examples=8, deadline=None)
@given(ANSWERS, ANSWERS)
def test_more_answers_never_reopen_a_lead(rows: list[dict[str, Any]], more: list[dict[str, Any]]) -> None:
    """A later observation may change the outcome; it cannot make the lead open again."""
    before, after = (verify(LEADS, table(some)).column("is_closed").to_pylist() for some in (rows, rows + more))
    assert all(now or not was for was, now in zip(before, after, strict=True))
