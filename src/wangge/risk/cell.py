"""What binds the joint cell: its seats, how long a batch waits for them, and the closed lists of reasons (cell.toml)."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any


@cache
def terms() -> dict[str, Any]:
    """-> {seats, valid_hours, guard_reason: {code: {refuses, label}}, recall_reason: {code: {label}}}"""
    return tomllib.loads(resources.files(__package__).joinpath("cell.toml").read_text("utf-8"))


def reasons(kind: str, lang: str = "zh-hans") -> dict[str, str]:
    """The closed list of reasons in words; kind: guard_reason or recall_reason. -> {code: words}"""
    return {code: row["label"].get(lang, row["label"]["zh-hans"]) for code, row in terms()[kind].items()}
