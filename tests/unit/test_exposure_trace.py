"""Tracing by example: small worlds whose answer can be seen with the eye. Times are Beijing hours."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pyarrow as pa
import pytest

from wangge.base.errors import WanggeError
from wangge.exposure import append, build, protocol_for, trace, trace_with_account, trips
from wangge.tables import Table
from wangge.tables.shapes import CASE, GOOD_ROW, LINK, VISIT, ZONE

BEIJING = dt.timezone(dt.timedelta(hours=8))
AS_OF = dt.date(2026, 11, 10)
ONSET = dt.date(2026, 11, 8)
P = protocol_for(AS_OF)  # looks back 4 days


def table(shape: Table, *rows: dict[str, Any]) -> pa.Table:
    names = shape.schema.names
    return shape.hand_over(pa.Table.from_pylist([{n: row.get(n) for n in names} for row in rows], schema=shape.schema))


def at(day: int, hour: float = 0) -> dt.datetime:
    return dt.datetime(2026, 11, day, tzinfo=BEIJING) + dt.timedelta(hours=hour)


def stay(
    person: str | None, place: str, start: dt.datetime, end: dt.datetime | None, kind: str = "meal"
) -> dict[str, Any]:
    return {"person_id": person, "place_id": place, "place_kind": kind, "start_at": start, "end_at": end}


def case(
    person: str = "C",
    kind: str = "confirmed",
    onset: dt.date | None = ONSET,
    sampled: dt.date | None = ONSET,
    isolated: dt.date | None = None,
) -> dict[str, Any]:
    return {"person_id": person, "kind": kind, "onset_on": onset, "sampled_on": sampled, "isolated_on": isolated}


def found(visits: list[dict[str, Any]], cases: list[dict[str, Any]] | None = None, **more: Any) -> dict[str, list[Any]]:
    """person -> [(category, minutes, degree)] of everybody but the cases."""
    protocol = more.pop("protocol", P)
    traced = trace(table(VISIT, *visits), table(CASE, *(cases or [case()])), protocol, as_of=AS_OF, **more)
    people: dict[str, list[Any]] = {}
    for row in traced.exposures.to_pylist():
        if row["degree"] != 0:
            people.setdefault(row["person_id"], []).append((row["category"], row["overlap_minutes"], row["degree"]))
    return people


DINNER = stay("C", "inn", at(8, 18), at(8, 20))


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (at(8, 19), at(8, 21), [("close", 60, 1)]),  # half of the dinner
        (at(8, 17), at(8, 22), [("close", 120, 1)]),  # all of it
        (at(8, 20), at(8, 21), None),  # comes when the case goes: no time shared
        (at(8, 16), at(8, 18), None),  # goes when the case comes
        (at(8, 19.9), at(8, 21), None),  # 6 minutes, less than the protocol's 10
        (at(8, 19.83), at(8, 21), [("close", 10, 1)]),  # 10.2 minutes count as 10
        (at(8, 19), at(8, 19), None),  # a moment without length
    ],
)
def test_time_together(start: dt.datetime, end: dt.datetime, expected: Any) -> None:
    assert found([DINNER, stay("A", "inn", start, end)]).get("A") == expected
    assert "A" not in found([DINNER, stay("A", "other inn", start, end)])


@pytest.mark.parametrize(
    ("kind", "category"), [("household", "close"), ("care", "close"), ("venue", "general"), ("transport", "general")]
)
def test_place_kind_decides_the_category(kind: str, category: str) -> None:
    visits = [stay(p, "x", at(8, 8), at(8, 10), kind) for p in ("C", "A")]
    assert found(visits)["A"] == [(category, 120, 1)]


def test_a_kind_neither_close_nor_general_makes_companions() -> None:
    park = dataclasses.replace(P, min_minutes={**P.min_minutes, "park": 5})
    assert found([stay(p, "x", at(8, 8), at(8, 10), "park") for p in ("C", "A")], protocol=park)["A"] == [
        ("companion", 120, 1)
    ]


@pytest.mark.parametrize(("others", "category"), [(48, "close"), (49, "companion")])
def test_a_crowded_place_makes_companions_only(others: int, category: str) -> None:
    """C and A and the others came on one day; another day's visitors do not make the place bigger."""
    crowd = [stay(f"x{i}", "inn", at(8, 6), at(8, 7)) for i in range(others)]
    later = [stay(f"y{i}", "inn", at(9, 6), at(9, 7)) for i in range(40)]
    assert found([DINNER, stay("A", "inn", at(8, 18), at(8, 20)), *crowd, *later])["A"] == [(category, 120, 1)]


