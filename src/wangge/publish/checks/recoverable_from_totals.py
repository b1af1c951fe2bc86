"""A redacted count follows from the totals and sums of the draft itself. Authority: trust, decision 2 and part A."""

from wangge.publish.attack import known_from
from wangge.publish.draft import Draft

REASON = {
    "zh-hans": "隐去的数字可由合计推算",
    "zh-hant": "隱去的數字可由合計推算",
    "en": "a redacted count follows from the totals",
}


def find(draft: Draft) -> list[str]:
    return known_from(draft).recovered()
