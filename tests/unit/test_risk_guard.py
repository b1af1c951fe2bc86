"""The guard against abuse of grades: Zhengzhou stops with the bank named; a canteen, a family, a chance do not."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from wangge.exposure import protocol_for
from wangge.risk import explained_otherwise, grade
from wangge.tables.shapes import ATTRIBUTE, EXPOSURE, GRADE

AS_OF = dt.date(2026, 11, 20)
P = protocol_for(AS_OF)
NOON = dt.datetime(2026, 11, 18, 4, tzinfo=dt.UTC)
PEOPLE = [f"P{i}" for i in range(20_000)]


def attributes(*held: tuple[str, str, list[str]]) -> pa.Table:
    rows = [{"person_id": p, "attribute": a, "value": v} for a, v, people in held for p in people]
    return pa.Table.from_pylist(rows, schema=ATTRIBUTE.schema)


def exposures(
    people: list[str], category: str = "close", place: str = "canteen", case: str = "C1"
) -> list[dict[str, Any]]:
    return [dict.fromkeys(EXPOSURE.schema.names) | {
        "person_id": p, "case_id": case, "place_id": place, "place_kind": "meal", "first_at": NOON, "last_at": NOON,
        "overlap_minutes": 30, "degree": 1, "category": category, "protocol": "covid-2026-10", "evidence": "overlap:meal:30min",
    } for p in people]  # fmt: skip


def table(rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=EXPOSURE.schema)


def batch_of(people: list[str], category: str = "red") -> pa.Table:
    """A batch as somebody might write it by hand: grades without anything behind them."""
    rows = [
        dict.fromkeys(GRADE.schema.names) | {"person_id": p, "grade": category, "rules": [], "facts": []}
        for p in people
    ]
    return pa.Table.from_pylist(rows, schema=GRADE.schema)


# The depositors of one bank: 446 came to the town and scanned at the station, 871 scanned a forwarded picture from afar.
DEPOSITORS, PRESENT = PEOPLE[:1317], PEOPLE[:446]
BANK = attributes(("bank", "村镇银行", DEPOSITORS), ("bank", "另一家", PEOPLE[5000:9000]))


def test_zhengzhou_changes_no_grade() -> None:
    """A scan is presence at most, and presence shared with a crowd never grades."""
    scans = exposures(PRESENT, "companion", "station")
    assert grade(table(scans), P, AS_OF).num_rows == 0


def test_zhengzhou_raises_the_alarm_and_names_the_bank() -> None:
    """Whoever writes the batch anyway is stopped before anybody signs."""
    (alarm,) = explained_otherwise(batch_of(DEPOSITORS), table(exposures(PRESENT, "companion", "station")), BANK)
    assert (alarm.attribute, alarm.value) == ("bank", "村镇银行")
    assert (alarm.n_batch, alarm.n_shared, alarm.n_holders) == (1317, 1317, 1317)
    assert alarm.likeness == 1 and alarm.best_epidemiology == 0


def test_a_few_real_contacts_do_not_cover_it_up() -> None:
    mixed = table(exposures(PEOPLE[:40]) + exposures(PRESENT, "companion", "station"))
    assert [a.attribute for a in explained_otherwise(batch_of(DEPOSITORS), mixed, BANK)] == ["bank"]


def test_a_canteen_is_epidemiology() -> None:
    """All close contacts work for one firm, because its canteen had a case: the canteen explains it as well."""
    staff = PEOPLE[:300]
    found = table(exposures(staff))
    firm = attributes(("employer", "电子厂", staff), ("employer", "别的厂", PEOPLE[300:900]))
    assert explained_otherwise(grade(found, P, AS_OF), found, firm) == []


def test_origin_is_named_when_it_alone_explains() -> None:
    """Contacts of one case, but only those registered elsewhere were put into the batch."""
    guests, origin = PEOPLE[:200], PEOPLE[:60]
    found = table(exposures(guests))
    (alarm,) = explained_otherwise(batch_of(origin), found, attributes(("registered_area", "420100", origin)))
    assert alarm.attribute == "registered_area" and alarm.best_epidemiology == pytest.approx(60 / 200)


def test_a_small_batch_is_read_by_people() -> None:
    assert explained_otherwise(batch_of(PEOPLE[:19]), table([]), attributes(("bank", "x", PEOPLE[:19]))) == []


@pytest.mark.parametrize("seed", range(20))
def test_chance_raises_no_alarm(seed: int) -> None:
    """Batches by contact, attributes by lot: nobody is stopped for nothing."""
    rng = np.random.default_rng(seed)
    contacts = [PEOPLE[i] for i in rng.choice(len(PEOPLE), 400, replace=False)]
    found = table(
        [row for i in range(8) for row in exposures(contacts[i * 50 : i * 50 + 50], place=f"x{i}", case=f"C{i}")]
    )
    by_lot = [
        (kind, f"v{v}", [PEOPLE[i] for i in rng.choice(len(PEOPLE), 900)])
        for kind in ("employer", "bank")
        for v in range(15)
    ]
    assert explained_otherwise(grade(found, P, AS_OF), found, attributes(*by_lot)) == []
