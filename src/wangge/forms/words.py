"""What words.toml says of a label: who fills it, whom it is about, what kind of answer it wants."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from wangge.dictionary import normal_header
from wangge.forms.form import Field


@cache
def words() -> dict[str, Any]:
    """words.toml, read once."""
    return tomllib.loads(resources.files(__package__).joinpath("words.toml").read_text("utf-8"))


@cache
def _office() -> tuple[frozenset[str], tuple[str, ...], re.Pattern[str]]:
    rules = words()["system"]
    either = ["|".join(sorted(map(re.escape, rules[part]), key=len, reverse=True)) for part in ("acts", "of")]
    return (
        frozenset(map(normal_header, rules["equals"])),
        tuple(rules["contains"]),
        re.compile(f"(?:{either[0]})(?:的)?(?:{either[1]})"),
    )


def is_office(field: Field) -> bool:
    """Whether the system or the official fills it: a serial, a signature, a time of entry, a remark."""
    equals, contains, acts = _office()
    label = normal_header(field.label)
    return label in equals or any(word in label for word in contains) or bool(acts.fullmatch(label))


def is_serial(field: Field) -> bool:
    """Whether a filled template numbers its rows here."""
    return normal_header(field.label) in set(map(normal_header, words()["system"]["serial"]))


def is_today(field: Field) -> bool:
    """Whether a filled template says here on which day it was filled."""
    return normal_header(field.label) in words()["system"]["today"]


def packed_parts(field: Field) -> tuple[str, ...]:
    """What is asked of each person in a cell that takes a whole family; empty where the cell holds one answer."""
    rules = words()["packed"]
    whole = normal_header(field.label) in rules["equals"] and not field.options
    return tuple(rules["parts"]) if whole else ()


@dataclass(frozen=True)
class Facets:
    """What must be the same in two labels before their wording counts."""

    about: frozenset[str]
    numbers: frozenset[str]
    kind: str


NUMBERS = re.compile(r"\d+|第[一二三四五六七八九十]|[一二两三四]次")
MARGIN_OF_DAYS = re.compile(r"(?:过去|近|最近)(\d+)(?:天|日)内?|(\d+)(?:天|日)内")


def facets(field: Field) -> Facets:
    """Whom a question is about, the numbers in it, and the kind of answer."""
    label = normal_header(field.label)
    about = {word for word in words()["about"]["words"] if word in label}
    about = {word for word in about if not any(word != other and word in other for other in about)}
    if field.group:
        about.add(normal_header(field.group))
    return Facets(frozenset(about), frozenset(NUMBERS.findall(label)), kind_of(field))


def kind_of(field: Field) -> str:
    """date, number, yes_no or text, by type, options and words."""
    label = normal_header(field.label)
    rules = words()["kind"]
    if field.type.lower() in ("date", "datetime", "time", "epoch") or label.endswith(tuple(rules["date"])):
        return "date"
    if field.type.lower() in ("bit", "bool", "boolean") or set(field.options) == {"是", "否"}:
        return "yes_no"
    if not field.options and any(word in label for word in rules["yes_no"]):
        return "yes_no"
    number = field.type.lower() in ("integer", "decimal", "int", "number") or label.endswith(tuple(rules["number"]))
    return "number" if number else "text"


@cache
def bare(label: str) -> str:
    """A label without what says nothing: width, case, marks, notes in brackets, filler words, its code's suffix."""
    text = MARGIN_OF_DAYS.sub(lambda m: f"{m[1] or m[2]}日", normal_header(label))
    text = text.replace("时间", "日期")
    for word in words()["filler"]["words"]:
        text = text.replace(word, "") if text != word else text
    return stem(text) or normal_header(label) or label.strip()


def stem(text: str) -> str:
    """A label without the suffix that tells a code from a name: 省份代码 and 省份名称 are both 省份."""
    for end in sorted(words()["twin"]["ends"], key=len, reverse=True):
        if text.endswith(end) and len(text) > len(end) + 1:
            return text[: -len(end)]
    return text


def names_a_code(label: str) -> bool:
    """Whether the label says that it is a code or a name of something."""
    return stem(normal_header(label)) != normal_header(label)
