"""From forms to verdicts, different questions, the union form and its bill."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pyxform.xls2xform import convert

from wangge import policy
from wangge.__main__ import main
from wangge.base.errors import WanggeError
from wangge.forms import Field, Form, harmonise
from wangge.forms.report import report
from wangge.forms.verdict import LANGUAGES, banned_question, rules
from wangge.forms.words import is_office


def form(form_id: str, *labels: str, title: str = "", **more: str) -> Form:
    fields = tuple(Field(i, label, f"k{i}") for i, label in enumerate(labels, 1))
    return Form(form_id, title or f"{form_id}登记表", fields, **more)


# ---- verdicts ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("title", ["上访人员台账", "吸毒人员登记", "刑满释放人员信息", "社区矫正对象名册", "肇事肇祸精神障碍患者",
                                   "重点人员管控台账", "艾滋病人员登记"])  # fmt: skip
def test_a_stigmatising_register_is_refused_for_what_it_is(title: str) -> None:
    done = harmonise([form("r", "姓名", "电话", title=title), form("b", "姓名")])
    assert {one.form_id: one.verdict for one in done.verdicts} == {"r": "refuse", "b": "accept"}
    assert {row.fate for row in done.fields if row.form.form_id == "r"} == {"refused"}
    assert done.bill["asks"] == 1  # what is refused is asked of nobody


def test_key_persons_of_an_outbreak_are_no_key_persons() -> None:
    assert harmonise([form("a", "姓名", title="中高风险区重点人员核酸检测登记")]).verdicts[0].verdict == "accept"


def test_a_register_that_hides_its_name_is_known_by_its_questions() -> None:
    done = harmonise([form("x", "姓名", "身份证号", "罪名", "刑期", "释放日期", "帮教人", title="人员信息")])
    assert done.verdicts[0].verdict == "refuse"
    assert "E3820" in done.verdicts[0].reason["en"]


def test_a_useful_form_loses_its_banned_column() -> None:
    done = harmonise([form("x", "姓名", "民族", "电话", "性别", "现住址", "体温")])
    (verdict,) = done.verdicts
    assert (verdict.verdict, list(verdict.dropped)) == ("accept_with_fields_dropped", [2])
    assert all("R1" in verdict.dropped[2][lang] for lang in LANGUAGES)
    assert "person.ethnicity" not in {one.question.element for one in done.asked}


@pytest.mark.parametrize(
    "label", ["您是哪个族", "信什么教", "是否党员", "有无案底", "老家在哪里", "是否坐过牢", "美沙酮门诊"]
)
def test_a_banned_thing_in_other_words(label: str) -> None:
    done = harmonise([form("x", "姓名", label, "电话", "性别", "现住址")])
    assert done.verdicts[0].verdict == "accept_with_fields_dropped"
    assert "E3821" in done.verdicts[0].reason["zh-hans"]


@pytest.mark.parametrize(
    "label", ["集团员工编号", "矫正视力", "是否违法建筑", "籍贯不填"[2:], "隔离管控人员", "地铁族群"]
)
def test_words_that_only_look_banned(label: str) -> None:
    assert banned_question(Field(1, label)) is None


def test_a_question_of_banned_labels_is_banned_and_one_label_among_useful_ones_is_left_out() -> None:
    labels = Field(1, "人员分类", options=("刑满释放人员", "社区矫正人员", "吸毒人员", "其他"))
    useful = Field(2, "困难类型", options=("低保", "残疾", "独居", "精神障碍患者", "孕产妇"))
    done = harmonise([Form("x", "困难群众", (labels, useful, Field(3, "姓名"), Field(4, "电话")))])
    assert list(done.verdicts[0].dropped) == [1]
    (asked,) = [one for one in done.asked if one.options]
    assert asked.options == ("低保", "残疾", "独居", "孕产妇")


def test_a_survey_too_long_for_one_visit_goes_back_to_be_cut() -> None:
    topics = [f"第{i}项满意度" for i in range(102)]
    assert "E3822" in harmonise([form("s", *topics)]).verdicts[0].reason["en"]
    assert harmonise([form("s", *topics[: rules()["limits"]["most_questions"]])]).verdicts[0].verdict == "accept"


# ---- what is asked -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("label", "office"), [
    ("序号", True), ("填报用户编号", True), ("登记日期", True), ("创建时间", True), ("审核人签名", True), ("其他备注信息", True),
    ("检查地点", True), ("走访日期", True), ("采样时间", False), ("核酸检测时间", False), ("联系人", False), ("登记住址", False),
    ("填报单位", True), ("工作单位", False), ("证件编号", False), ("接种日期", False),
])  # fmt: skip
def test_what_the_office_fills_is_asked_of_nobody(label: str, office: bool) -> None:
    assert is_office(Field(1, label)) is office


def asks(*forms: Form) -> tuple[int, int]:
    bill = harmonise(forms).bill
    return bill["asks"], bill["distinct"]


def test_a_code_and_a_name_of_one_thing_are_one_question() -> None:
    assert asks(form("a", "省份代码", "省份名称")) == (2, 1)
    assert asks(form("a", "小区ID", "小区名字"), form("b", "小区名称")) == (3, 1)


def test_what_differs_in_person_number_or_kind_is_another_question() -> None:
    assert asks(form("a", "14天内是否回国", "同住人员14天内是否回国"))[1] == 2
    assert asks(form("a", "第一针疫苗注射时间", "第二针疫苗注射时间", "是否注射第一针疫苗"))[1] == 3
    assert asks(form("a", "隔离开始日期"), form("b", "隔离开始时间"))[1] == 1


def test_near_words_are_one_question_where_their_answers_agree() -> None:
    options = ("铁路", "飞机", "自驾")
    a = Form("a", "a", (Field(1, "返程方式", options=options),))
    b = Form("b", "b", (Field(1, "返程乘坐方式", options=(*options, "渡轮")),))
    assert harmonise([a, b]).bill["distinct"] == 1


def test_a_cell_for_a_whole_family_becomes_the_repeat() -> None:
    done = harmonise([form("a", "住户信息", "楼栋"), form("b", "姓名", "电话")])
    assert done.bill["asks"] == 4
    names = [row.get("name", "") for row in survey(done)]
    assert names.count("member") == 1
    assert names.index("member") < names.index("person_name")
    assert not [name for name in names if name.startswith("q_")]


def survey(done: object) -> list[dict[str, str]]:
    from wangge.forms.union_book import survey_rows

    return survey_rows([one for one in done.asked if one.state != "withheld"],  # type: ignore[attr-defined]
                       {f.form_id: f.title for f in done.forms})  # type: ignore[attr-defined]  # fmt: skip


# ---- purposes ----------------------------------------------------------------------------------------------


def test_merging_forms_never_merges_purposes() -> None:
    census = form("census", "姓名", "体温", purpose="register")
    visit = form("visit", "姓名", "体温", purpose="visit")
    asked = {one.question.element: one for one in harmonise([census, visit]).asked}
    assert asked["person.name"].purposes == {"register": ("census",), "visit": ("visit",)}
    assert asked["health.temperature"].purposes == {
        "visit": ("visit",)
    }  # a census never asks for the event vault (R15)


def test_a_question_that_no_purpose_allows_is_not_asked_and_reported() -> None:
    done = harmonise([form("census", "姓名", "体温", purpose="register")])
    withheld = {one.question.element: one.why for one in done.asked if one.state == "withheld"}
    assert withheld == {"health.temperature": "the dictionary does not let register ask it"}
    assert done.bill["withheld"] == 1
    assert "health_temperature" not in {row.get("name") for row in survey(done)}


def test_when_the_emergency_has_ended_its_purpose_asks_nothing() -> None:
    done = harmonise([form("visit", "姓名")], phase="ended")
    assert [one.state for one in done.asked] == ["withheld"]


def test_what_may_be_asked() -> None:
    assert policy.may_collect("visit", "person.phone").allowed
    assert policy.may_collect("visit", "person.ethnicity").verdict == "refused"
    assert policy.may_collect("visit", "").verdict == "gap"
    assert policy.may_collect("audit", "person.phone").verdict == "refused"
    assert set(policy.purposes_that_ask()) <= set(policy.table()["purpose"])


def test_a_purpose_nobody_knows() -> None:
    with pytest.raises(WanggeError) as error:
        harmonise([form("a", "姓名", purpose="score")])
    assert error.value.code == "E3818"


def test_two_different_forms_with_one_name() -> None:
    with pytest.raises(WanggeError) as error:
        harmonise([form("a", "姓名"), form("a", "电话")])
    assert error.value.code == "E3819"


# ---- the union form and the files ----------------------------------------------------------------------------


def test_the_union_form_converts_and_says_for_whom_and_for_what(tmp_path: Path) -> None:
    need = Field(2, "是否发热", "k2", ("是", "否"), required=True)
    a = Form("a", "健康登记", (Field(1, "姓名", "k1", required=True), need), department="卫健委")
    b = Form("b", "返程登记", (Field(1, "姓名", "k1"), need), department="交通局")
    done = harmonise([b, a])
    (tmp_path / "union.xlsx").write_bytes(done.book())
    made = convert(tmp_path / "union.xlsx", validate=False)
    assert [w for w in made.warnings if "machine-readable codes" not in w] == []
    for text in ("用途：入户核查。需要部门：交通局、卫健委。", "For: Visits at the door.", "繁體中文 (zh-Hant)"):
        assert text in made.xform
    required = {row["name"]: row["required"] for row in survey(done) if row["type"].startswith(("text", "select"))}
    assert required["person_name"] == ""  # one of the two does without
    assert sorted(required.values()) == ["", "yes"]


def test_the_workbook_is_the_same_bytes_whatever_the_order() -> None:
    a, b = form("a", "姓名", "是否发热", "备注"), form("b", "电话", "姓名")
    assert harmonise([a, b]).book() == harmonise([b, a]).book()


def test_the_report_fetches_nothing_and_escapes() -> None:
    page = report(harmonise([form("a", "姓名", "<script>alert(1)</script>", title="<b>")]))
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "http" not in page.replace("http-equiv", "")


FILES = {"fields.csv", "verdicts.csv", "questions.csv", "overlap.csv", "union.xlsx", "bill.json", "report.html"}


def test_the_command_writes_its_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    raw = [{"form_id": i, "title": i, "fields": [{"n": 1, "label": "姓名"}, {"n": 2, "label": "民族"}]} for i in "ab"]
    (tmp_path / "forms.json").write_text(json.dumps(raw), "utf-8")
    (tmp_path / "about.toml").write_text('[forms.a]\ndepartment = "公安"\npurpose = "register"\n', "utf-8")
    words = ["harmonise", str(tmp_path / "forms.json"), "--about", str(tmp_path / "about.toml")]
    assert main([*words, "--out", str(tmp_path / "out"), "--json"]) == 0
    assert {file.name for file in (tmp_path / "out").iterdir()} == FILES
    bill = json.loads(capsys.readouterr().out)
    assert (bill["asks"], bill["distinct"], bill["repeated"]) == (2, 1, 1)
    assert bill["by_department"]["公安"]["asks"] == 1
    assert bill == json.loads((tmp_path / "out" / "bill.json").read_text("utf-8"))
    head = (tmp_path / "out" / "fields.csv").read_text("utf-8").splitlines()[0]
    assert head == '"form_id","n","label","element","confidence","decision","candidates"'
    (tmp_path / "about.toml").write_text('[forms.zzz]\ndepartment = "公安"\n', "utf-8")
    assert main([*words, "--out", str(tmp_path / "out")]) == 3


def test_the_command_says_no_when_every_form_is_refused(tmp_path: Path) -> None:
    raw = {"form_id": "a", "title": "上访人员", "fields": [{"label": "姓名"}]}
    (tmp_path / "a.json").write_text(json.dumps(raw), "utf-8")
    assert main(["harmonise", str(tmp_path / "a.json"), "--out", str(tmp_path / "out")]) == 1


@pytest.mark.shared
def test_the_twelve_real_forms_count_as_a_careful_reader_does(shared_data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert main(["harmonise", str(shared_data / "cn_forms" / "forms.json"), "--out", str(out)]) == 0
    bill = json.loads((out / "bill.json").read_text("utf-8"))
    assert bill["asks"] == pytest.approx(170, rel=0.05)
    assert bill["distinct"] == pytest.approx(120, rel=0.06)
    verdicts = (out / "verdicts.csv").read_text("utf-8")
    assert verdicts.count('"accept"') == 11
    assert '"wg_people","accept_with_fields_dropped","民族|重点管理人员"' in verdicts
    made = convert(out / "union.xlsx", validate=False)
    assert [w for w in made.warnings if "machine-readable codes" not in w] == []


def test_two_reasons_stand_apart() -> None:
    done = harmonise([form("x", "姓名", "民族", "宗教信仰", "电话", "性别", "现住址", "职业", "学历", "体温")])
    assert done.verdicts[0].reason["zh-hans"].count("；") == 1
    assert done.verdicts[0].reason["en"].count("; ") == 1
