"""A header taken apart: what it asks without politeness, spans of time and notes, and what kind of answer it wants."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from wangge.base.scripts import simplified
from wangge.dictionary.elements import normal_header

EXPLAINED = re.compile(r"[一-龥]{2,}[^:]*:")  # 性别:编码应符合GB/T 2261.1
NOTE = re.compile(r"[(\[【](.*?)[)\]】]")


@dataclass(frozen=True)
class Header:
    """`full` is the header without width, case, marks and notes; `core` also without idle words and spans of time."""

    text: str
    full: str
    core: str
    notes: str = ""
    times: str = ""  # which of the times: 上午, 第二次
    yes_no: bool = False

    @property
    def is_key(self) -> bool:
        """Whether it is a column's name in a system and no words."""
        return bool(self.full) and self.full.isascii() and " " not in self.text.strip()


@cache
def words() -> dict[str, Any]:
    """The lists of words.toml."""
    return tomllib.loads(resources.files(__package__).joinpath("words.toml").read_text("utf-8"))


@cache
def _window() -> re.Pattern[str]:
    return re.compile(words()["windows"])


@cache
def _local() -> re.Pattern[str]:
    return re.compile(words()["local"])


@cache
def _longest_first(name: str) -> tuple[str, ...]:
    return tuple(sorted(words()[name], key=len, reverse=True))


@cache
def read_header(text: str) -> Header:
    """Take a header apart. Traditional characters are read as simplified ones."""
    plain = unicodedata.normalize("NFKC", text).translate(simplified())
    plain, _, behind = plain.partition(":") if EXPLAINED.search(plain) else (plain, "", "")
    notes = " ".join([*NOTE.findall(plain), behind]).strip()
    full = normal_header(plain) or normal_header(re.sub(r"[()\[\]【】]", " ", plain))
    core = _local().sub(r"\1本地", _window().sub("", full))
    for word in _longest_first("idle"):
        if len(core) > len(word) + 1:
            core = core.replace(word, "")
    times = next((w for w in _longest_first("times") if w in full), "")
    yes_no = any(full.startswith(w) or w in full for w in words()["yes_no"])
    return Header(text, full, core or full, notes, times, yes_no)


@cache
def alike(text: str) -> str:
    """The text with one word for many, so that near spellings meet: 手机号码 and 电话 are one."""
    for ending in words()["endings"]:
        if text.endswith(ending) and len(text) > len(ending) + 1:
            text = text.removesuffix(ending)
            break
    for first, *others in words()["same"]:
        for word in sorted((first, *others), key=len, reverse=True):
            if word in text:
                text = text.replace(word, first, 1)
                break
    for word in words()["yes_no"]:
        if text.startswith(word) and len(text) > len(word) + 1:
            return text.removeprefix(word)
    return text


@cache
def aspect(text: str) -> str:
    """What kind of answer a text asks for: when, where, who, phone...; empty where it does not say."""
    return _first_fit(text, "aspects")


@cache
def end(text: str) -> str:
    """from or until, where a text asks for one end of a span."""
    return _first_fit(text, "ends")


def _first_fit(text: str, table: str) -> str:
    found: Sequence[tuple[int, str]] = [
        (max(text.rfind(w) + len(w) for w in some if w in text), name)
        for name, some in words()[table].items()
        if any(w in text for w in some)
    ]
    # the word that stands last is the head: 入住隔离点时间 asks when
    return max(found, key=lambda one: one[0])[1] if found else ""
