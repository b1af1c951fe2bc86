"""People -> the rows of one list, and what went wrong in each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bench.held_out import spoil
from bench.held_out.people import AS_OF, CHILD, DOCUMENTS, RELATIONS, RESIDENT, People
from bench.held_out.words import Array, mix, texts

KINDS = (
    "id_missing", "id_adjacent", "id_swapped", "id_ocr", "id_two_wrong", "id_15", "id_truncated", "id_science", "id_parent",
    "id_renewed", "id_second_valid", "name_homophone", "name_near_homophone", "name_look_alike", "name_traditional",
    "name_pinyin", "name_dots", "name_order", "name_spaced", "name_honorific", "name_renamed", "name_unknown_character",
    "birth_day_month", "birth_year_off", "birth_new_year", "birth_missing", "phone_missing", "phone_old", "phone_family",
    "phone_digit", "phone_placeholder", "address_old", "address_short", "address_typo", "address_missing",
    "entered_twice", "copied",
)  # fmt: skip


@dataclass
class Draft:
    """Rows in the making. `hit(kind, can)` draws which rows meet a kind of error and notes it."""

    people: People
    who: Array
    rates: dict[str, float]
    rng: np.random.Generator
    kinds: Array = field(init=False)

    def __post_init__(self) -> None:
        self.kinds = np.zeros(self.who.size, np.int64)

    def hit(self, kind: str, can: Array | bool = True) -> Array:
        """Rows that meet this kind: a draw by its rate among those that can."""
        rows = np.flatnonzero((self.rng.random(self.who.size) < self.rates.get(kind, 0.0)) & can)
        self.note(kind, rows)
        return rows

    def note(self, kind: str, rows: Array) -> None:
        """Write the kind down."""
        self.kinds[rows] |= np.int64(1) << KINDS.index(kind)


@dataclass(frozen=True)
class Listing:
    """A list as written (`table`: headers and texts), whose rows they are and what went wrong (bits of KINDS)."""

    name: str
    table: pa.Table
    who: Array
    kinds: Array


def listing(name: str, people: People, rng: np.random.Generator) -> Listing:
    """One list of mix.toml. -> Listing"""
    spec = mix()["lists"][name]
    draft = Draft(people, _covered(spec["covers"], people, rng), mix()["everywhere"] | spec["rates"], rng)
    draft.who = _twice(draft, by_household=spec["columns"].values())
    values = _values(draft, spec)
    table = pa.table({header: values[element] for header, element in spec["columns"].items()})
    return _copied(name, table, draft)


def _covered(covers: dict[str, float], people: People, rng: np.random.Generator) -> Array:
    age = (AS_OF - people.born).astype(int) // 365
    share = np.where(people.is_local, covers["local"], covers["floating"])
    inside = (age >= covers["youngest"]) & (age <= covers["oldest"])
    return np.flatnonzero((rng.random(people.size) < share) & inside)


def _twice(draft: Draft, by_household: Any) -> Array:
    """Some are entered a second time; lists by household keep its order, others are shuffled."""
    again = draft.who[draft.rng.random(draft.who.size) < draft.rates.get("entered_twice", 0)]
    who = np.r_[draft.who, again]
    in_order = "household.number" in by_household
    place = draft.people.registered_household[who] if in_order else draft.rng.random(who.size)
    order = np.argsort(place, kind="stable")
    draft.kinds = np.zeros(who.size, np.int64)
    draft.kinds[np.flatnonzero(order >= draft.who.size)] |= np.int64(1) << KINDS.index("entered_twice")
    return who[order]


def _copied(name: str, table: pa.Table, draft: Draft) -> Listing:
    """Rows that stand there twice, letter by letter."""
    rows = np.flatnonzero(draft.rng.random(draft.who.size) < draft.rates.get("copied", 0))
    at = np.sort(np.r_[np.arange(draft.who.size), rows], kind="stable")
    again = np.r_[False, at[1:] == at[:-1]]
    kinds = draft.kinds[at] | np.where(again, np.int64(1) << KINDS.index("copied"), 0)
    return Listing(name, table.take(pa.array(at)), draft.who[at], kinds)


def _values(draft: Draft, spec: dict[str, Any]) -> dict[str, pa.Array]:
    """Texts by element of the dictionary; "" is a column that nobody maps."""
    people, who, n = draft.people, draft.who, draft.who.size
    old = draft.hit("address_old")
    is_hukou = "register" in spec
    household = people.registered_household[who] if is_hukou else people.household[who]
    day = AS_OF - draft.rng.integers(3, 1400, n)
    # Who married and still stands in the parents' household stands there as their child.
    role = np.where(household != people.household[who], CHILD, people.role[who])
    out = {
        "": pa.array(np.arange(n) + 1001).cast(pa.string()),
        "household.number": pa.array(household * 3 + 100_007).cast(pa.string()),
        "person.relation_to_head": pa.array(RELATIONS).take(pa.array(role)),
        "person.sex": _sex(draft),
        "person.name": _name(draft),
        "person.birth_date": _birth(draft, spec.get("birth", "%Y-%m-%d")),
        "person.id_type": pa.array(DOCUMENTS).take(pa.array(people.document[who])),
        "person.id_number": _number(draft),
        "person.phone": _phone(draft),
        "person.collected_on": pc.strftime(pa.array(day), "%Y-%m-%d"),
    }
    return out | _address(draft, spec, old, is_hukou)


def _sex(draft: Draft) -> pa.Array:
    sex = draft.people.sex[draft.who]
    sex = np.where(draft.rng.random(sex.size) < 0.003, 3 - sex, sex)
    return pa.array(["", "男", "女"]).take(pa.array(np.where(draft.rng.random(sex.size) < 0.01, 0, sex)))


def _name(draft: Draft) -> pa.Array:
    people, who, rng = draft.people, draft.who, draft.rng
    names, length = people.name[who].copy(), people.surname_length[who]
    chinese = length > 0
    for kind in ("name_homophone", "name_near_homophone", "name_look_alike", "name_unknown_character", "name_renamed"):
        rows = draft.hit(kind, chinese)
        changed = spoil.character(names, length, rows, kind, rng)
        draft.kinds[rows[~changed]] &= ~(np.int64(1) << KINDS.index(kind))
    spoil.traditional(names, draft.hit("name_traditional", chinese))
    spoil.dots(names, draft.hit("name_dots", ~chinese), rng)
    spoil.order(names, length, draft.hit("name_order", chinese))
    spoil.spaced(names, length, draft.hit("name_spaced", chinese), rng)
    spoil.honorific(names, length, people.sex[who], draft.hit("name_honorific", chinese))
    written = texts(names).astype("<U40")
    rows = draft.hit("name_pinyin", chinese)
    written[rows] = spoil.pinyin(people.name[who[rows]], length[rows], rng)
    return pa.array(written)


def _number(draft: Draft) -> pa.Array:
    people, who, rng = draft.people, draft.who, draft.rng
    number = people.number[who].copy()
    resident = people.document[who] == RESIDENT
    young = people.born[who] > AS_OF - 14 * 365
    for kind, can in (("id_renewed", ~resident), ("id_second_valid", resident)):
        rows = draft.hit(kind, can)
        number[rows] = people.second_number[who[rows]]
    rows = draft.hit("id_parent", young & (people.parent[who] >= 0))
    number[rows] = people.number[people.parent[who[rows]]]
    resident &= number[:, 17] > 0
    for kind in ("id_adjacent", "id_swapped", "id_ocr", "id_two_wrong"):
        spoil.digits(number, draft.hit(kind, resident), kind, rng)
    spoil.old_number(
        number, draft.hit("id_15", resident & (people.born[who] < np.datetime64("1984-01-01")) & (number[:, 17] > 0))
    )
    spoil.truncated(number, draft.hit("id_truncated", resident & (number[:, 17] > 0)))
    written = number.view("S18").ravel()
    out = np.where(written == b"", b"", written).astype("U24")
    rows = draft.hit("id_science", resident & (number[:, 17] > 0))
    out[rows] = np.strings.add(
        np.strings.add(np.strings.slice(out[rows], 0, 1), np.strings.add(".", np.strings.slice(out[rows], 1, 6))),
        "E+17",
    )
    rows = draft.hit("id_missing")
    out[rows] = np.array(["", "", "", "", "无", "不详", "/"])[rng.integers(0, 7, rows.size)]
    # A child's first number comes late.
    babies = np.flatnonzero((people.born[who] > AS_OF - 60) & (rng.random(who.size) < 0.6))
    out[babies] = ""
    draft.note("id_missing", babies)
    return pa.array(out)


def _birth(draft: Draft, style: str) -> pa.Array:
    born, rng = draft.people.born[draft.who].copy(), draft.rng
    spoil.day_month(born, draft)
    rows = draft.hit("birth_year_off")
    born[rows] = spoil.years(born[rows], rng.choice([-1, 1], rows.size))
    rows = draft.hit("birth_new_year", born < np.datetime64("1965-01-01"))
    born[rows] = born[rows].astype("datetime64[Y]").astype("datetime64[D]")
    written = pc.strftime(pa.array(born), style)
    missing = np.zeros(born.size, bool)
    missing[draft.hit("birth_missing")] = True
    return pc.if_else(pa.array(missing), "", written)


def _phone(draft: Draft) -> pa.Array:
    people, who, rng = draft.people, draft.who, draft.rng
    phone = people.phone[who].copy()
    rows = draft.hit("phone_old", people.has_phone[who])
    phone[rows] = people.old_phone[who[rows]]
    family = ~people.has_phone[who]
    rows = draft.hit("phone_family", family)
    phone[rows] = people.phone[people.family_phone_of[who[rows]]]
    none = family.copy()
    none[rows] = False
    rows = draft.hit("phone_digit", ~none)
    at = rng.integers(3, 11, rows.size)
    phone[rows, at] = spoil.beside(phone[rows, at], rng)
    none[draft.hit("phone_missing")] = True
    draft.note("phone_missing", np.flatnonzero(none))
    out = phone.view("S11").ravel().astype("U20")
    dashed = np.flatnonzero(rng.random(who.size) < 0.02)
    s = out[dashed]
    out[dashed] = np.strings.add(
        np.strings.add(np.strings.slice(s, 0, 3), "-"),
        np.strings.add(np.strings.add(np.strings.slice(s, 3, 7), "-"), np.strings.slice(s, 7, 11)),
    )
    rows = np.flatnonzero(rng.random(who.size) < 0.004)
    out[rows] = np.strings.add("+86 ", out[rows])
    out[none] = ""
    rows = draft.hit("phone_placeholder")
    out[rows] = np.array(["无", "13800138000", "00000000000", "11111111111", "0", "12345678901"])[
        rng.integers(0, 6, rows.size)
    ]
    return pa.array(out)


def _address(draft: Draft, spec: dict[str, Any], old: Array, is_hukou: bool) -> dict[str, pa.Array]:
    people, who, rng, place = draft.people, draft.who, draft.rng, draft.people.ground
    at = (people.registered_dwelling if is_hukou else people.dwelling)[who].copy()
    at[old] = people.old_dwelling[who[old]]
    rows = draft.hit("address_typo", place.kind[at] < 3)
    at[rows] = np.clip(at[rows] + rng.choice([-1, 1], rows.size), 0, place.size - 1)
    weight = np.array(spec["styles"], float)
    manner = rng.choice(6, who.size, p=weight / weight.sum())
    written = pa.concat_arrays([*place.manners, place.short])
    manner[draft.hit("address_short")] = 6
    address = written.take(pa.array(manner * place.size + at))
    wide = rng.random(who.size) < 0.01
    address = pc.if_else(pa.array(wide), spoil.full_width(address), address)
    gone = np.zeros(who.size, bool)
    gone[draft.hit("address_missing")] = True
    parts = {f"address.{name}": column.take(pa.array(at)) for name, column in place.parts.items()}
    return {"person.address": pc.if_else(pa.array(gone), "", address), **parts}
