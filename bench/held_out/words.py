"""words.toml as arrays: tables by character and lists to draw from."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

Array = np.ndarray
WIDTH = 20  # characters a name has room for
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Tables:
    """Character -> character, as uint32[65536]; `alike` has three columns to draw from (0: there is none)."""

    traditional: Array
    look_alike: Array
    alike: Array
    near: Array
    syllable: Array  # character -> place in `spelling`, 0 where unknown
    spelling: Array


@cache
def words() -> dict[str, Any]:
    """The file as it stands."""
    return tomllib.loads((HERE / "words.toml").read_text("utf-8"))


@cache
def mix() -> dict[str, Any]:
    """Rates by list."""
    return tomllib.loads((HERE / "mix.toml").read_text("utf-8"))


def split_reading(word: str) -> tuple[str, str]:
    """ "wei伟玮" -> ("wei", "伟玮")"""
    letters = word.rstrip("".join(c for c in word if ord(c) > 127))
    return letters, word[len(letters) :]


def codes(text: str) -> Array:
    """Characters as code points."""
    return np.array([ord(c) for c in text], np.uint32)


def matrix(texts: list[str]) -> Array:
    """Texts as rows of code points, 0 behind their end."""
    return np.array(texts, f"<U{WIDTH}").view(np.uint32).reshape(len(texts), WIDTH)


def texts(names: Array) -> Array:
    """Rows of code points as texts."""
    return np.ascontiguousarray(names, np.uint32).view(f"<U{WIDTH}").ravel()


@cache
def surnames() -> tuple[list[str], Array]:
    """Surnames and how often each is borne."""
    found = [split_reading(word)[1] for word in words()["surnames"].split()]
    weight = 1 / (np.arange(len(found)) + 4.0)
    return found, weight / weight.sum()


@cache
def tables() -> Tables:
    """Every table by character."""
    w = words()
    groups: dict[str, str] = {}
    for line in w["syllables"].split() + w["surnames"].split():
        letters, chars = split_reading(line)
        if len(chars) <= 2 and letters in ("ouyang", "zhuge", "sima", "shangguan"):
            continue
        groups[letters] = groups.get(letters, "") + chars
    spelling, syllable = [""], np.zeros(65536, np.int32)
    for letters, chars in groups.items():
        spelling.append(letters)
        for c in chars:
            syllable[ord(c)] = len(spelling) - 1
    for pair in ("欧ou", "阳yang", "诸zhu", "葛ge", "司si", "上shang", "官guan"):
        if syllable[ord(pair[0])] == 0:
            spelling.append(pair[1:])
            syllable[ord(pair[0])] = len(spelling) - 1
    return Tables(
        _pairs(w["traditional"], both=False), _pairs(w["look_alikes"], both=True), _alike(groups),
        _near(groups, w["near_syllables"]), syllable, np.array(spelling, dtype=object),
    )  # fmt: skip


def _pairs(text: str, both: bool) -> Array:
    out, chars = np.zeros(65536, np.uint32), codes("".join(text.split()))
    out[chars[::2]] = chars[1::2]
    if both:
        out[chars[1::2]] = np.where(out[chars[1::2]] == 0, chars[::2], out[chars[1::2]])
    return out


def _alike(groups: dict[str, str]) -> Array:
    out = np.zeros((65536, 3), np.uint32)
    for chars in groups.values():
        for i, c in enumerate(chars):
            others = [o for o in chars[i + 1 :] + chars[:i] if o != c]
            for k in range(3 if others else 0):
                out[ord(c), k] = ord(others[k % len(others)])
    return out


def _near(groups: dict[str, str], text: str) -> Array:
    out = np.zeros(65536, np.uint32)
    for pair in text.split():
        a, b = (groups.get(side, "") for side in pair.split("-"))
        for one, other in ((a, b), (b, a)):
            for i, c in enumerate(one if other else ""):
                out[ord(c)] = out[ord(c)] or ord(other[i % len(other)])
    return out
