"""Names that are not Chinese, with slips, and no number to trust: public sets with their truth, nothing tuned to them."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from wangge.identity import link, score
from wangge.tables.shapes import GOOD_ROW

FEBRL = {
    "given_name": "given_name", "surname": "surname", "street_number": "house_number", "address_1": "street",
    "address_2": "building", "suburb": "locality", "postcode": "postcode", "state": "region",
    "soc_sec_id": "id_number", "date_of_birth": "birth_date",
}  # fmt: skip
FAKE = {"first_name": "given_name", "surname": "surname", "city": "locality", "email": "email", "dob": "birth_date"}


def read(file: Path, columns: dict[str, str]) -> Iterator[tuple[dict[str, str], dict[str, Any]]]:
    with file.open(encoding="utf-8") as lines:
        for i, raw in enumerate(csv.DictReader(lines, skipinitialspace=True), 1):
            given = {name.strip(): (value or "").strip() for name, value in raw.items()}
            row: dict[str, Any] = {ours: given[theirs] or None for theirs, ours in columns.items()}
            row["birth_date"] = day(row["birth_date"])
            row["name"] = " ".join(part for part in (row["given_name"], row["surname"]) if part) or None
            yield given, {"list": "a", "row": i, "sex": "0"} | row


def day(text: str | None) -> dt.date | None:
    """An impossible date is set aside, its row goes on."""
    digits = (text or "").replace("-", "")
    try:
        return dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None


def scores(file: Path, columns: dict[str, str], person: Any) -> dict[str, float]:
    both = list(read(file, columns))
    good = GOOD_ROW.hand_over(pa.Table.from_pylist([row for _, row in both], schema=GOOD_ROW.schema))
    truth = pa.table({
        "list": ["a"] * len(both), "row": range(1, len(both) + 1), "person": [person(given) for given, _ in both],
    })  # fmt: skip
    return score(link(good, dt.date(2026, 11, 23)).links, truth)


@pytest.mark.shared
@pytest.mark.parametrize(("number", "least"), [(1, 0.99), (2, 0.98), (3, 0.98)])
def test_febrl(shared_data: Path, number: int, least: float) -> None:
    """Christen's generator: invented Australians, up to five duplicates with up to ten errors each."""
    found = scores(shared_data / f"febrl/dataset{number}.csv", FEBRL, lambda given: given["rec_id"].split("-")[1])
    assert found["pair_f1"] >= least
    assert found["pair_precision"] >= 0.99


@pytest.mark.shared
@pytest.mark.parametrize(
    ("columns", "splink"), [(FAKE, 0.9509), ({k: v for k, v in FAKE.items() if k != "email"}, 0.8273)]
)
def test_fake_1000_is_linked_at_least_as_well_as_by_splink(
    shared_data: Path, columns: dict[str, str], splink: float
) -> None:
    """Splink 5 on the same columns, its closed clusters at the threshold that was best for it, knowing the truth."""
    found = scores(shared_data / "splink_datasets/fake_1000.csv", columns, lambda given: given["cluster"])
    assert found["pair_f1"] >= splink
