"""A form over its versions: columns split, added, renamed, dropped; answers move by element."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from wangge.forms import Field, Form, changes, for_purpose, harmonise, moved


def form(*labels: str, **options: tuple[str, ...]) -> Form:
    return Form("f", "登记", tuple(Field(i, text, options=options.get(text, ())) for i, text in enumerate(labels, 1)))


def said(old: Form, new: Form) -> set[tuple[str, str]]:
    return {(step.kind, step.words) for step in changes(old, new)}


def test_the_columns_of_the_departures_list() -> None:
    old = form("序号", "姓名", "电话", "返回省市", "返程方式")
    new = form("序号", "姓名", "手机号", "户籍地", "返回省份", "返回市", "返程方式")
    assert said(old, new) == {
        ("kept", "姓名"), ("renamed", "电话 -> 手机号"), ("added", "户籍地"), ("split", "返回省市 -> 返回省份、返回市"),
        ("kept", "返程方式"),
    }  # fmt: skip
    assert ("joined", "返回省份、返回市 -> 返回省市") in said(new, old)


def test_answers_move_by_element_and_what_cannot_is_told() -> None:
    old = form("姓名", "电话", "返回省市", "宠物", "返程方式")
    new = form("手机号", "姓名", "返回省份", "返回市", "返程方式", 返程方式=("铁路", "飞机"))
    found, left = moved(old, new, {1: "测试", 2: "13800000000", 3: "湖北武汉", 4: "猫", 5: "轮渡"})
    assert found == {1: "13800000000", 2: "测试"}
    assert sorted(step.kind for step in left) == ["dropped", "kept", "split"]  # 轮渡 is none of the new answers
    assert "轮渡" not in repr(left)


LABELS = ["姓名", "电话", "手机号", "返回省市", "返回省份", "返回市", "现住址", "宠物", "是否发热", "备注"]
FORMS = st.lists(st.sampled_from(LABELS), min_size=1, max_size=8, unique=True).map(lambda labels: form(*labels))


@settings(max_examples=80, deadline=None)
@given(FORMS, FORMS)
def test_every_question_of_both_versions_is_in_one_step(old: Form, new: Form) -> None:
    steps = changes(old, new)
    for side, made in (("old", old), ("new", new)):
        told = [n for step in steps for n in getattr(step, side)]
        assert sorted(told) == [one.n for one in made.fields if one.label != "备注"]


@settings(max_examples=40, deadline=None)
@given(FORMS)
def test_a_version_against_itself_changes_nothing_and_keeps_every_answer(made: Form) -> None:
    assert {step.kind for step in changes(made, made)} <= {"kept"}
    answers = {one.n: one.label for one in made.fields if one.label != "备注"}
    assert moved(made, made, answers) == (answers, [])


def test_one_purpose_gets_its_own_form() -> None:
    a = Form("a", "a", (Field(1, "姓名"), Field(2, "体温")), purpose="visit")
    b = Form("b", "b", (Field(1, "姓名"), Field(2, "性别")), purpose="register")
    asked = harmonise([a, b]).asked
    assert {one.question.element for one in for_purpose(asked, "register")} == {"person.name", "person.sex"}
    assert {one.name: one.purposes for one in for_purpose(asked, "visit")}["person_name"] == {"visit": ("a",)}
