"""Data elements as (subject, attribute), one TOML file a subject, readable by an official."""

from __future__ import annotations

import difflib
import tomllib
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources


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
    """One data element. `banned` holds the reason when it may never be collected; then nothing else matters."""

    name: str
    zh: str
    definition: str
    type: str
    sensitivity: Sensitivity
    retention: Retention
    synonyms: tuple[str, ...] = ()
    fresh_days: int = 0  # an answer older than this must be asked again; 0: it does not age
    banned: str = ""


@cache
def elements() -> dict[str, Element]:
    """All elements, banned ones included. -> {"person.name": Element}"""
    found: dict[str, Element] = {}
    folder = resources.files(__package__).joinpath("elements")
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if file.name.endswith(".toml"):
            subject = file.name.removesuffix(".toml")
            for attribute, row in tomllib.loads(file.read_text("utf-8")).items():
                found[f"{subject}.{attribute}"] = _element(f"{subject}.{attribute}", row)
    return found


def _element(name: str, row: dict[str, object]) -> Element:
    return Element(
        name,
        zh=str(row["zh"]),
        definition=str(row.get("definition", row["zh"])),
        type=str(row.get("type", "text")),
        sensitivity=Sensitivity(str(row.get("sensitivity", "sensitive"))),
        retention=Retention(str(row.get("retention", "event"))),
        synonyms=tuple(row.get("synonyms", ())),  # type: ignore[arg-type]
        fresh_days=int(str(row.get("fresh_days", 0))),
        banned=str(row.get("banned", "")),
    )


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
    found: dict[str, Element] = {}
    for element in elements().values():
        for word in (element.name, element.zh, *element.synonyms):
            found.setdefault(normal_header(word), element)
    return found


def suggest(header: str) -> Element | None:
    """The element whose name or synonym equals the header after normalising, or None. Never a guess."""
    return _by_synonym().get(normal_header(header))


def nearest(name: str) -> str:
    """The element name most like `name`, for error messages; empty when nothing is near."""
    close = difflib.get_close_matches(name, list(elements()), n=1, cutoff=0.4)
    return close[0] if close else ""
