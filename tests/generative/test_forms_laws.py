"""Laws of the compiler on made-up forms: order, copies, sums, one fate a field, doing it twice."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from wangge.forms import Field, Form, Harmonised, from_record, harmonise

LABELS = ["姓名", "您的姓名", "电话", "手机号", "身份证号", "民族", "是否党员", "序号", "备注", "填报日期", "小区ID", "小区名称", "省份代码",
          "省份", "体温", "是否发热", "同住人员是否发热", "14天内是否回国", "返程方式", "返程所乘交通工具", "住户信息", "楼栋", "罪名", "刑期",
          "隔离开始时间", "隔离开始日期", "困难诉求", "需求", "核酸检测时间"]  # fmt: skip


@st.composite
def some_forms(draw: st.DrawFn) -> list[Form]:
    made = []
    for i in range(draw(st.integers(1, 5))):
        labels = draw(st.lists(st.sampled_from(LABELS), min_size=1, max_size=12))
        fields = tuple(
            Field(n, label, f"k{n}", ("铁路", "自驾") if "返程" in label else (), required=draw(st.booleans()))
            for n, label in enumerate(labels, 1)
        )
        title = draw(st.sampled_from(["居民登记", "返程登记", "上访人员台账"]))
        made.append(Form(f"f{i}", title, fields, purpose=draw(st.sampled_from(["", "visit", "register"]))))
    return made


def shown(done: Harmonised) -> object:
    return [
        (one.name, one.state, one.kind, one.required, one.options, one.purposes, one.question.asks)
        for one in done.asked
    ]


@settings(max_examples=60, deadline=None)
@given(some_forms(), st.randoms(use_true_random=False))
def test_the_order_of_the_forms_changes_nothing(made: list[Form], dice: object) -> None:
    mixed = list(made)
    dice.shuffle(mixed)  # type: ignore[attr-defined]
    assert shown(harmonise(mixed)) == shown(harmonise(made))
    assert harmonise(mixed).bill == harmonise(made).bill


@settings(max_examples=60, deadline=None)
@given(some_forms())
def test_a_copy_of_a_form_asks_nothing_new(made: list[Form]) -> None:
    done = harmonise(made)
    assert shown(harmonise([*made, made[0]])) == shown(done)
    copy = Form("copy", made[0].title, made[0].fields, purpose=made[0].purpose)
    twice = harmonise([*made, copy])
    assert {one.name for one in twice.asked} == {one.name for one in done.asked}
    own = done.bill["by_form"].get(made[0].form_id, {"asks": 0})["asks"]
    assert twice.bill["asks"] == done.bill["asks"] + own


@settings(max_examples=60, deadline=None)
@given(some_forms())
def test_sums_and_fates(made: list[Form]) -> None:
    done = harmonise(made)
    assert [row.place for row in done.fields] == [(f.form_id, one.n) for f in done.forms for one in f.fields]
    assert {row.fate for row in done.fields} <= {"asked", "system", "banned", "refused"}
    bill = done.bill
    assert bill["asks"] == sum(line["asks"] for line in bill["by_form"].values())
    assert bill["asks"] == sum(line["asks"] for line in bill["by_department"].values())
    assert bill["asks"] == bill["distinct"] + bill["repeated"]
    assert bill["repeated"] >= 0 or not bill["asks"]
    assert bill["asks"] == sum(1 for row in done.fields if row.fate == "asked")
    asked = [row.place for one in done.asked for row in one.question.askers]
    assert sorted(asked) == sorted(row.place for row in done.fields if row.fate == "asked")
    assert len({one.name for one in done.asked}) == len(done.asked)


@settings(max_examples=30, deadline=None)
@given(some_forms())
def test_written_down_and_read_again_it_is_the_same(made: list[Form]) -> None:
    raw = [
        {"form_id": f.form_id, "title": f.title, "purpose": f.purpose,
         "fields": [{"n": x.n, "label": x.label, "key": x.key, "options": x.options, "required": x.required} for x in f.fields]}
        for f in made
    ]  # fmt: skip
    again = from_record(json.loads(json.dumps(raw)), "forms.json")
    assert shown(harmonise(again)) == shown(harmonise(made))
