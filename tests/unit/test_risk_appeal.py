"""The life of an appeal, as its table says it: ways, guards, clocks to the second; and why, in plain words."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from importlib import import_module
from typing import Any

import pytest

from wangge import risk
from wangge.base.errors import WanggeError

FILED = dt.datetime(2026, 12, 1, 4, tzinfo=dt.UTC)
GOOD = risk.Facts(
    now=FILED, filed_at=FILED, rules=("close_contact_recent",), apart=True, reason="not_there", words="那天我不在。"
)


@pytest.mark.parametrize(
    ("state", "act", "actor", "after"),
    [
        ("", "file", "resident", "submitted"), ("", "file", "worker", "submitted"), ("", "file", "clerk", "submitted"),
        ("submitted", "acknowledge", "reviewer", "acknowledged"), ("acknowledged", "correct", "reviewer", "corrected"),
        ("in_favour", "correct", "reviewer", "corrected"), ("submitted", "withdraw", "resident", "withdrawn"),
        ("in_favour", "add", "clerk", "in_favour"), ("acknowledged", "add", "resident", "acknowledged"),
    ],
)  # fmt: skip
def test_ways(state: str, act: str, actor: str, after: str) -> None:
    assert risk.step(state, act, actor, GOOD) == after


@pytest.mark.parametrize(
    ("state", "act", "actor", "change", "number"),
    [
        ("submitted", "correct", "reviewer", {}, "E6100"),  # first it is acknowledged
        ("upheld", "correct", "reviewer", {}, "E6100"),
        ("submitted", "acknowledge", "resident", {}, "E6100"),
        ("submitted", "run_out", "clock", {}, "E6100"),
        ("", "file", "reviewer", {}, "E6100"),
        ("", "file", "resident", {"rules": ()}, "E6101"),
        ("", "file", "resident", {"none_open": False}, "E6102"),
        ("", "file", "clerk", {"on_behalf": True}, "E6106"),
        ("", "file", "clerk", {"relation": "family"}, "E6106"),
        ("submitted", "acknowledge", "reviewer", {"apart": False}, "E6103"),
        ("acknowledged", "correct", "reviewer", {"apart": False}, "E6103"),
        ("acknowledged", "correct", "reviewer", {"reason": "because"}, "E6104"),
        ("acknowledged", "uphold", "reviewer", {"reason": "not_there"}, "E6104"),  # a reason of the other list
        ("acknowledged", "correct", "reviewer", {"words": "  "}, "E6105"),
        ("acknowledged", "add", "resident", {"words": ""}, "E6105"),
        ("acknowledged", "no such act", "reviewer", {}, "E6100"),
    ],
)  # fmt: skip
def test_refusals(state: str, act: str, actor: str, change: dict[str, Any], number: str) -> None:
    with pytest.raises(WanggeError, match=number):
        risk.step(state, act, actor, replace(GOOD, **change))


@pytest.mark.parametrize(
    ("seconds", "first", "last"), [(-1, "", ""), (0, "acknowledge", "decide"), (1, "acknowledge", "decide")]
)
def test_clocks_to_the_second(seconds: int, first: str, last: str) -> None:
    hour, twelve = (replace(GOOD, now=FILED + dt.timedelta(hours=h, seconds=seconds)) for h in (1, 12))
    assert risk.late("submitted", hour) == first and risk.late("acknowledged", hour) == ""
    assert risk.late("acknowledged", twelve) == last
    for state in ("submitted", "acknowledged"):
        assert risk.clock(state, twelve) == ("run_out" if last else "")
    assert risk.clock("in_favour", twelve) == risk.clock("upheld", twelve) == ""


def test_the_clock_never_lowers_what_a_laboratory_confirmed() -> None:
    late = replace(GOOD, now=FILED + dt.timedelta(days=3), rules=("confirmed_case", "close_contact_recent"))
    assert risk.clock("acknowledged", late) == "" and risk.late("acknowledged", late) == "decide"
    with pytest.raises(WanggeError, match="E6100"):
        risk.step("acknowledged", "run_out", "clock", late)
    assert risk.clock("acknowledged", replace(late, rules=())) == "lapse"


def test_the_table_is_whole() -> None:
    terms = risk.appeal_terms()
    states = set(terms["state"])
    for move in risk.moves().values():
        assert {*move.come_from, move.to} <= states | {""}, move
        assert set(move.guards) <= set(import_module("wangge.risk.appeal").GUARDS), move
    assert set(terms["never_by_clock"]) <= {rule.name for rule in risk.rules()}
    assert set(risk.said("act")) == set(risk.moves())
    for kind in ("state", "channel", "relation", "act", "receiver", "reason.correct", "reason.uphold"):
        for lang in ("zh-hans", "zh-hant", "en"):
            assert all(risk.said(kind, lang).values())
    reached, ends = {""}, {s for s in states if not risk.is_open(s)}
    for _ in states:
        reached |= {m.to for m in risk.moves().values() if m.to and reached & set(m.come_from)}
    assert reached == states | {""}
    assert not {s for m in risk.moves().values() for s in m.come_from} & ends  # what is over stays over


def test_the_database_knows_the_same_ways() -> None:
    ways = set(import_module("wangge_server.risk.migrations.0003_appeal_stands").WAYS)
    assert ways == {(a, m.to) for m in risk.moves().values() for a in m.come_from if a and m.to}


ROW = {"grade": "red", "rules": ["close_contact_recent"], "protocol": "p 1", "as_of": FILED.date(), "expires_on": FILED.date(),
       "facts": ["category=close degree=1 last_on=2026-11-18 limit_days=14"], "evidence": "overlap:venue:95min"}  # fmt: skip


@pytest.mark.parametrize("lang", ["zh-hans", "zh-hant", "en"])
def test_every_rule_can_be_told_in_every_language(lang: str) -> None:
    for rule in risk.rules():
        told = risk.explanation({**ROW, "rules": [rule.name]}, lang)
        assert told.reasons[0].sentence == rule.explanation[lang] and len(told.reasons[0].facts) == 4
    told = risk.explanation(ROW, lang)
    assert "2026-11-18" in " ".join(told.reasons[0].facts) and "95" in told.evidence
    long = risk.explanation({**ROW, "evidence": "overlap:household:3262min"}, lang).evidence
    assert "54" in long and "22" in long and "3262" not in long
    facts = {f for rule in risk.rules() for f in rule.facts} - {"days_since", "evidence"}
    assert facts <= set(import_module("wangge.risk.explanation")._words()["fact"])


@pytest.mark.parametrize("lang", ["zh-hans", "zh-hant", "en"])
def test_what_nobody_knows_is_told_as_not_known(lang: str) -> None:
    told = risk.explanation(
        {**ROW, "facts": ["category=close degree=- last_on=2026-11-18 limit_days=14 source=-"]}, lang
    ).reasons[0]
    blank = {"zh-hans": "不知道", "zh-hant": "不知道", "en": "not known"}[lang]
    assert len(told.facts) == 3 and len(told.unknown) == 1 and blank in told.unknown[0]
    assert not any(blank in fact for fact in told.facts)


def test_what_an_actor_could_do_from_each_state() -> None:
    assert risk.possible("submitted", "reviewer") == ("acknowledge",)
    assert set(risk.possible("acknowledged", "reviewer")) == {"ask", "uphold", "correct"}
    assert (
        risk.possible("acknowledged", "resident") == ("add", "withdraw") and risk.possible("upheld", "reviewer") == ()
    )


@pytest.mark.parametrize("planted", [
    {"facts": ["category=王小明 degree=1 last_on=2026-11-18"]}, {"evidence": "overlap:王小明:95min"},
    {"facts": ["source=王小明 case_id=王小明 last_on=王小明 overlap_minutes=王小明"]}, {"evidence": "contact_list:王小明"},
    {"evidence": "王小明"}, {"rules": ["王小明"]}, {"facts": ["place_kind=王小明"]},
])  # fmt: skip
def test_nobody_else_is_ever_named(planted: dict[str, Any]) -> None:
    assert "王小明" not in repr(risk.explanation({**ROW, **planted}))
