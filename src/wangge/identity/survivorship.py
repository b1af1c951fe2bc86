"""Which of several values is believed: written rules, read from a file, asked in turn.

Each rule gives every row a small number, lower is believed first; the numbers of an element's rules stand side by side
in one integer, and the lowest wins.
"""

# mypy: disable-error-code="untyped-decorator"
from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

from wangge.base.errors import WanggeError, Where
from wangge.identity.bytes import Array
from wangge.identity.bytes import there as is_there
from wangge.identity.content import digests
from wangge.identity.keys import DAY_ZERO, Keys, days, sizes
from wangge.identity.kin import MOST, surnames, with_kin
from wangge.identity.sorting import Grouped

SHIPPED = "survivorship.toml"
DIGEST = "digest"  # of each row, among the things made once
KIN = "kin"  # what _with_kin looks at, among the things made once
ELEMENTS = ("name", "id_number", "birth_date", "sex", "phone", "address", "relation_to_head")
NOT_DATED = (1 << 17) - 1  # days: 358 years
FEW, SOURCES = 64, 1 << 10


@dataclass(frozen=True)
class Rules:
    """For each element of ELEMENTS the names of its rules in turn, and the order of sources where it has its own."""

    of: Mapping[str, tuple[str, ...]]
    sources: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Said:
    """Rows and what rules look at. `place` is each row's rank in canonical order; `lists` codes into `names`."""

    good: pa.Table
    keys: Keys
    grouped: Grouped  # rows by person
    place: Array
    as_of: dt.date
    door_lists: Sequence[str]
    source_order: Sequence[str]
    lists: Array
    names: list[str]
    day: Array
    made: dict[Any, Array] = field(default_factory=dict)

    @property
    def digest(self) -> Array:
        """What each row says, as one number (`content`)."""
        return self.once(DIGEST, lambda: digests(self.good))

    def once(self, name: Any, make: Callable[[], Array]) -> Array:
        """Several elements ask for the same numbers: made once."""
        if name not in self.made:
            self.made[name] = make()
        return self.made[name]


def said_of(
    good: pa.Table, keys: Keys, grouped: Grouped, place: Array, as_of: dt.date, door_lists: Sequence[str],
    source_order: Sequence[str],
) -> Said:  # fmt: skip
    """Rows -> Said."""
    coded = good.column("list").combine_chunks().dictionary_encode()
    lists, names = coded.indices.to_numpy().astype(np.int64), coded.dictionary.to_pylist()
    day = days(good.column("collected_on"))
    return Said(good, keys, grouped, place, as_of, tuple(door_lists), tuple(source_order), lists, names, day)


def load_rules(file: Path | None = None) -> Rules:
    """The rules of a file, or those shipped. Raises E3011 where they cannot be understood."""
    return _shipped() if file is None else _rules(file.name, file.read_text("utf-8"))


@cache
def _shipped() -> Rules:
    return _rules(SHIPPED, resources.files(__package__).joinpath(SHIPPED).read_text("utf-8"))


def _rules(name: str, text: str) -> Rules:
    def refused(reason: str) -> WanggeError:
        return WanggeError("E3011", Where(file=name), name=name, reason=reason)

    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as why:
        raise refused(str(why)) from why
    sections = {"default": given.get("default", {}), **given.get("elements", {})}
    known = {"default", *(f"person.{name}" for name in ELEMENTS)}
    if wrong := sorted({*sections, *(given.keys() - {"elements"})} - known):
        raise refused(f"no such element: {', '.join(wrong)}")
    for section, content in sections.items():
        if not isinstance(content, dict) or content.keys() - {"rules", "sources"}:
            raise refused(f"[{section}] holds more than rules and sources")
        if not all(isinstance(v, list) and all(isinstance(x, str) for x in v) for v in content.values()):
            raise refused(f"[{section}] holds no list of words")
        if wrong := [rule for rule in content.get("rules", []) if rule not in RULES]:
            raise refused(f"no such rule: {', '.join(wrong)}")
    if not sections["default"].get("rules"):
        raise refused("[default] has no rules")
    full = {name: sections["default"] | sections.get(f"person.{name}", {}) for name in ELEMENTS}
    return Rules(
        {name: tuple(dict.fromkeys(content["rules"])) for name, content in full.items()},
        {name: tuple(content.get("sources", ())) for name, content in full.items()},
    )


