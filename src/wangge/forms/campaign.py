"""A campaign: laid out by grid and day, followed against its frame, and honestly forecast."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from wangge.base.errors import WanggeError
from wangge.forms.price import budget, load_table, minutes_of
from wangge.frame import query
from wangge.tables.shapes import CAMPAIGN_DOOR, DOOR_PLAN, DWELLING, GAP, LOCATED, QUESTION, WORKER

PLACES = pa.schema([("door_id", pa.string()), *((n, pa.string()) for n in ("compound", "building", "unit", "room"))])


def gap_questions(gaps: pa.Table, located: pa.Table) -> pa.Table:
    """GAP rows that are to be asked, with the grid of each household. -> QUESTION, one row a question"""
    return QUESTION.hand_over(query(GAP_QUESTIONS, gaps=GAP.hand_over(gaps), located=LOCATED.hand_over(located)))


GAP_QUESTIONS = """SELECT household_id AS door_id, grid_code, element, count(*)::DOUBLE AS times
FROM gaps LEFT JOIN located USING (household_id) GROUP BY 1, 2, 3 ORDER BY 1, 3"""


def census_questions(dwellings: pa.Table, roster: pa.Table | None = None) -> pa.Table:
    """DWELLING -> what a census asks behind every door of the frame: each element once a person. -> QUESTION

    `roster` (dwelling_id, n_people) where the register knows it; else people_a_door of budget.toml. Units that are no
    homes are part of the frame too: somebody must look once.
    """
    chosen = budget()["census"]
    roster = (
        pa.table({"dwelling_id": pa.array([], pa.string()), "n_people": pa.array([], pa.int64())})
        if roster is None
        else roster
    )
    asked = pa.table({"element": pa.array(chosen["elements"], pa.string())})
    given = {"guess": float(chosen["people_a_door"])}
    return QUESTION.hand_over(
        query(CENSUS_QUESTIONS, given, dwellings=DWELLING.hand_over(dwellings), roster=roster, asked=asked)
    )


CENSUS_QUESTIONS = """SELECT d.dwelling_id AS door_id, d.grid_code, element, coalesce(nullif(r.n_people, 0), $guess)::DOUBLE AS times
FROM dwellings d CROSS JOIN asked LEFT JOIN roster r USING (dwelling_id) ORDER BY 1, 3"""

# The doors of a grid in walking order (compound, building, unit, room), cut into equal shares for its holders, each share cut into
# days by the holder's daily minutes over all the holder's grids: a door belongs to the day in which the middle of its visit falls.
# Numbers sort as numbers: 2 before 10.
LAID_OUT = """
WITH asked AS (SELECT door_id, grid_code, $door + sum(times * minutes) AS minutes
               FROM questions JOIN cost USING (element) WHERE grid_code IS NOT NULL GROUP BY 1, 2),
held AS (SELECT grid_code, worker_id, greatest(0, max(w.minutes_a_day) * $share - coalesce(max(l.minutes_a_day), 0)) AS budget,
                row_number() OVER (PARTITION BY grid_code ORDER BY worker_id) - 1 AS nth, count(*) OVER (PARTITION BY grid_code) AS n
         FROM workers w LEFT JOIN load l USING (worker_id) GROUP BY 1, 2),
walked AS (
  SELECT a.*, {way} AS way, sum(minutes) OVER (PARTITION BY grid_code ORDER BY {way}, door_id) - minutes AS before,
         sum(minutes) OVER (PARTITION BY grid_code) AS whole FROM asked a LEFT JOIN places p USING (door_id)),
shared AS (SELECT w.*, h.worker_id, h.budget FROM walked w JOIN held h
           ON w.grid_code = h.grid_code AND h.nth = least(h.n - 1, floor(before / whole * h.n)::BIGINT)),
queued AS (SELECT *, sum(minutes) OVER mine - minutes AS ahead, row_number() OVER mine AS place
           FROM shared WINDOW mine AS (PARTITION BY worker_id ORDER BY grid_code, way, door_id))
