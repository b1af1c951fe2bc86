"""Names: surnames by their published shares, given names by sex and age, and how they get written wrongly.

Every name is a triple of indices into `letters()`: surname, first and second character (0 = no character).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from wangge.synth.data import Array, Bools, Ints, rows
from wangge.synth.text import Text, join, take


@dataclass(frozen=True)
class Letters:
    """All characters that occur, where surnames and given names lie among them, and what each is mistaken for."""

    words: list[str]
    surname: Ints  # index of each surname
    surname_p: Array  # its share
    given: Ints  # index of each given-name character
    given_p: Array  # [sex, era, character]: sex 0 male, 1 female; era 0 old, 1 middle, 2 young
    mistaken: Ints  # for each word, the word it is mistaken for (itself if none)


@cache
def letters() -> Letters:
    """The words of this room, read once."""
    surnames, given, variants = rows("words/surnames.csv"), rows("words/given.csv"), rows("words/variants.csv")
    words = list(
        dict.fromkeys(
            ["", *(r["surname"] for r in surnames), *(r["char"] for r in given), *(r["mistaken"] for r in variants)]
        )
    )
    at = {word: i for i, word in enumerate(words)}
    mistaken = np.arange(len(words))
    for r in variants:
        mistaken[at[r["written"]]] = at[r["mistaken"]]
    share = np.array([float(r["share"]) for r in surnames])
    return Letters(
        words,
        np.array([at[r["surname"]] for r in surnames]),
        share / share.sum(),
        np.array([at[r["char"]] for r in given]),
        _given_shares(given),
        mistaken,
    )


def _given_shares(given: tuple[dict[str, str], ...]) -> Array:
    """How often each character stands in a name, by sex and era."""
    sexes = np.array([[float(r["male"]), float(r["female"])] for r in given]).T
    era = np.array([r["era"] for r in given])
    fashion = np.array(
        [
            np.select([era == "old", era == "young"], [3.0, 0.05], 1.0),
            np.select([era == "old", era == "young"], [0.3, 0.4], 1.0),
            np.select([era == "old", era == "young"], [0.03, 3.0], 0.8),
        ]
    )
    table = sexes[:, None, :] * fashion[None, :, :]
    return np.asarray(table / table.sum(axis=2, keepdims=True))


def surnames(rng: np.random.Generator, n: int) -> Ints:
    """n surnames by their shares."""
    known = letters()
    return known.surname[_draw(rng, known.surname_p, n)]


def given_names(rng: np.random.Generator, sex: Array, age: Array, two_share: float) -> tuple[Ints, Ints]:
    """First and second character for each person; the second is 0 for names of one character."""
    known, n = letters(), len(sex)
    era = np.select([age >= 56, age >= 22], [0, 1], 2)
    first, second = np.zeros(n, np.int64), np.zeros(n, np.int64)
    for s in (0, 1):
        for e in (0, 1, 2):
            who = np.flatnonzero((sex == s) & (era == e))
            first[who] = known.given[_draw(rng, known.given_p[s, e], who.size)]
            second[who] = known.given[_draw(rng, known.given_p[s, e], who.size)]
    return first, np.where(rng.random(n) < two_share, second, 0)


def _draw(rng: np.random.Generator, share: Array, n: int) -> Ints:
    """n indices by share; faster than choice() for long columns."""
    edges = np.cumsum(share)
    return np.asarray(np.minimum(np.searchsorted(edges, rng.random(n) * edges[-1], side="right"), len(share) - 1))


def mistake(rng: np.random.Generator, name: tuple[Ints, Ints, Ints], where: Bools) -> tuple[Ints, Ints, Ints]:
    """One character of the name heard or read wrongly where `where` is true; most often one of the given name."""
    wrong = letters().mistaken
    pick = rng.choice(3, where.size, p=[0.08, 0.42, 0.5])
    pick = np.where((pick == 2) & (name[2] == 0), 1, pick)
    pick = np.where((pick == 0) & (wrong[name[0]] == name[0]), 1, pick)
    parts = [np.where(where & (pick == i), wrong[part], part) for i, part in enumerate(name)]
    return parts[0], parts[1], parts[2]


def written(name: tuple[Ints, Ints, Ints], spaced: Bools | None = None) -> Text:
    """Names as text; with a blank after the surname where `spaced`."""
    words = letters().words
    gap = [] if spaced is None else [take(["", " "], spaced.astype(np.int64))]
    return join(take(words, name[0]), *gap, take(words, name[1]), take(words, name[2]))
