"""What the name of a column in a system says: ownerPhone, sfzh, lxdh."""

from __future__ import annotations

import re
from functools import cache

from wangge.dictionary.elements import elements, subjects
from wangge.dictionary.likeness import index

CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


@cache
def by_key(key: str) -> dict[str, float]:
    """Elements a column's name stands for. -> {element: 1.0 as listed, less where read from initials or a part}"""
    parts = [p.lower() for p in CAMEL.findall(key)]
    whole = "".join(parts)
    found = dict.fromkeys(_listed().get(whole, ()), 1.0)
    subject, rest = subject_of_key(key)
    if subject:
        like = subjects()[subject].like
        sources = set(_listed().get(rest, ())) if rest else {"person.name"}
        found |= {f"{subject}.{a}": 0.9 for a, source in like.items() if source in sources}
    if not found and len(parts) > 1:
        found = dict.fromkeys(_listed().get("".join(parts[1:]), ()), 0.6)
    if not found and len(whole) > 2 and whole.isalpha():
        found = dict.fromkeys(_initials().get(whole, ()), 0.7)
    return found


@cache
def subject_of_key(key: str) -> tuple[str, str]:
    """The other person a column's name begins with, and the rest: ownerPhone -> (owner, phone)."""
    parts = [p.lower() for p in CAMEL.findall(key)]
    for n in (2, 1):
        head, rest = "".join(parts[:n]), "".join(parts[n:])
        for subject in subjects().values():
            if subject.like and head in subject.keys and len(parts) >= n:
                return subject.name, rest
    return "", ""


@cache
def _listed() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for element in elements().values():
        english = [w.replace(" ", "") for w in element.synonyms if w.isascii()]
        for key in dict.fromkeys((*element.keys, *english)):
            found.setdefault(key.lower(), []).append(element.name)
    return {key: tuple(names) for key, names in found.items()}


@cache
def _initials() -> dict[str, tuple[str, ...]]:
    """Pinyin of the dictionary's words, whole and by initials. pypinyin is loaded with the first column that asks."""
    from pypinyin import lazy_pinyin

    found: dict[str, dict[str, None]] = {}
    for phrase in index().phrases:
        if phrase.text.isascii():
            continue
        syllables = lazy_pinyin(phrase.text)
        for word in ("".join(syllables), "".join(s[0] for s in syllables)):
            found.setdefault(word, {})[phrase.element] = None
    return {word: tuple(names) for word, names in found.items()}
