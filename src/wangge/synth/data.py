"""The data files of this room: rates and words that an official can read and change, never constants in code."""

from __future__ import annotations

import csv
import tomllib
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Days = npt.NDArray[np.datetime64]
Array = npt.NDArray[Any]


def file(name: str) -> Path:
    """Where a data file of this room lies, e.g. "words/given.csv"."""
    return Path(str(resources.files("wangge.synth").joinpath(name)))


@cache
def settings(name: str) -> dict[str, Any]:
    """A TOML file of this room by its name without ending. -> its tables"""
    return tomllib.loads(file(f"{name}.toml").read_text("utf-8"))


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """A CSV file of this room. -> its rows as dictionaries"""
    with file(name).open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))


def stream(seed: int, *what: object) -> np.random.Generator:
    """A generator of its own for every part, so that a change in one part leaves the others as they were."""
    words = [seed, *("/".join(map(str, what))).encode()]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(words)))
