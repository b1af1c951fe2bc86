"""Doubts as people read them, and what differs between two values."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wangge_server.registry.words import evidence_words

STATES = {
    "open": gettext_lazy("待判断"), "later": gettext_lazy("稍后再看"), "second": gettext_lazy("等第二人复看"),
    "settled": gettext_lazy("已判断"), "gone": gettext_lazy("已由其他依据解决"),
}  # fmt: skip
SAYS = {"same": gettext_lazy("同一人"), "different": gettext_lazy("不是同一人")}
REASONS = {
    "two_valid_numbers": gettext_lazy("其他都相符，但有两个有效证件号"),
    "number_of_another": gettext_lazy("证件号像是别人的"),
    "truncated_id": gettext_lazy("证件号被截断，姓名和前 15 位相符"),
}  # fmt: skip


def reason_words(reason: str) -> str:
    """`name+phone; two_valid_numbers` -> each key in words."""
    return _("；").join(
        str(REASONS[one]) if one in REASONS else evidence_words(one) for one in reason.split("; ") if one
    )


def marked(values: list[str | None]) -> list[Any]:
    """The same element of several people: each value as pieces (text, differs), character by character where all have
    one length; None stays None."""
    there = [value for value in values if value is not None]
    if len(set(there)) < 2:
        return [None if value is None else [(value, False)] for value in values]
    even = len({len(value) for value in there}) == 1
    return [None if value is None else _pieces(value, there) if even else [(value, True)] for value in values]


def _pieces(value: str, others: list[str]) -> list[tuple[str, bool]]:
    pieces: list[tuple[str, bool]] = []
    for at, char in enumerate(value):
        differs = any(other[at] != char for other in others)
        if pieces and pieces[-1][1] == differs:
            pieces[-1] = (pieces[-1][0] + char, differs)
        else:
            pieces.append((char, differs))
    return pieces


def places_apart(numbers: list[str]) -> str:
    """In which places ID numbers differ, without showing them."""
    if len(set(numbers)) < 2:
        return ""
    if len({len(number) for number in numbers}) > 1:
        return _("证件号长度不同")
    apart = [str(at + 1) for at in range(len(numbers[0])) if len({number[at] for number in numbers}) > 1]
    return _("证件号第 %(places)s 位不同") % {"places": _("、").join(apart)}
