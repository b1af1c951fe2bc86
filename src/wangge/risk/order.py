"""Who comes first inside one colour: a logistic sum that a person can recompute by hand. It decides no colour.

Off by default (order.toml); off, a queue stays as it came. The dimensions are a closed list in that file: nothing of origin,
occupation, lifestyle or spending can be written into it. Weights, ranges and the formula are printed with every answer.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from wangge.base.errors import WanggeError
from wangge.risk.shelf import GRADES

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Dimension:
    """One thing that may order: its range, its weight over the whole range, and what an unknown value adds."""

    name: str
    kind: str
    meaning: str
    low: float
    high: float
    weight: float
    unknown: float


@dataclass(frozen=True)
class Model:
    """Weights and where they come from."""

    intercept: float
    dimensions: tuple[Dimension, ...]
    source: str
    on: bool = False


@cache
def declared() -> Model:
    """The model of order.toml. E6091 for a dimension outside the closed list; on without a signature is off."""
    raw = tomllib.loads(resources.files(__package__).joinpath("order.toml").read_text("utf-8"))
    return read_model(raw)


def read_model(raw: dict[str, Any]) -> Model:
    """A model as a file says it. E6091 as `declared`."""
    bad = [d["name"] for d in raw["dimension"] if not _may_order(d, raw["kinds"], raw["never"])]
    if bad:
        raise WanggeError("E6091", names=", ".join(bad))
    found = tuple(Dimension(**d) for d in raw["dimension"])
    return Model(raw["intercept"], found, raw["source"], bool(raw["on"] and raw["signed_by"]))


def _may_order(dimension: dict[str, Any], kinds: list[str], never: list[str]) -> bool:
    said = f"{dimension['name']} {dimension['meaning']}".lower()
    return dimension["kind"] in kinds and not any(word in said for word in never)


def order(queue: pa.Table, model: Model | None = None) -> pa.Table:
    """The queue, red before yellow before blue; inside a colour the likeliest first where the model is on, else as it came.

    queue: `grade` and any of the declared dimensions as columns. Same rows out, none added, none lost; columns unchanged.
    E6091 for a column that is asked to order but is not declared (its name begins with `by_`).
    """
    model = model or declared()
    undeclared = [name for name in queue.column_names if name.startswith("by_")]
    if undeclared:
        raise WanggeError("E6091", names=", ".join(undeclared))
    colour = pc.index_in(queue.column("grade"), pa.array(GRADES)).to_numpy(zero_copy_only=False)
    inside = -chance(queue, model) if model.on else np.zeros(queue.num_rows)
    # lexsort is stable: equals stay as they came.
    return queue.take(pa.array(np.lexsort((inside, colour))))


def chance(table: pa.Table, model: Model | None = None) -> Floats:
    """The chance of each row, 0 to 1. A dimension that is no column of the table is unknown for everybody."""
    model = model or declared()
    total = np.full(table.num_rows, model.intercept)
    for dimension in model.dimensions:
        total += parts_of(table, dimension)
    return 1 / (1 + np.exp(-total))


def parts_of(table: pa.Table, dimension: Dimension) -> Floats:
    """What one dimension adds to z, row by row."""
    if dimension.name not in table.column_names:
        return np.full(table.num_rows, dimension.unknown)
    given = table.column(dimension.name).cast(pa.float64())
    known = given.is_valid().to_numpy(zero_copy_only=False)
    values = np.clip(pc.fill_null(given, dimension.low).to_numpy(), dimension.low, dimension.high)
    share = (values - dimension.low) / (dimension.high - dimension.low)
    return np.where(known, dimension.weight * share, dimension.unknown)


def recompute(
    values: dict[str, float | None], model: Model | None = None
) -> tuple[list[tuple[str, str, float]], float]:
    """One person by hand: what each dimension added, in the order of the file, and the chance. -> ([(name, sum, added)], chance)"""
    model = model or declared()
    lines, z = [], model.intercept
    for d in model.dimensions:
        value = values.get(d.name)
        if value is None:
            added, said = d.unknown, "unknown"
        else:
            cut = min(max(value, d.low), d.high)
            added = d.weight * (cut - d.low) / (d.high - d.low)
            said = f"{d.weight:g} * ({cut:g} - {d.low:g}) / ({d.high:g} - {d.low:g})"
        z += added
        lines.append((d.name, said, added))
    return lines, float(1 / (1 + np.exp(-z)))
