"""Which column is which element: what is certain, what a person may choose from, and how a mapping is remembered."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from rapidfuzz import fuzz, process

from wangge.dictionary import elements, normal_header, suggest
from wangge.intake.preview import Preview

LEAST, MOST = 60, 5


def header_key(headers: Iterable[str]) -> str:
    """A digest of the set of headers, whatever their order, width, case, blanks and notes in brackets.

    Two files of one layout have one key: a mapping is remembered by it.
    """
    names = sorted({normal_header(h) for h in headers} - {""})
    return hashlib.sha256("\x1f".join(names).encode()).hexdigest()[:32]


def suggest_mapping(preview: Preview) -> dict[str, str]:
    """{header: element} for headers that are an element's name or synonym. Banned ones are left out. Never a guess."""
    return {c.header: c.suggested for c in preview.columns if c.suggested and not c.banned}


def candidates(header: str) -> list[tuple[str, str]]:
    """Elements a person may choose for a header, best first, with the word that is like it. -> [(element, word)]

    At most five; a header the dictionary knows has just that one, a banned one has none.
    """
    known = suggest(header) or suggest(header.rpartition("/")[2])
    if known:
        return [] if known.banned else [(known.name, known.zh)]
    words = {word: e for e in elements().values() if not e.banned for word in (e.zh, *e.synonyms)}
    best: dict[str, tuple[str, float]] = {}
    key = normal_header(header)
    for word, score, _ in process.extract(
        key, list(words), processor=normal_header, scorer=fuzz.WRatio, limit=40, score_cutoff=LEAST
    ):
        best.setdefault(words[word].name, (word, score))
    ranked = sorted(best.items(), key=lambda one: (-one[1][1], one[0]))
    return [(name, word) for name, (word, _) in ranked[:MOST]]
