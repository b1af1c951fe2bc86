"""The policy table in words, for pages that explain it."""

from __future__ import annotations

from typing import Any

from wangge import policy


def label(part: str, code: str, lang: str) -> str:
    """What the screen calls a role or purpose ("role", "auditor"); the code itself where the table has no word."""
    row = policy.table()[part].get(code)
    if row is None:
        return code
    words = row if part == "role" else row["label"]
    return str(words.get(lang, words["zh-hans"]))


def purposes(role: str, lang: str) -> list[dict[str, str]]:
    """Purposes a role may choose. -> [{code, label}]"""
    return [{"code": code, "label": label("purpose", code, lang)} for code in policy.purposes_for(role)]


def purpose_words(code: str, lang: str) -> dict[str, Any] | None:
    """One purpose with its basis and who answers for it; None for an unknown one."""
    row = policy.table()["purpose"].get(code)
    if row is None:
        return None
    return {
        "code": code,
        "label": label("purpose", code, lang),
        "basis": row["basis"].get(lang, row["basis"]["zh-hans"]),
        "answerable": label("role", row["answerable"], lang),
    }


def grants(lang: str) -> list[dict[str, Any]]:
    """Every grant of the table: role, purpose, phases, permissions with their relation, elements."""
    return [
        {
            "role": label("role", row["role"], lang),
            "purpose": label("purpose", row["purpose"], lang),
            "code": row["role"],
            "phases": row.get("phases", []),
            "may": sorted(row["may"].items()),
            "elements": sorted(row["elements"]),
        }
        for row in policy.table()["grant"]
    ]
