"""Grades: red, yellow or blue, from rules that hold on dated exposures. No evidence, no grade.

Nothing about a person is read here but exposures: no region, no register, no score (red lines R2, R6).
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from wangge.base.errors import WanggeError
from wangge.frame import query
from wangge.frame.engine import Engine
from wangge.risk.shelf import GRADES, Rule, rules
from wangge.tables import Protocol
from wangge.tables.shapes import EXPOSURE, GRADE, UNDECIDED

EPOCH = dt.date(1970, 1, 1)
BEIJING_SECONDS, DAY_SECONDS = 8 * 3600, 86400  # a day of exposure is a Beijing day
COMES_FROM = {"days_since": "last_at"}
BLANK = "-"  # a fact nobody knows, where the facts of a grade are written out


def grade(exposures: pa.Table, protocol: Protocol, as_of: dt.date, engine: Engine | None = None) -> pa.Table:
    """The strongest grade of each person on `as_of`, all rules that held, and the facts each of them read. -> GRADE

    EXPOSURE in. A person of whom no rule holds gets no row. expires_on is the last day on which the grade's own
    evidence still counts; after it the grade is gone without anybody's doing. Raises E6001 when the exposures were
    traced under another protocol.
    """
    found = marked(exposures, protocol, as_of, engine)
    held = found.filter(pc.not_equal(found.column("held"), 0))
    given = {"as_of": as_of, "protocol": _label(protocol)}
    return GRADE.hand_over(query(_strongest(_limits(protocol)), given, marked=held))


def undecided(exposures: pa.Table, protocol: Protocol, as_of: dt.date, engine: Engine | None = None) -> pa.Table:
    """Exposures of which a rule that must not be left open cannot say whether it holds, with what is missing. -> UNDECIDED

    An unknown is not a no: nobody is graded for it, somebody finds out. Raises E6001 as `grade` does.
    """
    found = marked(exposures, protocol, as_of, engine)
    return UNDECIDED.hand_over(query(_missing(), marked=found.filter(pc.not_equal(found.column("open"), 0))))


def marked(exposures: pa.Table, protocol: Protocol, as_of: dt.date, engine: Engine | None = None) -> pa.Table:
    """Each exposure known by `as_of` of which some rule holds or cannot say: bit i of `held`, `open` is rule i."""
    exposures = EXPOSURE.hand_over(exposures)
    _same_protocol(exposures, protocol)
    if engine is not None:
        found = engine.evaluate(lambda t: marks(t, _limits(protocol), as_of), exposures)
    else:  # two numbers a row, in the order of the rows: texts are copied only of rows that matter
        found = query(_sql(_limits(protocol), as_of), exposures=exposures)
        found = exposures.append_column("held", found.column("held")).append_column("open", found.column("open"))
    return found.filter(pc.not_equal(pc.add(found.column("held"), found.column("open")), 0))


def _same_protocol(exposures: pa.Table, protocol: Protocol) -> None:
    others = set(exposures.column("protocol").unique().to_pylist()) - {_label(protocol)}
    if others:
        raise WanggeError("E6001", wanted=_label(protocol), found=", ".join(map(str, sorted(others, key=str))))


def _label(protocol: Protocol) -> str:
    return f"{protocol.name}-{protocol.version}"


def _limits(protocol: Protocol) -> tuple[int, ...]:
    """Days a grade lasts after the last exposure, in the order of GRADES."""
    return tuple(protocol.expiry_days[name] for name in GRADES)


def marks(exposures: ir.Table, limits: tuple[int, ...], as_of: dt.date) -> ir.Table:
    """The shelf of rules as one expression: one pass over the exposures, whatever the number of rules."""
    # Whole days since 1970, counted in Beijing: integers are many times cheaper than dates with a zone.
    days = (
        ((c.epoch_seconds() + BEIJING_SECONDS) // DAY_SECONDS).cast("int32")
        for c in (exposures.first_at, exposures.last_at)
    )
    dated = exposures.mutate(**dict(zip(("first_day", "last_day"), days, strict=True)))
    today = (as_of - EPOCH).days
    # What comes later is not known yet; what has no date at all may have happened.
    begun = ibis.coalesce(dated.first_day, dated.last_day)
    dated = dated.mutate(days_since=(ibis.literal(today, type="int32") - dated.last_day).cast("int32"))
    said = [(rule, rule.holds(_Facts(dated, limits[GRADES.index(rule.grade)]))) for rule in rules()]  # type: ignore[arg-type]
    asking = [(rule.unknown == "ask", held) for rule, held in said]
    lacking = [dated[f].isnull() for f in {f for r in rules() if r.unknown == "ask" for f in r.facts} - {"limit_days"}]
    known = begun.isnull() | (begun <= today)
    return dated.mutate(
        held=ibis.ifelse(known, _bits([ibis.ifelse(held, 1, 0) for _, held in said]), 0),
        # Whether an answer is lacking is asked only where a fact is.
        open=ibis.ifelse(
            known & ibis.or_(*lacking), _bits([ibis.ifelse(held.isnull() & asks, 1, 0) for asks, held in asking]), 0
        ),
    )


class _Facts:
    """What a rule may see of an exposure, under the limit of its own grade."""

    def __init__(self, dated: ir.Table, limit: int) -> None:
        self._dated, self.limit_days = dated, ibis.literal(limit, type="int32")

    def __getattr__(self, name: str) -> Any:
        return self._dated[name]


def _bits(flags: list[Any]) -> Any:
    total = ibis.literal(0, type="int64")
    for i, flag in enumerate(flags):
        total = total + flag.cast("int64") * (1 << i)
    return total


@lru_cache(maxsize=64)
def _sql(limits: tuple[int, ...], as_of: dt.date) -> str:
    """The rules compiled for DuckDB: once for a protocol and a day."""
    table = ibis.table(ibis.Schema.from_pyarrow(EXPOSURE.schema), name="exposures")
    return str(ibis.to_sql(marks(table, limits, as_of).select("held", "open"), dialect="duckdb"))


def _facts(rule: Rule, limit: int) -> str:
    """SQL for the facts a rule read, `name=value`, in its own order. Days are told by their date, which does not change."""
    text = {"days_since": "last_on", "limit_days": str(limit)}
    name = {"days_since": "last_on"}
    parts = [f"'{name.get(f, f)}=' || coalesce(({text.get(f, f)})::VARCHAR, '{BLANK}')" for f in rule.facts]
    return " || ' ' || ".join(parts)


@lru_cache(maxsize=64)
def _strongest(limits: tuple[int, ...]) -> str:
    """SQL from marked exposures to grades: the weightiest exposure of each rule, then the strongest grade of each person."""
    parts = []
    for bit, rule in enumerate(rules()):
        strength = GRADES.index(rule.grade)
        limit = limits[strength]
        parts.append(
            f"SELECT person_id, evidence, overlap_minutes, last_at, '{rule.name}' AS rule, {bit} AS weight, "
            f"{strength} AS strength, last_on + {limit} AS until_on, {_facts(rule, limit)} AS facts "
            f"FROM dated WHERE held & {1 << bit} <> 0 AND person_id IS NOT NULL"
        )
    return STRONGEST.replace("{held}", " UNION ALL ".join(parts)).replace("{names}", str(list(GRADES)))


STRONGEST = """
WITH dated AS (SELECT *, (last_at AT TIME ZONE 'Asia/Shanghai')::DATE AS last_on FROM marked), held AS ({held}),
-- Of one rule and person the exposure that weighs most speaks; the latest one says until when.
one AS (
  SELECT person_id, rule, weight, strength,
         first(facts ORDER BY overlap_minutes DESC NULLS LAST, last_at DESC NULLS LAST, evidence NULLS FIRST, facts) AS facts,
         first(evidence ORDER BY overlap_minutes DESC NULLS LAST, last_at DESC NULLS LAST, evidence NULLS FIRST) AS evidence,
         max(until_on) AS until_on, min(until_on) AS next_on
  FROM held GROUP BY person_id, rule, weight, strength
)
SELECT person_id, {names}[min(strength) + 1] AS grade, list(rule ORDER BY weight) AS rules,
       list(facts ORDER BY weight) AS facts, first(evidence ORDER BY weight) AS evidence, $protocol AS protocol,
       $as_of::DATE AS as_of, max(until_on) FILTER (strength = strongest)::DATE AS expires_on,
       min(next_on)::DATE AS next_on
FROM (SELECT *, min(strength) OVER (PARTITION BY person_id) AS strongest FROM one)
GROUP BY person_id ORDER BY person_id
"""


def _missing() -> str:
    parts = []
    for bit, rule in enumerate(rules()):
        facts = [f for f in rule.facts if f != "limit_days"]
        lacking = ", ".join(f"CASE WHEN {COMES_FROM.get(f, f)} IS NULL THEN '{f}' END" for f in facts)
        parts.append(
            f"SELECT person_id, '{rule.name}' AS rule, list_filter([{lacking}], lambda f: f IS NOT NULL) AS missing, "
            f"case_id, evidence FROM marked WHERE open & {1 << bit} <> 0"
        )
    return f"SELECT DISTINCT * FROM ({' UNION ALL '.join(parts)}) ORDER BY ALL"