SELECT door_id, grid_code, worker_id, place AS "order", minutes,
       least(CASE WHEN budget > 0 THEN floor((ahead + minutes / 2) / budget)::BIGINT END, $working - 1) AS nth_day
FROM queued ORDER BY worker_id, place
"""
WAY = ", ".join(f"lpad(coalesce(nullif(regexp_replace({n}, '\\D', '', 'g'), ''), '0'), 8, '0') || coalesce({n}, '')"
                for n in ("compound", "building", "unit", "room"))  # fmt: skip


def lay_out(
    questions: pa.Table,
    places: pa.Table,
    workers: pa.Table,
    *,
    starts_on: dt.date,
    due_on: dt.date,
    share: float | None = None,
    load: pa.Table | None = None,
) -> pa.Table:
    """Every door to one holder of its grid and one day, as early as the daily budget allows: what is left over is slack for doors
    where nobody was at home. -> DOOR_PLAN

    QUESTION, places (door_id, compound, building, unit, room) and WORKER in. Doors of grids without a holder are not in
    it: price() refuses such a campaign first. `load` as there. Every seventh day is free. E3879 where the deadline lies before the start.
    """
    free = budget()
    days = [starts_on + dt.timedelta(days=i) for i in range((due_on - starts_on).days + 1)]
    working = [day for i, day in enumerate(days, 1) if i % free["rest_every"]]
    if not working:
        raise WanggeError("E3879", most=free["most_days"])
    asked = questions["element"].unique().to_pylist()
    cost = pa.table({"element": pa.array(asked, pa.string()), "minutes": [minutes_of(one) for one in asked]})
    given = {"door": float(free["minutes_a_door"]), "working": len(working),
             "share": float(free["share_of_day"]) if share is None else share}  # fmt: skip
    rows = query(LAID_OUT.format(way=f"concat_ws('/', {WAY})"), given, questions=QUESTION.hand_over(questions),
                 places=places.select(PLACES.names).cast(PLACES), workers=WORKER.hand_over(workers), cost=cost,
                 load=load_table(load))  # fmt: skip
    on = pa.array(working, pa.date32()).take(rows["nth_day"].combine_chunks())
    return DOOR_PLAN.hand_over(rows.append_column("planned_on", on))


def progress(doors: pa.Table, today: dt.date) -> pa.Table:
    """CAMPAIGN_DOOR -> grid_code, frame, confirmed, refused, tried, unconfirmed, planned (by the evening before), done (of all), is_late.

    Every door of the frame counts once, so nothing goes above it. Refused is an outcome, and not confirmed. A grid is late
    when more than late_share (budget.toml) of what was planned until the evening before is not settled.
    """
    return query(
        PROGRESS, {"today": today, "late": float(budget()["late_share"])}, doors=CAMPAIGN_DOOR.hand_over(doors)
    )


PROGRESS = """
SELECT grid_code, count(*) AS frame, count(*) FILTER (state = 'confirmed') AS confirmed, count(*) FILTER (state = 'refused') AS refused,
       count(*) FILTER (state = 'open' AND tried > 0) AS tried, count(*) FILTER (state <> 'confirmed') AS unconfirmed,
       count(*) FILTER (state <> 'open') AS done, count(*) FILTER (planned_on < $today) AS planned,
       count(*) FILTER (planned_on < $today) * (1 - $late) > count(*) FILTER (state <> 'open') AS is_late
FROM (SELECT DISTINCT ON (door_id) * FROM doors) GROUP BY 1 ORDER BY 1 NULLS LAST
"""


def by_day(doors: pa.Table) -> pa.Table:
    """CAMPAIGN_DOOR -> grid_code, day, planned, done: what was to be done and what was, by grid and day."""
    return query(BY_DAY, doors=CAMPAIGN_DOOR.hand_over(doors))


BY_DAY = """SELECT grid_code, day, sum(planned)::INTEGER AS planned, sum(done)::INTEGER AS done FROM (
  SELECT grid_code, planned_on AS day, 1 AS planned, 0 AS done FROM doors
  UNION ALL SELECT grid_code, settled_on, 0, 1 FROM doors WHERE settled_on IS NOT NULL)
