"""The ground under a district: its areas and the buildings on them, real (Nanshan) or a lattice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from wangge.synth.data import Array, Ints, file
from wangge.synth.lattice import lattice
from wangge.synth.presets import Preset
from wangge.tables.shapes import AREA


@dataclass(frozen=True)
class Ground:
    """Areas (AREA table) and buildings with dwellings, as columns; `compound` counts from 0 over all."""

    areas: pa.Table
    grid_code: pa.Array
    grid: Ints  # row of the building's grid among the sorted grid codes
    compound: Ints
    building_no: Ints
    levels: Ints
    n_dwellings: Ints
    lon: Array
    lat: Array

    @property
    def grids(self) -> list[str]:
        """Codes of the grids, sorted; `grid` counts in them."""
        kinds = self.areas.filter(pc.equal(self.areas["kind"], "grid"))
        return sorted(kinds["code"].to_pylist())

    @property
    def district(self) -> str:
        """The six digits of the district."""
        return self.grids[0][:6]


def ground(preset: Preset, households: int) -> Ground:
    """The ground that `households` households need."""
    if preset.ground == "nanshan":
        areas, buildings = _nanshan()
        if preset.communities:
            areas, buildings = _part(areas, buildings, preset.communities, households)
    else:
        areas, buildings = lattice(preset, households)
    return _ground(areas, buildings.filter(pc.greater(buildings["n_dwellings"], 0)))


def _nanshan() -> tuple[pa.Table, pa.Table]:
    """The OpenStreetMap buildings of Nanshan and the areas drawn on them; see ground/README.md."""
    areas, buildings = (pq.read_table(file(f"ground/nanshan_{part}.parquet")) for part in ("areas", "buildings"))
    return areas, buildings


def _part(areas: pa.Table, buildings: pa.Table, communities: int, households: int) -> tuple[pa.Table, pa.Table]:
    """Some grids of the first community of each of the first streets: just enough dwellings for the households."""
    homes = buildings.group_by("grid_code").aggregate([("n_dwellings", "sum")]).sort_by("grid_code")
    size = dict(zip(homes["grid_code"].to_pylist(), homes["n_dwellings_sum"].to_pylist(), strict=True))
    first: dict[str, str] = {}
    for code in size:
        first.setdefault(code[:9], code[:12])
    chosen, room = list(first.values())[:communities], 0
    ranked = sorted((code for code in size if code[:12] in chosen), key=lambda code: (code[12:], code))
    keep: set[str] = set()
    for code in ranked:
        if room >= households * 1.08:
            break
        keep |= {code, code[:12], code[:9], code[:6]}
        room += size[code]
    kept = pa.array(sorted(keep))
    return areas.filter(pc.is_in(areas["code"], kept)), buildings.filter(pc.is_in(buildings["grid_code"], kept))


def _ground(areas: pa.Table, buildings: pa.Table) -> Ground:
    """The columns of the buildings, sorted by grid, compound and building."""
    buildings = buildings.sort_by(
        [("grid_code", "ascending"), ("compound_no", "ascending"), ("building_no", "ascending")]
    )
    code = buildings["grid_code"].combine_chunks()
    community = pc.utf8_slice_codeunits(code, 0, 12).to_numpy(zero_copy_only=False).astype("U12").astype(np.int64)
    compound_no = buildings["compound_no"].to_numpy().astype(np.int64)
    grids = pa.array(sorted(areas.filter(pc.equal(areas["kind"], "grid"))["code"].to_pylist()))
    return Ground(
        areas=AREA.hand_over(areas),
        grid_code=code,
        grid=pc.index_in(code, grids).to_numpy().astype(np.int64),
        compound=np.unique(community * 100_000 + compound_no, return_inverse=True)[1].astype(np.int64),
        building_no=buildings["building_no"].to_numpy().astype(np.int64),
        levels=buildings["levels"].to_numpy().astype(np.int64),
        n_dwellings=buildings["n_dwellings"].to_numpy().astype(np.int64),
        lon=buildings["lon"].to_numpy(),
        lat=buildings["lat"].to_numpy(),
    )
