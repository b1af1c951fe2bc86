"""A redacted count follows from this draft together with what went out before. Authority: trust, decision 3."""

from wangge.publish.attack import known_from
from wangge.publish.draft import Draft

REASON = {
    "zh-hans": "隐去的数字可由以往发布推算",
    "zh-hant": "隱去的數字可由以往發布推算",
    "en": "a redacted count follows from an earlier release",
}


def find(draft: Draft) -> list[str]:
    return known_from(draft, draft.earlier).recovered() if draft.earlier else []