GROUP BY 1, 2 ORDER BY 1 NULLS LAST, 2"""


def forgotten(doors: pa.Table, today: dt.date) -> pa.Table:
    """Buildings that were planned before today and at which nobody has been: grid_code, place, doors. The most doors first."""
    return query(FORGOTTEN, {"today": today}, doors=CAMPAIGN_DOOR.hand_over(doors))


FORGOTTEN = """SELECT grid_code, place, count(*) AS doors FROM doors GROUP BY 1, 2
HAVING bool_and(state = 'open' AND tried = 0) AND bool_or(planned_on < $today) ORDER BY doors DESC, 1, 2"""


class Forecast(NamedTuple):
    """When the last grid is done. `why`: finished, too_early (fewer than two whole days), standing (a grid does not move), pace."""

    why: str
    expected_on: dt.date | None = None
    earliest_on: dt.date | None = None
    latest_on: dt.date | None = None
    n_days: int = 0


def forecast(doors: pa.Table, *, starts_on: dt.date, until: dt.date) -> Forecast:
    """From the whole days `starts_on` .. `until`: the last grid's finishing day at its own mean pace, and between its fastest and
    slowest day. No bell curve is claimed: a handful of days does not carry one. -> Forecast

    With a constant pace all three days are one and are right. A slowest day of nothing leaves `latest_on` open (None).
    """
    doors, n_days = CAMPAIGN_DOOR.hand_over(doors), (until - starts_on).days + 1
    left = doors.filter(pc.field("state") == "open")
    if not left.num_rows:
        last = pc.max(doors["settled_on"]).as_py()
        return Forecast("finished", last, last, last, max(n_days, 0))
    if n_days < 2:
        return Forecast("too_early", n_days=max(n_days, 0))
    days = pa.table({"day": pa.array([starts_on + dt.timedelta(days=i) for i in range(n_days)], pa.date32())})
    row = query(PACE, {"until": until}, doors=doors, days=days).to_pylist()[0]
    if row["mean"] is None:
        return Forecast("standing", n_days=n_days)
    on = [None if row[n] is None else until + dt.timedelta(days=int(row[n])) for n in ("mean", "fast", "slow")]
    return Forecast("pace", on[0], on[1], on[2], n_days)


# Days still needed after `until`, grid by grid; a grid that has not moved makes the whole unknown (null wins over any number).
PACE = """
WITH done AS (SELECT grid_code, settled_on AS day, count(*) AS n FROM doors WHERE settled_on <= $until GROUP BY 1, 2),
grids AS (SELECT grid_code, count(*) - count(*) FILTER (settled_on <= $until) AS remaining FROM doors GROUP BY 1),
pace AS (SELECT grids.grid_code, remaining, avg(coalesce(n, 0)) AS mean, max(coalesce(n, 0)) AS fast, min(coalesce(n, 0)) AS slow
         FROM grids CROSS JOIN days LEFT JOIN done ON done.grid_code IS NOT DISTINCT FROM grids.grid_code AND done.day = days.day
         WHERE remaining > 0 GROUP BY 1, 2)
SELECT CASE WHEN bool_and(mean > 0) THEN max(ceil(remaining / nullif(mean, 0) - 1e-9)) END AS mean,
       CASE WHEN bool_and(fast > 0) THEN max(ceil(remaining / nullif(fast, 0) - 1e-9)) END AS fast,
       CASE WHEN bool_and(slow > 0) THEN max(ceil(remaining / nullif(slow, 0) - 1e-9)) END AS slow FROM pace
"""
