"""Which column is which element: what is certain, what a person may choose from, and how a mapping is remembered."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from wangge.dictionary import elements, normal_header, suggest
from wangge.dictionary.match import match
from wangge.intake.preview import Preview


def header_key(headers: Iterable[str]) -> str:
    """A digest of the set of headers, whatever their order, width, case, blanks and notes in brackets.

    Two files of one layout have one key: a mapping is remembered by it.
    """
    names = sorted({normal_header(h) for h in headers} - {""})
    return hashlib.sha256("\x1f".join(names).encode()).hexdigest()[:32]


def suggest_mapping(preview: Preview) -> dict[str, str]:
    """{header: element} for headers the matcher is sure of. Banned ones are left out."""
    return {c.header: c.suggested for c in preview.columns if c.suggested and not c.banned}


def candidates(header: str) -> list[tuple[str, str]]:
    """Elements a person may choose for a header, best first, in words. -> [(element, words)]

    At most three; a header the dictionary knows has just that one, a banned one has none.
    """
    known = suggest(header) or suggest(header.rpartition("/")[2])
    if known:
        return [] if known.banned else [(known.name, known.zh)]
    found = match(header)
    return [] if found.decision == "banned" else [(c.element, elements()[c.element].zh) for c in found.candidates]
