"""Addresses into parts by a model that is learned when it is needed, from labelled addresses in a file of one's own.

Two linear-chain models over characters and numbers (tagger_learn.py), the second reading what the first one made of the
text (tagger_passes.py): every character gets a label such as B-road, I-road. No weights are shipped: the public set of labelled addresses has no licence, so a model of it stays where it was learned.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wangge.base.errors import WanggeError, Where
from wangge.geography.tagger_features import BUCKETS, units_of
from wangge.geography.tagger_learn import label as label_all
from wangge.geography.tagger_learn import learn_round
from wangge.geography.tagger_passes import with_guesses

Array = NDArray[Any]
Labelled = tuple[str, list[str]]  # an address and a label for each character


@dataclass(frozen=True)
class Reading:
    """Weights of features by label, of one label after another, and of a label at the start."""

    weights: Array
    after: Array
    first: Array

    def label(self, features: Array, starts: Array) -> Array:
        """The number of the label of each unit."""
        found: Array = label_all(features, starts, self.weights, self.after, self.first)
        return found


@dataclass(frozen=True)
class Model:
    """What was learned: a first reading of the text, and a second one that sees what the first one made of it."""

    labels: tuple[str, ...]
    first: Reading
    second: Reading


@dataclass(frozen=True)
class Pace:
    """How often the examples are gone through, how large the steps are, and how many runs are averaged."""

    rounds: int
    rate: float
    runs: int = 1


FIRST, SECOND, GUESS = Pace(8, 0.02, 3), Pace(5, 0.02, 3), Pace(6, 0.03)
FOLDS = 4


def read_labelled(path: Path) -> list[Labelled]:
    """Addresses of a file with a character or number, a blank and its label a line, an empty line between addresses.

    Labels are read without regard to case. E4005 names the first line that is neither.
    """
    found: list[Labelled] = []
    chars: list[str] = []
    labels: list[str] = []
    for number, line in enumerate([*path.read_text("utf-8").splitlines(), ""], 1):
        parts = line.split()
        if parts and (len(parts) != 2 or parts[1][:2] not in ("B-", "I-", "O")):
            raise WanggeError("E4005", Where(path.name, row=number))
        if parts:  # a number or a Latin word may stand on one line: 832 B-roadno
            kind = parts[1][2:].lower()
            chars.append(parts[0])
            labels += [parts[1][:2] + kind, *[f"I-{kind}" if kind else "O"] * (len(parts[0]) - 1)]
        elif chars:
            found.append(("".join(chars), labels))
            chars, labels = [], []
    return found


def train(
    examples: Sequence[Labelled], first: Pace = FIRST, second: Pace = SECOND, guess: Pace = GUESS, seed: int = 1
) -> Model:
    """Learn from labelled addresses; the same examples and seed give the same model.

    What the second reading learns from, the first one must not have learned: each fold is guessed by the others.
    """
    kinds = sorted({label[2:] for _, labels in examples for label in labels if label != "O"})
    names = ("O", *(f"{mark}-{kind}" for kind in kinds for mark in "BI"))
    units = units_of([text for text, _ in examples])
    marked = np.array([names.index(label) for _, labels in examples for label in labels], np.int32)
    gold = marked[np.cumsum(units.sizes) - units.sizes]
    lesson = _Lesson(units.features, units.starts, gold, len(names), seed)
    fold = np.arange(len(examples)) % FOLDS
    guesses = np.zeros_like(gold)
    for k in range(min(FOLDS, len(examples))):
        others = lesson.learn(guess, np.flatnonzero(fold != k) if len(examples) > 1 else np.arange(1))
        mine = np.repeat(fold == k, np.diff(units.starts))
        guesses[mine] = others.label(units.features, units.starts)[mine]
    every = np.arange(len(examples))
    again = _Lesson(with_guesses(units, guesses, names), units.starts, gold, len(names), seed)
    return Model(names, lesson.learn(first, every), again.learn(second, every))


@dataclass(frozen=True)
class _Lesson:
    """Units of examples by their features, with the label of each."""

    features: Array
    starts: Array
    gold: Array
    labels: int
    seed: int

    def learn(self, pace: Pace, which: Array) -> Reading:
        """A reading learned from these examples. Later rounds, averaged, err less than the last; so do several runs."""
        mean = np.zeros((BUCKETS + 1, self.labels), np.float32)
        mean_after = np.zeros((self.labels, self.labels), np.float32)
        kept = pace.rounds - pace.rounds // 2
        for run in range(pace.runs):
            weights, after = np.zeros_like(mean), np.zeros_like(mean_after)
            state = (weights, np.zeros_like(weights), after, np.zeros_like(after))
            draw = np.random.default_rng(self.seed + run)
            for k in range(pace.rounds):
                rate, order = np.float32(pace.rate * (1 - 0.7 * k / pace.rounds)), draw.permutation(which)
                seed = self.seed + 1000 * run + k
                learn_round(self.features, self.starts, self.gold, order, state, rate, seed)
                if k >= pace.rounds // 2:
                    mean += weights / np.float32(kept * pace.runs)
                    mean_after += after / np.float32(kept * pace.runs)
        return Reading(mean[:-1], mean_after, mean[-1])


def tag(model: Model, texts: Sequence[str]) -> list[list[str]]:
    """The label of each character of each address. A row of digits is never parted."""
    units = units_of(texts)
    guesses = model.first.label(units.features, units.starts)
    found = model.second.label(with_guesses(units, guesses, model.labels), units.starts)
    heads, inner = np.array(model.labels), np.array([label.replace("B-", "I-") for label in model.labels])
    ends = np.cumsum(units.sizes)
    names = np.repeat(inner[found], units.sizes)
    names[ends - units.sizes] = heads[found]
    begins = np.concatenate([[0], ends])[units.starts]
    return [names[a:b].tolist() for a, b in pairwise(begins)]


def parts(text: str, labels: Sequence[str]) -> list[tuple[str, str]]:
    """(label, text) of each part: a B starts one, an I of another label does so too."""
    return [(kind, text[a:b]) for kind, a, b in spans(labels)]


def spans(labels: Sequence[str]) -> list[tuple[str, int, int]]:
    """Label, start and end of each part."""
    found: list[tuple[str, int, int]] = []
    for k, label in enumerate(labels):
        mark, _, kind = label.partition("-")
        if mark == "O":
            continue
        if mark == "I" and found and found[-1][0] == kind and found[-1][2] == k:
            found[-1] = (kind, found[-1][1], k + 1)
        else:
            found.append((kind, k, k + 1))
    return found


def f1(truth: Sequence[Sequence[str]], answers: Sequence[Sequence[str]]) -> dict[str, float]:
    """Precision, recall and F1 of whole parts: label, start and end must all be right (as conlleval counts)."""
    right = made = true = 0
    for want, got in zip(truth, answers, strict=True):
        one, two = set(spans(want)), set(spans(got))
        right, made, true = right + len(one & two), made + len(two), true + len(one)
    precision, recall = right / max(made, 1), right / max(true, 1)
    return {"precision": precision, "recall": recall, "f1": 2 * precision * recall / max(precision + recall, 1e-9)}
