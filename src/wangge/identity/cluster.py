"""Rows -> clusters: every comparison in turn, the strongest first."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from types import ModuleType
from typing import NamedTuple

import numpy as np

from wangge.base.shelf import ShelfError, members
from wangge.identity import comparisons
from wangge.identity.asking import keys_worth_asking
from wangge.identity.by_number import asked_of, led
from wangge.identity.bytes import Array
from wangge.identity.content import inverse
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
from wangge.identity.sorting import Runs, order_of, runs_of

REQUIRED = ("PLACE", "EVIDENCE", "PARTS", "NEAR", "CAP", "EXAMPLES")
ALONE, SETTLED = "alone", "settled"
OF_NAMES = ("name", "packed_name", "pinyin")  # what comparisons of near names look at beside their PARTS
OF_ID = 1  # the strongest comparison, the equal number, is asked first


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
    order: Array | None = None,
) -> Clusters:
    """Join rows by the comparisons of the shelf, then those left by the model; or by the comparisons given, alone.

    `order` is the canonical order of the rows; without it they stand in that order. A door must be named by the place
    of its first row in it.
    `same` and `different` are pairs of row indices, int64[k, 2], that a person settled (see `settled`): the former are
    joined first and even where both hold a valid number, the latter never share a cluster.
    """
    n, whole = keys.body.size, asked is None
    shelf = all_comparisons() if asked is None else asked
    order = np.arange(n) if order is None else order
    different = pairs_of(different, n)
    same = without(pairs_of(same, n), different, n)
    if not whole:
        out = _joined(keys.of_rows(order, _parts_of(shelf)), shelf, _local(same, order, n), _local(different, order, n))
        return _in_place(out, order)
    keys, by_number, taken = trusted_of(keys, order)
    is_asked = asked_of(keys, by_number, shelf, np.unique(np.r_[same.ravel(), different.ravel()]))
    rows = order[is_asked[order]]
    out = _joined(keys.of_rows(rows, _parts_of(shelf)), shelf, _local(same, rows, n), _local(different, rows, n), n)
    out = _of_all(keys, by_number, rows, out, order, different)
    return replace(out, doubts=[*taken.doubts, *out.doubts], untrusted=taken.rows)


def _parts_of(shelf: tuple[ModuleType, ...]) -> tuple[str, ...]:
    """What these comparisons look at."""
    return tuple(dict.fromkeys([*(part for m in shelf for part in m.PARTS if part != "id"), *OF_NAMES]))


def _local(pairs: Array, rows: Array, n: int) -> Array:
    """Pairs of rows as places among `rows`."""
    if not len(pairs):
        return NO_PAIRS
    at = np.full(n, -1, np.int64)
    at[rows] = np.arange(rows.size)
    return pairs_of(at[pairs], rows.size)


def _in_place(found: Clusters, order: Array) -> Clusters:
    """Clusters of rows that were put in this order -> as they came."""
    root, number, how = (np.empty_like(a) for a in (found.root, found.number, found.how))
    root[order], number[order], how[order] = order[found.root], found.number, found.how
    doubts = [(evidence, order[at], group) for evidence, at, group in found.doubts]
    return replace(found, root=root, number=number, how=how, doubts=doubts, apart=order[found.apart])


def _of_all(keys: Keys, by_number: Runs, rows: Array, found: Clusters, order: Array, different: Array) -> Clusters:
    """Clusters of the rows asked -> of all rows, with what only all rows can tell."""
    n = keys.body.size
    place, local = inverse(order), np.full(n, -1, np.int64)
    local[rows] = np.arange(rows.size)
    root, number, how = led(
        *by_number, rows, local, keys.number, found.root, found.number, found.how, place, order, OF_ID
    )  # fmt: skip
    join_only_holders(
        keys, root, number, how, found.evidence.index(ONLY_HOLDER), rivals_of(n, different), place, order
    )  # fmt: skip
    doubts = [(evidence, rows[at], group) for evidence, at, group in found.doubts]
    doubts += doubts_of(keys.parts, number, place)
    if len(different):
        one_holder(root, number, place)
    return replace(found, root=root, number=number, how=how, doubts=doubts, apart=different)


def _joined(keys: Keys, asked: tuple[ModuleType, ...], same: Array, different: Array, n: int = 0) -> Clusters:
    """The clusters of rows in canonical order. `n` is how many rows there are with those that are not asked; without it
    the model is not asked."""
    rivals = rivals_of(keys.body.size, different)
    parent, number = np.arange(keys.body.size, dtype=np.int64), one_number(keys.number, same)
    how = np.zeros(keys.body.size, np.int8)
    words = (ALONE, *(m.EVIDENCE for m in asked), SETTLED, ONLY_HOLDER, *LIKELY)
    out = Clusters(parent, number, how, words, apart=different)
    ids = number.copy()
    join_settled(same, parent, number, how, len(asked) + 1, rivals)
    for step, member in enumerate(asked, 1):
        _ask(out, member, step, keys, ids, rivals)
    if n:
        join_likely(keys, parent, number, how, words.index(LIKELY[0]), rivals, different, n)
    out.root = roots(parent)
    if len(different) and not n:
        one_holder(out.root, number, parent)
    else:
        number[:] = number[out.root]
    return out


class Taken(NamedTuple):
    """`rows`: whether the valid number in a row is another's or holds a slip; doubts about such numbers."""

    rows: Array
    doubts: list[tuple[str, Array, Array]]


def trusted_of(keys: Keys, order: Array) -> tuple[Keys, Runs, Taken]:
    """-> (keys without the numbers that are another's or hold a slip, rows by the number they hold, each number's in
    canonical order, what was taken)"""
    by_number = runs_of(keys.body, order[keys.valid[order]])
    taken, asked = untrusted(keys, by_number)
    doubts = [(OF_ANOTHER, *asked)] if asked[0].size else []
    rows = np.flatnonzero(taken)
    if rows.size:
        valid, birth = keys.valid.copy(), keys.parts["birth"].copy()
        valid[rows], birth[rows] = False, keys.parts["written_birth"][rows]
        keys = replace(keys, valid=valid, parts={**keys.parts, "birth": birth})
    return keys, by_number, Taken(taken, doubts)


def _ask(out: Clusters, member: ModuleType, step: int, keys: Keys, ids: Array, rivals: Rivals) -> None:
    """Join what one comparison joins; keep what it leaves ambiguous."""
    parent, number, how = out.root, out.number, out.how
    if member.PARTS != ("id",):
        parts = tuple(ids if part == "id" else keys.parts[part] for part in member.PARTS)
        rows, key = keys_worth_asking(parts, parent, number)
        order = order_of(key, rows)
    else:
        key = ids
        order = _sorted(key, ids >= 0)
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
