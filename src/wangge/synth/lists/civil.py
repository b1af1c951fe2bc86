"""The civil affairs roll: a workbook with two title rows and a totals row, the old over-represented, old addresses."""

from __future__ import annotations

import numpy as np

from wangge.synth.addresses import AddressBook
from wangge.synth.data import settings
from wangge.synth.lists.rows import addresses, observe, with_duplicates
from wangge.synth.lists.sheet import PERSON, Sheet
from wangge.synth.text import plain, take
from wangge.synth.world import World

BENEFITS = ["高龄津贴", "居家养老", "临时救助", "无"]


def civil(world: World, book: AddressBook) -> Sheet:
    """Three fifths of the people, nine in ten of the old."""
    rng, mix, people = world.rng("civil"), settings("mix")["civil"], world.people
    old = people.age >= 60
    share = old.mean()
    others = (mix["coverage"] - mix["elder_coverage"] * share) / (1 - share)
    covered = np.flatnonzero(rng.random(len(people)) < np.where(old, mix["elder_coverage"], others))
    who = with_duplicates(rng, rng.permutation(covered), mix["duplicated"])
    seen, n = observe(rng, people, who, mix), who.size
    benefit = np.where(people.age[who] >= 80, 0, np.where(old[who], 1, rng.choice([2, 3], n, p=[0.1, 0.9])))
    columns = {
        "序号": plain(np.arange(1, n + 1)),
        "姓名": seen.name,
        "性别": seen.sex_text(["", "男", "女"]),
        "身份证号码": seen.id_number,
        "出生年月日": seen.birth_text("1980/5/3"),
        "家庭住址": addresses(rng, book, who, mix)[0],
        "手机": seen.phone,
        "享受待遇": take(BENEFITS, benefit),
    }
    return Sheet(
        "civil",
        "civil.xlsx",
        columns,
        who,
        np.full(n, PERSON),
        sheet="花名册",
        titles=(
            f"{book.district}民政对象花名册",
            f"填报单位：{book.district}民政局    填报日期：{world.as_of:%Y年%m月%d日}",
        ),
        totals=("合计", "", "", "", "", "", "", f"{n}人"),
    )
