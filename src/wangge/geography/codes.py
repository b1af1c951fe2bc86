"""Division codes (统计用区划代码): 31 provinces, 342 cities, 2,978 counties, 41,352 streets, 620,573 communities.

Edition of 2023 of the National Bureau of Statistics, with the codes and names of counties from 2018 to 2024. A code has
2, 4, 6, 9 or 12 digits; the form filled up to 12 digits with zeros is understood as well. Built by
tools/build_divisions.py. Hong Kong, Macao and Taiwan are not in the statistical edition.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from wangge.base.errors import WanggeError

LEVELS = {2: "province", 4: "city", 6: "county", 9: "street", 12: "community"}
PARENT = {4: 2, 6: 4, 9: 6, 12: 9}
# Layers that only bundle counties: they have a code but stand in no address.
UNSPOKEN = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")


@dataclass(frozen=True)
class Division:
    """One code. The years are those of the editions of 2018 to 2024 that hold it, None where only 2023 is known."""

    code: str
    level: str
    name: str
    full_name: str
    parent: str
    first_year: int | None = None
    last_year: int | None = None
    successors: tuple[str, ...] = ()


@dataclass(frozen=True)
class Spell:
    """The years in which a county code bore a name, and the codes that follow where it ended."""

    code: str
    name: str
    first_year: int
    last_year: int
    successors: tuple[str, ...]


@cache
def _table() -> tuple[NDArray[np.int64], Any]:
    """All codes as sorted numbers (more digits, larger number) and their names; about 25 MB."""
    with resources.as_file(resources.files(__package__).joinpath("data/divisions.parquet")) as path:
        table = pq.ParquetFile(path).read()
    # Through DLPack: Arrow's own to_numpy imports pandas where it is installed, for a second.
    codes = np.asarray(np.from_dlpack(table["code"].combine_chunks()), np.int64)
    return codes, table["name"].combine_chunks()


@cache
def _spells() -> dict[str, tuple[Spell, ...]]:
    found: dict[str, tuple[Spell, ...]] = {}
    text = resources.files(__package__).joinpath("data/county_history.csv").read_text("utf-8")
    for row in csv.DictReader(text.splitlines()):
        years = int(row["first_year"]), int(row["last_year"])
        spell = Spell(row["code"], row["name"], *years, tuple(row["successors"].split()))
        found[spell.code] = (*found.get(spell.code, ()), spell)
    return found


def lookup(code: str) -> Division:
    """The division of a code of 2, 4, 6, 9 or 12 digits, ended county codes included. E4001 for any other code."""
    code, name = _named(code)
    spells = _spells().get(code, ())
    chain = [_named(code[:n])[1] for n in LEVELS if n < len(code) and not (n == 6 and code[:6] in _gone())]
    return Division(
        code,
        LEVELS[len(code)],
        name,
        "".join(part for part in [*chain, name] if part not in UNSPOKEN),
        code[: PARENT[len(code)]] if len(code) > 2 else "",
        spells[0].first_year if spells else None,
        spells[-1].last_year if spells else None,
        spells[-1].successors if spells else (),
    )


def history(code: str) -> tuple[Spell, ...]:
    """The names of a county code by years, oldest first. Other levels have no history here: (). E4001 if unknown."""
    code, _ = _named(code)
    return _spells().get(code, ())


def current(code: str) -> tuple[str, ...]:
    """The codes of today's edition that stand for a code: itself, or the successors of an ended county.

    () means that nobody has said where the ended county went. E4001 if the code is unknown.
    """
    code, _ = _named(code)
    if _name_of(code) is not None:
        return (code,)
    found = [c for spell in _spells()[code] for after in spell.successors for c in current(after)]
    return tuple(dict.fromkeys(found))


def children(code: str) -> list[Division]:
    """The divisions right below, by code. Communities have none. E4001 if unknown."""
    return [lookup(child) for child, _ in below(code)]


def below(code: str) -> list[tuple[str, str]]:
    """Codes and names right below a code, without the rest of what `children` tells."""
    code, _ = _named(code)
    digits = next((n for n, up in PARENT.items() if up == len(code)), 0)
    if not digits or _name_of(code) is None:
        return []
    codes, names = _table()
    wide = 10 ** (digits - len(code))
    first, last = np.searchsorted(codes, (int(code) * wide, (int(code) + 1) * wide))
    return list(zip(map(str, codes[first:last]), names[int(first) : int(last)].to_pylist(), strict=True))


def names_ever(name: str) -> tuple[str, ...]:
    """County codes that bore this name at some time from 2018 to 2024."""
    return tuple(code for code, spells in _spells().items() if any(spell.name == name for spell in spells))


def divisions(level: str) -> pa.Table:
    """All divisions of one level (province, city, county, street, community): code and name as text, by code."""
    digits = next((n for n, name in LEVELS.items() if name == level), 0)
    if not digits:
        raise WanggeError("E4001", division=level)
    codes, names = _table()
    first, last = np.searchsorted(codes, (10 ** (digits - 1), 10**digits))
    return pa.table({"code": pa.array(codes[first:last]).cast(pa.string()), "name": names.slice(first, last - first)})


def _named(code: str) -> tuple[str, str]:
    """The code without filling zeros, and its name (the last one for an ended county)."""
    if code.isascii() and code.isdigit():
        for form in dict.fromkeys((code, *_shorter(code))):
            name = _name_of(form)
            if name is None and form in _spells():
                name = _spells()[form][-1].name
            if name is not None:
                return form, name
    raise WanggeError("E4001", division=code[:15])


def _shorter(code: str) -> list[str]:
    """Shorter codes that the code may be, filled up with zeros to 6 or 12 digits: 440000 -> 44."""
    if len(code) not in (6, 12):
        return []
    return [code[:n] for n in (9, 6, 4, 2) if n < len(code) and not code[n:].strip("0")]


def _name_of(code: str) -> str | None:
    if len(code) not in LEVELS or code[0] == "0":
        return None
    codes, names = _table()
    at = int(np.searchsorted(codes, int(code)))
    return str(names[at]) if at < len(codes) and codes[at] == int(code) else None


@cache
def _gone() -> frozenset[str]:
    """County codes of the history that today's edition no longer holds."""
    return frozenset(code for code in _spells() if _name_of(code) is None)
