"""Data elements as (subject, attribute), one TOML file a subject, readable by an official."""

from __future__ import annotations

import difflib
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

TYPES = ("text", "code", "yes_no", "integer", "number", "date", "instant", "phone", "id", "photo")


class Sensitivity(StrEnum):
    """How much harm a leak of this value does. Ordered from none to most."""

    PUBLIC = "public"  # division codes, counts that passed the gate
    INTERNAL = "internal"  # work data without a person in it
    PERSONAL = "personal"  # tells who or where a person is
    SENSITIVE = "sensitive"  # health, whereabouts, ID numbers (PIPL Art. 28)


class Retention(StrEnum):
    """When a value must go."""

    REFERENCE = "reference"  # public reference data: replaced by newer editions
    REGISTER = "register"  # while the person lives in the area
    EVENT = "event"  # event vault: dies with the emergency
    BATCH = "batch"  # raw uploads and held rows: 30 days
    WORK = "work"  # work records without health data: 3 years
    AUDIT = "audit"  # proof: as long as the law asks


@dataclass(frozen=True)
class Element:
    """One data element. `banned` holds the reason when it may never be collected; then nothing else matters.

    `system` elements are written by a system or by the worker: they are never asked of a resident.
    """

    name: str
    zh: str
    definition: str
    type: str
    sensitivity: Sensitivity
    retention: Retention
    synonyms: tuple[str, ...] = ()
    fresh_days: int = 0  # an answer older than this must be asked again; 0: it does not age
    banned: str = ""
    en: str = ""
    codes: str = ""  # name of its code list
    unit: str = ""
    standards: tuple[str, ...] = ()  # its names in standards and in the systems of others
    purposes: tuple[str, ...] = ()  # purposes of the policy table that may collect it
    keys: tuple[str, ...] = ()  # names of columns in systems, English or pinyin initials
    system: bool = False
    reasons: Mapping[str, str] = field(
        default_factory=dict, hash=False
    )  # why it is banned: {"zh-hans", "zh-hant", "en"}
    signs: tuple[str, ...] = ()  # banned: words that give the question away wherever they stand
    unless: tuple[str, ...] = ()  # banned: words that make such a header innocent

    @property
    def subject(self) -> str:
        return self.name.partition(".")[0]

    @property
    def attribute(self) -> str:
        return self.name.partition(".")[2]

    def reason(self, language: str) -> str:
        """Why it may never be collected, in "zh-hans", "zh-hant" or "en"; empty when it may."""
        return (
            f"{self.banned.partition(':')[0]}: {self.reasons.get(language, self.reasons['zh-hans'])}"
            if self.banned
            else ""
        )


@dataclass(frozen=True)
class Subject:
    """Whom or what a file of elements is about, and the words by which a header or a title says so."""

    name: str
    zh: str
    en: str
    words: tuple[str, ...] = ()  # before an attribute: 监护人 + 电话
    keys: tuple[str, ...] = ()  # the same in names of columns: guardianPhone
    about: tuple[str, ...] = ()  # a short header in a form about this means (隔离) + (开始时间)
    titles: tuple[str, ...] = ()  # words of a title that make its elements likely
    titled_only: bool = False  # without such a title they are unlikely: 隔离日期 is most often nobody's case
    like: Mapping[str, str] = field(default_factory=dict, hash=False)  # attribute -> the element whose words it shares


@cache
def _files() -> dict[str, dict[str, Any]]:
    folder = resources.files(__package__).joinpath("elements")
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    return {f.name.removesuffix(".toml"): tomllib.loads(f.read_text("utf-8")) for f in files}


@cache
def subjects() -> dict[str, Subject]:
    """All subjects: {"person": Subject}."""
    lists = ("words", "keys", "about", "titles")
    return {
        name: Subject(
            name,
            raw["zh"],
            raw["en"],
            like=raw.get("like", {}),
            titled_only=raw.get("titled_only", False),
            **{k: tuple(raw.get(k, ())) for k in lists},
        )
        for name, raw in _files().items()
    }