def rank_of(said: Said, rules: Rules, element: str, only_first: bool = False) -> Array:
    """Rank of each row for an element, lower is believed first; rows that say the same by their place. With
    `only_first` the row of each person that comes first is right, and those behind it may stand in another order."""
    return _rank(said, rules, element, rules.of[element], only_first)


def _rank(said: Said, rules: Rules, element: str, asked: tuple[str, ...], only_first: bool) -> Array:
    """The rank by some last rules of an element; elements whose last rules are the same share it."""
    if not asked:
        return said.place
    own = (element,) if "most_lists" in asked else ()

    def make() -> Array:
        used = max(int(said.place.size).bit_length(), 1) + sum(RULES[rule][0] for rule in asked[1:])
        if used + RULES[asked[0]][0] > 63:
            raise ValueError("too many rows for the rules of one element")
        is_costly = asked[0] == "with_kin" and only_first and KIN not in said.made
        bad = _kin_of_torn(said, rules, element) if is_costly else badness(said, rules, element, asked[0])
        ranked: Array = stacked(_rank(said, rules, element, asked[1:], only_first), bad, used)
        return ranked

    return said.once(("rank", asked, rules.sources[element], only_first, *own), make)


@njit(cache=True, nogil=True)
def stacked(rank: Array, bad: Array, used: int) -> Array:
    """`bad` in front of a rank of `used` bits."""
    out = np.empty(rank.size, np.int64)
    for i in range(rank.size):
        out[i] = np.int64(bad[i]) << used | rank[i]
    return out


def badness(said: Said, rules: Rules, element: str, rule: str) -> Array:
    """What one rule says of each row: 0 is best."""
    return RULES[rule][1](said, rules, element)


def _confirmed(said: Said, rules: Rules, element: str) -> Array:
    return said.once("confirmed", lambda: np.where(asked_at_door(said), 0, 1))


def asked_at_door(said: Said) -> Array:
    """Rows of lists that ask at the door, where they say when."""
    asks = np.array([name in set(said.door_lists) for name in said.names] or [False])
    asked: Array = asks[said.lists] & (said.day >= 0)
    return asked


def _freshest(said: Said, rules: Rules, element: str) -> Array:
    return said.once("age", lambda: _age(said))


def _age(said: Said) -> Array:
    today = (said.as_of - dt.date(1970, 1, 1)).days + DAY_ZERO
    is_dated = (said.day >= 0) & (said.day <= today)
    return np.where(is_dated, np.minimum(today - said.day, NOT_DATED - 1), NOT_DATED)


def _source(said: Said, rules: Rules, element: str) -> Array:
    own = rules.sources[element]
    first = list(dict.fromkeys([*own, *said.source_order]))
    place = {name: i for i, name in enumerate([*first, *sorted(set(said.names) - set(first))])}
    by_list = np.array([min(place[name], SOURCES - 1) for name in said.names] or [0], np.int64)
    return said.once(("source", own), lambda: by_list[said.lists])


def _most_lists(said: Said, rules: Rules, element: str) -> Array:
    return said.once(("most_lists", element), lambda: MOST - agreeing(*said.grouped, codes(said, element), said.lists))


def codes(said: Said, element: str) -> Array:
    """Rows that say the same of an element hold the same number; -1 where they say nothing."""
    if element == "address":
        return said.keys.parts["door"]
    text = said.good.column(element).combine_chunks().dictionary_encode().indices
    coded: Array = pc.fill_null(text, -1).to_numpy().astype(np.int64)
    return coded


def kin_of(people: Grouped, door: Array, surname: Array, asked: Array | None = None) -> Array:
    """Of each row, how few kin of its person stand at its door: what _with_kin goes by. Of all rows, or of those asked."""
    return MOST - with_kin(people, door, surname, asked)


