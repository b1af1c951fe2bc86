"""The health department's files: UTF-8 with BOM, dates with dashes, short addresses, sex as a code."""

from __future__ import annotations

import numpy as np

from wangge.synth.addresses import AddressBook
from wangge.synth.data import settings
from wangge.synth.lists.rows import addresses, observe, with_duplicates
from wangge.synth.lists.sheet import PERSON, Sheet
from wangge.synth.text import dates, digits, join, take
from wangge.synth.world import World


def health(world: World, book: AddressBook) -> Sheet:
    """Three quarters of the people in the order their files were opened."""
    rng, mix, people = world.rng("health"), settings("mix")["health"], world.people
    covered = np.flatnonzero(rng.random(len(people)) < mix["coverage"])
    who = with_duplicates(rng, rng.permutation(covered), mix["duplicated"])
    seen, n = observe(rng, people, who, mix), who.size
    opened = np.datetime64(world.as_of) - np.sort(rng.integers(20, 1500, n))[::-1].astype("timedelta64[D]")
    columns = {
        "档案编号": join("JK", digits(np.arange(n) + 1, 8)),
        "姓名": seen.name,
        "性别": seen.sex_text(["", "1", "2"]),
        "出生日期": seen.birth_text("1980-05-03"),
        "身份证号": seen.id_number,
        "联系电话": seen.phone,
        "现住址": addresses(rng, book, who, mix)[0],
        "建档日期": dates(opened, "1980-05-03"),
        "建档机构": take(
            ["第一社区卫生服务中心", "第二社区卫生服务中心", "第三社区卫生服务中心"], rng.integers(0, 3, n)
        ),
    }
    return Sheet(
        "health", "health.csv", columns, who, np.full(n, PERSON), encoding="utf-8-sig", newline="\r\n", quoted=True
    )