@cache
def elements() -> dict[str, Element]:
    """All elements, banned ones included. -> {"person.name": Element}"""
    found = {
        f"{subject}.{attribute}": _element(f"{subject}.{attribute}", row, raw)
        for subject, raw in _files().items()
        for attribute, row in raw.get("attributes", {}).items()
    }
    for subject, raw in _files().items():
        for attribute, source in raw.get("like", {}).items():
            found[f"{subject}.{attribute}"] = _alike(subject, attribute, raw, found[source])
    return dict(sorted(found.items()))


def _element(name: str, row: dict[str, Any], subject: dict[str, Any]) -> Element:
    banned = row.get("banned", {})
    return Element(
        name,
        zh=row["zh"],
        definition=row.get("definition") or row.get("en") or row["zh"],
        type=row.get("type", "text"),
        sensitivity=Sensitivity("sensitive" if banned else row.get("sensitivity", subject["sensitivity"])),
        retention=Retention("event" if banned else row.get("retention", subject["retention"])),
        synonyms=tuple(row.get("synonyms", ())),
        fresh_days=int(row.get("fresh_days", 0)),
        banned=f"{banned['rule']}: {banned['en']}" if banned else "",
        en=row.get("en", ""),
        codes=row.get("codes", ""),
        unit=row.get("unit", ""),
        standards=tuple(row.get("standards", ())),
        purposes=() if banned else tuple(row.get("purposes", subject.get("purposes", ()))),
        keys=tuple(row.get("keys", ())),
        system=bool(row.get("system", subject.get("system", False))),
        reasons={language: banned[language] for language in ("zh-hans", "zh-hant", "en")} if banned else {},
        signs=tuple(row.get("signs", ())),
        unless=tuple(row.get("unless", ())),
    )


def _alike(subject: str, attribute: str, raw: dict[str, Any], source: Element) -> Element:
    """An attribute of another person, as the same attribute of the person of the row."""
    row = {"zh": raw["zh"] + source.zh, "en": f"{raw['en']}: {source.en.lower()}", "type": source.type, "codes": source.codes,
           "sensitivity": max(source.sensitivity, Sensitivity(raw["sensitivity"]), key=list(Sensitivity).index).value,
           "fresh_days": source.fresh_days, "unit": source.unit}  # fmt: skip
    return _element(f"{subject}.{attribute}", row, raw)


@cache
def code_list(name: str) -> dict[str, str]:
    """A code list by its name. -> {"1": "男"}"""
    text = resources.files(__package__).joinpath("codes", f"{name}.toml").read_text("utf-8")
    return dict(tomllib.loads(text)["codes"])


def normal_header(text: str) -> str:
    """A header without width, case, blanks, marks and notes in brackets: `身份证号 （18位）*` -> `身份证号`."""
    text = unicodedata.normalize("NFKC", text).lower()
    out, depth = [], 0
    for char in text:
        if char in "([【":
            depth += 1
        elif char in ")]】":
            depth = max(depth - 1, 0)
        elif depth == 0 and (char.isalnum() or char == "."):
            out.append(char)
    return "".join(out)


@cache
def _by_synonym() -> dict[str, Element]:
    """Names first, then synonyms: no synonym of one element takes the name of another."""
    found: dict[str, Element] = {}
    for element in elements().values():
        for word in (element.name, element.zh):
            found.setdefault(normal_header(word), element)
    for element in elements().values():
        for word in element.synonyms:
            found.setdefault(normal_header(word), element)
    found.pop("", None)
    return found


def suggest(header: str) -> Element | None:
    """The element whose name or synonym equals the header after normalising, or None. Never a guess."""
    return _by_synonym().get(normal_header(header))


def nearest(name: str) -> str:
    """The element name most like `name`, for error messages; empty when nothing is near."""
    close = difflib.get_close_matches(name, list(elements()), n=1, cutoff=0.4)
    return close[0] if close else ""