@pytest.mark.parametrize(
    ("patient", "day", "met"),
    [
        (case(onset=ONSET), 4, True),  # 4 days before onset
        (case(onset=ONSET), 3, False),
        (case(kind="asymptomatic", onset=None, sampled=dt.date(2026, 11, 9)), 5, True),
        (case(kind="asymptomatic", onset=None, sampled=dt.date(2026, 11, 9)), 4, False),
        (case(kind="asymptomatic", onset=dt.date(2026, 11, 2), sampled=dt.date(2026, 11, 9)), 4, False),
        (case(isolated=dt.date(2026, 11, 9)), 9, True),  # the day of isolation still counts
        (case(isolated=dt.date(2026, 11, 8)), 9, False),
        (case(), 10, True),  # not isolated: until the day of the run
        (case(), 11, False),  # after it nothing is known
    ],
)
def test_window_of_infection(patient: dict[str, Any], day: int, met: bool) -> None:
    visits = [stay(p, "inn", at(day, 12), at(day, 13)) for p in ("C", "A")]
    assert ("A" in found(visits, [patient])) is met


def test_only_the_time_inside_the_window_counts() -> None:
    visits = [stay(p, "home", at(3, 20), at(4, 2), "household") for p in ("C", "A")]
    assert found(visits)["A"] == [("close", 120, 1)]


def test_an_hour_told_twice_counts_once() -> None:
    twice = [stay("A", "inn", at(8, 18), at(8, 19)), stay("A", "inn", at(8, 18.5), at(8, 19.5))]
    assert found([DINNER, DINNER, *twice])["A"] == [("close", 90, 1)]


def test_cases_are_no_contacts_of_each_other_but_stand_for_themselves() -> None:
    traced = trace(
        table(VISIT, DINNER, stay("D", "inn", at(8, 18), at(8, 20))),
        table(CASE, case(), case("D", "suspected")),
        P,
        as_of=AS_OF,
    )
    rows = [(r["person_id"], r["category"], r["degree"], r["evidence"]) for r in traced.exposures.to_pylist()]
    assert rows == [("C", "case", 0, "case:confirmed"), ("D", "case", 0, "case:suspected")]


# ---- second degree -----------------------------------------------------------------------------------

MEETS_C = stay("A", "inn", at(8, 18), at(8, 20))


@pytest.mark.parametrize(
    ("start", "end", "kind", "expected"),
    [
        (at(8, 21), at(8, 22), "household", [("secondary", 60, 2)]),
        (at(8, 10), at(8, 12), "household", None),  # before A met the case
        (at(8, 17), at(8, 21), "household", [("secondary", 180, 2)]),  # from 18:00 on
        (at(8, 21), at(8, 22), "classroom", None),  # not a second-degree kind of the protocol
    ],
)
def test_second_degree(start: dt.datetime, end: dt.datetime, kind: str, expected: Any) -> None:
    visits = [DINNER, MEETS_C, *(stay(p, "flat", start, end, kind) for p in ("A", "B"))]
    assert found(visits).get("B") == expected


def test_second_degree_ends_when_the_contact_is_isolated() -> None:
    visits = [DINNER, MEETS_C, *(stay(p, "flat", at(9, 21), at(9, 22), "household") for p in ("A", "B"))]
    isolated = pa.table({"person_id": ["A"], "isolated_on": [dt.date(2026, 11, 8)]})
    assert "B" in found(visits)
    assert "B" not in found(visits, isolated=isolated)


def test_a_crowded_place_has_no_second_degree() -> None:
    hall = [stay(p, "hall", at(8, 21), at(8, 22), "workplace") for p in ("A", "B")]
    crowd = [stay(f"x{i}", "hall", at(8, 6), at(8, 7), "workplace") for i in range(49)]
    assert "B" in found([DINNER, MEETS_C, *hall, *crowd[:48]])
    assert "B" not in found([DINNER, MEETS_C, *hall, *crowd])


def test_general_contacts_have_no_second_degree() -> None:
    shop = [stay(p, "shop", at(8, 18), at(8, 20), "venue") for p in ("C", "A")]
    flat = [stay(p, "flat", at(8, 21), at(8, 22), "household") for p in ("A", "B")]
    assert set(found([*shop, *flat])) == {"A"}


