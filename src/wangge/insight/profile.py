"""The shelf of standing profiles, and of whom they hold: from birth dates, the roster and what households said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from wangge.base.errors import WanggeError
from wangge.base.shelf import ShelfError, members
from wangge.dictionary import elements
from wangge.frame import evaluate, query
from wangge.insight import profiles as package
from wangge.tables.shapes import PERSON, PROFILED, REPLY

LANGUAGES = ("zh-hans", "zh-hant", "en")
CARE = "care."  # elements of the household, said by itself
PURPOSES = ("care",)  # for which a list of names may be drawn
ANSWERS = tuple(name.removeprefix(CARE) for name, one in elements().items() if name.startswith(CARE) and not one.banned)
COUNTS = ("age", "days_here", "n_people", "n_children", "n_unknown_age", "n_women_15_49")
KNOWN = pa.schema(
    [
        ("household_id", pa.string()),
        ("person_id", pa.string()),
        *((name, pa.int32()) for name in COUNTS),
        *((name, pa.string()) for name in ANSWERS),
    ]
)
HOMES = pa.schema([("person_id", pa.string()), ("from_on", pa.date32())])


@dataclass(frozen=True)
class Profile:
    """One standing profile. `first` is asked while nobody knows whether it holds, `asks` where it holds."""

    name: str
    subject: str
    label: dict[str, str]
    meaning: str
    first: tuple[str, ...]
    asks: tuple[str, ...]
    holds: Callable[[ir.Table], ir.BooleanValue]
    examples: tuple[tuple[dict[str, object], str], ...]


@cache
def profiles() -> dict[str, Profile]:
    """All profiles by name. Raises ShelfError for one that lacks a part or asks what may not be asked."""
    found = {}
    for name, module in members(package, ("SUBJECT", "LABEL", "FIRST", "ASKS", "EXAMPLES", "holds")).items():
        meaning = (module.__doc__ or "").strip()
        one = Profile(
            name, module.SUBJECT, module.LABEL, meaning, module.FIRST, module.ASKS, module.holds, module.EXAMPLES
        )
        _refuse_unfit(one)
        found[name] = one
    return found


def profile(name: str) -> Profile:
    """One profile of the shelf. E3877 for a name that is not on it."""
    known = profiles()
    if name not in known:
        raise WanggeError("E3877", profile=name, known=", ".join(known))
    return known[name]


def _refuse_unfit(one: Profile) -> None:
    answers = {answer for _, answer in one.examples}
    if one.subject not in ("person", "household") or set(one.label) != set(LANGUAGES) or not {"yes", "no"} <= answers:
        raise ShelfError(f"{one.name}: SUBJECT, LABEL or EXAMPLES is not complete")
    for element in (*one.first, *one.asks):
        entry = elements().get(element)
        if entry is None or entry.banned:
            raise ShelfError(f"{one.name} asks {element}, which is unknown or banned")
        if one.subject == "household" and not element.startswith(CARE):
            raise ShelfError(f"{one.name} is of households and asks {element} of a person")


# Full years: somebody born on 29 February is a year older on 1 March of a common year. A birth date later than the day asked about,
# or one that would make somebody older than anybody ever was, is unknown.
PERSONS = """
WITH aged AS (
  SELECT household_id, person_id, sex, CASE WHEN birth_date <= $as_of AND years <= 125 THEN years END AS age FROM (
    SELECT household_id, person_id, sex, birth_date, year($as_of::DATE) - year(birth_date)
           - (month($as_of::DATE) * 100 + day($as_of::DATE) < month(birth_date) * 100 + day(birth_date))::INTEGER AS years
    FROM people)
)
SELECT a.household_id, a.person_id, age, date_diff('day', from_on, $as_of::DATE) AS days_here,
       count(*) OVER home AS n_people, count(*) FILTER (age < 14) OVER home AS n_children,
       count(*) FILTER (age IS NULL) OVER home AS n_unknown_age,
       count(*) FILTER (coalesce(sex, '0') <> '1' AND coalesce(age, 30) BETWEEN 15 AND 49) OVER home AS n_women_15_49
FROM aged a LEFT JOIN (SELECT person_id, max(from_on) AS from_on FROM homes WHERE from_on <= $as_of GROUP BY 1) USING (person_id)
WINDOW home AS (PARTITION BY a.household_id)
"""
# What was said last. A "no" that is too old is no longer known; a "yes" stays until somebody says otherwise.
SAID = """
WITH newest AS (SELECT household_id, element[6:] AS name, arg_max(value, collected_on) AS value, max(collected_on) AS on_day
                FROM replies WHERE said = 'answered' AND element[1:5] = 'care.' AND collected_on <= $as_of GROUP BY 1, 2)
