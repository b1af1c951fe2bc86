"""Grades: red, yellow or blue, from rules that hold on dated exposures. No evidence, no grade.

Nothing about a person is read here but exposures: no region, no register, no score (red lines R2, R6).
"""

from __future__ import annotations

import datetime as dt

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from wangge.base.errors import WanggeError
from wangge.frame import duckdb_engine, query
from wangge.frame.engine import Engine
from wangge.risk.shelf import GRADES, rules
from wangge.tables import Protocol
from wangge.tables.shapes import EXPOSURE, GRADE

BEIJING = ibis.interval(hours=8)  # a day of exposure is a Beijing day


def grade(exposures: pa.Table, protocol: Protocol, as_of: dt.date, engine: Engine | None = None) -> pa.Table:
    """The strongest grade of each person on `as_of`, all rules that held, and the evidence that weighs most. -> GRADE

    EXPOSURE in. A person of whom no rule holds gets no row. expires_on is the last day on which the grade's own
    evidence still counts; after it the grade is gone without anybody's doing. Raises E6001 when the exposures were
    traced under another protocol.
    """
    exposures = EXPOSURE.hand_over(exposures)
    label = f"{protocol.name}-{protocol.version}"
    others = set(exposures.column("protocol").unique().to_pylist()) - {label}
    if others:
        raise WanggeError("E6001", wanted=label, found=", ".join(map(str, sorted(others, key=str))))
    found = (engine or duckdb_engine()).evaluate(lambda t: held(t, protocol, as_of), exposures)
    return GRADE.hand_over(query(STRONGEST, {"as_of": as_of, "protocol": label}, held=found))


def held(exposures: ir.Table, protocol: Protocol, as_of: dt.date) -> ir.Table:
    """Every (exposure, rule) that holds: person_id, rule, weight (0 strongest), grade, until_on, and the evidence."""
    first_on, last_on = ((c.cast("timestamp") + BEIJING).date() for c in (exposures.first_at, exposures.last_at))
    dated = exposures.mutate(first_on=first_on, last_on=last_on, as_of=ibis.literal(as_of))
    dated = dated.filter(dated.first_on <= dated.as_of)  # what comes later is not known yet
    dated = dated.mutate(days_since=dated.as_of.delta(dated.last_on, unit="day"))
    parts = []
    for weight, rule in enumerate(rules()):
        days = protocol.expiry_days[rule.grade]
        given = dated.mutate(limit_days=ibis.literal(days))
        parts.append(
            given.filter(rule.holds(given)).select(
                "person_id",
                "evidence",
                "overlap_minutes",
                "last_at",
                rule=ibis.literal(rule.name),
                weight=ibis.literal(weight),
                grade=ibis.literal(rule.grade),
                strength=ibis.literal(GRADES.index(rule.grade)),
                until_on=given.last_on + ibis.interval(days=days),
            )
        )
    return ibis.union(*parts, distinct=False)


STRONGEST = """
WITH best AS (SELECT person_id, min(strength) AS strength FROM held WHERE person_id IS NOT NULL GROUP BY person_id),
one AS (
  SELECT h.person_id, h.grade, h.evidence,
         row_number() OVER (PARTITION BY h.person_id ORDER BY h.weight, h.overlap_minutes DESC NULLS LAST,
                            h.last_at DESC, h.evidence) AS nth,
         max(CASE WHEN h.strength = b.strength THEN h.until_on END) OVER (PARTITION BY h.person_id) AS expires_on
  FROM held h JOIN best b USING (person_id)
),
named AS (SELECT DISTINCT person_id, rule, weight FROM held),
names AS (SELECT person_id, list(rule ORDER BY weight) AS rules FROM named GROUP BY person_id)
SELECT person_id, grade, rules, evidence, $protocol AS protocol, $as_of::DATE AS as_of, expires_on::DATE AS expires_on
FROM one JOIN names USING (person_id) WHERE nth = 1 ORDER BY person_id
"""
