"""Addresses into parts by a model that is learned when it is needed, from labelled addresses in a file of one's own.

A linear-chain model over characters (tagger_learn.py): every character gets a label such as B-road, I-road. No weights
are shipped: the public set of labelled addresses has no licence, so a model of it stays where it was learned.
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
from wangge.geography.tagger_features import BUCKETS, features_of
from wangge.geography.tagger_learn import label as label_all
from wangge.geography.tagger_learn import learn_round

Array = NDArray[Any]
Labelled = tuple[str, list[str]]  # an address and a label for each character


@dataclass(frozen=True)
class Model:
    """What was learned: weights of features by label, of one label after another, and of a label at the start."""

    labels: tuple[str, ...]
    weights: Array
    after: Array
    first: Array


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


def train(examples: Sequence[Labelled], rounds: int = 4, rate: float = 0.1, seed: int = 1) -> Model:
    """Learn from labelled addresses; the same examples and seed give the same model."""
    names = tuple(sorted({label for _, labels in examples for label in labels}))
    number = {name: k for k, name in enumerate(names)}
    features, starts = features_of([text for text, _ in examples])
    gold = np.array([number[label] for _, labels in examples for label in labels], np.int32)
    weights, after = np.zeros((BUCKETS + 1, len(names)), np.float32), np.zeros((len(names), len(names)), np.float32)
    state = (weights, np.zeros_like(weights), after, np.zeros_like(after))
    mean, mean_after, draw = np.zeros_like(weights), np.zeros_like(after), np.random.default_rng(seed)
    for k in range(rounds):
        learn_round(
            features,
            starts,
            gold,
            draw.permutation(len(examples)),
            state,
            np.float32(rate * (1 - 0.7 * k / rounds)),
            seed + k,
        )
        if k >= rounds // 2:  # the later rounds, averaged, err less than the last one
            mean += weights / (rounds - rounds // 2)
            mean_after += after / (rounds - rounds // 2)
    return Model(names, mean[:-1], mean_after, mean[-1])


def tag(model: Model, texts: Sequence[str]) -> list[list[str]]:
    """The label of each character of each address."""
    features, starts = features_of(texts)
    names = np.array(model.labels)[label_all(features, starts, model.weights, model.after, model.first)]
    return [names[a:b].tolist() for a, b in pairwise(starts)]


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
