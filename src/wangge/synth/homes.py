"""Homes: the dwellings of a ground, and which household lives where. An address is a row of the dwelling table."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangge.synth.data import Array, Bools, Ints, settings, stream
from wangge.synth.terrain import Ground
from wangge.synth.text import Text, digits, join, plain, take
from wangge.tables.shapes import DWELLING, WORKER

NOT_HOMES = 0.015  # shops and offices among the dwellings
NO_WORKER = 0.03  # grids that wait for a worker
MINUTES = 180  # two sessions of 90 minutes (workflows 1.9)


@dataclass(frozen=True)
class Homes:
    """Columns over all dwellings; `compound` indexes `names`; unit 0 means that the building has one stair only."""

    names: list[str]
    building: Ints  # row of the building in the ground
    grid: Ints
    compound: Ints
    building_no: Ints
    unit: Ints
    room: Ints
    lon: Array
    lat: Array

    def __len__(self) -> int:
        return int(self.room.size)


def homes(ground: Ground, preset_name: str) -> Homes:
    """Every dwelling of the ground with unit and room number."""
    building = np.repeat(np.arange(ground.n_dwellings.size), ground.n_dwellings)
    nth = np.arange(building.size) - np.repeat(np.cumsum(ground.n_dwellings) - ground.n_dwellings, ground.n_dwellings)
    levels, count = ground.levels[building], ground.n_dwellings[building]
    a_floor = np.where(levels >= 7, 4, 2)
    units = -(-count // (levels * a_floor))
    stair, place = np.divmod(nth, -(-count // units))
    floor, door = np.divmod(place, a_floor)
    return Homes(
        names=compound_names(int(ground.compound.max()) + 1, preset_name),
        building=building,
        grid=ground.grid[building],
        compound=ground.compound[building],
        building_no=ground.building_no[building],
        unit=np.where((units == 1) & (levels >= 11), 0, stair + 1),
        room=(floor + 1) * 100 + door + 1,
        lon=ground.lon[building],
        lat=ground.lat[building],
    )


def compound_names(n: int, preset_name: str) -> list[str]:
    """n made-up names, all different, some of them phases of one compound."""
    words = settings("words/compounds")
    bases = [a + b for a in words["first"] for b in words["second"]]
    rng = stream(0, preset_name, "compounds")
    order = rng.permutation(len(bases) * len(words["kinds"]))
    names: list[str] = []
    for pick in order:
        base, kind = bases[pick % len(bases)], words["kinds"][pick // len(bases)]
        phased = kind in words["phased_kinds"] and rng.random() < words["phase_share"]
        names += [base + phase + kind for phase in words["phases"]] if phased else [base + kind]
        if len(names) >= n:
            return names[:n]
    raise ValueError(f"words/compounds.toml gives only {len(names)} names, {n} are needed")


def settle(rng: np.random.Generator, ground_homes: Homes, households: int) -> tuple[Ints, Bools]:
    """A dwelling for each household, and which dwellings are no homes; the rest stands empty."""
    n = len(ground_homes)
    if households > n:
        raise ValueError(f"{households} households do not fit into {n} dwellings")
    other = np.zeros(n, bool)
    other[rng.permutation(n)[: min(int(n * NOT_HOMES), n - households)]] = True
    free = np.flatnonzero(~other)
    return np.sort(rng.permutation(free)[:households]), other


def dwelling_ids(ground: Ground, where: Homes) -> Text:
    """grid15 + building5 + unit2 + room4 (workflows 1.1); the building counts inside its grid."""
    first = np.r_[True, ground.grid[1:] != ground.grid[:-1]]
    start = np.maximum.accumulate(np.where(first, np.arange(first.size), 0))
    in_grid = np.arange(first.size) - start + 1
    return join(
        take(ground.grids, where.grid), digits(in_grid[where.building], 5), digits(where.unit, 2), digits(where.room, 4)
    )


def dwelling_table(ground: Ground, where: Homes, ids: Text, kind: Text, as_of: dt.date) -> pa.Table:
    """The DWELLING table of the frame; it does not say which dwellings are empty, nobody knows that yet."""
    n = len(where)
    unit = pc.if_else(pa.array(where.unit == 0), "", plain(where.unit))
    return DWELLING.hand_over(
        pa.table(
            {
                "dwelling_id": ids,
                "grid_code": take(ground.grids, where.grid),
                "compound": take(where.names, where.compound),
                "building": plain(where.building_no),
                "unit": unit,
                "room": plain(where.room),
                "kind": kind,
                "lon": where.lon,
                "lat": where.lat,
                "crs": pa.repeat("WGS84", n),
                "framed_on": pa.repeat(pa.scalar(as_of - dt.timedelta(days=45), pa.date32()), n),
            }
        )
    )


def worker_table(ground: Ground, preset_name: str) -> pa.Table:
    """One worker a grid; a few grids have none (from ten grids on)."""
    codes = ground.grids
    n_lacking = round(len(codes) * NO_WORKER) if len(codes) >= 10 else 0
    lacking = set(stream(0, preset_name, "workers").permutation(len(codes))[:n_lacking].tolist())
    held = [code for i, code in enumerate(codes) if i not in lacking]
    return WORKER.hand_over(
        pa.table(
            {
                "worker_id": ["w" + code for code in held],
                "unit_code": [code[:12] for code in held],
                "grid_code": held,
                "minutes_a_day": pa.array([MINUTES] * len(held), pa.int32()),
            }
        )
    )
