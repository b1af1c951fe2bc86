"""Addresses: an example table, and laws: any style finds the dwelling, noise never finds a wrong one."""

from __future__ import annotations

import random

import pyarrow as pa
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from wangge.geography import locate
from wangge.tables.shapes import AREA, DWELLING

SEASIDE, RIVER = "440305007015001", "440305007011001"  # grids of 海珠社区 and 后海社区 in 粤海街道, 南山区


def dwelling(compound: str, building: str, unit: str, room: str, grid: str) -> dict[str, object]:
    name = f"{grid}/{compound}/{building}/{unit}/{room}"
    return {
        "dwelling_id": name,
        "grid_code": grid,
        "compound": compound,
        "building": building,
        "unit": unit,
        "room": room,
        "kind": "home",
        "lon": 113.9,
        "lat": 22.5,
        "crs": "WGS84",
        "framed_on": None,
    }


def frame() -> pa.Table:
    rows = [
        dwelling(compound, building, unit, room, grid)
        for compound, grid in [
            ("滨海一苑", SEASIDE),
            ("滨海二苑", SEASIDE),
            ("长江路12号", RIVER),
            ("西直门里", RIVER),
            ("新华二", RIVER),
            ("新华", RIVER),
            ("小新华", SEASIDE),
        ]
        for building in ("1", "2", "3", "23", "A")
        for unit in ("1", "2")
        for room in ("101", "1201")
    ]
    rows += [dwelling("深圳湾花园", "5", "", room, SEASIDE) for room in ("301", "302")]
    signed = ["甲1", "1", "附2", "2", "2附2", "临12", "12", "5", "3区5", "12甲"]
    rows += [dwelling("老街大院", building, "", room, RIVER) for building in signed for room in ("101", "102")]
    rows += [dwelling("同名里", "1", "1", "101", grid) for grid in (SEASIDE, RIVER)]
    rows += [dwelling("两格园", "1", "1", "101", SEASIDE), dwelling("两格园", "2", "1", "101", SEASIDE[:12] + "002")]
    return DWELLING.hand_over(pa.Table.from_pylist(rows, schema=DWELLING.schema))


FRAME = frame()


def found(*addresses: str | None) -> list[dict[str, object]]:
    households = pa.table(
        {
            "household_id": [f"h{i}" for i in range(len(addresses))],
            "address": pa.array(addresses, pa.string()),
        }
    )
    return locate(households, FRAME).to_pylist()


FOUND = [
    ("南山区粤海街道海珠社区滨海一苑3栋2单元1201室", "滨海一苑/3/2/1201"),
    ("滨海一苑3-2-1201", "滨海一苑/3/2/1201"),
    ("滨海一苑３号楼２单元１２０１", "滨海一苑/3/2/1201"),
    ("深圳市南山区粤海街道海珠社区居委会滨海一苑3幢2门1201号", "滨海一苑/3/2/1201"),
    ("广东省深圳市南山区粤海街滨海一苑 3栋 2单元 12楼1201室(出租)", "滨海一苑/3/2/1201"),
    ("滨海一苑三号楼二单元1201室", "滨海一苑/3/2/1201"),
    ("滨海一苑二十三号楼2单元1201", "滨海一苑/23/2/1201"),
    ("滨海一苑03#02单元0101", "滨海一苑/3/2/101"),
    ("滨海一苑a座2单元1201", "滨海一苑/A/2/1201"),
    ("滨海1苑3栋2单元1201", "滨海一苑/3/2/1201"),
    ("长江路12号3栋2单元101", "长江路12号/3/2/101"),
    ("新华二3栋2单元1201", "新华二/3/2/1201"),
    ("小新华3-2-1201", "小新华/3/2/1201"),
    ("西直门里3#2单元101", "西直门里/3/2/101"),
    ("深圳湾花园5-301", "深圳湾花园/5//301"),
    ("深圳市深圳湾花园5栋1单元301", "深圳湾花园/5//301"),  # one stair only: unit 1
    ("海珠社区同名里1-1-101", "同名里/1/1/101"),
    ("两格园2-101", "两格园/2/1/101"),
    # the manners of other departments
    ("滨海一苑3栋2门1201", "滨海一苑/3/2/1201"),
    ("滨海一苑3号楼2楼门12层1201号房间", "滨海一苑/3/2/1201"),
    ("滨海一苑3楼2单元1201", "滨海一苑/3/2/1201"),
    ("滨海一苑A座二单元一二〇一", "滨海一苑/A/2/1201"),
    ("滨海一苑3号楼2梯1201户", "滨海一苑/3/2/1201"),
    ("滨海一苑3号楼 - 2单元 - 1201室", "滨海一苑/3/2/1201"),
    ("滨海一苑３＃２－１２０１", "滨海一苑/3/2/1201"),
    ("滨海一苑3/2/1201", "滨海一苑/3/2/1201"),
    ("老街大院甲1号101", "老街大院/甲1//101"),
    ("老街大院1号101", "老街大院/1//101"),
    ("老街大院附2号101室", "老街大院/附2//101"),
    ("老街大院2号附2号101室", "老街大院/2附2//101"),
    ("老街大院临12号102", "老街大院/临12//102"),
    ("老街大院12号102", "老街大院/12//102"),
    ("老街大院12号甲102", "老街大院/12甲//102"),
    ("老街大院3区5栋101", "老街大院/3区5//101"),
    ("老街大院三区5号楼101", "老街大院/3区5//101"),
    ("老街大院5栋101", "老街大院/5//101"),
]


