"""Rows -> clusters: every comparison in turn, the strongest first."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from types import ModuleType

import numpy as np

from wangge.base.shelf import ShelfError, members
from wangge.identity import comparisons
from wangge.identity.bytes import Array
from wangge.identity.groups import merge, merge_near, roots, worth_asking
from wangge.identity.keys import Keys
from wangge.identity.normal import mixed

REQUIRED = ("PLACE", "EVIDENCE", "PARTS", "NEAR", "CAP", "EXAMPLES")
ALONE = "alone"


@dataclass
class Clusters:
    """`root[i]` leads the cluster of row i; `number[i]` is the cluster's valid number or -1 at its root;
    `how[i]` counts into `evidence`; `doubts` are (evidence, rows, group of each row) of ambiguous keys."""

    root: Array
    number: Array
    how: Array
    evidence: tuple[str, ...]
    doubts: list[tuple[str, Array, Array]] = field(default_factory=list)


@cache
def all_comparisons() -> tuple[ModuleType, ...]:
    """The members of the shelf, strongest first."""
    found = sorted(members(comparisons, REQUIRED).values(), key=lambda m: m.PLACE)
    if len({m.PLACE for m in found}) < len(found):
        raise ShelfError("two comparisons share a PLACE")
    return tuple(found)


def cluster(keys: Keys, asked: tuple[ModuleType, ...] | None = None) -> Clusters:
    """Join rows by the comparisons of the shelf, or by those given. Rows must stand in their canonical order."""
    asked = all_comparisons() if asked is None else asked
    n = keys.body.size
    parent, number, how = np.arange(n, dtype=np.int64), keys.number, np.zeros(n, np.int8)
    out = Clusters(parent, number, how, (ALONE, *(m.EVIDENCE for m in asked)))
    for step, member in enumerate(asked, 1):
        key, there = _key(keys, member)
        if member.PARTS != ("id",):
            there = worth_asking(key, there, parent, number)
        rows = np.flatnonzero(there)
        order = rows[np.argsort(key[rows], kind="stable")]
        if member.NEAR:
            doubt = merge_near(order, key, parent, number, how, step, keys.body, keys.valid, member.CAP)
        else:
            doubt = merge(order, key, parent, number, how, step, member.CAP)
        _doubts(out, member.EVIDENCE, order, key, doubt)
    out.root = roots(parent)
    return out


def _key(keys: Keys, member: ModuleType) -> tuple[Array, Array]:
    if member.PARTS == ("id",):
        return keys.parts["id"], keys.parts["id"] >= 0
    return mixed(*(keys.parts[part] for part in member.PARTS))


def _doubts(out: Clusters, evidence: str, order: Array, key: Array, doubt: Array) -> None:
    """Keep the rows of ambiguous groups: a person decides, the machine does not."""
    if not doubt.any():
        return
    sorted_keys = key[order]
    group = np.cumsum(np.r_[False, sorted_keys[1:] != sorted_keys[:-1]])
    kept = np.isin(group, group[doubt])
    out.doubts.append((evidence, order[kept], group[kept]))
