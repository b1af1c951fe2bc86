"""The rows of a dry run as a table: what each would do and why, fifty a page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wangge_server.base.ledger import Column, Page, ledger
from wangge_server.intake import queries
from wangge_server.intake.words import OUTCOMES, element_words, outcome_badge, row_reason
from wangge_server.policy.reads import record_read

PLACE = (
    Column("line", gettext_lazy("文件行号"), numeric=True, width="88px"),
    Column("outcome", gettext_lazy("结果"), width="88px"),
)
WHY = (
    Column("what", gettext_lazy("原因")),
    Column("elements", gettext_lazy("哪一项")),
    Column("todo", gettext_lazy("怎么办"), hide="narrow"),
    Column("code", gettext_lazy("编号"), hide="narrow"),
)
VALUES = (Column("name", gettext_lazy("姓名（原文）")), Column("value", gettext_lazy("所填内容（原文）")))


def rows_ledger(request: HttpRequest, found: Any, shown: bool) -> dict[str, Any]:
    """The ledger of a batch's rows; what is written in them only where `shown`, and then on record."""
    outcome, reason = request.GET.get("outcome", ""), request.GET.get("reason", "")
    outcome = outcome if outcome in OUTCOMES else ""
    number = _page_asked(request)
    rows, count = queries.rows_of(found, outcome, reason, number)
    shown = shown and any(row["name"] or row["value"] for row in rows)
    if shown:
        record_read(request, "dry_run_rows", [], batch=str(found.pk), rows=len(rows))
    columns = (*PLACE, *WHY[:2], *VALUES, *WHY[2:]) if shown else (*PLACE, *WHY)
    page = Page(rows, columns, "", count, number, max(1, -(-count // queries.PER_PAGE)))
    return ledger(page, [_line(row, shown) for row in rows], title=_("逐行结果"), id="rows",
                  filters=_filters(found, outcome, reason),
                  empty={"title": _("没有这样的行"), "text": _("换一个结果或原因，或清除筛选。")})  # fmt: skip


def _page_asked(request: HttpRequest) -> int:
    asked = request.GET.get("page", "1")
    return max(int(asked), 1) if asked.isdecimal() and len(asked) < 8 else 1


def _line(row: dict[str, Any], shown: bool) -> dict[str, Any]:
    why = row_reason(row["reason"])
    items = "、".join(element_words(e) for e in row["elements"].split(",") if e) or "—"
    code = row["reason"] if row["reason"].startswith("E") else ""
    values = [row["name"], row["value"]] if shown else []
    cells = [row["line"], outcome_badge(row["outcome"], row["kind"]), why["what"], items, *values, why["todo"], code]
    return {"cells": cells, "tone": "bad" if row["outcome"] == "error" and row["kind"] == "refused" else ""}


def _filters(found: Any, outcome: str, reason: str) -> list[dict[str, Any]]:
    """By outcome, and by reason with how many rows have it."""
    every = {"value": "", "label": _("全部")}
    outcomes = [{"value": key, "label": word} for key, (_tone, word) in OUTCOMES.items()]
    by_reason: dict[str, int] = {}
    for row in queries.reasons_of(found):
        if not outcome or row["outcome"] == outcome:
            by_reason[row["reason"]] = by_reason.get(row["reason"], 0) + row["n"]
    reasons = [{"value": key, "label": f"{row_reason(key)['what']} ({n})"} for key, n in by_reason.items() if key]
    return [
        {"name": "outcome", "label": _("结果"), "kind": "select", "value": outcome, "options": [every, *outcomes]},
        {"name": "reason", "label": _("原因"), "kind": "select", "value": reason, "options": [every, *reasons]},
    ]
