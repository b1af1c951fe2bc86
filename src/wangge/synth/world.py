"""The truth of a made-up district: everything the lists will be about."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangge.synth.data import Ints, settings, stream
from wangge.synth.homes import Homes, dwelling_ids, dwelling_table, homes, settle, worker_table
from wangge.synth.names import written
from wangge.synth.people import People, household_kinds, n_households, people
from wangge.synth.presets import Preset
from wangge.synth.terrain import Ground, ground
from wangge.synth.text import Text, digits, from_bytes, join, take

ELSEWHERE_SHARE = 0.15  # of old addresses lie outside the district


@dataclass(frozen=True)
class World:
    """People, their homes, and what identifies them."""

    preset: Preset
    seed: int
    ground: Ground
    homes: Homes
    people: People
    home: Ints  # dwelling of each household
    old_home: Ints  # dwelling each household left; -1 - k is the k-th place elsewhere
    kind: Text  # of each dwelling: home, dormitory, non_residential
    account: Ints  # number of each person's account with the check-in platform, -1 for none

    def rng(self, *what: object) -> np.random.Generator:
        """A generator for one part of this district."""
        return stream(self.seed, self.preset.name, *what)

    @property
    def as_of(self) -> dt.date:
        return self.preset.as_of

    @cached_property
    def dwelling_id(self) -> Text:
        """Of every dwelling."""
        return dwelling_ids(self.ground, self.homes)

    @cached_property
    def account_id(self) -> Text:
        """Account of each person as text, null for none."""
        return pc.if_else(pa.array(self.account >= 0), join("v", digits(np.maximum(self.account, 0), 8)), None)

    def person_id(self, who: Ints) -> Text:
        """True ids of people by row; -1 gives null."""
        return pc.if_else(pa.array(who >= 0), join("p", digits(np.maximum(who, 0), 7)), None)

    def dwellings(self) -> pa.Table:
        """DWELLING table."""
        return dwelling_table(self.ground, self.homes, self.dwelling_id, self.kind, self.as_of)

    def workers(self) -> pa.Table:
        """WORKER table."""
        return worker_table(self.ground, self.preset.name)


def world(preset: Preset, seed: int) -> World:
    """Make the people of a preset and settle them on its ground."""
    households = preset.households or n_households(preset.people)
    land = ground(preset, households)
    where = homes(land, preset.name)
    kinds = household_kinds(stream(seed, preset.name, "kinds"), preset.people, households)
    crowd = people(stream(seed, preset.name, "people"), kinds, land.district, preset.as_of)
    home, not_home = settle(stream(seed, preset.name, "settle"), where, households)
    kind = np.where(not_home, 2, 0)
    kind[home[np.unique(crowd.household[crowd.in_dormitory])]] = 1
    return World(
        preset,
        seed,
        land,
        where,
        crowd,
        home,
        _old_homes(stream(seed, preset.name, "moves"), households, len(where)),
        take(["home", "dormitory", "non_residential"], kind),
        _accounts(stream(seed, preset.name, "accounts"), crowd),
    )


def _old_homes(rng: np.random.Generator, households: int, n_homes: int) -> Ints:
    """Where each household lived before."""
    n_elsewhere = len(settings("words/compounds")["elsewhere"])
    away = rng.random(households) < ELSEWHERE_SHARE
    return np.where(away, -1 - rng.integers(0, n_elsewhere, households), rng.integers(0, n_homes, households))


def _accounts(rng: np.random.Generator, crowd: People) -> Ints:
    """Account numbers in no order that says anything; fewer among small children and the old."""
    share = settings("movements")["account_share"]
    chance = np.select([crowd.age < 6, crowd.age >= 70], [share["child"], share["elder"]], share["adult"])
    number = rng.permutation(10_000_000)[: len(crowd)]
    return np.where(rng.random(len(crowd)) < chance, number, -1)


def truth_people(w: World, address: Text) -> pa.Table:
    """One row a person, all true values."""
    p, dwelling = w.people, w.home[w.people.household]
    return pa.table(
        {
            "person_id": w.person_id(np.arange(len(p))),
            "household_id": join("h", digits(p.household, 7)),
            "dwelling_id": w.dwelling_id.take(pa.array(dwelling)),
            "grid_code": take(w.ground.grids, w.homes.grid[dwelling]),
            "name": written(p.name),
            "id_number": from_bytes(p.id_number),
            "birth_date": pa.array(p.birth),
            "sex": take(["1", "2"], p.sex),
            "phone": digits(p.phone, 11),
            "role": take(["head", "spouse", "child", "parent", "mate"], p.role),
            "address": address,
            "account": w.account_id,
            "is_twin": pa.array(p.twin | np.r_[p.twin[1:], False]),
        }
    )
