"""Answers -> the one outcome of each lead. Observations never overwrite each other; arrival order means nothing."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from wangge.base.errors import WanggeError
from wangge.frame import query
from wangge.tables.shapes import ANSWER, LEAD, OUTCOME

JUDGED = """
WITH seen AS (SELECT DISTINCT a.* FROM answers a JOIN leads USING (lead_id)),
parts AS (
  SELECT *, CASE WHEN hour(local_at) >= $evening OR hour(local_at) < $morning THEN 4
                 WHEN hour(local_at) >= $afternoon THEN 2 ELSE 1 END AS part
  FROM (SELECT *, observed_at::TIMESTAMP + INTERVAL 8 HOUR AS local_at FROM seen)
),
counted AS (
  SELECT *, count(*) FILTER (result = 'not_found') OVER so_far AS attempts,
         bit_count(coalesce(bit_or(part) FILTER (result = 'not_found') OVER so_far, 0)) AS day_parts
  FROM parts
  WINDOW so_far AS (PARTITION BY lead_id ORDER BY observed_at, answer_id, result, person, residence, status, "by"
                    ROWS UNBOUNDED PRECEDING)
)
SELECT lead_id, answer_id, observed_at, result, person, residence, status, "by",
       CASE WHEN list_contains($other, result) THEN result
            WHEN result = 'not_found' AND attempts >= $attempts AND day_parts >= $least_parts THEN 'not_found'
            WHEN list_contains($f_result, result) AND list_contains($f_person, person)
             AND list_contains($f_residence, residence) AND list_contains($f_status, status) THEN 'full'
            WHEN list_contains($v_result, result) AND list_contains($v_person, person)
             AND list_contains($v_status, status) THEN 'video' END AS ends,
       result = 'visited' AS tried_inside
FROM counted
"""

OUTCOMES = """
WITH ranked AS (
  SELECT *, row_number() OVER (PARTITION BY lead_id ORDER BY ends IS NULL, observed_at DESC, answer_id DESC, result,
                               person, residence, status, "by") AS nth,
         bool_or(tried_inside) OVER (PARTITION BY lead_id) AS tried
  FROM judged
)
SELECT l.lead_id, coalesce(r.ends, CASE WHEN r.tried THEN 'partial' END) AS outcome,
       r.ends IS NOT NULL AS is_closed, r.answer_id, false AS needs_recheck
FROM leads l LEFT JOIN ranked r ON l.lead_id = r.lead_id AND r.nth = 1 ORDER BY l.lead_id
"""

CONFLICTS = """
SELECT DISTINCT a.lead_id, a.answer_id, b.answer_id AS other_answer_id
FROM judged a JOIN judged b ON a.lead_id = b.lead_id AND a.ends <> b.ends
     AND (a.observed_at, a.answer_id) < (b.observed_at, b.answer_id)
WHERE b.observed_at - a.observed_at <= to_hours($hours) ORDER BY ALL
"""


def verify(leads: pa.Table, answers: pa.Table) -> pa.Table:
    """Exactly one row a lead: LEAD, ANSWER -> OUTCOME, by lead_id.

    The latest terminal observation wins: full (person, dwelling and status seen), video, or a terminal other;
    not_found only after enough attempts in enough parts of the day. Without one the lead is open: `partial` says
    that somebody was let in but the work is not done, null that nobody answered yet. Answers to leads that are not
    in the table change nothing.
    """
    leads = LEAD.hand_over(leads)
    return OUTCOME.hand_over(query(OUTCOMES, leads=leads, judged=judged(leads, answers)))


def conflicts(leads: pa.Table, answers: pa.Table) -> pa.Table:
    """Pairs of terminal observations of one lead that differ within a day: a person must decide.

    -> lead_id, answer_id, other_answer_id (the later one)
    """
    return query(CONFLICTS, {"hours": closing()["conflict"]["hours"]}, judged=judged(LEAD.hand_over(leads), answers))


def conserve(leads: pa.Table, outcomes: pa.Table) -> dict[str, int]:
    """leads = outcomes + open, each counted apart. -> leads, outcomes, open, difference (0)

    Raises E7004 when a lead was lost, doubled or answered twice.
    """
    n, closed = len(set(leads.column("lead_id").to_pylist())), pc.fill_null(outcomes.column("is_closed"), False)
    ended, still_open = int(pc.sum(closed).as_py() or 0), int(pc.sum(pc.invert(closed)).as_py() or 0)
    known = pc.is_in(outcomes.column("lead_id"), value_set=leads.column("lead_id").combine_chunks())
    strays = outcomes.num_rows - int(pc.sum(known).as_py() or 0)
    balance = {
        "leads": leads.num_rows,
        "outcomes": ended,
        "open": still_open,
        "difference": leads.num_rows - ended - still_open,
    }
    if balance["difference"] or strays or n != leads.num_rows:
        raise WanggeError("E7004", **balance)
    return balance


@cache
def closing() -> dict[str, Any]:
    """What ends a lead, from closing.toml."""
    return tomllib.loads(resources.files(__package__).joinpath("closing.toml").read_text("utf-8"))


def judged(leads: pa.Table, answers: pa.Table) -> pa.Table:
    """What each answer to these leads ends by itself, with the attempts before it. LEAD, ANSWER -> lead_id, answer_id, ends …"""
    rules = closing()
    params = {f"f_{k}": v for k, v in rules["full"].items()} | {f"v_{k}": v for k, v in rules["video"].items()}
    hours = {k: rules["not_found"][k] for k in ("morning", "afternoon", "evening", "attempts")}
    params |= {"other": rules["other"]["result"], "least_parts": rules["not_found"]["day_parts"], **hours}
    return query(JUDGED, params, leads=leads.select(["lead_id"]), answers=ANSWER.hand_over(answers))
