"""Traditional and variant characters as their simplified forms, one character for one."""

from __future__ import annotations

from functools import cache
from importlib import resources


@cache
def simplified() -> dict[int, str]:
    """For str.translate: code point of a form -> its simplified form."""
    text = resources.files(__package__).joinpath("scripts.tsv").read_text("utf-8")
    lines = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return {ord(form): plain for plain, forms in lines for form in forms}
