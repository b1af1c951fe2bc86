"""The gap map: of every question a standing profile needs, who answered, who did not, and whom nobody ever asked."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pyarrow.compute as pc

from wangge import policy
from wangge.base.errors import WanggeError
from wangge.dictionary import elements
from wangge.frame import query
from wangge.insight.profile import CARE, PURPOSES, profiles
from wangge.tables.shapes import FACT, GAP, PROFILED, REPLY

STATES = ("answered", "stale", "refused", "not_known", "never_asked")
ASKED_AGAIN = ("never_asked", "stale", "not_known")  # a refusal stands: nobody comes back for it (red line R18)
NEEDED = pa.schema(
    [("profile", pa.string()), ("holds", pa.string()), ("element", pa.string()), ("of_person", pa.bool_())]
)

NEEDS = """
SELECT household_id, CASE WHEN of_person THEN person_id END AS person_id, element, list_sort(list_distinct(list(profile))) AS profiles
FROM held JOIN needed USING (profile, holds) GROUP BY 1, 2, 3
"""
# A list that says the believed value again confirms it; one that says otherwise does not. A fact without a day is an answer of
# unknown age: enough where answers do not age, too old where they do.
MAP = """
WITH told AS (
  SELECT NULL AS household_id, person_id, element, collected_on AS on_day, 'answered' AS said
  FROM facts WHERE (believed OR why = 'agrees') AND (collected_on IS NULL OR collected_on <= $as_of)
  UNION ALL SELECT household_id, person_id, element, collected_on, said FROM replies WHERE collected_on <= $as_of
),
of_people AS (SELECT person_id, element, {sums} FROM told WHERE person_id IS NOT NULL GROUP BY 1, 2),
of_homes AS (SELECT household_id, element, {sums} FROM told WHERE person_id IS NULL GROUP BY 1, 2),
met AS (
  SELECT n.household_id, n.person_id, n.element, n.profiles, coalesce(p.n, h.n, 0) > 0 AS has_answer,
         coalesce(p.known_on, h.known_on) AS known_on, coalesce(p.other_on, h.other_on) AS other_on,
         coalesce(p.other, h.other) AS other, coalesce(p.asked_on, h.asked_on) AS asked_on
  FROM needs n LEFT JOIN of_people p ON n.person_id = p.person_id AND n.element = p.element
       LEFT JOIN of_homes h ON n.person_id IS NULL AND n.household_id = h.household_id AND n.element = h.element
)
SELECT household_id, person_id, element, asked_on, profiles,
       CASE WHEN has_answer AND (fresh_days = 0 OR known_on >= $as_of::DATE - fresh_days::INTEGER) THEN 'answered'
            WHEN other IS NOT NULL AND (known_on IS NULL OR other_on > known_on) THEN other
            WHEN has_answer THEN 'stale' ELSE 'never_asked' END AS state
FROM met JOIN fresh USING (element) ORDER BY household_id, person_id NULLS FIRST, element
"""
SUMS = """count(*) FILTER (said = 'answered') AS n, max(on_day) FILTER (said = 'answered') AS known_on,
  max(on_day) FILTER (said <> 'answered') AS other_on, max(on_day) AS asked_on,
  arg_max(said, (on_day, said = 'not_known')) FILTER (said <> 'answered') AS other"""


def gaps(held: pa.Table, facts: pa.Table, replies: pa.Table, as_of: dt.date) -> pa.Table:
    """PROFILED, FACT and REPLY -> GAP: one row a question, with exactly one state.

    answered: young enough by the dictionary's fresh_days (counting the day itself). refused and not_known: the newest word
    where no young answer stands; on one day an answer beats both, and "don't know" beats a refusal, because somebody
    spoke. stale: an older answer, or one of unknown age where answers age. never_asked: nobody did.
    """
    needs = query(NEEDS, held=PROFILED.hand_over(held), needed=_needed())
    fresh = pa.table({"element": list(elements()), "fresh_days": [one.fresh_days for one in elements().values()]})
    tables = {"facts": FACT.hand_over(facts), "replies": REPLY.hand_over(replies)}
    return GAP.hand_over(query(MAP.format(sums=SUMS), {"as_of": as_of}, needs=needs, fresh=fresh, **tables))


def _needed() -> pa.Table:
    """What each profile asks where it holds, and where nobody knows."""
    rows = [
        {"profile": one.name, "holds": holds, "element": element, "of_person": not element.startswith(CARE)}
        for one in profiles().values()
        for holds, asked in (("yes", one.asks), ("unknown", one.first))
        for element in asked
    ]
    return pa.Table.from_pylist(rows, schema=NEEDED)


def gap_counts(found: pa.Table, located: pa.Table) -> pa.Table:
    """grid_code (null: in no grid), element, households, and one count a state. GAP and LOCATED in; nobody is named."""
    states = ", ".join(f"count(*) FILTER (state = '{state}') AS {state}" for state in STATES)
    return query(
        f"""SELECT grid_code, element, count(DISTINCT household_id) AS households, {states}
            FROM found LEFT JOIN located USING (household_id) GROUP BY 1, 2 ORDER BY 1, 2""",
        found=GAP.hand_over(found),
        located=located,
    )


def to_ask(found: pa.Table, *, role: str, purpose: str, states: tuple[str, ...] = ASKED_AGAIN) -> pa.Table:
    """The gaps among these questions, and of them only what the policy lets `role` see for `purpose`. -> GAP

    E3876 where the purpose is none of care.
    """
    if purpose not in PURPOSES:
        raise WanggeError("E3876", purpose=purpose)
    granted = pa.array(sorted(policy.elements_for(role, purpose)), pa.string())
    found = GAP.hand_over(found)
    wanted = pc.and_(
        pc.is_in(found["state"], value_set=pa.array(states)), pc.is_in(found["element"], value_set=granted)
    )
    return found.filter(wanted)


def targeted(found: pa.Table, *, role: str, purpose: str, states: tuple[str, ...] = ASKED_AGAIN) -> pa.Table:
    """Only the gaps, door by door, as an envelope would take them: household_id, n_questions, elements, people.

    `elements` and `people` run in step (an empty text: the household itself). Chosen by to_ask().
    """
    return query(DOORS, found=to_ask(found, role=role, purpose=purpose, states=states))


DOORS = """SELECT household_id, count(*)::INTEGER AS n_questions, list(element ORDER BY element, person_id) AS elements,
       list(coalesce(person_id, '') ORDER BY element, person_id) AS people
FROM found GROUP BY 1 ORDER BY 1"""
