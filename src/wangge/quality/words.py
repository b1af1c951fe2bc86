"""The word lists of words.toml."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import Any


@cache
def words() -> dict[str, Any]:
    """-> {"missing": [...], "totals": [...], "notes": [...], "sex": {"1": [...], ...}, ...}"""
    return tomllib.loads(resources.files(__package__).joinpath("words.toml").read_text("utf-8"))


def totals_pattern() -> str:
    """A regular expression, free of quotes, that a totals or note cell matches from its beginning."""
    sums, notes = ("|".join(map(re.escape, words()[key])) for key in ("totals", "notes"))
    return f"^(?:(?:{sums})(?:$|[0-9:(共])|(?:{notes}))".replace("'", "")


def sql_list(texts: list[str]) -> str:
    """A list of words as SQL literals."""
    return ", ".join("'" + text.replace("'", "''") + "'" for text in texts)


def resident_document() -> str:
    """SQL: the document is a resident ID, or the list does not say what it is."""
    return f"(id_type IS NULL OR id_type IN ({sql_list(words()['documents']['resident'])}))"
