"""Planning: graded people -> one envelope a household, to the one worker who holds the door, in walking order."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangge.dispatch.kernels import least_loaded
from wangge.dispatch.walk import walk
from wangge.frame import query
from wangge.tables import Protocol
from wangge.tables.shapes import DWELLING, GRADE, LEAD, LOCATED, PERSON, TASK, WORKER

GRADES = ("red", "yellow", "blue")


class Plan(NamedTuple):
    """LEAD, TASK, and each worker's day: worker_id, tasks, people, minutes, minutes_a_day, days (of work)."""

    leads: pa.Table
    tasks: pa.Table
    load: pa.Table


LEADS = """
SELECT 'l' || sha256(g.person_id || chr(31) || g.as_of)[1:16] AS lead_id,
       't' || sha256(coalesce(p.household_id, 'person' || chr(31) || g.person_id) || chr(31) || g.as_of)[1:16]
         AS task_id,
       g.person_id, p.household_id, g.grade
FROM grades g LEFT JOIN people p ON g.person_id = p.person_id
ORDER BY task_id, lead_id
"""

TASKS = """
WITH one AS (
  SELECT task_id, min(household_id) AS household_id, count(*) AS n_people,
         min(list_position($grades, grade)) AS strength
  FROM leads GROUP BY task_id
)
SELECT task_id, household_id, l.dwelling_id, l.grid_code, n_people::INTEGER AS n_people, strength,
       ($minutes_a_door + $minutes_a_person * n_people)::BIGINT AS minutes, lon, lat
FROM one LEFT JOIN located l USING (household_id) LEFT JOIN dwellings d USING (dwelling_id)
ORDER BY strength, task_id
"""

LOAD = """
SELECT w.worker_id, count(t.task_id) AS tasks, coalesce(sum(t.n_people), 0)::BIGINT AS people,
       coalesce(sum(t.minutes), 0)::BIGINT AS minutes, w.minutes_a_day,
       ceil(coalesce(sum(t.minutes), 0) / nullif(w.minutes_a_day, 0))::INTEGER AS days
FROM (SELECT worker_id, max(minutes_a_day) AS minutes_a_day FROM workers GROUP BY worker_id) w
LEFT JOIN tasks t ON w.worker_id = t.worker_id GROUP BY w.worker_id, w.minutes_a_day ORDER BY w.worker_id
"""


def plan(
    grades: pa.Table,
    people: pa.Table,
    located: pa.Table,
    workers: pa.Table,
    protocol: Protocol,
    dwellings: pa.Table | None = None,
) -> Plan:
    """One lead a graded person, one task a household, one worker a task. -> Plan

    Takes GRADE, PERSON, LOCATED, WORKER and, for the walking order, DWELLING. Nobody is lost: a person without a
    household in the register is a task of its own; a task whose grid nobody knows waits at the district's desk, one
    whose grid has no worker at the community's (nulls). The same inputs in any order give the same plan and ids.
    """
    leads = LEAD.hand_over(query(LEADS, grades=GRADE.hand_over(grades), people=PERSON.hand_over(people)))
    given = {"located": LOCATED.hand_over(located), "dwellings": _doors(dwellings)}
    numbers = {k: pace()[k] for k in ("minutes_a_door", "minutes_a_person")}
    tasks = query(TASKS, {"grades": list(GRADES), **numbers}, leads=leads, **given)
    workers = WORKER.hand_over(workers)
    tasks = tasks.append_column("worker_id", _holders(tasks, workers))
    tasks = walk(tasks, _doors_a_day(workers))
    return Plan(leads, _with_limits(tasks, protocol), query(LOAD, workers=workers, tasks=tasks))


@cache
def pace() -> dict[str, float]:
    """Minutes a door and a person, walking speed: from pace.toml."""
    return tomllib.loads(resources.files(__package__).joinpath("pace.toml").read_text("utf-8"))


def _doors(dwellings: pa.Table | None) -> pa.Table:
    return DWELLING.hand_over(DWELLING.empty() if dwellings is None else dwellings)


def _holders(tasks: pa.Table, workers: pa.Table) -> pa.Array:
    """The worker of each task; red doors choose first, so the load of the urgent ones is even too."""
    held = query("SELECT DISTINCT grid_code, worker_id FROM workers ORDER BY 1, 2", workers=workers)
    grids = held.column("grid_code").combine_chunks().dictionary_encode()
    names = pa.array(sorted(set(held.column("worker_id").to_pylist())), pa.string())
    codes = np.asarray(grids.indices)
    offsets = np.searchsorted(codes, np.arange(len(grids.dictionary) + 1))
    holder = np.asarray(pc.index_in(held.column("worker_id"), value_set=names))
    grid = np.asarray(pc.fill_null(pc.index_in(tasks.column("grid_code"), value_set=grids.dictionary), -1))
    chosen = least_loaded(grid.astype(np.int64), np.asarray(tasks.column("minutes")), offsets, holder, len(names))
    return names.take(pa.array(chosen, mask=chosen < 0))


def _doors_a_day(workers: pa.Table) -> int:
    minutes = pc.max(workers.column("minutes_a_day")).as_py() or 180
    return max(2, int(minutes // (pace()["minutes_a_door"] + pace()["minutes_a_person"])))


def _with_limits(tasks: pa.Table, protocol: Protocol) -> pa.Table:
    """Grade names and the protocol's time limits, in minutes after signing."""
    which = pc.subtract(tasks.column("strength"), 1)
    columns: dict[str, Any] = {"grade": pa.array(GRADES).take(which)}
    for ours, theirs in (("open", "open"), ("attempt", "first_attempt"), ("result", "result")):
        limits = [protocol.due_minutes.get(g, {}).get(theirs) for g in GRADES]
        columns[f"{ours}_minutes"] = pa.array(limits, pa.int32()).take(which)
    for name, values in columns.items():
        tasks = tasks.append_column(name, values)
    return TASK.hand_over(tasks)
