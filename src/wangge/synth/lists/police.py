"""The police household register: GB18030, a title above the header, full addresses, compact dates."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from wangge.synth.addresses import AddressBook
from wangge.synth.data import Bools, Ints, settings
from wangge.synth.lists.rows import addresses, observe, relations, with_duplicates
from wangge.synth.lists.sheet import PERSON, Sheet
from wangge.synth.people import MATE, People
from wangge.synth.text import Text, blank, dates, digits, join
from wangge.synth.world import World

WORDS = {
    "head": ("户主", "户主"),
    "spouse": ("夫", "妻"),
    "child": ("子", "女"),
    "parent": ("父亲", "母亲"),
    "mate": ("户主", "户主"),
}


def police(world: World, book: AddressBook) -> Sheet:
    """Nearly everybody, household by household."""
    rng, mix, people = world.rng("police"), settings("mix")["police"], world.people
    who = with_duplicates(rng, np.flatnonzero(rng.random(len(people)) < mix["coverage"]), mix["duplicated"])
    address, moved = addresses(rng, book, who, mix)
    number = _numbers(people, who, moved)
    order = np.argsort(number, kind="stable")
    seen = observe(rng, people, who, mix)
    since = np.datetime64(world.as_of) - rng.integers(30, 9000, who.size).astype("timedelta64[D]")
    columns: dict[str, Text] = {
        "户号": join(world.ground.district[:4], digits(number, 9)),
        "与户主关系": relations(people, who, WORDS),
        "姓名": seen.name,
        "性别": seen.sex_text(["", "男", "女"]),
        "民族": pa.repeat("—", who.size),
        "出生日期": seen.birth_text("19800503"),
        "公民身份号码": seen.id_number,
        "住址": address,
        "联系电话": seen.phone,
        "迁入日期": blank(dates(since, "19800503"), rng.random(who.size) < 0.3),
    }
    columns = {header: values.take(pa.array(order)) for header, values in columns.items()}
    return Sheet(
        "police",
        "police.csv",
        columns,
        who[order],
        np.full(who.size, PERSON),
        encoding="gb18030",
        newline="\r\n",
        titles=(f"{book.district}常住人口登记表（{world.as_of:%Y年%m月}）",),
    )


def _numbers(people: People, who: Ints, moved: Bools) -> Ints:
    """The register's own household number: who has moved away stands in another household, mates each in their own."""
    own = people.n_households * 2 + who
    shared = people.household[who] * 2 + moved
    return np.where(people.role[who] == MATE, own, shared)
