"""Why somebody was graded, in plain words for that person: each rule that held, what it read, until when (PIPL 24).

Made from the rule's own explanation and from the facts kept with the grade. A fact or a value that has no words in
explain.toml is left out, so that nobody else's name, number or address can come along.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from wangge.risk.shelf import explain, rules

_FACT = re.compile(r"(\w+)=(\S+)")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Reason:
    """One rule that held: its grade, what it means, what it read, and what it would have read but nobody knows."""

    rule: str
    grade: str
    sentence: str
    facts: tuple[str, ...]
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Explanation:
    """What one grade rests on, in one language. `evidence` is empty where it has no words."""

    grade: str
    reasons: tuple[Reason, ...]
    evidence: str
    protocol: str
    as_of: dt.date
    expires_on: dt.date


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath("explain.toml").read_text("utf-8"))


def explanation(grade: Mapping[str, Any], lang: str = "zh-hans") -> Explanation:
    """A row of GRADE in plain words; lang: zh-hans, zh-hant, en. Rules the shelf no longer holds are left out."""
    strength = {rule.name: rule.grade for rule in rules()}
    pairs = zip(grade["rules"], grade["facts"], strict=False)
    found = [
        Reason(name, strength[name], explain(name, lang), _facts(read, lang), _unknown(read, lang))
        for name, read in pairs
        if name in strength
    ]
    told = _evidence(grade["evidence"] or "", lang)
    return Explanation(grade["grade"], tuple(found), told, grade["protocol"], grade["as_of"], grade["expires_on"])


def _facts(read: str, lang: str) -> tuple[str, ...]:
    said = (_fact(name, value, lang) for name, value in _FACT.findall(read))
    return tuple(one for one in said if one)


def _unknown(read: str, lang: str) -> tuple[str, ...]:
    """Facts without a value: unknown is not no, and is told apart."""
    said, blank = _words()["fact"], _words()["unknown"][lang]
    return tuple(
        said[name][lang].format(value=blank) for name, value in _FACT.findall(read) if value == "-" and name in said
    )


def _fact(name: str, value: str, lang: str) -> str:
    """`last_on=2026-11-18` in words; empty where this fact, or this value of it, has none."""
    sentence, values = _words()["fact"].get(name), _words()["value"].get(name)
    shown = values[value][lang] if values and value in values else value if _plain(value) and not values else ""
    shown = _span(shown, lang) if name == "overlap_minutes" and shown.isdecimal() else shown
    return sentence[lang].format(value=shown) if sentence and shown else ""


def _plain(value: str) -> bool:
    """A small number or a day: what can stand in a sentence without naming anybody."""
    return bool(_DAY.fullmatch(value)) or (value.isascii() and value.isdecimal() and len(value) <= 4)


def _span(minutes: str, lang: str) -> str:
    short, long = _words()["span"][lang]
    hours, rest = divmod(int(minutes), 60)
    return str(short.format(m=minutes) if hours < 2 else long.format(h=hours, m=rest))


def _evidence(code: str, lang: str) -> str:
    kind, *rest = code.split(":")
    sentence, places = _words()["evidence"].get(kind), _words()["value"]["place_kind"]
    if sentence is None:
        return ""
    place = places[rest[0]][lang] if rest and rest[0] in places else ""
    minutes = rest[1].removesuffix("min") if len(rest) > 1 else ""
    minutes = _span(minutes, lang) if minutes.isdecimal() and _plain(minutes) else ""
    needs = {n for n, given in (("place", place), ("minutes", minutes)) if not given}
    return (
        ""
        if any(f"{{{n}}}" in sentence[lang] for n in needs)
        else str(sentence[lang].format(place=place, minutes=minutes))
    )


def languages() -> Sequence[str]:
    """The languages a sheet can be printed in."""
    return tuple(_words()["fact"]["last_on"])
