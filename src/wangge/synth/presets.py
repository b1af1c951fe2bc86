"""The presets: which districts can be made."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from wangge.base.errors import WanggeError
from wangge.synth.data import settings


@dataclass(frozen=True)
class Preset:
    """One kind of district. `households`, `grids` and `communities` are 0 where the ground decides."""

    name: str
    about: str
    ground: str
    city: str
    people: int
    cases: int
    as_of: dt.date
    households: int = 0
    grids: int = 0
    communities: int = 0
    big_lists: bool = False


def presets() -> dict[str, Preset]:
    """All presets by name, from presets.toml."""
    return {name: Preset(name=name, **facts) for name, facts in settings("presets").items()}


def preset(name: str) -> Preset:
    """One preset. Raises E9101 for a name that is not on the list."""
    known = presets()
    if name not in known:
        raise WanggeError("E9101", preset=name, known=", ".join(known))
    return known[name]
