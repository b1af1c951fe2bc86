"""How like a text is to the words of each element: characters, near spellings and words together."""

from __future__ import annotations

import math
import warnings
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from rapidfuzz import fuzz

from wangge.dictionary.elements import Element, elements, normal_header, subjects
from wangge.dictionary.header import alike, aspect, end

SHORTLIST = 40
GRAMS, SPELLING, WORDS = 0.55, 0.25, 0.20  # weights of the three likenesses
SAME_SENSE = 0.94  # equal once one word stands for many
OTHER_ASPECT, NO_ASPECT, OTHER_END = 0.62, 0.92, 0.45  # what a when is worth to a where
DATES = ("date", "instant")


@dataclass(frozen=True)
class Phrase:
    """One word of the dictionary: a name or synonym of an element."""

    text: str
    sense: str
    element: str
    aspect: str
    end: str


@dataclass(frozen=True)
class Index:
    """All phrases, and which phrases hold which run of one or two characters, with its weight."""

    phrases: tuple[Phrase, ...]
    grams: dict[str, tuple[np.ndarray, np.ndarray]]
    idf: dict[str, float]
    exact: dict[str, tuple[str, ...]]
    sense: dict[str, tuple[str, ...]]


def _grams(text: str) -> Counter[str]:
    return Counter([*text, *(text[i : i + 2] for i in range(len(text) - 1))])


@cache
def index() -> Index:
    """Built once a process from the dictionary; some 4,000 phrases."""
    phrases = tuple(_phrases())
    counted = [_grams(p.sense) for p in phrases]
    n_with = Counter(g for grams in counted for g in grams)
    idf = {g: math.log((1 + len(phrases)) / (1 + n)) + 1 for g, n in n_with.items()}
    postings: dict[str, tuple[list[int], list[float]]] = {}
    for i, grams in enumerate(counted):
        weights = {g: (1 + math.log(n)) * idf[g] for g, n in grams.items()}
        norm = math.sqrt(sum(w * w for w in weights.values()))
        for g, w in weights.items():
            rows, values = postings.setdefault(g, ([], []))
            rows.append(i)
            values.append(w / norm)
    return Index(
        phrases,
        {g: (np.array(rows, np.int32), np.array(values)) for g, (rows, values) in postings.items()},
        idf,
        _gather((p.text, p.element) for p in phrases),
        _gather((p.sense, p.element) for p in phrases),
    )


def _gather(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for text, element in pairs:
        found.setdefault(text, {})[element] = None
    return {text: tuple(names) for text, names in found.items()}


def _phrases() -> Iterable[Phrase]:
    """Own words of elements. Those of another person are read by taking the person's word away."""
    shared = {f"{s.name}.{attribute}" for s in subjects().values() for attribute in s.like}
    for element in elements().values():
        for word in (element.zh, *element.synonyms) if element.name not in shared else (element.zh,):
            text = normal_header(word)
            if text:
                yield Phrase(text, alike(text), element.name, aspect(text), end(text))


@cache
def tokens(text: str) -> frozenset[str]:
    """Words of a text."""
    return frozenset(_cutter().lcut(text))


@cache
def _cutter() -> Any:
    """jieba with its own word list, loaded with the first header that asks. Its cache would lie in a folder anybody may
    write to, so none is used."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it has escape sequences of an older Python
        import jieba
    cutter = jieba.Tokenizer()
    cutter.FREQ, cutter.total = cutter.gen_pfdict(cutter.get_dict_file())
    cutter.initialized = True
    return cutter


@cache
def scores(text: str) -> dict[str, tuple[float, str]]:
    """Elements like a text. -> {element: (0..1, the word of the dictionary that is like it)}, best word of each."""
    sense, found = alike(text), dict[str, tuple[float, str]]()
    at = index()
    for i, near in _near(sense):
        phrase = at.phrases[i]
        score = min(_score(sense, phrase, near), 0.96) * _agreement(text, phrase)
        if score > found.get(phrase.element, (0.0, ""))[0]:
            found[phrase.element] = (score, phrase.text)
    for name in at.sense.get(sense, ()):
        if end(text) == end(elements()[name].zh) or not end(text) or not end(elements()[name].zh):
            found[name] = (SAME_SENSE, found.get(name, (0.0, text))[1])
    for name in at.exact.get(text, ()):
        found[name] = (1.0, text)
    return found


def _near(sense: str) -> list[tuple[int, float]]:
    """Phrases that share characters, best first. -> [(phrase, cosine)]"""
    at = index()
    weights = {g: (1 + math.log(n)) * at.idf.get(g, 8.0) for g, n in _grams(sense).items()}
    norm = math.sqrt(sum(w * w for w in weights.values())) or 1.0
    total = np.zeros(len(at.phrases))
    for g, w in weights.items():
        if g in at.grams:
            rows, values = at.grams[g]
            total[rows] += values * (w / norm)
    best = np.argsort(-total, kind="stable")[:SHORTLIST]
    return [(int(i), float(total[i])) for i in best if total[i] > 0]


def _score(sense: str, phrase: Phrase, near: float) -> float:
    spelled = fuzz.ratio(sense, phrase.sense) / 100
    mine, theirs = tokens(sense), tokens(phrase.sense)
    shared = len(mine & theirs) / max(len(mine | theirs), 1)
    return GRAMS * near + SPELLING * spelled + WORDS * shared


def _agreement(text: str, phrase: Phrase) -> float:
    """Less than 1 where the text wants another kind of answer than the phrase, or the other end of a span."""
    wants, gives = aspect(text), phrase.aspect
    worth = 1.0
    if end(text) and phrase.end and end(text) != phrase.end:
        worth *= OTHER_END
    if wants and gives:
        return worth * (1.0 if wants == gives else OTHER_ASPECT)
    return worth * (NO_ASPECT if wants or gives else 1.0) * _typed(wants, elements()[phrase.element])


def _typed(wants: str, element: Element) -> float:
    """A header that asks when is no boolean, one that asks for a phone no date."""
    fits = {"when": DATES, "phone": ("phone",), "idno": ("id",), "count": ("integer", "number")}.get(wants)
    return 1.0 if fits is None or element.type in fits else OTHER_ASPECT
