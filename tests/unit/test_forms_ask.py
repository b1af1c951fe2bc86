"""The register answers first: nod, ask or absent, by freshness and purpose."""

from __future__ import annotations

from datetime import date, timedelta

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from wangge.dictionary import elements
from wangge.forms import Asked, Field, Form, ask, harmonise

TODAY = date(2026, 11, 23)
PHONE, NAME = "person.phone", "person.name"


def form(*labels: str, purpose: str = "visit", form_id: str = "f") -> Form:
    return Form(form_id, "登记", tuple(Field(i, text) for i, text in enumerate(labels, 1)), purpose=purpose)


def known(*rows: tuple[str, str, date | None]) -> pa.Table:
    names = ("subject_id", "element", "collected_on")
    columns = [list(column) for column in zip(*rows, strict=True)] if rows else [[], [], []]
    return pa.table(dict(zip(names, [pa.array(columns[0], pa.string()), pa.array(columns[1], pa.string()),
                                     pa.array(columns[2], pa.date32())], strict=True)))  # fmt: skip


def states(asked: tuple[Asked, ...], table: pa.Table, purpose: str = "visit", subject: str = "p1") -> dict[str, str]:
    rows = ask(asked, table, pa.array([subject]), purpose, TODAY).to_pylist()
    return {row["element"] or row["name"]: f"{row['state']} {row['why']}" for row in rows}


def test_fresh_is_a_nod_stale_and_missing_are_asked() -> None:
    asked = harmonise([form("姓名", "电话", "性别", "门禁卡颜色喜好")]).asked
    edge = TODAY - timedelta(days=elements()[PHONE].fresh_days)
    fresh = states(asked, known(("p1", NAME, date(2001, 1, 1)), ("p1", PHONE, edge)))
    assert fresh[NAME] == fresh[PHONE] == "nod fresh"  # a name does not age
    assert fresh["person.sex"] == "ask missing"
    assert [v for k, v in fresh.items() if k.startswith("q_")] == ["ask missing"]
    stale = states(asked, known(("p1", PHONE, edge - timedelta(days=1))))
    assert stale[PHONE] == "ask stale"
    assert stale[NAME] == "ask missing"


def test_the_newest_answer_counts_and_one_of_tomorrow_does_not() -> None:
    asked = harmonise([form("电话")]).asked
    old, today, later = date(2020, 1, 1), TODAY, TODAY + timedelta(days=1)
    assert states(asked, known(("p1", PHONE, old), ("p1", PHONE, today)))[PHONE] == "nod fresh"
    assert states(asked, known(("p1", PHONE, later)))[PHONE] == "ask missing"
    assert states(asked, known(("p1", PHONE, None)))[PHONE] == "ask stale"


def test_what_another_person_said_answers_nobody_else() -> None:
    asked = harmonise([form("姓名")]).asked
    assert states(asked, known(("p1", NAME, TODAY)), subject="p2")[NAME] == "ask missing"


def test_what_a_purpose_may_not_ask_is_absent_and_does_not_say_what_is_known() -> None:
    asked = harmonise([form("姓名", "体温", purpose="register"), form("姓名", "体温", form_id="g")]).asked
    table = known(("p1", "health.temperature", TODAY), ("p1", NAME, TODAY))
    assert states(asked, table, "register")["health.temperature"] == "absent forbidden"
    rows = ask(asked, table, pa.array(["p1"]), "audit", TODAY).to_pylist()
    assert {row["state"] for row in rows} == {"absent"}
    assert {row["collected_on"] for row in rows} == {None}


FACTS = st.lists(st.tuples(st.sampled_from(["p1", "p2"]), st.sampled_from([NAME, PHONE, "person.sex", "person.address"]),
                           st.one_of(st.none(), st.dates(date(2025, 1, 1), date(2027, 1, 1)))), max_size=12)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(FACTS)
def test_every_question_has_one_state_as_the_plain_rule_says(rows: list[tuple[str, str, date | None]]) -> None:
    asked = harmonise([form("姓名", "电话", "性别", "现住址")]).asked
    found = ask(asked, known(*rows), pa.array(["p1", "p2"]), "visit", TODAY).to_pylist()
    assert len(found) == 2 * len(asked)
    for row in found:
        days = [d for s, e, d in rows if (s, e) == (row["subject_id"], row["element"]) and (d is None or d <= TODAY)]
        dated = [d for d in days if d]
        limit = elements()[row["element"]].fresh_days
        fresh = bool(days) and (not limit or bool(dated and (TODAY - max(dated)).days <= limit))
        assert row["state"] == ("nod" if fresh else "ask")