# ---- what is set aside -------------------------------------------------------------------------------


def test_every_row_is_used_or_set_aside_under_a_number() -> None:
    visits = [
        DINNER,
        stay("A", "inn", at(8, 19), at(8, 18)),
        stay("A", "inn", at(8, 19), None),
        stay(None, "inn", at(8, 19), at(8, 20)),
        stay("A", "inn", at(8, 18), at(8, 20), "submarine"),
    ]
    cases = [
        case(),
        case("C", onset=dt.date(2026, 11, 9)),
        case("U", onset=None, sampled=None),
        case("L", sampled=dt.date(2026, 11, 11)),
        {"kind": "confirmed", "onset_on": ONSET},
    ]
    contacts = pa.table(
        {
            "case_id": ["C", "C", "X", "C", "C", None, "C"],
            "person_id": ["A", "B", "B", "C", "B", "B", "E"],
            "type": ["family", "cousin", "family", "family", "Family ", "family", "meal"],
            "first": pa.array([None, None, None, None, None, None, dt.date(2026, 11, 11)], pa.date32()),
            "last": pa.nulls(7, pa.date32()),
        }
    )
    made = trace_with_account(table(VISIT, *visits), table(CASE, *cases), P, contacts=contacts, as_of=AS_OF)
    assert made.inputs == {
        "visits": {"rows": 5, "used": 2, "E5003": 1, "E5005": 1, "E5016": 1},
        "cases": {"rows": 5, "used": 1, "E5002": 1, "E5007": 1, "E5011": 1, "E5015": 1},
        "contacts": {"rows": 7, "used": 2, "E5006": 1, "E5008": 1, "E5012": 1, "E5015": 1, "E5017": 1},
    }
    assert made.set_aside["E5015"] == 2
    listed = {r["person_id"]: (r["category"], r["evidence"], r["overlap_minutes"]) for r in made.exposures.to_pylist()}
    assert listed["A"] == ("close", "contact_list:family:case_window", None)
    assert listed["B"] == ("close", "contact_list:family:case_window", None)


def test_no_visits_no_cases_nothing() -> None:
    assert trace(None, CASE.empty(), P, as_of=AS_OF).exposures.num_rows == 0


def test_a_run_that_would_flag_too_many_stops() -> None:
    visits = [DINNER, MEETS_C]
    assert found(visits, n_people=20)["A"]
    with pytest.raises(WanggeError, match="E5004"):
        found(visits, n_people=19)


# ---- contact lists, areas, tickets -------------------------------------------------------------------


def test_a_listed_close_contact_has_a_second_degree_of_its_own() -> None:
    contacts = pa.table(
        {
            "case_id": ["C"],
            "person_id": ["A"],
            "type": ["同住"],
            "first": [dt.date(2026, 11, 7)],
            "last": [dt.date(2026, 11, 8)],
        }
    )
    flat = [stay(p, "flat", at(8, 21), at(8, 22), "household") for p in ("A", "B")]
    assert found(flat, contacts=contacts) == {"A": [("close", None, 1)], "B": [("secondary", 60, 2)]}


def zone(**more: Any) -> dict[str, Any]:
    return {
        "zone_id": "z",
        "level": "high",
        "community_code12": "110101001001",
        "street_code9": "110101001",
        "opened_at": at(7),
        **more,
    }


@pytest.mark.parametrize(
    ("area", "aside"),
    [
        (zone(), {}),
        (zone(community_code12=""), {"E5009": 1}),  # known to the street only: nobody is guessed into it
        (zone(opened_at=None), {"E5010": 1}),
        (zone(opened_at=at(11)), {"E5007": 1}),
        (zone(level="low"), {"E5018": 1}),
    ],
)
def test_areas_flag_those_who_lived_there_while_open(area: dict[str, Any], aside: dict[str, int]) -> None:
    residents = pa.table(
        {
            "person_id": ["A", "B", "M"],
            "community_code12": ["110101001001", "110101001002", "110101001001"],
            "to_on": pa.array([None, None, dt.date(2026, 11, 6)], pa.date32()),
        }
    )
    traced = trace(None, CASE.empty(), P, zones=table(ZONE, area), residents=residents, as_of=AS_OF)
    assert traced.set_aside == aside
    rows = [(r["person_id"], r["case_id"], r["category"], r["evidence"]) for r in traced.exposures.to_pylist()]
    assert rows == ([] if aside else [("A", "z", "zone", "zone:high")])  # M had moved out the day before it opened


