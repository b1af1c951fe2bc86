"""Every rule's own examples, on every engine that is there and on a plain Python reading of the same expression."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable
from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wangge.base import shelf as base_shelf
from wangge.base.shelf import ShelfError
from wangge.frame import evaluate
from wangge.risk import GRADES, Rule, explain, rules
from wangge.risk.shelf import LANGUAGES
from wangge.tables.shapes import EXPOSURE

SCHEMA = pa.schema([*EXPOSURE.schema, ("days_since", pa.int32()), ("limit_days", pa.int32())])
RULES = pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.name)


def given_rows(rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist([{name: row.get(name) for name in SCHEMA.names} for row in rows], schema=SCHEMA)


def asked(rule: Rule) -> Callable[[ir.Table], ir.Table]:
    return lambda t: t.select(n=t.overlap_minutes, hit=rule.holds(t).fill_null(False)).order_by("n")


def numbered(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "overlap_minutes": i} for i, row in enumerate(rows)]


def in_plain_python(rule: Rule, rows: list[dict[str, Any]]) -> list[bool]:
    return [rule.of_one(row) is True for row in rows]


@RULES
def test_examples_on_duckdb_and_in_plain_python(rule: Rule) -> None:
    rows, expected = [row for row, _ in rule.examples], [answer for _, answer in rule.examples]
    assert evaluate(asked(rule), given_rows(numbered(rows))).column("hit").to_pylist() == expected
    assert in_plain_python(rule, rows) == expected


@RULES
@pytest.mark.skipif(importlib.util.find_spec("pyspark") is None, reason="pyspark is not installed (extra: spark)")
def test_examples_on_spark(rule: Rule) -> None:
    from pyspark.sql import SparkSession

    session = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
    con = ibis.pyspark.connect(session)
    rows = numbered([row for row, _ in rule.examples])
    given_table = ibis.memtable(given_rows(rows))
    hits = con.to_pyarrow(asked(rule)(given_table)).column("hit").to_pylist()
    assert hits == [answer for _, answer in rule.examples]


ROW = st.fixed_dictionaries(
    {
        "category": st.sampled_from(["case", "close", "secondary", "general", "companion", "zone", None]),
        "degree": st.sampled_from([0, 1, 2, None]),
        "days_since": st.one_of(st.none(), st.integers(0, 30)),
        "limit_days": st.sampled_from([5, 7, 14]),
        "evidence": st.sampled_from(
            ["case:confirmed", "case:suspected", "zone:high", "zone:low", "overlap:meal:9min", None]
        ),
    }
)


@settings(max_examples=4, deadline=None)
@given(st.lists(ROW, min_size=1, max_size=40))
def test_engine_and_plain_python_agree_on_any_row(rows: list[dict[str, Any]]) -> None:
    table = given_rows(numbered(rows))
    for rule in rules():
        assert evaluate(asked(rule), table).column("hit").to_pylist() == in_plain_python(rule, rows), rule.name


# ---- the shelf ---------------------------------------------------------------------------------------


def test_rules_stand_strongest_first_and_explain_themselves() -> None:
    strengths = [GRADES.index(rule.grade) for rule in rules()]
    assert strengths == sorted(strengths) and set(strengths) == {0, 1, 2}
    for rule in rules():
        assert all(rule.explanation[lang] == explain(rule.name, lang) for lang in LANGUAGES)
        assert "Authority:" in rule.meaning
        assert re.search(r"[\u4e00-\u9fff]", rule.explanation["zh-hans"])


def test_a_companion_never_fires_a_rule() -> None:
    """时空伴随 is kept apart and never promoted, whatever else the row says (workflows 1.11)."""
    rows = [
        {"category": "companion", "degree": d, "days_since": 0, "limit_days": 14, "evidence": e}
        for d in (0, 1, 2)
        for e in ("case:confirmed", "zone:high", "overlap:venue:600min")
    ]
    assert not any(any(in_plain_python(rule, rows)) for rule in rules())


def test_no_rule_reads_who_or_from_where_somebody_is() -> None:
    """Red line R2 and R6: rules may look at the exposure's kind and its days, at nothing else."""
    allowed = {"category", "degree", "evidence", "days_since", "limit_days"}
    for rule in rules():
        assert set(rule.facts) <= allowed, rule.name
        assert {field.name for field in rule.expression.find(ops.Field)} == set(rule.facts), rule.name


def test_a_half_written_rule_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from wangge.risk import shelf
    from wangge.risk.rules import confirmed_case

    for part, value in (
        ("GRADE", "purple"),
        ("EXPLANATION", {"en": "x"}),
        ("UNKNOWN", "perhaps"),
        ("EXAMPLES", confirmed_case.EXAMPLES[:1]),
    ):
        with monkeypatch.context() as changed:
            changed.setattr(confirmed_case, part, value)
            with pytest.raises(ShelfError):
                shelf.rules.__wrapped__()
    with monkeypatch.context() as changed:
        changed.delattr(confirmed_case, "EXPLANATION")
        with pytest.raises(ShelfError, match="confirmed_case lacks EXPLANATION"):
            shelf.rules.__wrapped__()
    assert base_shelf.members
