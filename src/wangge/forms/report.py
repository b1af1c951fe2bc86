"""The report an official reads: one static page, no script, nothing fetched from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from wangge import policy
from wangge.forms.bill import overlaps
from wangge.forms.harmonise import Harmonised
from wangge.forms.union import Asked, part_rule

STYLE = """
body{font:16px/1.6 system-ui,"Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;color:#1b2733}
h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2.2rem;border-bottom:2px solid #1f5fa8}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;border-bottom:1px solid #d5dce3;padding:.35rem .6rem}
th{background:#eef3f8}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}.sum{display:flex;gap:1rem;flex-wrap:wrap}
.sum div{border:1px solid #d5dce3;border-radius:.4rem;padding:.6rem 1.2rem}.sum b{display:block;font-size:1.7rem}
.refuse{color:#a61b1b;font-weight:600}.part{color:#5a4300;font-weight:600}.small{color:#495866;font-size:.9rem}
@media print{body{margin:0;max-width:none}h2{break-after:avoid}tr{break-inside:avoid}}
"""
VERDICT = {
    "accept": ("收下", ""),
    "accept_with_fields_dropped": ("收下，去掉部分字段", "part"),
    "refuse": ("不收", "refuse"),
}
STATE = {"asked": "", "undecided": "待数据主管确认", "withheld": "不问"}


def report(done: Harmonised) -> str:
    """The page as HTML, in Simplified Chinese; reasons of verdicts also in English."""
    parts = [_summary(done.bill), _verdicts(done), _bill(done.bill), _union(done), _overlap(done), _doubts(done)]
    return (
        '<!doctype html><html lang="zh-Hans"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>一表通：表格合并报告</title><style>{STYLE}</style><main><h1>一表通：表格合并报告</h1>{''.join(parts)}</main></html>\n"
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[Any]], label: str) -> str:
    """A table; numbers stand to the right. Cells are escaped unless they are markup of ours (a tuple: class, text)."""

    def cell(value: Any) -> str:
        if isinstance(value, tuple):
            return f'<td class="{escape(value[0])}">{escape(str(value[1]))}</td>'
        number = isinstance(value, int | float)
        return f'<td class="n">{value}</td>' if number else f"<td>{escape(str(value))}</td>"

    lines = "".join(f"<tr>{''.join(map(cell, row))}</tr>" for row in rows)
    top = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    return f'<table aria-label="{escape(label)}"><thead><tr>{top}</tr></thead><tbody>{lines}</tbody></table>'


def _summary(sums: dict[str, Any]) -> str:
    shown = [(sums["asks"], "各表共问"), (sums["distinct"], "其中不同的问题"), (sums["repeated"], "重复提问"),
             (f"{sums['saved_percent']} %", "一表通省下"), (f"{sums['minutes_saved']} 分钟", "每人每轮少答")]  # fmt: skip
    boxes = "".join(f"<div><b>{escape(str(value))}</b>{name}</div>" for value, name in shown)
    return f'<div class="sum">{boxes}</div>'


def _verdicts(done: Harmonised) -> str:
    titles = {form.form_id: form.title for form in done.forms}
    labels = {(row.form.form_id, row.field.n): row.field.label for row in done.fields}
    rows = []
    for one in done.verdicts:
        text, css = VERDICT[one.verdict]
        dropped = "、".join(labels[one.form_id, n] for n in one.dropped) or "无"
        rows.append(
            (titles[one.form_id], one.form_id, (css, text), dropped, f"{one.reason['zh-hans']} {one.reason['en']}")
        )
    return "<h2>各表处理结果</h2>" + _table(("表名", "编号", "结果", "去掉的字段", "理由"), rows, "各表处理结果")


def _bill(sums: dict[str, Any]) -> str:
    head = ("部门", "共问", "不同的问题", "别的表也问", "可省分钟")
    rows = [(name, x["asks"], x["distinct"], x["shared"], x["minutes"]) for name, x in sums["by_department"].items()]
    note = '<p class="small">可省分钟：每人每轮若由其他部门已答的内容代答可省下的时间。各部门相加多于总数，因为同一问题可由任一部门先问。</p>'
    return "<h2>各部门账单</h2>" + _table(head, rows, "各部门账单") + note


def _union(done: Harmonised) -> str:
    titles = {form.form_id: form.title for form in done.forms}
    rows = []
    for one in done.asked:
        state = (f"{STATE[one.state]} {one.why}".strip(), "")[one.state == "asked"]
        rows.append((part_rule(one.part)["zh-hans"], one.question.label, "必填" if one.required else "",
                     _purposes(one), "、".join(titles[f] for f in one.question.forms), state))  # fmt: skip
    return "<h2>合并后的问题</h2>" + _table(("部分", "问题", "必填", "用途", "需要的表", "说明"), rows, "合并后的问题")


def _purposes(one: Asked) -> str:
    return "、".join(policy.table()["purpose"][name]["label"]["zh-hans"] for name in one.purposes) or "无"


def _overlap(done: Harmonised) -> str:
    titles = {form.form_id: form.title for form in done.forms}
    rows = [
        (titles[x["form_a"]], titles[x["form_b"]], x["shared"], x["questions"].replace("|", "、"))
        for x in sorted(overlaps(done.asked), key=lambda x: -x["shared"])
    ]
    return "<h2>两两重复</h2>" + _table(("表", "表", "相同问题", "内容"), rows, "两两重复")


def _doubts(done: Harmonised) -> str:
    """Fields whose element is a proposal or unknown, with the candidates and why: for a person to settle."""
    rows = []
    for row in done.fields:
        if row.fate == "asked" and row.decision != "auto":
            said = "；".join(f"{c.element}（{c.reason}）" for c in row.candidates) or "无"
            rows.append((row.form.title, row.field.label, row.element or "未对应", round(row.confidence, 2), said))
    return "<h2>待人工确认的字段</h2>" + _table(("表", "字段", "对应要素", "把握", "候选与理由"), rows, "待确认")