SELECT household_id, {columns} FROM newest JOIN fresh USING (name)
WHERE value = 'yes' OR fresh_days = 0 OR on_day >= $as_of::DATE - fresh_days::INTEGER GROUP BY household_id
"""


def known(people: pa.Table, replies: pa.Table, as_of: dt.date, homes: pa.Table | None = None) -> pa.Table:
    """What profiles may read of each person: age, roster, days since arrival, what the household said. -> KNOWN

    PERSON and REPLY in; `homes` (person_id, from_on) where the day of arrival is known. A person without a household is
    a household of one for nobody: left out.
    """
    people, replies = PERSON.hand_over(people), REPLY.hand_over(replies)
    homes = HOMES.empty_table() if homes is None else homes.select(HOMES.names).cast(HOMES)
    persons = query(PERSONS, {"as_of": as_of}, people=people.filter(pc.field("household_id").is_valid()), homes=homes)
    fresh = pa.table({"name": list(ANSWERS), "fresh_days": [elements()[CARE + name].fresh_days for name in ANSWERS]})
    columns = ", ".join(f"max(value) FILTER (name = '{name}') AS {name}" for name in ANSWERS)
    said = query(SAID.format(columns=columns), {"as_of": as_of}, replies=replies, fresh=fresh)
    wide = query("SELECT * FROM persons LEFT JOIN said USING (household_id)", persons=persons, said=said)
    return wide.select(KNOWN.names).cast(KNOWN)


def profiled(
    people: pa.Table,
    replies: pa.Table,
    as_of: dt.date,
    *,
    names: Sequence[str] = (),
    homes: pa.Table | None = None,
) -> pa.Table:
    """Of whom each profile (all, or `names`) holds, and of whom nobody knows. -> PROFILED, ordered by household

    Who is not in it: the profile does not hold. Nothing in it ranks anybody. E3877 for an unknown name.
    """
    chosen = [profile(name) for name in names] or list(profiles().values())
    table, parts = known(people, replies, as_of, homes), [PROFILED.empty()]
    for subject in ("person", "household"):
        mine = [one for one in chosen if one.subject == subject]
        if mine:
            rows = table if subject == "person" else query(HOUSEHOLDS, persons=table)
            parts += _held(rows, mine)
    return PROFILED.hand_over(query(ORDERED, rows=pa.concat_tables(parts)))


HOUSEHOLDS = "SELECT DISTINCT ON (household_id) * REPLACE (NULL::VARCHAR AS person_id, NULL::INTEGER AS age, NULL::INTEGER AS days_here) FROM persons"
ORDERED = "SELECT * FROM rows ORDER BY profile, household_id, person_id"


def _held(rows: pa.Table, mine: Sequence[Profile]) -> list[pa.Table]:
    """PROFILED of each of these profiles, asked of the engine at once."""
    found = evaluate(lambda k: k.select("household_id", "person_id", **{one.name: one.holds(k) for one in mine}), rows)
    parts = []
    for one in mine:
        hit = found[one.name]
        here = found.select(["household_id", "person_id"]).append_column(
            "holds", pc.if_else(hit.is_valid(), "yes", "unknown")
        )
        here = here.filter(pc.fill_null(hit, True))
        parts.append(PROFILED.hand_over(here.append_column("profile", pa.repeat(one.name, here.num_rows))))
    return parts


def tally(held: pa.Table, people: pa.Table) -> pa.Table:
    """profile, yes, unknown, no, whole (people, or households), share (per cent to one decimal; null of nobody).

    PROFILED and PERSON in. The share is of those known to be in it among all: with unknown ones it is "at least".
    """
    subjects = pa.table(
        {"profile": list(profiles()), "of_people": [one.subject == "person" for one in profiles().values()]}
    )
    return query(TALLY, held=PROFILED.hand_over(held), people=PERSON.hand_over(people), subjects=subjects)


TALLY = """
WITH sizes AS (SELECT count(*) FILTER (household_id IS NOT NULL) AS people, count(DISTINCT household_id) AS homes FROM people),
found AS (SELECT profile, count(*) FILTER (holds = 'yes') AS yes, count(*) FILTER (holds = 'unknown') AS unknown FROM held GROUP BY 1)
SELECT s.profile, coalesce(yes, 0) AS yes, coalesce(unknown, 0) AS unknown, whole - coalesce(yes, 0) - coalesce(unknown, 0) AS no,
       whole, round(100.0 * coalesce(yes, 0) / nullif(whole, 0), 1) AS share
FROM (SELECT profile, CASE WHEN of_people THEN people ELSE homes END AS whole FROM subjects, sizes) s
LEFT JOIN found USING (profile) ORDER BY s.profile
"""
