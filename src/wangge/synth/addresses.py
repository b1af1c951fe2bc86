"""Addresses as different departments write them. `unit` 0 means one stair only: nobody writes it then."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangge.synth.data import Array, Ints, settings
from wangge.synth.text import Text, by_kind, join, plain, take
from wangge.synth.world import World

ONES = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"]
TENS = ["", "十", *(f"{one}十" for one in ONES[2:])]
WRITTEN = [ten + one for ten in TENS for one in ONES]  # up to 九十九
OFFICES = ("居民委员会", "居委会", "村民委员会")


class AddressBook:
    """Writes the address of dwellings in a style."""

    def __init__(self, world: World) -> None:
        self.world, self.homes = world, world.homes
        names = dict(zip(world.ground.areas["code"].to_pylist(), world.ground.areas["name"].to_pylist(), strict=True))
        grids = world.ground.grids
        self.street = [names[code[:9]] for code in grids]
        self.community = [_without_office(names[code[:12]]) for code in grids]
        self.district = names[world.ground.district]
        self.elsewhere: list[str] = settings("words/compounds")["elsewhere"]
        self.styles: dict[str, Callable[[Ints], Text]] = {
            "full": self._full,
            "street": self._street,
            "middle": self._middle,
            "short": self._short,
            "plain": self._plain,
            "words": self._words,
        }

    def write(self, rng: np.random.Generator, dwelling: Ints, styles: dict[str, float]) -> Text:
        """Addresses in styles drawn by their shares; negative dwellings lie outside the district."""
        kind = rng.choice(len(styles), dwelling.size, p=np.array(list(styles.values())))
        kind = np.where(dwelling < 0, len(styles), kind)
        makers: dict[int, Callable[[Ints], Text]] = {
            k: self._of(self.styles[name], dwelling) for k, name in enumerate(styles)
        }
        makers[len(styles)] = lambda rows: self._away(rng, -1 - dwelling[rows])
        return by_kind(kind, makers)

    def full(self, dwelling: Ints) -> Text:
        """The full address."""
        return self._full(dwelling)

    def building_only(self, dwelling: Ints) -> Text:
        """Compound and building, as people write who think that is enough."""
        return join(self._compound(dwelling), plain(self.homes.building_no[dwelling]), "号楼")

    def _of(self, style: Callable[[Ints], Text], dwelling: Ints) -> Callable[[Ints], Text]:
        return lambda rows: style(dwelling[rows])

    def _compound(self, d: Ints) -> Text:
        return take(self.homes.names, self.homes.compound[d])

    def _parts(self, d: Ints, house: str, stair: str) -> Text:
        """Building, unit where there is one, and room."""
        unit = self._unit(d, plain(self.homes.unit[d]), stair)
        return join(plain(self.homes.building_no[d]), house, unit, plain(self.homes.room[d]))

    def _unit(self, d: Ints, unit: Text, stair: str) -> Text:
        return pc.if_else(pa.array(self.homes.unit[d] == 0), "", join(unit, stair))

    def _full(self, d: Ints) -> Text:
        grid = self.homes.grid[d]
        return join(
            self.world.preset.city,
            self.district,
            take(self.street, grid),
            take(self.community, grid),
            self._compound(d),
            self._parts(d, "号楼", "单元"),
            "室",
        )

    def _street(self, d: Ints) -> Text:
        return join(take(self.street, self.homes.grid[d]), self._compound(d), self._parts(d, "栋", "单元"))

    def _middle(self, d: Ints) -> Text:
        return join(self.district, self._compound(d), self._parts(d, "栋", "门"))

    def _short(self, d: Ints) -> Text:
        return join(self._compound(d), self._parts(d, "-", "-"))

    def _plain(self, d: Ints) -> Text:
        return join(self._compound(d), self._parts(d, "号楼", "单元"), "室")

    def _words(self, d: Ints) -> Text:
        house = take(WRITTEN, self.homes.building_no[d])
        unit = self._unit(d, take(WRITTEN, self.homes.unit[d]), "单元")
        return join(self._compound(d), house, "号楼", unit, plain(self.homes.room[d]), "室")

    def _away(self, rng: np.random.Generator, place: Array) -> Text:
        return join(take(self.elsewhere, place), plain(rng.integers(1, 300, place.size)), "号")


def _without_office(name: str) -> str:
    """华亭里社区居委会 -> 华亭里社区: nobody writes the office into an address."""
    for office in OFFICES:
        name = name.removesuffix(office)
    return name
