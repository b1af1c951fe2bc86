"""The price of a campaign before it starts: doors x questions x minutes, against the time workers have."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from wangge.base.errors import WanggeError
from wangge.dictionary import elements as dictionary
from wangge.frame import query
from wangge.tables.shapes import PRICE, QUESTION, WORKER

LOAD = pa.schema([("worker_id", pa.string()), ("minutes_a_day", pa.float64())])


class Price(NamedTuple):
    """PRICE by grid, and the sums. `days_needed` is null where somebody has no time at all, `drop` where dropping cannot help."""

    grids: pa.Table
    doors: int
    questions: float
    minutes: float
    days: int
    days_needed: int | None
    drop: tuple[str, ...] | None

    @property
    def is_over(self) -> bool:
        return bool(pc.any(self.grids["is_over"]).as_py())


@cache
def budget() -> dict[str, Any]:
    """Minutes a door and a question, share of the day, rest: from budget.toml."""
    return tomllib.loads(resources.files(__package__).joinpath("budget.toml").read_text("utf-8"))


def minutes_of(element: str) -> float:
    """How long asking one element takes, by its type; unknown types as text."""
    known = budget()["minutes_a_question"]
    entry = dictionary().get(element)
    return float(known.get(entry.type if entry else "text", known["text"]))


def work_days(days: int) -> int:
    """Days worked of so many in a row: one of every seven is free."""
    return max(0, days) - max(0, days) // int(budget()["rest_every"])


def days_for(working: int) -> int:
    """How many days in a row it takes to work on so many of them: the inverse of work_days."""
    every = int(budget()["rest_every"])
    return working + max(0, working - 1) // (every - 1)


# A door whose grid nobody knows has the price of its minutes and no worker, so it is over like a grid that nobody holds.
GRIDS = """
WITH asked AS (SELECT door_id, grid_code, sum(times) AS questions, sum(times * minutes) AS minutes
               FROM questions JOIN cost USING (element) GROUP BY 1, 2),
sums AS (SELECT grid_code, count(*) AS doors, sum(questions) AS questions, sum(minutes) + $door * count(*) AS minutes
         FROM asked GROUP BY 1),
held AS (SELECT DISTINCT grid_code, worker_id FROM workers),
holders AS (SELECT grid_code, count(*) AS workers FROM held GROUP BY 1),
has AS (SELECT worker_id, greatest(0, max(w.minutes_a_day) * $share - coalesce(max(l.minutes_a_day), 0)) AS budget
        FROM workers w LEFT JOIN load l USING (worker_id) GROUP BY 1),
burden AS (SELECT worker_id, sum(minutes / workers) AS minutes
           FROM sums JOIN holders USING (grid_code) JOIN held USING (grid_code) GROUP BY 1),
days AS (SELECT worker_id, minutes, budget, CASE WHEN budget > 0 THEN ceil(minutes / budget - 1e-9) END AS working
         FROM burden JOIN has USING (worker_id)),
busiest AS (
  SELECT grid_code, arg_max(minutes, rank) AS minutes, arg_max(budget, rank) AS budget, arg_max(coalesce(working, -1), rank) AS working
  FROM (SELECT h.grid_code, d.minutes, d.budget, d.working, (d.working IS NULL, d.working, d.minutes, d.worker_id) AS rank
        FROM held h JOIN days d USING (worker_id)) GROUP BY 1)
SELECT s.grid_code, s.doors, s.questions, s.minutes, coalesce(o.workers, 0) AS workers,
       b.minutes / $working AS minutes_a_worker_day, b.budget, nullif(b.working, -1)::INTEGER AS working,
       b.working IS NULL OR b.working = -1 OR b.working > $working AS is_over
