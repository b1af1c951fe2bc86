"""Hidden sources: where, and only then who, may have infected the cases whose source nobody reported.

Score: for each case without a known source, log(1 + rate * w / background), where w is the hours shared times the density of
the incubation period back from onset; less what so much contact makes one expect anyway. The second term is what a plain
count lacks: it takes the weight off the busy cashier whom everybody met and from whom few caught it. Places come first: they
name nobody, and people can be sent there to be tested. The score says where to look, never who is guilty.

Source: a Poisson likelihood-ratio scan; parameters in `hidden.toml`.
"""

from __future__ import annotations

import math
import tomllib
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

import pyarrow as pa

from wangge.base.errors import WanggeError
from wangge.frame import query
from wangge.tables.shapes import CASE, VISIT

PLACES = pa.schema([("rank", pa.int32()), ("place_id", pa.string()), ("score", pa.float64()), ("n_cases", pa.int32()),
                    ("from_on", pa.date32()), ("to_on", pa.date32())])  # fmt: skip
PERSONS = pa.schema([("rank", pa.int32()), ("person_id", pa.string()), ("score", pa.float64()), ("n_cases", pa.int32()),
                     ("from_on", pa.date32()), ("to_on", pa.date32())])  # fmt: skip

# Somebody's hours in a room on a Beijing day. `hall/3` is a room of the place `hall`.
STAYS = """
SELECT person_id, place_id AS room, split_part(place_id, '/', 1) AS place, (start_at + INTERVAL 8 HOUR)::DATE AS on_day,
       sum(date_diff('second', start_at, end_at)) / 3600.0 AS hours
FROM visits WHERE end_at > start_at GROUP BY ALL
"""
DATED = """
SELECT person_id, min(onset_on) AS onset_on FROM cases WHERE onset_on IS NOT NULL AND person_id IS NOT NULL
GROUP BY person_id ORDER BY person_id
"""
# A case is explained when a reported case that was infectious met it in time, or fell ill before it in the same home.
UNEXPLAINED = """
WITH seen AS (SELECT s.person_id, s.room, s.on_day, c.onset_on FROM stays s JOIN cases c USING (person_id)),
met AS (
  SELECT DISTINCT i.person_id FROM seen i JOIN seen j ON i.room = j.room AND i.on_day = j.on_day AND i.person_id <> j.person_id
  WHERE i.onset_on - i.on_day BETWEEN 1 AND $longest AND j.on_day BETWEEN j.onset_on - $before AND j.onset_on + $after
), at_home AS (
  SELECT DISTINCT i.person_id FROM (SELECT * FROM cases JOIN households USING (person_id)) i
  JOIN (SELECT * FROM cases JOIN households USING (person_id)) j
    ON i.household_id = j.household_id AND i.onset_on - j.onset_on BETWEEN 1 AND $household
)
SELECT * FROM cases ANTI JOIN met USING (person_id) ANTI JOIN at_home USING (person_id) ORDER BY person_id
"""
ROOMS = "SELECT room, place, on_day, count(*) AS n, sum(hours) AS hours, least(1.0, $room / count(*)) AS w FROM stays GROUP BY ALL"
DENSITY = """exp(-power(ln(i.onset_on - s.on_day) - $mean, 2) / (2 * $sd * $sd))
             / ((i.onset_on - s.on_day) * $sd * sqrt(2 * pi()))"""

BY_PLACE = f"""
WITH block AS (SELECT *, floor((on_day - DATE '2020-01-01') / $days)::INTEGER AS b FROM rooms),
expected AS (SELECT place, b, sum(w * hours) AS hours, min(on_day) AS from_on, max(on_day) AS to_on FROM block GROUP BY ALL),
shared AS (
  SELECT r.place, r.b, i.person_id, sum(r.w * s.hours * {DENSITY}) AS x
  FROM stays s JOIN unexplained i USING (person_id) JOIN block r ON r.room = s.room AND r.on_day = s.on_day
  WHERE i.onset_on - s.on_day BETWEEN 1 AND $longest GROUP BY ALL
), scored AS (
  SELECT x.place, x.b, sum(ln(1 + $rate * x.x * $weight / $background)) - $rate * any_value(e.hours) * $expected AS score,
         any_value(e.from_on) AS from_on, any_value(e.to_on) AS to_on
  FROM shared x JOIN expected e USING (place, b) GROUP BY ALL
), counted AS (SELECT place, count(DISTINCT person_id) AS n_cases FROM shared GROUP BY place)
SELECT row_number() OVER (ORDER BY score DESC, place) AS rank, place AS place_id, score, n_cases, from_on, to_on
FROM scored JOIN counted USING (place)
QUALIFY row_number() OVER (PARTITION BY place ORDER BY score DESC, b) = 1 ORDER BY rank
"""

