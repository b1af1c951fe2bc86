"""An area is finer than the purpose allows: nothing below community for the public. Authority: workflows 1.17."""

from wangge.publish.draft import DIGITS, Draft, purposes

REASON = {
    "zh-hans": "区域细于该目的所允许的层级",
    "zh-hant": "區域細於該目的所允許的層級",
    "en": "an area is finer than the purpose allows",
}


def find(draft: Draft) -> list[str]:
    allowed = {DIGITS[kind] for kind in purposes()[draft.purpose]["kinds"]}
    return sorted({a for a in draft.rows.column("area_code").to_pylist() if len(a) not in allowed})
