"""What may be answered at the door, and that the form says it in three languages."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import pytest

from wangge.feedback import closing
from wangge.field import check_answer, door, is_full

NOW = dt.datetime(2026, 11, 20, 10, tzinfo=dt.UTC)
GOOD = {
    "person": "seen",
    "residence": "inside",
    "status": "assessed",
    "result": "visited",
    "observed_at": "2026-11-20T17:50:00+08:00",
}


@pytest.mark.parametrize(
    ("change", "problems"),
    [
        ({}, []),
        ({"temperature": 36.5, "symptoms": ["none"], "needs": ["medicine"], "note": "二楼左手边"}, []),
        ({"person": "not_seen", "residence": "door", "status": "not_assessed", "result": "not_found"}, []),
        ({"person": "not_seen", "residence": "not_seen", "status": "not_assessed", "result": "moved"}, []),
        ({"person": "seen", "residence": "door", "status": "not_assessed", "result": "refused"}, []),
        ({"person": "video", "residence": "not_seen"}, []),
        ({"person": None}, ["person:missing"]),
        ({"result": "arrested"}, ["result:unknown_code"]),
        ({"person": "not_seen"}, ["status:does_not_go_together"]),
        ({"residence": "not_seen"}, ["residence:does_not_go_together"]),
        ({"result": "not_found"}, ["person:does_not_go_together"]),
        ({"result": "duplicate"}, ["note:missing"]),
        ({"result": "duplicate", "note": "同一户已登记"}, []),
        ({"result": "deceased", "person": "proxy"}, ["status:does_not_go_together"]),
        ({"status": "not_assessed", "temperature": 37.9}, ["status:does_not_go_together"]),
        ({"symptoms": ["none", "fever"]}, ["symptoms:does_not_go_together"]),
        ({"symptoms": ["headless"]}, ["symptoms:unknown_code"]),
        ({"temperature": 365}, ["temperature:out_of_range"]),
        ({"temperature": "warm"}, ["temperature:out_of_range"]),
        ({"observed_at": "2026-11-20T10:16:00+00:00"}, ["observed_at:time_ahead"]),
        ({"observed_at": "2026-11-20T10:15:00+00:00"}, []),
        ({"observed_at": "2026-10-20T10:00:00+00:00"}, ["observed_at:time_too_old"]),
        ({"observed_at": "2026-11-20T10:00:00"}, ["observed_at:missing"]),
        ({"observed_at": None}, ["observed_at:missing"]),
        ({"note": "x" * 301}, ["note:out_of_range"]),
        ({"note": "联系 13800000000"}, ["note:personal_number"]),
        ({"note": "证件 11010519491231002X"}, ["note:personal_number"]),
    ],
)
def test_an_answer_fits_or_says_what_does_not(change: dict[str, Any], problems: list[str]) -> None:
    assert check_answer({**GOOD, **change}, NOW) == problems


def test_problems_name_fields_never_values() -> None:
    bad = {**GOOD, "person": "王某某", "note": "电话 13912345678"}
    assert all("王" not in p and "139" not in p for p in check_answer(bad, NOW))


def test_full_is_all_three() -> None:
    form = door()
    for person, residence, status in itertools.product(form["person"], form["residence"], form["status"]):
        answer = {"person": person, "residence": residence, "status": status, "result": "visited"}
        assert is_full(answer) == (person == "seen" and residence in ("inside", "door") and status == "assessed")
    assert not is_full({**GOOD, "result": "refused"})


def test_every_code_is_named_in_three_languages() -> None:
    for part in ("person", "residence", "status", "result", "symptoms", "needs", "problem"):
        for code, entry in door()[part].items():
            assert all(entry[lang] for lang in ("zh-hans", "zh-hant", "en")), (part, code)


def test_every_problem_has_words() -> None:
    seen = {
        p.partition(":")[2]
        for change in (
            {"person": "x"},
            {"person": ""},
            {"temperature": 1},
            {"residence": "not_seen"},
            {"observed_at": "2030-01-01T00:00:00Z"},
            {"observed_at": "2020-01-01T00:00:00Z"},
            {"note": "13912345678"},
        )
        for p in check_answer({**GOOD, **change}, NOW)
    }
    assert seen == set(door()["problem"])


def test_the_form_and_the_closing_rules_say_the_same() -> None:
    """field and feedback do not import each other; their two data files must agree."""
    form, ends = door(), closing()
    assert form["not_found"] == ends["not_found"]
    assert {**form["full"], "result": ["visited"]} == ends["full"]
    assert sorted(c for c, r in form["result"].items() if r["closes"] == "always") == sorted(ends["other"]["result"])