def test_styles_of_departments_find_the_dwelling() -> None:
    for (address, room), row in zip(FOUND, found(*(a for a, _ in FOUND)), strict=True):
        assert (row["how"], row["reason"]) == ("full", ""), address
        assert str(row["dwelling_id"]).endswith(f"/{room}"), address
        assert str(row["dwelling_id"]).startswith(str(row["grid_code"]))


UNKNOWN = [  # address, how, reason, grid
    (None, "none", "no_address", None),
    ("  ", "none", "no_address", None),
    ("不详", "none", "no_such_compound", None),
    ("北滨海一苑3-2-1201", "none", "no_such_compound", None),
    ("滨海一苑3栋2单元1201、1202", "none", "no_such_compound", None),
    ("南山街道滨海一苑3-2-1201", "none", "area_contradicts", None),
    ("福田区滨海一苑3-2-1201", "none", "area_contradicts", None),
    ("同名里1-1-101", "none", "ambiguous", None),
    ("新华二三栋2单元1201", "none", "ambiguous", None),  # 新华二 3 or 新华 23
    ("滨海一苑3栋1201", "building", "ambiguous", SEASIDE),  # in either unit
    ("滨海一苑3-2-1301", "building", "no_such_room", SEASIDE),
    ("滨海一苑3栋", "building", "no_room", SEASIDE),
    ("滨海一苑9栋1-101", "compound", "no_such_building", SEASIDE),
    ("滨海一苑", "compound", "no_building", SEASIDE),
    ("两格园", "compound", "no_building", None),  # lies in two grids
    ("两格园2栋", "building", "no_room", SEASIDE[:12] + "002"),
    ("老街大院12号后院", "building", "no_room", RIVER),
    ("老街大院乙1号101", "compound", "no_such_building", RIVER),  # neither 甲1 nor 1
    ("老街大院4区5栋101", "compound", "no_such_building", RIVER),
    ("滨海一苑3号楼2单元东户", "building", "no_room", SEASIDE),
]


def test_what_is_not_known_is_said_with_a_reason() -> None:
    for (address, *expected), row in zip(UNKNOWN, found(*(u[0] for u in UNKNOWN)), strict=True):
        assert [row["how"], row["reason"], row["grid_code"]] == expected, address
        assert row["dwelling_id"] is None


def test_one_row_a_household_in_the_order_given() -> None:
    rows = found("滨海一苑3-2-1201", None, "滨海一苑3-2-1201", "x")
    assert [r["household_id"] for r in rows] == ["h0", "h1", "h2", "h3"]
    assert rows[0]["dwelling_id"] == rows[2]["dwelling_id"] is not None
    assert found() == []


