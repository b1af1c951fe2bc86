"""What the second reading of an address sees besides the text: the labels that the first reading gave around a unit.

A chain of labels knows only the label before. The second reading knows which parts came before and after, so that the
second name of a place can be told from the first (poi, subpoi) and a number from what was numbered before.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from wangge.geography.tagger_features import Units, hashed, moved

Array = NDArray[Any]
ROOM = 1000  # features of the first reading are numbered below this


def with_guesses(units: Units, guesses: Array, labels: Sequence[str]) -> Array:
    """The features of the units, and those of the labels guessed for them (numbers in `labels`)."""
    names = sorted({label[2:] for label in labels})
    kind = np.array([names.index(label[2:]) + 1 for label in labels], np.int64)
    opens = np.array([label[:1] == "B" for label in labels])
    near, before, after, long = _parts(kind[guesses], opens[guesses], units.starts)
    last2, last, coming, coming2 = near.T
    guess, looks = guesses.astype(np.int64), units.looks
    step = {by: moved(guess, by) for by in (-2, -1, 1, 2)}
    found = [[guess], [step[-1], guess], [guess, step[1]], [step[-1], guess, step[1]], [step[-2], step[-1], guess]]
    found += [[guess, step[1], step[2]], [guess, looks], [guess, last], [guess, coming], [last, guess, coming]]
    found += [[last2, last, guess, coming, coming2], [guess, before], [guess, after], [guess, before, after]]
    found += [[guess, long], [before], [after], [before, looks]]
    seen = {name: (before >> (k + 1)) & 1 for k, name in enumerate(names)}
    for asked, others in _ASKED:
        rest = {"looks": looks, "guess": guess, "coming": coming}
        found.append([*(seen[name] for name in asked if name in seen), *(rest[name] for name in others)])
    return np.concatenate([units.features, hashed(found, ROOM)], axis=1)


# Kinds of parts that matter together when they have or have not come before; these names are those of the labels.
_ASKED = (
    (("poi", "roadno", "houseno", "road"), ("looks",)),
    (("poi", "road", "community"), ("guess",)),
    (("houseno", "roadno", "cellno"), ("coming", "guess")),
)


@njit(cache=True)  # type: ignore[untyped-decorator]
def _parts(kind: Array, opens: Array, starts: Array) -> tuple[Array, Array, Array, Array]:
    """For each unit: kinds of the two parts before its own and of the two after, which kinds came before and come after
    (bits), and how many units its part has (at most 8). A part begins with a B or where the kind changes."""
    n = len(kind)
    near, long = np.zeros((n, 4), np.int64), np.zeros(n, np.int64)
    before, after = np.zeros(n, np.int64), np.zeros(n, np.int64)
    for t in range(len(starts) - 1):
        a, b = starts[t], starts[t + 1]
        for forth in (True, False):
            last, last2, seen, p = 0, 0, 0, a
            while p < b:
                q = p + 1
                if forth:
                    while q < b and not opens[q] and kind[q] == kind[p]:
                        q += 1
                    first, end = p, q
                else:  # the same from the end
                    end = a + b - p
                    first = end - 1
                    while first > a and not opens[first] and kind[first - 1] == kind[first]:
                        first -= 1
                    q = a + b - first
                for i in range(first, end):
                    long[i] = min(end - first, 8)
                    if forth:
                        near[i, 0], near[i, 1], before[i] = last2, last, seen
                    else:
                        near[i, 2], near[i, 3], after[i] = last, last2, seen
                last2, last = last, kind[first]
                seen |= 1 << kind[first]
                p = q
    return near, before, after, long
