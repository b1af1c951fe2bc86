"""The community census, taken at the door by grid workers: no title, full-width digits here and there, dotted dates."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from wangge.synth.addresses import AddressBook
from wangge.synth.data import Ints, settings
from wangge.synth.lists.rows import addresses, observe, relations, with_duplicates
from wangge.synth.lists.sheet import PERSON, Sheet
from wangge.synth.people import MATE, PARENT, People
from wangge.synth.text import Text, dates, plain, put, take, widen
from wangge.synth.world import World

WORDS = {
    "head": ("户主", "户主"),
    "spouse": ("配偶", "配偶"),
    "child": ("子女", "子女"),
    "parent": ("父母", "父母"),
    "mate": ("其他", "其他"),
}
RESIDENCES = ("", "常住", "寄住", "流动")
LAST_DAYS = 30


def _share_of_grids(rng: np.random.Generator, world: World, mix: dict[str, Any]) -> np.ndarray:
    """How far each grid has come: evenly spread around the share of the whole, in no order."""
    n, half = len(world.ground.grids), mix["spread"]
    return rng.permutation(np.linspace(mix["coverage"] - half, mix["coverage"] + half, n))


def _residence(rng: np.random.Generator, people: People, mix: dict[str, Any]) -> Ints:
    """Whoever shares a flat or a dormitory is floating, some parents board with their children, some were not asked.

    -> places in RESIDENCES
    """
    kind = np.ones(len(people), np.int64)
    kind[(people.role == PARENT) & (rng.random(len(people)) < mix["parents_boarding"])] = 2
    kind[(people.role == MATE) | people.in_dormitory] = 3
    kind[rng.random(len(people)) < mix["residence_missing"]] = 0
    return kind


def census(world: World, book: AddressBook) -> Sheet:
    """Seven of ten households, door by door."""
    rng, mix, people = world.rng("census"), settings("mix")["census"], world.people
    covered = rng.random(people.n_households) < _share_of_grids(rng, world, mix)[world.homes.grid[world.home]]
    asked = rng.integers(1, LAST_DAYS + 1, people.n_households)
    present = rng.random(len(people)) >= mix["omitted"]
    who = with_duplicates(rng, np.flatnonzero(covered[people.household] & present), mix["duplicated"])
    household, n = people.household[who], who.size
    seen = observe(rng, people, who, mix)
    on = np.datetime64(world.as_of) - asked[household].astype("timedelta64[D]")
    columns: dict[str, Text] = {
        "网格": take(world.ground.grids, world.homes.grid[world.home[household]]),
        "户编号": plain(household + 1),
        "姓名": seen.name,
        "与户主关系": relations(people, who, WORDS),
        "性别": seen.sex_text(["", "男", "女"]),
        "身份证号码": seen.id_number,
        "出生日期": seen.birth_text("1980.05.03"),
        "联系电话": seen.phone,
        "现居住地址": addresses(rng, book, who, mix)[0],
        "居住类别": take(list(RESIDENCES), _residence(world.rng("residence"), people, mix)[who]),
        "户别": take(["家庭户", "集体宿舍"], people.in_dormitory[who].astype(np.int64)),
        "登记日期": dates(on, "1980-05-03"),
    }
    wide = rng.random(n) < mix["wide_digits"]
    for header in ("身份证号码", "联系电话", "现居住地址"):
        columns[header] = put(columns[header], wide, widen(columns[header].filter(pa.array(wide))))
    file = "census.csv" if world.preset.big_lists else "census.xlsx"
    return Sheet("census", file, columns, who, np.full(n, PERSON), sheet="人口登记")