def test_names_of_made_up_areas_come_from_the_area_table() -> None:
    codes = {"990101001001": "青石社区", "990101001": "云梦街道", "990101": "安澜区"}
    areas = AREA.hand_over(
        pa.Table.from_pylist(
            [{"code": c, "name": n, "kind": "", "parent_code": c[:6], "crs": "WGS84"} for c, n in codes.items()],
            schema=AREA.schema,
        )
    )
    homes = DWELLING.hand_over(
        pa.Table.from_pylist([dwelling("翠竹苑", "1", "1", "101", "990101001001001")], schema=DWELLING.schema)
    )
    asked = pa.table({"household_id": ["a"], "address": ["安澜区云梦街道青石社区翠竹苑1-1-101"]})
    assert locate(asked, homes, areas)["how"].to_pylist() == ["full"]
    assert locate(asked, homes)["reason"].to_pylist() == ["area_contradicts"]


NUMERALS = "零一二三四五六七八九"


def written(number: str) -> str:
    """1-99 in words, other labels as they are."""
    if not number.isdigit() or int(number) > 99:
        return number
    ten, one = divmod(int(number), 10)
    head = "" if ten == 0 else "十" if ten == 1 else NUMERALS[ten] + "十"
    return head + (NUMERALS[one] if one or not ten else "")


def wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isalnum() else c for c in text)


def address_of(draw: random.Random, row: dict[str, str]) -> str:
    """The dwelling's address in some department's manner. The unit is always written: that is the law's condition."""
    code = row["grid_code"][:12]
    community = {SEASIDE[:12]: "海珠社区", RIVER[:12]: "后海社区"}[code]
    front = draw.choice(["", "广东省", "广东"]) + draw.choice(["", "深圳市", "深圳"])
    front += draw.choice(["", "南山区"]) + draw.choice(["", "粤海街道", "粤海街", "粤海街道办事处"])
    # Only its community tells the two compounds of one name apart.
    front += draw.choice([community, community + "居委会", *([""] if row["compound"] != "同名里" else [])])
    building, unit, room = row["building"], row["unit"], row["room"]
    in_words = not row["compound"].startswith("新华") and draw.random() < 0.5
    if in_words:
        building, unit = written(building), written(unit)
    house = draw.choice(["号楼", "栋", "幢", "座", "#"])
    stair = unit + draw.choice(["单元", "门"]) if unit else ""
    dashes = "-".join(part for part in (building, unit, room) if part)
    end = building + house + stair + room + draw.choice(["", "室", "号", "房"])
    # 滨海12-101 may be 滨海1, 2-101 where a name ends in a number: such names need the mark of the building.
    end = draw.choice([end, dashes]) if row["compound"] != "新华" else end
    text = front + row["compound"] + end
    return draw.choice([text, wide(text), " ".join(text), text + "（租户）"])


ROWS = [r for r in FRAME.to_pylist() if not (r["compound"] == "新华" and r["building"] == "23")]


# One call answers many addresses: a failing text is shown as it is, so shrinking would only cost time.
LAW = settings(max_examples=3, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])


@LAW
@given(st.integers(0, 2**32))
def test_an_address_written_in_any_style_finds_its_dwelling(seed: int) -> None:
    draw = random.Random(seed)
    rows = draw.choices(ROWS, k=1000)
    texts = [address_of(draw, row) for row in rows]
    missed = [t for t, row, a in zip(texts, rows, found(*texts), strict=True) if a["dwelling_id"] != row["dwelling_id"]]
    assert missed == []


# Letters that are neither numbers nor marks: other digits, or letters left out, may well name another true door.
NOISE = "甲旁附近东西院内原某老的与、&?"  # 小 would turn 新华 into 小新华, another true name


@LAW
@given(st.integers(0, 2**32))
def test_noise_never_finds_a_wrong_dwelling(seed: int) -> None:
    draw = random.Random(seed)
    rows = draw.choices(ROWS, k=1000)
    texts = []
    for row in rows:
        text, at = address_of(draw, row), draw.randrange(20)
        texts.append(text[:at] + "".join(draw.choices(NOISE, k=draw.randint(0, 3))) + text[at:])
    wrong = [
        t
        for t, row, a in zip(texts, rows, found(*texts), strict=True)
        if a["how"] == "full" and a["dwelling_id"] != row["dwelling_id"]
    ]
    assert wrong == []