def _kin_of_torn(said: Said, rules: Rules, element: str) -> Array:
    """Counted only where the rules asked before leave rows of one person at several doors."""
    before = rules.of[element][: rules.of[element].index("with_kin")]
    rank = np.zeros(said.place.size, np.int64)
    for rule in before:
        rank = rank << RULES[rule][0] | badness(said, rules, element, rule)
    door, surname = said.keys.parts["door"], surnames(said.good)
    known = is_there(said.good.column(element))
    return kin_of(said.grouped, door, surname, torn(*said.grouped, rank, known, door, surname))


def _with_kin(said: Said, rules: Rules, element: str) -> Array:
    return said.once(KIN, lambda: kin_of(said.grouped, said.keys.parts["door"], surnames(said.good)))


def _valid_number(said: Said, rules: Rules, element: str) -> Array:
    return np.where(said.keys.valid, 0, 1)


def _full_number(said: Said, rules: Rules, element: str) -> Array:
    return np.where(sizes(said.good.column("id_number")) == 18, 0, 1)


Rule = Callable[[Said, Rules, str], Array]
RULES: dict[str, tuple[int, Rule]] = {  # name -> (bits, rule)
    "confirmed": (1, _confirmed),
    "most_lists": (3, _most_lists),
    "with_kin": (3, _with_kin),
    "freshest": (17, _freshest),
    "source": (10, _source),
    "valid_number": (1, _valid_number),
    "full_number": (1, _full_number),
}


@njit(cache=True, nogil=True)
def agreeing(starts: Array, rows: Array, code: Array, lists: Array) -> Array:
    """-> for each row how many lists say the same of its person, at most 7; 0 where it says nothing.

    Lists beyond 64 share a bit: they may count as one.
    """
    out = np.zeros(code.size, np.int64)
    for p in range(starts.size - 1):
        own = rows[starts[p] : starts[p + 1]]
        if _one_value(own, code):
            bits = np.uint64(0)
            for x in own:
                bits |= np.uint64(1) << np.uint64(lists[x] & 63) if code[x] >= 0 else np.uint64(0)
            for x in own:
                out[x] = _counted(bits) if code[x] >= 0 else 0
            continue
        if own.size > FEW:
            own = own[np.argsort(code[own])]
        for a in range(own.size):
            if code[own[a]] < 0 or (own.size > FEW and a > 0 and code[own[a]] == code[own[a - 1]]):
                continue
            bits, last = np.uint64(0), a
            for b in range(a if own.size > FEW else 0, own.size):
                if code[own[b]] == code[own[a]]:
                    bits, last = bits | np.uint64(1) << np.uint64(lists[own[b]] & 63), b
                elif own.size > FEW:
                    break
            for b in range(a, (last if own.size > FEW else a) + 1):
                out[own[b]] = _counted(bits)
    return out


@njit(cache=True, nogil=True)
def _one_value(own: Array, code: Array) -> bool:
    """Whether the rows say at most one value."""
    one = np.int64(-1)
    for x in own:
        if code[x] >= 0:
            if one >= 0 and code[x] != one:
                return False
            one = code[x]
    return True


@njit(cache=True, nogil=True)
def _counted(bits: Any) -> int:
    n = 0
    while bits:
        bits, n = bits & (bits - np.uint64(1)), n + 1
    return min(n, MOST)


@njit(cache=True, nogil=True)
def torn(starts: Array, rows: Array, rank: Array, known: Array, door: Array, surname: Array) -> Array:
    """Rows by person -> whether a row is one of several that come first by `rank` and name different doors or surnames."""
    out = np.zeros(door.size, np.bool_)
    for p in range(starts.size - 1):
        own = rows[starts[p] : starts[p + 1]]
        one, several = np.int64(-1), False
        for x in own:
            if known[x]:
                if one < 0 or rank[x] < rank[one]:
                    one, several = x, False
                elif rank[x] == rank[one]:
                    several = several or door[x] != door[one] or surname[x] != surname[one]
        if several:
            for x in own:
                out[x] = known[x] and rank[x] == rank[one]
    return out
