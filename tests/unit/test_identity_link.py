"""link(): who becomes one person, which value is believed, who lives behind one door, what a person must look at."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from wangge import identity, intake, quality
from wangge.identity import Linked, link, score
from wangge.identity.bytes import raw
from wangge.identity.doors import doors
from wangge.identity.normal import WEIGHTS, homophones, id_numbers
from wangge.tables.shapes import DECISION, GOOD_ROW, HOUSEHOLD, LINK, PERSON, REVIEW

AS_OF = dt.date(2026, 11, 23)
WANG, LI, ZHAO = "11010119900307109X", "110101199003070011", "110101199003070118"  # made up, check digits right
ADDRESS = "金钟花园12-3-501"


def rows(*some: dict[str, Any]) -> pa.Table:
    """GOOD_ROW from dictionaries; list and row are `a` and the place where not given."""
    full = [{"list": "a", "row": i, "sex": "0"} | row for i, row in enumerate(some, 1)]
    return GOOD_ROW.hand_over(pa.Table.from_pylist(full, schema=GOOD_ROW.schema))


def linked(*some: dict[str, Any], **options: Any) -> Linked:
    return link(rows(*some), AS_OF, **options)


def groups(found: Linked) -> list[list[int]]:
    """Row numbers that are one person, for rows of one list."""
    by_person: dict[str, list[int]] = {}
    for row in found.links.to_pylist():
        by_person.setdefault(row["person_id"], []).append(row["row"])
    return sorted(by_person.values())


def test_one_person_of_three_lists() -> None:
    found = linked(
        {"list": "police", "row": 7, "name": "王晓明", "id_number": WANG, "address": "旧里1-1-101"},
        {"list": "health", "row": 2, "name": "王小明", "id_number": WANG[:6] + WANG[8:17], "phone": "13800000001"},
        {"list": "census", "row": 3, "name": "王晓明", "id_number": WANG, "address": ADDRESS, "phone": "13800000002",
         "collected_on": dt.date(2026, 11, 2)},
        door_lists=("census",), source_order=("police", "health", "census"),
    )  # fmt: skip
    (person,) = found.people.to_pylist()
    assert {k: person[k] for k in ("name", "id_number", "birth_date", "sex", "phone", "address", "n_rows")} == {
        "name": "王晓明", "id_number": WANG, "birth_date": dt.date(1990, 3, 7), "sex": "1", "phone": "13800000002",
        "address": ADDRESS, "n_rows": 3,
    }  # fmt: skip
    assert person["lists"] == ["census", "health", "police"]
    assert person["confirmed_on"] == dt.date(2026, 11, 2)
    assert found.links.column("evidence").to_pylist() == ["id"] * 3
    assert (found.links.schema, found.people.schema) == (LINK.schema, PERSON.schema)
    assert (found.households.schema, found.review.schema) == (HOUSEHOLD.schema, REVIEW.schema)


def test_the_freshest_value_wins_then_the_order_of_sources() -> None:
    who = {"name": "王晓明", "id_number": WANG}
    found = linked(
        {"list": "a", "phone": "1", "address": "甲里1-1"} | who,
        {"list": "b", "phone": "2", "address": "乙里1-1"} | who,
        {"list": "c", "phone": "3", "collected_on": dt.date(2020, 1, 1)} | who,
        {"list": "d", "phone": "4", "collected_on": dt.date(2030, 1, 1)} | who,
        source_order=("b", "a", "c", "d"),
    )
    (person,) = found.people.to_pylist()
    assert (person["phone"], person["address"], person["confirmed_on"]) == ("3", "乙里1-1", None)


def test_an_address_asked_at_the_door_wins_then_the_one_most_lists_agree_on() -> None:
    who = {"name": "王晓明", "id_number": WANG}
    some = [
        {"list": "a", "address": "旧园里1-1"} | who,
        {"list": "b", "address": ADDRESS} | who,
        {"list": "c", "address": "东丽区金钟花园12栋3门501"} | who,
    ]
    asked = {"list": "d", "address": "新家里2-2", "collected_on": dt.date(2026, 1, 1)} | who
    order = {"source_order": ("a", "b", "c", "d"), "door_lists": ("d",)}
    assert linked(*some, **order).people.column("address").to_pylist() == [ADDRESS]
    assert linked(*some, asked, **order).people.column("address").to_pylist() == ["新家里2-2"]


def test_two_valid_numbers_are_never_one_person_however_alike_the_rest() -> None:
    same = {"name": "王晓明", "phone": "13800000001", "birth_date": dt.date(1990, 3, 7), "address": ADDRESS}
    found = linked(same | {"id_number": WANG}, same | {"id_number": LI})
    assert groups(found) == [[1], [2]]


def test_an_ambiguous_key_joins_nobody_and_is_reviewed() -> None:
    same = {"name": "王晓明", "phone": "13800000001", "birth_date": dt.date(1990, 3, 7), "address": ADDRESS}
    found = linked(same | {"id_number": WANG}, same | {"id_number": LI}, same)
    assert groups(found) == [[1], [2], [3]]
    reviewed = sorted(found.review.to_pylist(), key=lambda r: r["row"])
    assert [r["row"] for r in reviewed] == [1, 2, 3]
    assert len({r["group_id"] for r in reviewed}) == 1
    assert len({r["person_id"] for r in reviewed}) == 3
    reasons = reviewed[0]["reason"].split("; ")
    assert reasons[:2] == ["name+phone+birth", "name+address+birth"]
    assert len(set(reasons)) == len(reasons) > 5


def test_a_doubt_that_a_spelling_settles_is_not_reviewed() -> None:
    day = {"birth_date": dt.date(1990, 3, 7)}
    found = linked(
        {"name": "王晓明", "id_number": WANG}, {"name": "王小明", "id_number": LI}, {"name": "王小明"} | day,
    )  # fmt: skip
    assert groups(found) == [[1], [2, 3]]
    assert found.links.column("evidence").to_pylist() == ["alone", "exact_name+birth", "exact_name+birth"]
    assert found.review.num_rows == 0


def test_a_slip_of_the_pen_joins_the_one_number_it_can_mean() -> None:
    slip = WANG[:15] + "2" + WANG[16:]
    assert groups(linked({"name": "王晓明", "id_number": WANG}, {"name": "王小明", "id_number": slip})) == [[1, 2]]
    assert groups(linked({"name": "王晓明", "id_number": WANG}, {"name": "李红", "id_number": slip})) == [[1], [2]]


def test_slips_near_to_each_other_do_not_join_two_numbers() -> None:
    """x is a slip of one number, y of another, and the slips are two digits apart: the numbers stay two people."""
    one, two = "11010119900307109X", "110101199003082186"
    x, y = "110101199003081090", "110101199003082191"
    assert id_numbers(*raw(pa.chunked_array([[one, two, x, y]])), WEIGHTS)[1].tolist() == [True, True, False, False]
    found = linked(*({"name": "王晓明", "id_number": n} for n in (one, two, x, y)))
    person = {r["row"]: r["person_id"] for r in found.links.to_pylist()}
    assert person[1] != person[2]
    assert (person[3], person[4]) == (person[1], person[2])


@pytest.mark.parametrize("spoilt", [WANG[:15] + "000", str(int(float(WANG[:15] + "000")))])
def test_a_number_that_a_number_cell_has_spoilt_is_not_trusted(spoilt: str) -> None:
    one = {"name": "王晓明", "id_number": WANG}
    assert groups(linked(one, {"name": "王晓明", "id_number": spoilt})) == [[1, 2]]
    assert not id_numbers(*raw(pa.chunked_array([[spoilt]])), WEIGHTS)[1][0]


@pytest.mark.parametrize(
    ("number", "is_valid"),
    [
        (WANG, True), (WANG[:17] + "x", True), (WANG[:17] + "1", False), (WANG[:6] + WANG[8:17], True),
        ("110101991307109", False), ("110101199002300013", False), ("", False), ("E12345678", False),
        ("1101011990030710X9", False), ("11010119900307109XX", False),
    ],
)  # fmt: skip
def test_which_numbers_are_valid(number: str, is_valid: bool) -> None:
    assert id_numbers(*raw(pa.chunked_array([[number]])), WEIGHTS)[1].tolist() == [is_valid]


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        (ADDRESS, "天津市东丽区万新街道华亭里社区金钟花园12号楼3单元501室", True),
        (ADDRESS, "东丽区金钟花园12栋3门501", True),
        (ADDRESS, "金钟花园十二号楼三单元501室", True),
        (ADDRESS, "金钟花园12号楼3单元0501室", True),
        (ADDRESS, "成林道12号金钟花园12号楼3单元501", True),
        (ADDRESS, "银钟花园12-3-501", False),
        (ADDRESS, "大金钟花园12-3-501", False),
        (ADDRESS, "金钟花园12-3-502", False),
        (ADDRESS, "金钟花园1-23-501", False),
        ("五一小区3-2-101", "一小区3-2-101", False),
        ("某镇柳村12号", "某市某镇柳村12号", True),
        ("阳光楼3-2", "阳光楼3-3", False),
        ("A座12-3", "金钟花园A座12-3", False),
        ("东丽区金钟花园12-3-501", "天津市东丽区万新街道华亭里社区金钟花园12号楼3单元501室", True),
        ("都市花园12-3-501", "城市花园12-3-501", False),
        ("都市花园12-3-501", "东丽区都市花园12-3-501", True),
    ],
)
def test_one_door_in_every_style(one: str, two: str, same: bool) -> None:
    found, _, _ = doors(raw(pa.chunked_array([[one, two, None]])))
    assert (found[0] == found[1] and found[0] >= 0) == same
    assert found[2] == -1


@pytest.mark.parametrize("text", ["金钟花园", "金钟花园12号楼", "12-3-501", "", "某区", "第3"])
def test_an_address_that_names_no_door(text: str) -> None:
    assert doors(raw(pa.chunked_array([[text]])))[0].tolist() == [-1]


def test_homophones_hold_what_clerks_mistype() -> None:
    table = homophones()
    for one, two in ("晓小", "伟玮", "张章", "刘留", "劉刘", "國国"):
        assert table[ord(one)] == table[ord(two)]
    assert len({int(table[ord(c)]) for c in "王李张刘陈"}) == 5


def household_of(found: Linked) -> dict[str, str]:
    return {p["name"]: p["household_id"] for p in found.people.to_pylist()}


def test_a_household_is_those_behind_one_door() -> None:
    found = linked(
        {"name": "王晓明", "id_number": WANG, "address": "东丽区" + ADDRESS, "relation_to_head": "配偶"},
        {"name": "李红", "id_number": LI, "address": "金钟花园12号楼3单元501室", "relation_to_head": "户主"},
        {"name": "赵强", "id_number": ZHAO, "address": "银钟花园12-3-501"},
    )
    where = household_of(found)
    assert where["王晓明"] == where["李红"] != where["赵强"]
    ids = {p["name"]: p["person_id"] for p in found.people.to_pylist()}
    assert sorted((h["n_people"], h["head_person_id"], h["address"]) for h in found.households.to_pylist()) == sorted([
        (2, ids["李红"], "金钟花园12号楼3单元501室"), (1, ids["赵强"], "银钟花园12-3-501"),
    ])  # fmt: skip


def test_a_household_number_places_who_has_no_address() -> None:
    found = linked(
        {"name": "王晓明", "id_number": WANG, "household_number": "H1", "address": ADDRESS},
        {"name": "李红", "id_number": LI, "household_number": "H1"},
        {"name": "赵强", "id_number": ZHAO, "household_number": "H3", "address": "别里1-1-1"},
        {"name": "孙一", "phone": "13800000001", "household_number": "H2"},
        {"name": "周二", "phone": "13800000002", "household_number": "H2"},
        {"name": "吴三", "phone": "13800000003"},
        {"name": "郑四", "phone": "13800000004"},
        {"list": "b", "name": "冯五", "phone": "13800000005", "household_number": "H2"},
    )
    where = household_of(found)
    assert where["王晓明"] == where["李红"] != where["赵强"]
    assert where["孙一"] == where["周二"]
    assert len(set(where.values())) == 6


def test_ids_are_opaque_stable_and_keyed() -> None:
    some = {"name": "王晓明", "id_number": WANG, "address": ADDRESS}
    one, two, other = linked(some), linked(some | {"list": "z", "row": 9}), linked(some, key="another")
    (a,), (b,), (c,) = (f.people.column("person_id").to_pylist() for f in (one, two, other))
    assert a == b != c
    assert WANG not in a
    assert one.households.column("household_id") == two.households.column("household_id")


def test_what_a_person_settled_binds() -> None:
    same = {"name": "王晓明", "phone": "13800000001"}
    some = [same, same, {"name": "李红", "phone": "13800000002"}]
    assert groups(linked(*some)) == [[1, 2], [3]]
    place = {"list_a": "a", "batch_a": "", "list_b": "a", "batch_b": ""}
    decisions = pa.Table.from_pylist(
        [place | {"row_a": 1, "row_b": 2, "verdict": "different"}, place | {"row_a": 3, "row_b": 1, "verdict": "same"},
         place | {"row_a": 1, "row_b": 77, "verdict": "same"}],
        schema=DECISION.schema,
    )  # fmt: skip
    found = linked(*some, decisions=decisions)
    assert groups(found) == [[1, 3], [2]]
    assert set(found.links.column("evidence").to_pylist()) == {"settled", "alone"}
    assert groups(linked(*some, decisions=DECISION.empty())) == [[1, 2], [3]]


def test_no_rows_at_all() -> None:
    found = link(GOOD_ROW.empty(), AS_OF)
    assert [t.num_rows for t in found] == [0, 0, 0, 0]


def test_score_counts_pairs_and_whole_clusters() -> None:
    links = pa.table({"list": ["a"] * 5, "row": pa.array([1, 2, 3, 4, 5], pa.int32()), "person_id": list("xxxyz")})
    truth = pa.table({"list": ["a"] * 6, "row": [1, 2, 3, 4, 5, 6], "person": ["p", "p", "q", "q", None, "r"]})
    assert score(links, truth) == {
        "pair_precision": 1 / 3, "pair_recall": 1 / 2, "pair_f1": pytest.approx(0.4), "cluster_f1": 0.0,
    }  # fmt: skip
    assert set(score(links.slice(3), truth.slice(3)).values()) == {1.0}


def test_a_made_up_district_is_linked_as_it_should_be(tiny: Path) -> None:
    mapping = intake.load_mapping(tiny / "mapping.toml")
    good = [quality.check(intake.read(tiny / one.file, one).rows, AS_OF).good for one in mapping.lists.values()]
    found = identity.link(
        pa.concat_tables(good), AS_OF, door_lists=mapping.door_lists, source_order=tuple(mapping.lists)
    )
    truth = pq.read_table(tiny / "truth" / "links.parquet")
    if "person" not in truth.column_names:
        truth = truth.append_column("person", truth.column("person_id"))
    scores = score(found.links, truth)
    assert scores["pair_f1"] >= 0.99
    assert scores["pair_precision"] >= 0.999
    assert found.people.column("n_rows").to_numpy().sum() == found.links.num_rows
    assert found.households.column("n_people").to_numpy().sum() == found.people.num_rows