def test_tickets_meet_in_the_carriage_and_say_no_minutes() -> None:
    rides = [
        ("A", "G1", ONSET, "05"),
        ("B", "G1", ONSET, "06"),
        ("C", "G1", ONSET, "05"),
        ("D", "G1", dt.date(2026, 11, 7), "05"),
        ("N", None, ONSET, "05"),
    ]
    rows = table(
        GOOD_ROW,
        *(
            {"list": "rail", "row": i, "trip_vehicle": v, "trip_on": on, "trip_carriage": c}
            for i, (_, v, on, c) in enumerate(rides)
        ),
    )
    links = table(LINK, *({"list": "rail", "row": i, "person_id": ride[0]} for i, ride in enumerate(rides)))
    visits = trips(rows, links)
    assert visits.num_rows == 4
    traced = trace(visits, table(CASE, case()), P, as_of=AS_OF).exposures.to_pylist()
    assert [(r["person_id"], r["category"], r["overlap_minutes"], r["evidence"]) for r in traced if r["degree"]] == [
        ("A", "general", None, "same_carriage:transport")
    ]


# ---- crowds, caps, an index that is already there ------------------------------------------------------


def test_a_place_too_crowded_lists_nobody_and_is_told() -> None:
    narrow = dataclasses.replace(P, max_place_people=2, max_crowd=3)
    crowd = [stay(f"x{i}", "station", at(8, 18), at(8, 20), "venue") for i in range(3)]
    visits = [stay("C", "station", at(8, 18), at(8, 20), "venue"), *crowd, DINNER, MEETS_C]
    made = trace_with_account(table(VISIT, *visits), table(CASE, case()), narrow, as_of=AS_OF)
    assert made.crowded == ["station"]
    assert made.doubts == {"E5022": 1}
    assert {r["person_id"] for r in made.exposures.to_pylist() if r["degree"]} == {"A"}


def test_a_contact_who_would_propose_too_many_proposes_nobody() -> None:
    family = [stay(f"b{i}", "flat", at(8, 21), at(8, 22), "household") for i in range(3)]
    visits = [DINNER, MEETS_C, stay("A", "flat", at(8, 21), at(8, 22), "household"), *family]
    assert len(found(visits, protocol=dataclasses.replace(P, second_degree_cap=3))) == 4
    capped = dataclasses.replace(P, second_degree_cap=2)
    made = trace_with_account(table(VISIT, *visits), table(CASE, case()), capped, as_of=AS_OF)
    assert made.doubts == {"E5027": 1}
    assert {r["person_id"] for r in made.exposures.to_pylist() if r["degree"]} == {"A"}


def test_the_second_degree_has_minutes_of_its_own() -> None:
    visits = [DINNER, MEETS_C, *(stay(p, "flat", at(8, 21), at(8, 21.4), "household") for p in ("A", "B"))]
    assert P.second_degree_minutes["household"] == 30
    assert "B" not in found(visits)
    assert "B" in found(visits, protocol=dataclasses.replace(P, second_degree_minutes={}))


def test_look_back_by_kind_of_case() -> None:
    visits = [stay(p, "inn", at(5, 12), at(5, 13)) for p in ("C", "A")]
    short = dataclasses.replace(P, lookback_by_kind={"confirmed": 2})
    assert "A" in found(visits)
    assert "A" not in found(visits, protocol=short)
    assert "A" in found(visits, [case(kind="suspected")], protocol=short)


def test_an_index_that_grew_by_days_traces_as_its_visits_do() -> None:
    """Possible and certain visits, two days, a second degree: once as a table, once as an index built day by day."""
    vague = {"start_by": at(9, 24), "end_from": at(9)}
    first = [DINNER, MEETS_C, stay("A", "flat", at(8, 21), at(8, 22), "household")]
    later = [stay("B", "flat", at(8, 21), at(8, 22), "household"), stay("C", "hall", at(9, 9), at(9, 12)),
             stay("V", "hall", at(9), at(9, 24)) | vague]  # fmt: skip
    whole = table(VISIT, *first, *later)
    grown = append(append(build(VISIT.empty()), table(VISIT, *first)), table(VISIT, *later))
    answers = [trace(visits, table(CASE, case()), P, as_of=AS_OF).exposures for visits in (whole, grown)]
    assert answers[0].equals(answers[1])
    assert {r["evidence"] for r in answers[1].to_pylist()} >= {"overlap:meal:120min", "possible:meal:180min"}
