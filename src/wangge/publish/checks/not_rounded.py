"""A number is not rounded to 5, or what is shown is not what is stored. Authority: trust, decision 2."""

from wangge.publish.draft import BASE, Draft

REASON = {
    "zh-hans": "有数字未按 5 取整",
    "zh-hant": "有數字未按 5 取整",
    "en": "a number is not rounded to 5",
}


def find(draft: Draft) -> list[str]:
    return [
        f"{r['area_code']}:{r['measure']}"
        for r in draft.rows.to_pylist()
        if r["value"] is not None and (r["value"] % BASE or r["shown"] != str(r["value"]))
    ]
