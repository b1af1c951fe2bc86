"""Reads about protocols that were signed: what is in force on which day, what waits, what a run may judge by."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from typing import Any

from wangge.base.errors import WanggeError
from wangge.exposure import SignedProtocol, parse_protocol, protocol_texts
from wangge_server.emergency.models import ProtocolVersion


def digest_of(text: str) -> str:
    """SHA-256 of the file, to the letter."""
    return hashlib.sha256(text.encode()).hexdigest()


def words_to_sign(protocol: SignedProtocol, digest: str) -> bytes:
    """What both signers sign: which version, for which days, and the digest of its text."""
    said = {"what": "wangge protocol", "label": protocol.label, "start": str(protocol.start), "end": str(protocol.end),
            "sha256": digest}  # fmt: skip
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def versions() -> list[ProtocolVersion]:
    """All versions somebody signed, by name and day."""
    return list(ProtocolVersion.objects.select_related("first_by", "second_by"))


def in_force(name: str) -> list[SignedProtocol]:
    """The versions of a disease that two people signed, as the ground floor reads them."""
    rows = ProtocolVersion.objects.filter(name=name, in_force_at__isnull=False)
    return [parse_protocol(one.text, one.label) for one in rows]


def version_by_label(label: str) -> ProtocolVersion | None:
    """One version somebody signed."""
    return ProtocolVersion.objects.select_related("first_by", "second_by").filter(label=label).first()


def must_be_signed(labels: Iterable[str]) -> None:
    """Go on only where two people signed each of these versions, and their text is still what was signed. E5110, E5111."""
    texts = protocol_texts()
    signed = dict(ProtocolVersion.objects.filter(in_force_at__isnull=False).values_list("label", "digest"))
    for label in sorted(set(labels)):
        if label not in signed:
            raise WanggeError("E5110", name=label)
        if label in texts and digest_of(texts[label]) != signed[label]:
            raise WanggeError("E5111", name=label)


def answers(name: str, first: dt.date, n_days: int) -> list[dict[str, Any]]:
    """Which version in force answers each of so many days. -> [{day, label}], label empty where none does"""
    shelf, days = in_force(name), [first + dt.timedelta(days=k) for k in range(n_days)]
    return [{"day": day, "label": next((p.label for p in shelf if p.covers(day)), "")} for day in days]
