"""The gap map of a district of 710,000 made-up people, all profiles: `just bench gaps`. Prints a line a step, then one JSON object."""

from __future__ import annotations

import datetime as dt
import json
import sys
import time
from typing import Any

import numpy as np
import pyarrow as pa

from wangge.insight import gap_counts, gaps, profiled, targeted
from wangge.tables import Table
from wangge.tables.shapes import FACT, LOCATED, PERSON, REPLY

TODAY = dt.date(2026, 11, 23)
HOUSEHOLD = 2.9  # people


def filled(shape: Table, **columns: Any) -> pa.Table:
    """A table of this shape, null where nothing is given."""
    n = len(next(iter(columns.values())))
    rest = {c.name: pa.nulls(n, c.type) for c in shape.columns if c.name not in columns}
    return shape.hand_over(pa.table({**columns, **rest}))


def days_ago(rng: np.random.Generator, n: int, most: int) -> pa.Array:
    return pa.array((np.datetime64(TODAY) - rng.integers(0, most, n)).astype("datetime64[D]"))


def made(n: int) -> tuple[pa.Table, pa.Table, pa.Table, pa.Table]:
    """People, facts, replies and grids, drawn from one seed."""
    rng = np.random.default_rng(1)
    people = pa.array([f"p{i:07}" for i in range(n)])
    homes = pa.array([f"h{i:07}" for i in rng.integers(0, int(n / HOUSEHOLD), n)])
    persons = filled(
        PERSON,
        person_id=people,
        household_id=homes,
        birth_date=days_ago(rng, n, 90 * 365),
        sex=rng.choice(["1", "2"], n),
    )
    known = [filled(FACT, person_id=people, element=pa.repeat(f"person.{name}", n), collected_on=days_ago(rng, n, 400),
                    believed=pa.repeat(True, n), batch=pa.repeat("", n)) for name in ("birth_date", "phone", "residence_kind")]  # fmt: skip
    doors = pa.array(sorted(set(homes.to_pylist())))
    k = len(doors)
    said = filled(REPLY, household_id=doors, element=rng.choice(["care.home_bound", "care.daily_help", "care.disability"], k),
                  said=rng.choice(["answered", "refused", "not_known"], k), value=pa.repeat("no", k), collected_on=days_ago(rng, k, 400))  # fmt: skip
    located = filled(LOCATED, household_id=doors, grid_code=pa.array([f"1201100010{i % 1147:05}" for i in range(k)]))
    return persons, pa.concat_tables(known), said, located


def main(n: int) -> None:
    people, facts, said, located = made(n)
    clock, cpu = time.perf_counter(), time.process_time()
    held = profiled(people, said, TODAY)
    found = gaps(held, facts, said, TODAY)
    counts = gap_counts(found, located)
    doors = targeted(found, role="grid_worker", purpose="care")
    told = {"people": n, "held": held.num_rows, "questions": found.num_rows, "cells": counts.num_rows, "doors": doors.num_rows,
            "seconds": round(time.perf_counter() - clock, 1), "cpu_seconds": round(time.process_time() - cpu, 1)}  # fmt: skip
    for name, value in told.items():
        print(f"{name:12} {value:>12,}")
    print(json.dumps(told))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 710_000)
