"""Forms as departments write them: XLSForm, workbook, CSV, JSON; what cannot be read is told by its number."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import pytest

from wangge import forms
from wangge.base.errors import WanggeError, Where
from wangge.commands.harmonise import read_forms
from wangge.forms.form import Field, Form, checked
from wangge.forms.prose import options_in, split_answers

Book = Callable[..., Path]


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """Write a workbook: {sheet: lines}."""

    def write(**sheets: Sequence[Sequence[str]]) -> Path:
        made = openpyxl.Workbook()
        made.remove(made.active)
        for name, lines in sheets.items():
            page = made.create_sheet(name)
            for line in lines:
                page.append(list(line))
        made.save(tmp_path / "form.xlsx")
        return tmp_path / "form.xlsx"

    return write


def refusal(path: Path) -> WanggeError:
    with pytest.raises(WanggeError) as error:
        read_forms(path)
    return error.value


SURVEY = [
    ["type", "name", "label::中文 (zh)", "label::English (en)", "required", "relevant"],
    ["start", "start", "", "", "", ""],
    ["begin_group", "home", "住所", "Home", "", ""],
    ["text", "room", "房间号", "Room", "yes", ""],
    ["end_group", "", "", "", "", ""],
    ["begin repeat", "person", "成员", "Member", "", ""],
    ["select_one sex", "sex", "性别", "Sex", "", ""],
    ["end repeat", "", "", "", "", ""],
    ["calculate", "total", "", "", "", ""],
]
CHOICES = [["list_name", "name", "label::中文 (zh)"], ["sex", "1", "男"], ["sex", "2", "女"]]


def test_an_xlsform_is_its_questions_with_groups_repeats_and_answers(book: Book) -> None:
    settings = [["form_title", "form_id", "version"], ["走访", "visit", "3"]]
    (form,) = read_forms(book(survey=SURVEY, choices=CHOICES, settings=settings))
    assert (form.form_id, form.title, form.version) == ("visit", "走访", "3")
    assert form.fields == (
        Field(1, "房间号", "room", (), "text", "住所", True),
        Field(2, "性别", "sex", ("男", "女"), "select_one", "成员", False, "", "repeat"),
    )


def test_groups_that_do_not_close_are_told(book: Book) -> None:
    assert refusal(book(survey=SURVEY[:4])).code == "E3816"
    error = refusal(book(survey=[SURVEY[0], ["end_group", "", "", "", "", ""]]))
    assert (error.code, error.where.sheet, error.where.row) == ("E3816", "survey", 2)


def test_a_circle_in_relevance_is_named(book: Book) -> None:
    rows = [["text", name, name, name, "", f"${{{needs}}} = 'x'"] for name, needs in ("ab", "bc", "ca")]
    error = refusal(book(survey=[SURVEY[0], *rows]))
    assert error.code == "E3812"
    assert error.facts["circle"] == "a -> b -> c -> a"
    assert read_forms(book(survey=[SURVEY[0], *rows[:2], ["text", "c", "c", "c", "", ""]]))


def test_a_diamond_in_relevance_is_no_circle() -> None:
    needs = {"a": "", "b": "${a}", "c": "${a}", "d": "${b} and ${c}"}
    fields = tuple(Field(i, f"问{k}", k, relevant=r) for i, (k, r) in enumerate(needs.items(), 1))
    assert checked(Form("f", "f", fields)).fields == fields


def test_two_questions_with_one_name(book: Book, tmp_path: Path) -> None:
    assert refusal(book(survey=[SURVEY[0], *[["text", "a", "甲", "A", "", ""]] * 2])).code == "E3811"
    error = refusal(book(表=[["姓名", "电话", "性别", "电话"]]))
    assert (error.code, error.facts["column"]) == ("E3811", "电话")


def test_the_same_label_about_two_people_is_two_questions() -> None:
    labels = ["房主姓名", "联系电话", "使用者姓名", "联系电话"]
    form = checked(Form("f", "房屋", tuple(Field(i, text, f"k{i}") for i, text in enumerate(labels, 1))))
    assert [one.group for one in form.fields] == ["", "房主", "", "使用者"]


def test_a_header_below_a_title_with_a_note_of_answers(book: Book) -> None:
    lines = [
        ["离开人员清单"],
        ["序号", "姓名*", "证件类型", "电话"],
        [],
        ["注意：\n1、证件类型取值：身份证、护照、其他\n2、不要更改模板"],
    ]
    (form,) = read_forms(book(清单=lines))
    assert form.title == "离开人员清单"
    assert [(one.label, one.options, one.required) for one in form.fields] == [
        ("序号", (), False), ("姓名*", (), True), ("证件类型", ("身份证", "护照", "其他"), False), ("电话", (), False),
    ]  # fmt: skip


@pytest.mark.parametrize("lines", [
    [["张三", "13800000000", "2020-01-01"], ["李四", "13900000000", "2020-01-02"]],
    [["只有一格"]],
])  # fmt: skip
def test_no_header(book: Book, lines: list[list[str]]) -> None:
    error = refusal(book(表=lines))
    assert error.code == "E3810"
    assert "张三" not in error.text("zh-hans")


def test_an_empty_form() -> None:
    with pytest.raises(WanggeError) as error:
        forms.from_record([{"form_id": "a", "title": "a", "fields": []}], "a.json")
    assert error.value.code == "E3810"


def test_five_thousand_columns(tmp_path: Path) -> None:
    file = tmp_path / "wide.csv"
    file.write_text(",".join(["姓名", "电话", *(f"列{i}" for i in range(4998))]) + "\n", "utf-8")
    error = refusal(file)
    assert (error.code, error.facts["n"]) == ("E3813", 5000)


def test_a_header_that_changes_halfway(book: Book) -> None:
    lines = [
        ["姓名", "电话", "性别"],
        ["张三", "13800000000", "男"],
        [],
        ["户号", "户主姓名", "楼栋"],
        ["1", "王五", "2"],
    ]
    error = refusal(book(表=lines))
    assert (error.code, error.where.row) == ("E3815", 4)
    repeated = [["姓名", "电话", "性别"], ["张三", "13800000000", "男"], ["姓名", "电话", "性别"]]
    assert len(read_forms(book(表=repeated))[0].fields) == 3  # a print-out repeats its header


def test_answers_that_cannot_be_split_are_told_and_never_guessed() -> None:
    labels = ["证件类型", "返程方式"]
    with pytest.raises(WanggeError) as error:
        options_in(["1、证件类型取值：按公安部门有关规定执行的各类有效身份证明文件名称"], labels, Where("f"))
    assert (error.value.code, error.value.facts["column"]) == ("E3817", "证件类型")
    assert options_in(["2、返程方式：请如实说明本次返程所乘的全部交通工具和路线以及同行的人"], labels, Where("f")) == {}
    assert options_in(["3、其他事项：甲、乙"], labels, Where("f")) == {}


@pytest.mark.parametrize(("text", "answers"), [
    ("身份证、护照、其他。", ("身份证", "护照", "其他")),
    ("1-男；2-女；9-未说明", ("男", "女", "未说明")),
    ("1.自驾 2.铁路 3.飞机", ("自驾", "铁路", "飞机")),
    ("绿码,黄码,红码等", ("绿码", "黄码", "红码")),
    ("见附件", ()),
    ("甲、甲", ()),
])  # fmt: skip
def test_answers_in_prose(text: str, answers: tuple[str, ...]) -> None:
    assert split_answers(text) == answers


def test_json_of_one_form_and_of_many(tmp_path: Path) -> None:
    one = {"form_id": "a", "title": "甲", "fields": [{"n": 3, "label": "姓名", "key": "name", "options": ["x"]}]}
    file = tmp_path / "forms.json"
    for raw in (one, [one]):
        file.write_text(json.dumps(raw), "utf-8")
        assert [(f.form_id, f.fields) for f in read_forms(file)] == [("a", (Field(3, "姓名", "name", ("x",)),))]
    for bad in ("{", "[]", '{"fields": [{"n": 1}]}', '["a"]', '{"fields": [{"label": "a", "options": "x"}]}'):
        file.write_text(bad, "utf-8")
        assert refusal(file).code == ("E3810" if bad == "[]" else "E3814"), bad


@pytest.mark.shared
def test_the_real_template_of_the_departures(shared_data: Path) -> None:
    (form,) = read_forms(shared_data / "cn_forms" / "wuhan_departures_template.xlsx")
    answers = {one.label: len(one.options) for one in form.fields if one.options}
    assert form.title == "已离汉人员信息清单"
    assert len(form.fields) == 14
    assert answers == {"证件类型": 5, "滞汉居住方式": 7, "返程方式": 5}
