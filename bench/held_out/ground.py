"""Made-up ground: dwellings of five kinds, and each written in six manners."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bench.held_out.words import Array, words

COMPOUND, HOUSE, VILLAGE, DORMITORY, CARE = range(5)
DIGITS = "零一二三四五六七八九"


@dataclass(frozen=True)
class Ground:
    """Dwellings. `manners[m]` are their addresses in manner m; `short` lacks the door; parts as written apart."""

    kind: Array
    manners: list[pa.Array]
    short: pa.Array
    parts: dict[str, pa.Array]
    rooms: Array  # dwellings of the kinds below, by kind

    @property
    def size(self) -> int:
        return int(self.kind.size)


def ground(n_homes: int, n_dormitory: int, n_care: int, rng: np.random.Generator) -> Ground:
    """`n_homes` dwellings of families, then rooms of dormitories, then care homes (each one dwelling)."""
    w = words()
    share = rng.random(n_homes)
    kind = np.select([share < 0.72, share < 0.86], [COMPOUND, HOUSE], VILLAGE)
    kind = np.sort(kind).astype(np.int8)
    kind = np.r_[kind, np.full(n_dormitory, DORMITORY, np.int8), np.full(n_care, CARE, np.int8)]
    within = np.arange(kind.size) - np.searchsorted(kind, np.arange(5), "left")[kind]
    place, building, unit, floor, door = _numbers(kind, within)
    names = _place_names(w, rng)
    place_text = _named(names, kind, place)
    alias = _named({**names, COMPOUND: _aliases(names[COMPOUND])}, kind, place)
    roads = w["roads"].split()
    road = pa.array(roads).take(pa.array(np.where(kind == HOUSE, place, place * 7 + kind) % len(roads)))
    along = place // len(roads) * 80 + within % 37 * 2 + 1  # no two houses of a road share number and door
    number = _text(np.where(kind == HOUSE, along, place * 13 % 380 + 1))
    town = pa.array(w["towns"].split()).take(pa.array(place % len(w["towns"].split())))
    n = {
        "place": place_text, "alias": alias, "road": road, "number": number, "town": town,
        "building": _text(building), "unit": _text(unit), "room": _text(floor * 100 + door),
        "building_word": _chinese(building), "unit_word": _chinese(unit), "group": _text(building),
        "house": _text(unit * 100 + floor * 10 + door),
    }  # fmt: skip
    return Ground(kind, _manners(kind, n, w), _short(kind, n), _parts(kind, n), np.bincount(kind, minlength=5))


def _numbers(kind: Array, within: Array) -> tuple[Array, ...]:
    """Place, building, unit, floor and door of each dwelling, counted through its kind."""
    home = kind == COMPOUND
    door = np.where(home, within % 2 + 1, within % 4 + 1)
    floor = np.where(home, within // 2 % 11 + 1, within // 4 % 5 + 1)
    unit = np.where(home, within // 22 % 3 + 1, within // 20 % 4 + 1)
    building = np.where(home, within // 66 % 18 + 1, within // 80 % 6 + 1)
    place = np.select([home, kind == CARE], [within // (66 * 18), within], within // 480)
    return place, building, unit, floor, door


def _place_names(w: dict[str, str], rng: np.random.Generator) -> dict[int, list[str]]:
    def every(heads: str, tails: str) -> list[str]:
        names = [head + tail for head in w[heads].split() for tail in w[tails].split()]
        return [names[i] for i in rng.permutation(len(names))]

    return {
        COMPOUND: every("compound_heads", "compound_tails"), HOUSE: w["roads"].split(),
        VILLAGE: every("village_heads", "village_tails"), DORMITORY: w["firms"].split(), CARE: w["homes"].split(),
    }  # fmt: skip


def _aliases(names: list[str]) -> list[str]:
    """Every seventh compound is called by another name too: its older one."""
    tails = {"花园": "小区", "小区": "新村", "家园": "小区", "公寓": "大厦", "华府": "花园"}
    return [
        next((n[: -len(a)] + b + "(原)" for a, b in tails.items() if n.endswith(a)), n) if i % 7 == 0 else n
        for i, n in enumerate(names)
    ]


def _named(names: dict[int, list[str]], kind: Array, place: Array) -> pa.Array:
    """The name of each dwelling's place; when names run out a number of the phase tells them apart."""
    offset, flat = {}, []
    for k in range(5):
        offset[k] = len(flat)
        n = int(place[kind == k].max(initial=0)) + 1
        own = names[k]
        flat += [
            own[i % len(own)] + ("" if i < len(own) or k == HOUSE else f"{DIGITS[i // len(own) % 10]}期")
            for i in range(n)
        ]
    at = np.array([offset[k] for k in range(5)])[kind] + place
    return pa.array(flat).take(pa.array(at))


