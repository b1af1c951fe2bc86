"""What may never be asked, also in other words: headers, options and whole registers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from wangge.dictionary.elements import Element, elements, suggest
from wangge.dictionary.header import read_header

LEAST_SHARE = 0.3  # of the options; one stigmatising word among many choices is a choice to drop, not a question


@cache
def _banned() -> tuple[Element, ...]:
    return tuple(e for e in elements().values() if e.banned)


@cache
def banned_by_words(text: str) -> Element | None:
    """The banned element a header asks, by its name, a synonym or a sign in it; None when it is innocent."""
    known = suggest(text)
    if known and known.banned:
        return known
    plain = read_header(text)
    known = suggest(plain.full) if plain.full else None
    return known if known and known.banned else _signed(plain.full)


def _signed(text: str) -> Element | None:
    for element in _banned():
        rest = text
        for word in element.unless:
            rest = rest.replace(word, "")
        if any(sign in rest for sign in element.signs):
            return element
    return None


def banned_by_options(options: Sequence[str]) -> Element | None:
    """The banned element most of the choices stand for: a harmless header over a list of labels."""
    found = [hit for option in options if (hit := _signed(read_header(option).full))]
    if len(found) < max(2.0, LEAST_SHARE * len(options)):
        return None
    return max(found, key=found.count)


@cache
def banned_register(title: str) -> Element | None:
    """The banned element that makes somebody a row of this register: 吸毒人员登记表; None for other forms.

    Such a form is refused as a whole: without its subject nothing of it has a purpose.
    """
    return _signed(read_header(title).full)
