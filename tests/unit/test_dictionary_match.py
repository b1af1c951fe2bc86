"""The matcher on headers a person would write: subject and attribute, banned words, ends of a span, things asked twice."""

from __future__ import annotations

import subprocess
import sys

import pytest

from wangge.dictionary.match import match, match_form, question_key, refused_register


@pytest.mark.parametrize(
    ("header", "element"),
    [
        ("姓  名", "person.name"),
        ("聯繫電話", "person.phone"),
        ("监护人联系方式", "guardian.phone"),
        ("家长姓名", "guardian.name"),
        ("房东姓名", "owner.name"),
        ("户主姓名", "household.head_name"),
        ("就读班级", "school.class"),
        ("隔离起始时间", "isolation.started_on"),
        ("预计解除隔离日期", "isolation.ended_on"),
        ("近21天内是否接触过确诊病例", "exposure.contact_case"),
        ("身份证号（18位）*", "person.id_number"),
        ("精神状态良好", "health.mental_state"),
    ],
)
def test_a_header_is_a_subject_and_an_attribute(header: str, element: str) -> None:
    assert match(header).element == element


@pytest.mark.parametrize(
    ("header", "element"),
    [
        ("族别", "person.ethnicity"),
        ("信仰", "person.religion"),
        ("有无前科", "person.criminal_record"),
        ("吸毒史", "person.drug_use"),
        ("精神病史", "person.psychiatric_label"),
        ("是否上访", "person.petition"),
        ("家属是否党员", "person.political_status"),
        ("監護人民族", "person.ethnicity"),
    ],
)
def test_banned_things_are_caught_in_other_words(header: str, element: str) -> None:
    found = match(header)
    assert (found.decision, found.element) == ("banned", element)
    assert found.reason.startswith("R")


def test_labels_among_the_choices_are_caught() -> None:
    assert match("人员类别", options=["吸毒人员", "刑满释放人员", "社区矫正", "其他"]).decision == "banned"
    assert match("人员类别", options=["老人", "儿童", "残疾人", "孕妇"]).element == "person.category"


def test_the_same_thing_asked_twice_is_one_element() -> None:
    morning, evening = match_form([{"label": "上午体温"}, {"label": "下午体温"}], "健康监测")
    assert morning.element == evening.element == "health.temperature"
    assert (morning.qualifier, evening.qualifier) == ("上午", "下午")


def test_neighbours_tell_whose_phone_it_is() -> None:
    labels = ["房主姓名", "联系电话", "身份证号码", "房屋面积", "使用者姓名", "身份证号码", "联系电话"]
    found = [m.element for m in match_form([{"label": one} for one in labels], "实有房屋")]
    assert found == ["owner.name", "owner.phone", "owner.id_number", "dwelling.area", "tenant.name",
                     "tenant.id_number", "tenant.phone"]  # fmt: skip


def test_the_title_tells_what_a_short_header_means() -> None:
    assert match("开始时间", title="居家隔离人员台账").element == "isolation.started_on"


def test_columns_are_read_by_name() -> None:
    assert match("lxdh").element == "person.phone"
    assert match("身份证号码", key="ownerIdcard").element == "owner.id_number"


def test_what_a_person_confirmed_settles_it() -> None:
    said = {question_key("情况"): "isolation.kind", question_key("类型", ["甲", "乙"]): "pet.kind"}
    assert (match("情 况", confirmed=said).element, match("情况", confirmed=said).decision) == (
        "isolation.kind",
        "auto",
    )
    assert match("类型", options=["乙", "甲"], confirmed=said).element == "pet.kind"
    assert match("类型", options=["丙"], confirmed=said).element != "pet.kind"


def test_system_fields_are_never_asked() -> None:
    assert {match(h).decision for h in ("序号", "创建时间", "填表人", "备注", "网格员姓名")} == {"system"}


def test_a_stigmatising_register_is_known_by_its_title() -> None:
    assert refused_register("吸毒人员登记表").startswith("R1")
    assert refused_register("返乡人员登记表") == ""


def test_nothing_like_it_is_none() -> None:
    found = match("xqzvk")
    assert (found.decision, found.element) == ("none", "")
    assert match("某某").asks == "?某某"


def test_the_dictionary_alone_loads_no_word_cutter() -> None:
    code = "import sys, wangge.dictionary as d; d.suggest('姓名'); print({'jieba', 'pypinyin'} & set(sys.modules))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "set()"
