"""Hidden sources: places first, persons only under a name and an order; cases among themselves; real outbreaks."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from bench.tracing import hidden_seeds, real

from wangge.base.errors import WanggeError
from wangge.exposure.hidden import rank_persons, rank_places, unexplained_cases
from wangge.exposure.sources import rank_sources
from wangge.tables.shapes import CASE, VISIT

BEIJING = dt.timezone(dt.timedelta(hours=8))
ONSET = dt.date(2026, 11, 10)


def visits(*stays: tuple[str, str, int, float]) -> pa.Table:
    """(person, place, day of November, hours) from nine o'clock on."""
    rows = [
        {"person_id": p, "place_id": place, "place_kind": "venue", "start_at": at, "end_at": at + dt.timedelta(hours=hours)}
        for p, place, day, hours in stays
        for at in [dt.datetime(2026, 11, day, 9, tzinfo=BEIJING)]
    ]  # fmt: skip
    plain = [{name: row.get(name) for name in VISIT.schema.names} for row in rows]
    return pa.Table.from_pylist(plain, schema=VISIT.schema)


def cases(*onsets: tuple[str, dt.date | None]) -> pa.Table:
    rows = [
        {"person_id": p, "kind": "confirmed", "onset_on": on, "sampled_on": on or ONSET, "isolated_on": None}
        for p, on in onsets
    ]
    return pa.Table.from_pylist(rows, schema=CASE.schema)


SICK = cases(("A", ONSET), ("B", ONSET), ("C", ONSET))
SMALL = [(p, "inn", 5, 2.0) for p in ("A", "B", "C", "X")]  # all three, and one who is no case
BUSY = [(p, "hall", 5, 2.0) for p in ("A", "B", "C", "X", *(f"p{i}" for i in range(200)))]


def test_a_small_place_explains_more_than_a_busy_one() -> None:
    ranked = rank_places(visits(*SMALL, *BUSY), SICK).to_pylist()
    assert [(row["rank"], row["place_id"], row["n_cases"]) for row in ranked] == [(1, "inn", 3), (2, "hall", 3)]
    assert ranked[0]["from_on"] == ranked[0]["to_on"] == dt.date(2026, 11, 5)


@pytest.mark.parametrize(
    ("more", "open_cases"),
    [
        ([], ["A", "B", "C"]),
        ([("D", "inn", 5, 2.0)], []),  # a reported case that was infectious on that day explains them
        ([("E", "inn", 5, 2.0)], ["A", "B", "C"]),  # one that fell ill far too late does not
    ],
)  # fmt: skip
def test_cases_with_a_reported_source_are_explained(more: list[Any], open_cases: list[str]) -> None:
    ill = pa.concat_tables([SICK, cases(("D", dt.date(2026, 11, 6)), ("E", dt.date(2026, 11, 29)), ("N", None))])
    found = unexplained_cases(visits(*SMALL, *more), ill).column("person_id").to_pylist()
    assert [p for p in found if p in "ABC"] == open_cases


def test_a_case_at_home_explains_the_next() -> None:
    home = pa.table({"person_id": ["A", "D"], "household_id": ["h", "h"]})
    ill = pa.concat_tables([SICK, cases(("D", dt.date(2026, 11, 4)))])
    assert "A" in unexplained_cases(visits(*SMALL), ill).column("person_id").to_pylist()
    assert "A" not in unexplained_cases(visits(*SMALL), ill, home).column("person_id").to_pylist()


@pytest.mark.parametrize(("authority", "document"), [("", "no. 1"), ("CDC", " ")])
def test_persons_are_ranked_only_under_a_name_and_an_order(authority: str, document: str) -> None:
    with pytest.raises(WanggeError, match="E5033"):
        rank_persons(visits(*SMALL), SICK, authority=authority, document=document)


def test_persons_are_never_cases() -> None:
    ranked = rank_persons(visits(*SMALL, *BUSY), SICK, authority="CDC", document="no. 1").to_pylist()
    assert ranked[0]["person_id"] == "X"
    assert not {row["person_id"] for row in ranked} & {"A", "B", "C"}


def test_nothing_comes_of_nothing() -> None:
    assert rank_places(VISIT.empty(), CASE.empty()).num_rows == 0
    assert rank_places(visits(*SMALL), CASE.empty()).num_rows == 0


def test_two_of_the_fixed_outbreaks() -> None:
    """The whole sixteen are in `just bench exposure`."""
    found = hidden_seeds.judge(0.7, False, range(2))
    assert found["place_recall_20"] >= 0.55
    assert found["place_recall_20"] >= 2 * found["place_count_recall_20"]


# ---- among cases -------------------------------------------------------------------------------------


def line(*rows: tuple[str, int | None, str]) -> pa.Table:
    days = [dt.date(2026, 11, 1) + dt.timedelta(days=d) if d is not None else None for _, d, _ in rows]
    nothing = pa.nulls(len(rows), pa.date32())
    return pa.table({"person_id": [r[0] for r in rows], "onset_on": pa.array(days, pa.date32()),
                     "place": [r[2] for r in rows], "exposed_from": nothing, "exposed_to": nothing})  # fmt: skip


NO_LINKS = pa.table({"case_id": pa.array([], pa.string()), "person_id": pa.array([], pa.string())})


def test_memory_of_those_who_infected_others() -> None:
    ill = line(("S", 0, "h"), ("T", 0, "h"), ("I", 12, "h"), ("J", 13, "h"), ("K", 14, "h"))
    links = pa.table({"case_id": ["T", "T", "S"], "person_id": ["I", "J", "K"]})

    def first(memory: bool, known: pa.Table) -> str:
        ranked = rank_sources(ill, known, memory=memory).to_pylist()
        return str(next(r["source_id"] for r in ranked if r["person_id"] == "K" and r["rank"] == 1))

    assert first(False, links) == "S"  # a tie, settled by the id
    assert first(True, links) == "T"  # what is known of K itself does not count: S has infected nobody else
    assert first(True, NO_LINKS) == "S"


def test_nobody_is_infected_by_a_later_case() -> None:
    ranked = rank_sources(line(("S", 0, "h"), ("I", 5, "h"), ("N", None, "h")), NO_LINKS).to_pylist()
    assert [(r["person_id"], r["source_id"]) for r in ranked] == [("I", "S")]


@pytest.mark.shared
def test_real_outbreaks_give_the_reference_figures(shared_data: Path) -> None:
    rows = {(row[0], row[1]): row[2] for name in ("outbreaks_recon", "taiwan_tracing_2020", "cn_transmission_pairs_2020")
            for row in real.JOBS[name](shared_data / name)}  # fmt: skip
    assert rows["MERS Korea 2015", "source among the first 5, with memory of super-spreaders"] >= 0.90
    assert rows["MERS Korea 2015", "source among the first 5, without"] < 0.45
    shares = {name.split(" (")[0]: value for (which, name), value in rows.items() if which == "Taiwan 2020"}
    for kind, share in (("Couple", 0.69), ("Family", 0.53), ("Live together", 0.38), ("Travel together", 0.21)):
        assert shares[kind] == pytest.approx(share, abs=0.006), kind
    assert rows["Pairs, China 2020", "clusters"] == 643
    assert rows["Pairs, China 2020", "serial interval, mean of 679 pairs"] == pytest.approx(5.0, abs=0.1)
