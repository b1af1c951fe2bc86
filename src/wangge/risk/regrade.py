"""Grades roll: when evidence arrives or ends, only the people it touches are asked again."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pyarrow as pa

from wangge.frame import query
from wangge.risk.grade import grade
from wangge.tables import Protocol
from wangge.tables.shapes import GRADE


@dataclass(frozen=True)
class Change:
    """What differs between two days: GRADE rows that came, that became another, that ended (as they were)."""

    came: pa.Table
    changed: pa.Table
    ended: pa.Table


def due(grades: pa.Table, as_of: dt.date) -> pa.Array:
    """The people of whom a rule stops holding before `as_of`: time alone changes theirs. -> person_id"""
    sql = "SELECT person_id FROM grades WHERE next_on < $as_of ORDER BY 1"
    return query(sql, {"as_of": as_of}, grades=grades).column(0).combine_chunks()


def regrade(grades: pa.Table, exposures: pa.Table, touched: pa.Array, protocol: Protocol, as_of: dt.date) -> pa.Table:
    """Yesterday's grades, today's: the same as `grade` on all exposures, at the price of what changed. -> GRADE

    touched: person_id of everybody whose exposures came, went or were corrected since, and of everybody in
    `due(grades, as_of)`. exposures: all exposures of the touched, at least; those of others are left unread.
    """
    asked = pa.table({"person_id": touched.cast(pa.string())})
    theirs = query("SELECT e.* FROM exposures e SEMI JOIN asked USING (person_id)", exposures=exposures, asked=asked)
    sql = """
    SELECT * REPLACE ($as_of::DATE AS as_of) FROM grades ANTI JOIN asked USING (person_id)
    UNION ALL BY NAME SELECT * FROM anew ORDER BY person_id
    """
    anew = grade(theirs, protocol, as_of)
    return GRADE.hand_over(query(sql, {"as_of": as_of}, grades=grades, asked=asked, anew=anew))


def difference(before: pa.Table, after: pa.Table) -> Change:
    """What a reviewer looks at: not the whole batch, but what is new, other or over since the last one."""
    came = "SELECT a.* FROM after a ANTI JOIN before b USING (person_id) ORDER BY person_id"
    ended = "SELECT b.* FROM before b ANTI JOIN after a USING (person_id) ORDER BY person_id"
    changed = """
    SELECT a.* FROM after a JOIN before b USING (person_id)
    WHERE (a.grade, a.rules, a.expires_on) IS DISTINCT FROM (b.grade, b.rules, b.expires_on) ORDER BY person_id
    """
    return Change(*(GRADE.hand_over(query(sql, before=before, after=after)) for sql in (came, changed, ended)))