FROM sums s LEFT JOIN holders o USING (grid_code) LEFT JOIN busiest b USING (grid_code) ORDER BY s.grid_code NULLS LAST
"""


def price(
    questions: pa.Table,
    workers: pa.Table,
    days: int,
    *,
    order: Sequence[str] = (),
    load: pa.Table | None = None,
    share: float | None = None,
) -> Price:
    """QUESTION and WORKER -> what asking them within `days` costs, by grid. -> Price

    A grid's minutes are shared evenly among its holders, a holder's grids add up, and `load` (worker_id, minutes_a_day: what other
    campaigns take already) leaves less. `order` names the elements, the most important first; where the price is over
    the budget, `drop` tells which must go from its end. E3872 with no question, E3879 for no day or too many.
    """
    if not 0 < days <= budget()["most_days"]:
        raise WanggeError("E3879", most=budget()["most_days"])
    if not questions.num_rows:
        raise WanggeError("E3872")
    given = QUESTION.hand_over(questions), WORKER.hand_over(workers), load_table(load)
    share = float(budget()["share_of_day"]) if share is None else share
    grids = _grids(*given, days, share)
    needed = _days_needed(grids)
    drop: tuple[str, ...] | None = ()
    if pc.any(grids["is_over"]).as_py():
        drop = _drop(*given, days, share, order)
    doors, asked, minutes = (pc.sum(grids[name]).as_py() for name in ("doors", "questions", "minutes"))
    return Price(PRICE.hand_over(grids), int(doors), float(asked), float(minutes), days, needed, drop)


def refuse_if_over(found: Price, names: dict[str, str] | None = None) -> None:
    """Nothing where it fits. E3871 where grids have no worker; E3881 where a holder has no time at all; E3870 where dropping
    questions or moving the deadline helps, E3880 where only the deadline does.

    `names` says elements as people read them.
    """
    rows = found.grids.to_pylist()
    nobody = [row for row in rows if not row["workers"]]
    if nobody:
        raise WanggeError("E3871", grids=len(nobody), doors=sum(row["doors"] for row in nobody))
    over = [row for row in rows if row["is_over"]]
    if not over:
        return
    if found.days_needed is None:
        raise WanggeError("E3881", grids=sum(row["days_needed"] is None for row in over))
    worst = max(over, key=lambda row: row["minutes_a_worker_day"] - row["budget"])
    facts = {"grids": len(over), "minutes": math.ceil(worst["minutes_a_worker_day"]), "budget": int(worst["budget"]),
             "days": found.days_needed, "given": found.days}  # fmt: skip
    if found.drop is None:
        raise WanggeError("E3880", **facts)
    raise WanggeError("E3870", drop="、".join((names or {}).get(one, one) for one in found.drop), **facts)


def load_table(load: pa.Table | None) -> pa.Table:
    """What other campaigns take of a worker's day (worker_id, minutes_a_day); an empty table where nobody says."""
    return LOAD.empty_table() if load is None else load.select(LOAD.names).cast(LOAD)


def _grids(questions: pa.Table, workers: pa.Table, load: pa.Table, days: int, share: float) -> pa.Table:
    asked = questions["element"].unique().to_pylist()
    cost = pa.table({"element": pa.array(asked, pa.string()), "minutes": [minutes_of(one) for one in asked]})
    given = {"door": float(budget()["minutes_a_door"]), "share": share, "working": max(1, work_days(days))}
    grids = query(GRIDS, given, questions=questions, workers=workers, load=load, cost=cost)
    needed = [None if one is None else days_for(one) for one in grids["working"].to_pylist()]
    return grids.append_column("days_needed", pa.array(needed, pa.int32()))


def _days_needed(grids: pa.Table) -> int | None:
    """Of the slowest grid; None where one has no time or no worker."""
    return None if grids["days_needed"].null_count else int(pc.max(grids["days_needed"]).as_py())


def _drop(
    questions: pa.Table, workers: pa.Table, load: pa.Table, days: int, share: float, order: Sequence[str]
) -> tuple[str, ...] | None:
    """The fewest elements from the end of `order` without which it fits; None where only the first is left and it does not."""
    asked = set(questions["element"].unique().to_pylist())
    kept = [one for one in order if one in asked] + sorted(asked - set(order))
    dropped: list[str] = []
    while len(kept) > 1:
        dropped.append(kept.pop())
        left = questions.filter(pc.is_in(questions["element"], value_set=pa.array(kept, pa.string())))
        if not pc.any(_grids(left, workers, load, days, share)["is_over"]).as_py():
            return tuple(dropped)
    return None