BY_PERSON = f"""
WITH gave AS (
  SELECT s.person_id, s.on_day, sum(r.w * least(s.hours, $most_hours) * (r.n - 1)) AS e
  FROM stays s JOIN rooms r ON r.room = s.room AND r.on_day = s.on_day GROUP BY ALL
), shared AS (
  SELECT j.person_id AS who, s.on_day, i.person_id, sum(r.w * least(s.hours, j.hours) * {DENSITY}) AS x
  FROM stays s JOIN unexplained i USING (person_id) JOIN rooms r ON r.room = s.room AND r.on_day = s.on_day
  JOIN (SELECT * FROM stays ANTI JOIN cases USING (person_id)) j ON j.room = s.room AND j.on_day = s.on_day
  WHERE i.onset_on - s.on_day BETWEEN 1 AND $longest GROUP BY ALL
), span AS (SELECT min(on_day) AS first, greatest(min(on_day), max(on_day) - ($days - 1)::INTEGER) AS last FROM stays
), windows AS (           -- windows lie inside the days that visits cover: outside them nobody expects anything
  SELECT who, on_day - k::INTEGER AS opens, person_id, sum(x) AS x FROM shared, range($days) t(k), span
  WHERE on_day - k::INTEGER BETWEEN first AND last GROUP BY ALL
), felt AS (
  SELECT who, opens, sum(ln(1 + $rate * x * $weight / $background)) AS gain FROM windows GROUP BY ALL
), expected AS (
  SELECT f.who, f.opens, any_value(f.gain) - $rate * coalesce(sum(g.e), 0) AS score
  FROM felt f LEFT JOIN gave g ON g.person_id = f.who AND g.on_day BETWEEN f.opens AND f.opens + ($days - 1)::INTEGER GROUP BY ALL
), counted AS (SELECT who, count(DISTINCT person_id) AS n_cases FROM shared GROUP BY who)
SELECT row_number() OVER (ORDER BY score DESC, who) AS rank, who AS person_id, score, n_cases, opens::DATE AS from_on,
       (opens + ($days - 1)::INTEGER)::DATE AS to_on
FROM expected JOIN counted USING (who)
QUALIFY row_number() OVER (PARTITION BY who ORDER BY score DESC, opens) = 1 ORDER BY rank
"""


class _Ground(NamedTuple):
    """What both questions start from."""

    stays: pa.Table
    rooms: pa.Table
    cases: pa.Table
    unexplained: pa.Table


def rank_places(visits: pa.Table, cases: pa.Table, households: pa.Table | None = None) -> pa.Table:
    """Places by how well they explain the cases without a known source. -> PLACES, the likeliest first

    visits VISIT (`hall/3` is a room of `hall`); cases CASE: those without an onset day explain nothing and are left out;
    households: person_id, household_id. n_cases counts the cases without a source that were there in time; from_on and to_on
    are the days that weigh most.
    """
    ground = _ground(visits, cases, households)
    given = parameters()
    ratio = given["ratio"]
    params = {**_density(given), "rate": ratio["rate"], "background": ratio["background"], "weight": ratio["place_weight"],
              "expected": ratio["place_expected"], "days": ratio["place_days"]}  # fmt: skip
    found = query(BY_PLACE, params, stays=ground.stays, rooms=ground.rooms, unexplained=ground.unexplained)
    return found.cast(PLACES)


def rank_persons(
    visits: pa.Table, cases: pa.Table, households: pa.Table | None = None, *, authority: str, document: str
) -> pa.Table:
    """People who are no cases, by how well they explain the cases without a source. -> PERSONS, the likeliest first

    FOR AUTHORISED EPIDEMIOLOGISTS ONLY: `authority` names who asked and `document` under which order; the caller logs every
    look and lets the list expire. Nothing follows from a rank but a question. Raises E5033 without both.
    """
    if not authority.strip() or not document.strip():
        raise WanggeError("E5033")
    ground = _ground(visits, cases, households)
    given = parameters()
    ratio = given["ratio"]
    params = {**_density(given), "rate": ratio["rate"], "background": ratio["background"], "weight": ratio["person_weight"],
              "days": ratio["person_days"], "most_hours": ratio["person_hours"]}  # fmt: skip
    return query(BY_PERSON, params, **ground._asdict()).cast(PERSONS)


def unexplained_cases(visits: pa.Table, cases: pa.Table, households: pa.Table | None = None) -> pa.Table:
    """Cases that no reported case can have infected, as far as the visits tell. -> person_id, onset_on"""
    return _ground(visits, cases, households).unexplained


@cache
def parameters() -> dict[str, Any]:
    """hidden.toml as it stands."""
    return tomllib.loads(resources.files(__package__).joinpath("hidden.toml").read_text("utf-8"))


def incubation_density(days: float) -> float:
    """How likely so many days from infection to onset are, per day."""
    if days <= 0:
        return 0.0
    given = parameters()["incubation"]
    mean, sd = given["log_mean"], given["log_sd"]
    return float(math.exp(-((math.log(days) - mean) ** 2) / (2 * sd * sd)) / (days * sd * math.sqrt(2 * math.pi)))


def _density(given: dict[str, Any]) -> dict[str, Any]:
    incubation = given["incubation"]
    return {"mean": incubation["log_mean"], "sd": incubation["log_sd"], "longest": incubation["longest_days"]}


def _ground(visits: pa.Table, cases: pa.Table, households: pa.Table | None) -> _Ground:
    if households is None:
        households = pa.table({"person_id": pa.array([], pa.string()), "household_id": pa.array([], pa.string())})
    given = parameters()
    stays = query(STAYS, visits=VISIT.hand_over(visits))
    dated = query(DATED, cases=CASE.hand_over(cases))
    reported = given["reported"]
    params = {"longest": reported["longest_days"], "before": reported["days_before"], "after": reported["days_after"],
              "household": reported["household_days"]}  # fmt: skip
    unexplained = query(UNEXPLAINED, params, stays=stays, cases=dated, households=households)
    rooms = query(ROOMS, {"room": float(given["ratio"]["room"])}, stays=stays)
    return _Ground(stays, rooms, dated, unexplained)
