"""Accounts of the check-in platform: what people typed themselves."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from wangge.synth.data import settings
from wangge.synth.lists.rows import observe
from wangge.synth.lists.sheet import PERSON, Sheet
from wangge.synth.text import dates
from wangge.synth.world import World


def visitors(world: World) -> Sheet:
    """One row an account, by account."""
    rng, mix = world.rng("visitors"), settings("mix")["visitors"]
    who = np.flatnonzero(world.account >= 0)
    who = who[np.argsort(world.account[who])]
    seen = observe(rng, world.people, who, mix)
    joined = np.datetime64(world.as_of) - rng.integers(20, 900, who.size).astype("timedelta64[D]")
    columns = {
        "登记账号": world.account_id.take(pa.array(who)),
        "姓名": seen.name,
        "手机号": seen.phone,
        "身份证号": seen.id_number,
        "注册日期": dates(joined, "1980-05-03"),
    }
    return Sheet("visitors", "visitors.csv", columns, who, np.full(who.size, PERSON))
