"""Rows -> clusters: every comparison in turn, the strongest first."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from types import ModuleType

import numpy as np

from wangge.base.shelf import ShelfError, members
from wangge.identity import comparisons
from wangge.identity.asking import keys_worth_asking
from wangge.identity.bytes import Array
from wangge.identity.doubts import doubts_of
from wangge.identity.groups import Rivals, merge, merge_near, rivals_of, roots
from wangge.identity.keys import Keys
from wangge.identity.near_names import merge_named
from wangge.identity.normal import look_alikes, mixed, rough
from wangge.identity.numbers import EVIDENCE as OF_ANOTHER
from wangge.identity.numbers import untrusted
from wangge.identity.only_holder import EVIDENCE as ONLY_HOLDER
from wangge.identity.only_holder import join_only_holders
from wangge.identity.rest import EVIDENCE as LIKELY
from wangge.identity.rest import join_likely
from wangge.identity.settled import NO_PAIRS, join_settled, one_holder, one_number, pairs_of, without
from wangge.identity.sorting import order_of

REQUIRED = ("PLACE", "EVIDENCE", "PARTS", "NEAR", "CAP", "EXAMPLES")
ALONE, SETTLED = "alone", "settled"


@dataclass
class Clusters:
    """`root[i]` leads the cluster of row i; `number[i]` is the cluster's valid number or -1 at its root;
    `how[i]` counts into `evidence`; `doubts` are (evidence, rows, group of each row) of ambiguous keys. `apart` are the pairs of rows that a person
    settled to be two people: no doubt is asked of them again. `untrusted[i]`: the valid number in row i is another's, or 15 places with a slip."""

    root: Array
    number: Array
    how: Array
    evidence: tuple[str, ...]
    doubts: list[tuple[str, Array, Array]] = field(default_factory=list)
    apart: Array = field(default_factory=lambda: NO_PAIRS)
    untrusted: Array = field(default_factory=lambda: np.empty(0, np.bool_))


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
    trusted, by_number, doubts = _trusted(keys, whole)
    parent, number, how = np.arange(n, dtype=np.int64), one_number(trusted.number, same), np.zeros(n, np.int8)
    words = (ALONE, *(m.EVIDENCE for m in asked), SETTLED, ONLY_HOLDER, *LIKELY)
    out = Clusters(parent, number, how, words, doubts, different, keys.valid & ~trusted.valid)
    ids = number.copy()
    join_settled(same, parent, number, how, len(asked) + 1, rivals)
    for step, member in enumerate(asked, 1):
        _ask(out, member, step, trusted, ids, by_number if not len(same) else None, rivals)
    if whole:
        join_likely(trusted, parent, number, how, len(asked) + 3, rivals, different)
        join_only_holders(trusted, parent, number, how, len(asked) + 2, rivals)
    out.root = roots(parent)
    if whole:
        out.doubts.extend(doubts_of(trusted.parts, out.root, number))
    if len(different):
        one_holder(out.root, number)
    return out


def _trusted(keys: Keys, whole: bool) -> tuple[Keys, Array, list[tuple[str, Array, Array]]]:
    """-> (keys without the numbers that are another's or hold a slip, rows by number, doubts about them)"""
    by_number = _sorted(keys.number, keys.valid)
    if not whole:
        return keys, by_number, []
    rows, asked = untrusted(keys, by_number, keys.number)
    if not rows.size:
        return keys, by_number, []
    valid, parts = keys.valid.copy(), dict(keys.parts)
    valid[rows] = False
    parts["birth"] = parts["birth"].copy()
    parts["birth"][rows] = parts["written_birth"][rows]
    doubts = [(OF_ANOTHER, *asked)] if asked[0].size else []
    return replace(keys, valid=valid, parts=parts), by_number[valid[by_number]], doubts


def _ask(
    out: Clusters, member: ModuleType, step: int, keys: Keys, ids: Array, by_number: Array | None, rivals: Rivals
) -> None:
    """Join what one comparison joins; keep what it leaves ambiguous. `by_number`: rows sorted by `ids`, if known."""
    parent, number, how = out.root, out.number, out.how
    if member.PARTS != ("id",):
        parts = tuple(ids if part == "id" else keys.parts[part] for part in member.PARTS)
        rows, key = keys_worth_asking(parts, parent, number)
        order = order_of(key, rows)
    else:
        key = ids
        order = _sorted(key, ids >= 0) if by_number is None else by_number
    if getattr(member, "NAMES", ""):
        doubt = _merge_named(out, member, step, keys, order, key, rivals)
    elif member.NEAR:
        doubt = merge_near(order, key, parent, number, how, step, keys.body, keys.valid, member.CAP, rivals)
    else:
        doubt = merge(order, key, parent, number, how, step, member.CAP, rivals)
    if member.PARTS == ("id",) and doubt.any():
        # Rows of one number that a person parted: those whose names are read alike are still one.
        key, there = mixed(np.where(_in_groups(order, key, doubt, ids.size), ids, -1), keys.parts["name"])
        order = _sorted(key, there)
        doubt = merge(order, key, parent, number, how, step, member.CAP, rivals)
    _doubts(out, member.EVIDENCE, order, key, doubt)


def _merge_named(
    out: Clusters, member: ModuleType, step: int, keys: Keys, order: Array, key: Array, rivals: Rivals
) -> Array:
    doubt: Array = merge_named(
        order, key, out.root, out.number, out.how, step, member.CAP, rivals,
        keys.parts["packed_name"], keys.parts["pinyin"], rough(), look_alikes(), member.NAMES == "spelt",
    )  # fmt: skip
    return doubt


def _sorted(key: Array, there: Array) -> Array:
    return order_of(key, np.flatnonzero(there))


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
