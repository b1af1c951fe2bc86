"""A count of 1 to 7, or a zero, stands in the draft. Authority: trust, decision 2 (redact up to 7)."""

from wangge.publish.draft import SMALLEST, Draft

REASON = {
    "zh-hans": "有 7 及以下的数字未隐去",
    "zh-hant": "有 7 及以下的數字未隱去",
    "en": "a count of 7 or less is not redacted",
}


def find(draft: Draft) -> list[str]:
    return [
        f"{r['area_code']}:{r['measure']}"
        for r in draft.rows.to_pylist()
        if r["value"] is not None and r["value"] < SMALLEST
    ]
