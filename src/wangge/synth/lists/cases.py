"""The CDC's list of cases. People without symptoms have a sampling date and no onset."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from wangge.synth.data import settings
from wangge.synth.lists.rows import observe
from wangge.synth.lists.sheet import PERSON, Sheet
from wangge.synth.outbreak import KINDS, Outbreak
from wangge.synth.text import blank, dates, plain, take
from wangge.synth.world import World

WORDS = {"confirmed": "确诊病例", "asymptomatic": "无症状感染者", "suspected": "疑似病例"}


def cases(world: World, outbreak: Outbreak) -> Sheet:
    """One row a case, by the day of isolation."""
    rng, mix = world.rng("cases"), settings("mix")["cases"]
    order = np.lexsort((outbreak.who, outbreak.isolated))
    who, kind = outbreak.who[order], outbreak.kind[order]
    seen = observe(rng, world.people, who, mix)
    onset = blank(dates(outbreak.onset[order], "1980-05-03"), kind == KINDS.index("asymptomatic"))
    columns = {
        "序号": plain(np.arange(1, who.size + 1)),
        "姓名": seen.name,
        "证件号码": seen.id_number,
        "联系电话": seen.phone,
        "病例类型": take([WORDS[k] for k in KINDS], kind),
        "发病日期": onset,
        "采样日期": dates(outbreak.sampled[order], "1980-05-03"),
        "隔离日期": dates(outbreak.isolated[order], "1980-05-03"),
        "报告单位": pa.repeat("疾病预防控制中心", who.size),
    }
    return Sheet("cases", "cases.csv", columns, who, np.full(who.size, PERSON), encoding="utf-8-sig")
