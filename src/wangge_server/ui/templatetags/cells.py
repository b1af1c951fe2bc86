"""Cells of a ledger as HTML. A page has hundreds of them: a function a kind is ten times faster than a template a cell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from wangge_server.ui.templatetags.vite import count, icon, part_of, stamp

register = template.Library()

GRADES = {
    "red": ("M8 0l8 8-8 8-8-8z", _("红")),
    "yellow": ("M8 1.5 15.5 15H.5z", _("黄")),
    "blue": ("M8 1a7 7 0 1 0 .01 0z", _("蓝")),
}
TONE_ICONS = {"good": "circle-check", "warn": "alert-triangle", "bad": "circle-x", "unknown": "help-circle"}

Cell = dict[str, Any]


@register.simple_tag
def ledger_row(row: dict[str, Any], columns: list[dict[str, Any]]) -> SafeString:
    """A row of a ledger: its cells under its columns, its key for the map, its address for the keyboard."""
    attributes = (("data-key", row.get("id")), ("data-url", row.get("url")), ("class", _tone(row.get("tone"))))
    cells = ((_classes(col, value), cell(value, bool(col.get("numeric")), "" if i else row.get("url") or ""))
             for i, (col, value) in enumerate(zip(columns, row["cells"], strict=False)))  # fmt: skip
    return format_html(
        "<tr{}>{}</tr>",
        format_html_join("", ' {}="{}"', ((name, value) for name, value in attributes if value)),
        format_html_join("", "<td{}>{}</td>", cells),
    )


def _tone(tone: str | None) -> str:
    return f"is-{tone}" if tone else ""


LONG = 14  # characters from which a cell may wrap on a phone, instead of pushing the table sideways


def _classes(column: dict[str, Any], value: Any = "") -> SafeString | str:
    names = [
        *(["is-num"] if column.get("numeric") else []),
        *(["wg-narrow-hide"] if column.get("hide") == "narrow" else []),
        *(
            ["is-text"]
            if isinstance(value, str | Promise) and len(str(value)) > LONG and not column.get("numeric")
            else []
        ),
    ]
    return format_html(' class="{}"', " ".join(names)) if names else ""


def cell(value: Any, numeric: bool = False, url: str = "") -> SafeString | str:
    """One cell: a plain value, or a dict with `kind` (see ui/README.md). `url` links the first cell of a row."""
    if isinstance(value, dict) and value.get("kind"):
        return KINDS[value["kind"]](value)
    if value is None:
        return unknown()
    if url:
        return format_html('<a href="{}">{}</a>', url, value)
    return count(value) if numeric else format_html("{}", value)


def unknown() -> SafeString:
    return format_html('<span class="wg-unknown">{}</span>', gettext("未知"))


@register.simple_tag
def badge(word: Any, tone: str = "", name: str = "") -> SafeString:
    """A word on a tint; a tone brings its own sign, so that colour is never the only one."""
    sign = name or TONE_ICONS.get(tone, "")
    return format_html(
        '<span class="wg-badge{}">{}{}</span>', f" is-{tone}" if tone else "", icon(sign) if sign else "", word
    )


@register.simple_tag
def grade_badge(grade: str | None) -> SafeString:
    """Red, yellow or blue with its shape and its word; anything else is not graded."""
    if grade not in GRADES:
        return format_html('<span class="wg-grade is-none">{}</span>', gettext("未分级"))
    shape, word = GRADES[grade]
    return format_html(
        '<span class="wg-grade is-{}"><svg viewBox="0 0 16 16" aria-hidden="true"><path d="{}"/></svg>{}</span>',
        grade,
        shape,
        word,
    )


def _link(c: Cell) -> SafeString:
    sub = format_html("<small>{}</small>", c["sub"]) if c.get("sub") else ""
    return format_html('<a href="{}">{}</a>{}', c["url"], c["text"], sub)


def _badge(c: Cell) -> SafeString:
    return badge(c["word"], c.get("tone") or "", c.get("icon") or "")


def _grade(c: Cell) -> SafeString:
    return grade_badge(c.get("grade"))


def _share(c: Cell) -> SafeString:
    value, whole = c.get("value"), c.get("of")
    of = format_html('<span class="wg-of"> / {}</span>', count(whole)) if whole else ""
    if value is None or not whole:
        return format_html("{}{}", unknown(), of)
    bar = format_html('<meter class="wg-bar" min="0" max="100" value="{}"></meter>', part_of(value, whole))
    return format_html('<span class="wg-share">{}<span>{}{}</span></span>', bar, count(value), of)


def _num(c: Cell) -> SafeString:
    if c.get("value") is None:
        return unknown()
    written = count(c["value"])
    return format_html('<a href="{}">{}</a>', c["url"], written) if c.get("url") else format_html("{}", written)


def _time(c: Cell) -> SafeString:
    if not c.get("late"):
        return format_html("<time>{}</time>", stamp(c.get("value")))
    return format_html(
        '<time class="wg-late">{}</time>{}', stamp(c.get("value")), badge(gettext("已逾期"), "bad", "clock")
    )


KINDS: dict[str, Callable[[Cell], SafeString]] = {
    "link": _link,
    "badge": _badge,
    "grade": _grade,
    "share": _share,
    "num": _num,
    "time": _time,
}
