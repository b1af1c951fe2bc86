"""Protocols in files: which one is in force on a day, and what it says. One file a dated version."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from wangge.base.errors import WanggeError, Where
from wangge.tables import Protocol

CATEGORIES = ("close", "secondary", "general", "companion")
POSSIBLE = ("companion", "general", "as_certain")  # as_certain: where lists hold days only, as of old outbreaks
TIERS = ("red", "yellow", "blue")
MODES = ("train", "flight", "coach")
MORE = ("observation_days", "tiers", "possible_proposes", "open_end_hours", "max_crowd", "second_degree_minutes",
        "second_degree_cap", "travel")  # fmt: skip


@dataclass(frozen=True)
class SignedProtocol(Protocol):
    """A protocol as its file says it, with the words of contact lists and whether it is only an example."""

    contact_types: dict[str, str] = field(default_factory=dict)  # word of a list, lower case -> category proposed
    example: bool = False
    lookback_by_kind: dict[str, int] = field(default_factory=dict)  # kind of case -> days, where not lookback_days
    observation_days: dict[str, int] = field(default_factory=dict)  # category -> days of observation
    tiers: dict[str, str] = field(default_factory=dict)  # category -> red, yellow, blue
    possible_proposes: str = "companion"  # what an overlap proposes that is possible and not certain; see POSSIBLE
    open_end_hours: int = 12  # how long a visit may have lasted whose end nobody knows; 0: it is set aside
    max_crowd: int = 10_000  # above this many visitors on a day a place lists nobody: people are sent there instead
    second_degree_minutes: dict[str, int] = field(default_factory=dict)  # place kind -> minutes, where not min_minutes
    second_degree_cap: int = 500  # people one close contact may propose; above it none is, and a person must look
    travel: dict[str, dict[str, Any]] = field(default_factory=dict)  # train, flight, coach -> Reach as in `travel.py`

    @property
    def label(self) -> str:
        return label(self)


def label(protocol: Protocol) -> str:
    """Name and version as the tables carry them: `covid-2026-10`."""
    return f"{protocol.name}-{protocol.version}"


def contact_types(protocol: SignedProtocol) -> dict[str, str]:
    """Words of contact lists -> category. A bare Protocol knows only the four categories by their own names."""
    return protocol.contact_types or {name: name for name in CATEGORIES}


def signed(protocol: Protocol) -> SignedProtocol:
    """A bare Protocol with the defaults of what only files say."""
    return protocol if isinstance(protocol, SignedProtocol) else SignedProtocol(**vars(protocol))


@cache
def protocol_texts() -> dict[str, str]:
    """The files of the shelf to the letter: what people sign. -> {"covid-2026-10": text}"""
    folder = resources.files(__package__).joinpath("protocols")
    texts = [f.read_text("utf-8") for f in folder.iterdir() if f.name.endswith(".toml")]
    return {parse_protocol(text, "").label: text for text in texts}


@cache
def protocols() -> dict[str, SignedProtocol]:
    """All protocols on the shelf `protocols/`. -> {"covid-2026-10": SignedProtocol}, sorted"""
    folder = resources.files(__package__).joinpath("protocols")
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    read = [parse_protocol(f.read_text("utf-8"), f.name) for f in files]
    return {p.label: p for p in read}


def read_protocol(path: Path) -> SignedProtocol:
    """A protocol from a file of one's own. Raises E9003 (no such file) and E5014 (not readable, with the reason)."""
    if not path.is_file():
        raise WanggeError("E9003", Where(file=path.name), name=path.name)
    return parse_protocol(path.read_text("utf-8"), path.name)


def protocol_for(on: dt.date, name: str | None = None) -> SignedProtocol:
    """The protocol in force on that day, of the disease or version `name` where given ("covid", "covid-2026-10").

    Examples answer only to their full name. Raises E5001 when none covers the day, E5013 when several do.
    """
    shelf = protocols()
    if name in shelf:
        found = [shelf[name]] if shelf[name].covers(on) else []
    else:
        found = [p for p in shelf.values() if p.covers(on) and not p.example and name in (None, p.name)]
    if not found:
        raise WanggeError("E5001", on=on)
    if len(found) > 1:
        raise WanggeError("E5013", on=on, found=", ".join(p.label for p in found))
    return found[0]


def parse_protocol(text: str, file: str) -> SignedProtocol:
    """A protocol from its text; `file` names it in the error. Raises E5014 with the reason."""
    try:
        return _protocol(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as why:
        raise WanggeError("E5014", Where(file=file), name=file, reason=str(why)) from why


def _protocol(raw: dict[str, Any]) -> SignedProtocol:
    given: dict[str, Any] = {k: tuple(raw[k]) for k in ("close_kinds", "general_kinds", "second_degree_kinds")}
    given |= {k: dict(raw[k]) for k in ("min_minutes", "expiry_days", "due_minutes")}
    given |= {k: raw[k] for k in ("name", "version", "start", "end", "lookback_days", "max_place_people", "share_cap")}
    words = {str(word).strip().lower(): str(category) for word, category in raw.get("contact_types", {}).items()}
    given |= {key: raw[key] for key in MORE if key in raw}
    given["lookback_by_kind"] = dict(raw.get("lookback_by_kind", {}))
    protocol = SignedProtocol(**given, contact_types=words, example=bool(raw.get("example")))
    _sound(protocol)
    return protocol


def _sound(p: SignedProtocol) -> None:
    """What a signed protocol may never be; the first fault is named."""
    kinds = {*p.close_kinds, *p.general_kinds, *p.second_degree_kinds}
    faults = {
        "end is before start": p.end < p.start,
        "a place kind has no min_minutes": bool(kinds - set(p.min_minutes)),
        "a place kind is both close and general": bool(set(p.close_kinds) & set(p.general_kinds)),
        "lookback_days is negative": p.lookback_days < 0,
        "share_cap is not between 0 and 1": not 0 < p.share_cap <= 1,
        "expiry_days must name red, yellow and blue": set(p.expiry_days) != {"red", "yellow", "blue"},
        "due_minutes must name red, yellow and blue": set(p.due_minutes) != {"red", "yellow", "blue"},
        "contact_types proposes an unknown category": bool(set(p.contact_types.values()) - set(CATEGORIES)),
        "lookback_by_kind is negative": any(days < 0 for days in p.lookback_by_kind.values()),
        "observation_days names an unknown category": bool(set(p.observation_days) - set(CATEGORIES)),
        "tiers names an unknown category or tier": not (
            set(p.tiers) <= set(CATEGORIES) and set(p.tiers.values()) <= set(TIERS)
        ),
        "tiers names companion, which never rises": "companion" in p.tiers,
        f"possible_proposes must be one of {', '.join(POSSIBLE)}": p.possible_proposes not in POSSIBLE,
        "open_end_hours is not between 0 and 48": not 0 <= p.open_end_hours <= 48,
        "max_crowd is below max_place_people": p.max_crowd < p.max_place_people,
        "second_degree_cap is not above 0": p.second_degree_cap <= 0,
        "travel names an unknown mode": bool(set(p.travel) - set(MODES)),
    }
    for fault, present in faults.items():
        if present:
            raise ValueError(fault)
