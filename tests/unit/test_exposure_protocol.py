"""Protocols in files: which one counts on a day, and what a file may not say."""

from __future__ import annotations

import datetime as dt
import itertools
from pathlib import Path

import pytest

from wangge.base.errors import WanggeError
from wangge.exposure import protocol_for, protocols, read_protocol

ON = dt.date


@pytest.mark.parametrize(
    ("on", "version", "lookback"),
    [(ON(2026, 1, 1), "2026-01", 2), (ON(2026, 9, 30), "2026-01", 2), (ON(2026, 10, 1), "2026-10", 4)],
)
def test_the_day_chooses_the_version(on: dt.date, version: str, lookback: int) -> None:
    found = protocol_for(on)
    assert (found.version, found.lookback_days) == (version, lookback)


@pytest.mark.parametrize("on", [ON(2025, 12, 31), ON(2028, 1, 1), ON(2015, 6, 5)])
def test_a_gap_is_said(on: dt.date) -> None:
    with pytest.raises(WanggeError, match="E5001"):
        protocol_for(on)


def test_an_example_answers_to_its_name_only() -> None:
    assert protocol_for(ON(2015, 6, 5), "mers-2015").example
    with pytest.raises(WanggeError, match="E5001"):
        protocol_for(ON(2015, 6, 5), "mers")
    with pytest.raises(WanggeError, match="E5001"):
        protocol_for(ON(2026, 6, 5), "mers-2015")


def test_no_two_versions_of_a_disease_share_a_day() -> None:
    for one, other in itertools.combinations(protocols().values(), 2):
        if one.name == other.name:
            assert one.end < other.start or other.end < one.start, (one.label, other.label)


def test_every_grade_expires_within_a_month_and_has_its_limits() -> None:
    for p in protocols().values():
        assert all(0 < days <= 30 for days in p.expiry_days.values())
        for limits in p.due_minutes.values():
            assert limits["open"] <= limits["first_attempt"] <= limits["result"]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("end = 2026-09-30", "end = 2025-09-30", "end is before start"),
        ("share_cap = 0.05", "share_cap = 5", "share_cap"),
        ('general_kinds = ["transport"', 'general_kinds = ["meal"', "both close and general"),
        ("meal = 10", "", "no min_minutes"),
        ("yellow = 7", "", "expiry_days"),
        ('close = "close"', 'close = "terrible"', "unknown category"),
        ("lookback_days = 2", "", "lookback_days"),
        ("name =", "name ==", ""),
    ],
)
def test_a_faulty_file_is_refused_with_its_fault(root: Path, tmp_path: Path, old: str, new: str, fault: str) -> None:
    text = (root / "src/wangge/exposure/protocols/covid-2026-01.toml").read_text("utf-8")
    assert old in text
    file = tmp_path / "mine.toml"
    file.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(WanggeError, match="E5014") as refused:
        read_protocol(file)
    assert fault in refused.value.text()
    with pytest.raises(WanggeError, match="E9003"):
        read_protocol(tmp_path / "none.toml")
