"""Rows -> clusters: every comparison in turn, the strongest first."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from types import ModuleType

import numpy as np

from wangge.base.shelf import ShelfError, members
from wangge.identity import comparisons
from wangge.identity.bytes import Array
from wangge.identity.groups import merge, merge_near, rivals_of, roots, worth_asking
from wangge.identity.keys import Keys
from wangge.identity.normal import mixed
from wangge.identity.rest import EVIDENCE as LIKELY
from wangge.identity.rest import join_likely
from wangge.identity.settled import NO_PAIRS, join_settled, one_holder, one_number, pairs_of, without

REQUIRED = ("PLACE", "EVIDENCE", "PARTS", "NEAR", "CAP", "EXAMPLES")
ALONE, SETTLED = "alone", "settled"


@dataclass
class Clusters:
    """`root[i]` leads the cluster of row i; `number[i]` is the cluster's valid number or -1 at its root;
    `how[i]` counts into `evidence`; `doubts` are (evidence, rows, group of each row) of ambiguous keys. `apart` are the pairs of rows that a person
    settled to be two people: no doubt is asked of them again."""

    root: Array
    number: Array
    how: Array
    evidence: tuple[str, ...]
    doubts: list[tuple[str, Array, Array]] = field(default_factory=list)
    apart: Array = field(default_factory=lambda: NO_PAIRS)


@cache
def all_comparisons() -> tuple[ModuleType, ...]:
    """The members of the shelf, strongest first."""
    found = sorted(members(comparisons, REQUIRED).values(), key=lambda m: m.PLACE)
    if len({m.PLACE for m in found}) < len(found):
        raise ShelfError("two comparisons share a PLACE")
    return tuple(found)


def cluster(
    keys: Keys,
    asked: tuple[ModuleType, ...] | None = None,
    same: Array | None = None,
    different: Array | None = None,
) -> Clusters:
    """Join rows by the comparisons of the shelf, then those left by the model; or by the comparisons given, alone.

    Rows must stand in their canonical order.
    `same` and `different` are pairs of row indices, int64[k, 2], that a person settled (see `settled`): the former are
    joined first and even where both hold a valid number, the latter never share a cluster.
    """
    whole = asked is None
    asked = all_comparisons() if asked is None else asked
    n = keys.body.size
    different = pairs_of(different, n)
    same = without(pairs_of(same, n), different, n)
    rivals = rivals_of(n, different)
    parent, number, how = np.arange(n, dtype=np.int64), one_number(keys.number, same), np.zeros(n, np.int8)
    out = Clusters(parent, number, how, (ALONE, *(m.EVIDENCE for m in asked), SETTLED, *LIKELY), apart=different)
    ids = number.copy()
    join_settled(same, parent, number, how, len(asked) + 1, rivals)
    for step, member in enumerate(asked, 1):
        key, there = _key(keys, member, ids)
        if member.PARTS != ("id",):
            there = worth_asking(key, there, parent, number)
        order = _sorted(key, there)
        if member.NEAR:
            doubt = merge_near(order, key, parent, number, how, step, keys.body, keys.valid, member.CAP, rivals)
        else:
            doubt = merge(order, key, parent, number, how, step, member.CAP, rivals)
        if member.PARTS == ("id",) and doubt.any():
            # Rows of one number that a person parted: those whose names are read alike are still one.
            key, there = mixed(np.where(_in_groups(order, key, doubt, n), ids, -1), keys.parts["name"])
            order = _sorted(key, there)
            doubt = merge(order, key, parent, number, how, step, member.CAP, rivals)
        _doubts(out, member.EVIDENCE, order, key, doubt)
    if whole and keys.rows is not None:
        join_likely(keys.rows, parent, number, how, len(asked) + 2, rivals, different)
    out.root = roots(parent)
    if len(different):
        one_holder(out.root, number)
    return out


def _sorted(key: Array, there: Array) -> Array:
    rows = np.flatnonzero(there)
    return rows[np.argsort(key[rows], kind="stable")]


def _key(keys: Keys, member: ModuleType, ids: Array) -> tuple[Array, Array]:
    if member.PARTS == ("id",):
        return ids, ids >= 0
    return mixed(*(ids if part == "id" else keys.parts[part] for part in member.PARTS))


def _groups(order: Array, key: Array, doubt: Array) -> tuple[Array, Array]:
    """-> (rows of ambiguous groups, group of each)"""
    sorted_keys = key[order]
    group = np.cumsum(np.r_[False, sorted_keys[1:] != sorted_keys[:-1]])
    kept = np.isin(group, group[doubt])
    return order[kept], group[kept]


def _in_groups(order: Array, key: Array, doubt: Array, n: int) -> Array:
    there = np.zeros(n, np.bool_)
    there[_groups(order, key, doubt)[0]] = True
    return there


def _doubts(out: Clusters, evidence: str, order: Array, key: Array, doubt: Array) -> None:
    """Keep the rows of ambiguous groups: a person decides, the machine does not."""
    if doubt.any():
        out.doubts.append((evidence, *_groups(order, key, doubt)))