def _text(numbers: Array) -> pa.Array:
    return pa.array(numbers.astype(np.int64)).cast(pa.string())


def _chinese(numbers: Array) -> pa.Array:
    """1..99 as Chinese numerals."""
    words_ = [
        "十"
        if n == 10
        else (
            DIGITS[n] if n < 10 else (("" if n < 20 else DIGITS[n // 10]) + "十" + (DIGITS[n % 10] if n % 10 else ""))
        )
        for n in range(100)
    ]
    return pa.array(words_).take(pa.array(numbers.astype(np.int64) % 100))


def _join(*parts: pa.Array | str) -> pa.Array:
    return pc.binary_join_element_wise(*parts, "")


def _chosen(kind: Array, by_kind: list[pa.Array]) -> pa.Array:
    return pc.choose(pa.array(kind.astype(np.int64)), *by_kind)


def _manners(kind: Array, n: dict[str, pa.Array], w: dict[str, str]) -> list[pa.Array]:
    """Full; plain; short dashes; road without unit; Chinese numerals; the compound's other name."""
    city, district = w["city"], w["district"]
    flat = _join(n["place"], n["building"], "号楼", n["unit"], "单元", n["room"], "室")
    house = _join(n["road"], n["number"], "号", n["house"], "室")
    village = _join(n["place"], n["group"], "组", n["house"], "号")
    room = _join(n["place"], "宿舍", n["building"], "号楼", n["house"], "室")
    road = _join(n["road"], n["number"], "号")
    full = [
        _join(city, district, n["town"], road, flat),
        _join(city, district, n["town"], house),
        _join(city, district, n["town"], village),
        _join(city, district, room),
        _join(city, district, n["place"]),
    ]
    plain = [_join(n["place"], n["building"], "栋", n["unit"], "单元", n["room"]), house, village, room, n["place"]]
    dashes = [
        _join(n["place"], n["building"], "-", n["unit"], "-", n["room"]),
        _join(n["road"], n["number"], "-", n["house"]),
        _join(n["place"], n["group"], "-", n["house"]),
        _join(n["place"], "宿舍", n["building"], "-", n["house"]),
        n["place"],
    ]
    no_unit = [
        _join(district, road, n["place"], n["building"], "幢", n["room"], "室"),
        _join(district, house),
        _join(n["town"], village),
        _join(n["place"], n["building"], "栋", n["house"]),
        n["place"],
    ]
    spoken = [
        _join(district, n["place"], n["building_word"], "号楼", n["unit_word"], "单元", n["room"], "号"),
        house,
        village,
        room,
        _join(n["place"], "内"),
    ]
    other = [_join(n["alias"], n["building"], "号楼", n["unit"], "门", n["room"]), house, village, room, n["place"]]
    return [_chosen(kind, some) for some in (full, plain, dashes, no_unit, spoken, other)]


def _short(kind: Array, n: dict[str, pa.Array]) -> pa.Array:
    """Without the door."""
    return _chosen(kind, [_join(n["place"], n["building"], "号楼"), n["road"], n["place"], n["place"], n["place"]])


def _parts(kind: Array, n: dict[str, pa.Array]) -> dict[str, pa.Array]:
    home, none = pa.array(kind == COMPOUND), pa.nulls(kind.size, pa.string())
    return {
        "street": pc.if_else(home, n["place"], _join(n["place"], pc.if_else(pa.array(kind == HOUSE), n["number"], ""))),
        "building": n["building"], "unit": pc.if_else(home, n["unit"], none),
        "room": pc.if_else(home, n["room"], n["house"]),
    }  # fmt: skip
