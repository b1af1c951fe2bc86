"""Keys that name two people: what a person must look at."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from wangge.base.ids import stable_id
from wangge.identity.bytes import Array, distinct
from wangge.identity.cluster import Clusters
from wangge.tables.shapes import REVIEW

OF_NUMBERS = ("two_valid_numbers", "number_of_another")  # asked although all people in them have a valid number
BETWEEN = "; "  # stands between the reasons of one group


def review_of(good: pa.Table, found: Clusters, person_ids: pa.Array, person: Array) -> pa.Table:
    """Ambiguous groups that nothing has settled: neither another key nor, for each two of its people, a person.

    Groups of the very same people are one; its reasons stand in one cell, the strongest key first. -> REVIEW
    """
    rule, group, row = _numbered(found)
    if not row.size:
        return REVIEW.empty()
    keep = _is_open(found, rule, group, row, person)[group]
    rule, group, row = rule[keep], group[keep], row[keep]
    if not row.size:
        return REVIEW.empty()
    group = np.unique(group, return_inverse=True)[1]
    people = _people(group, row, person)
    same, first = _same_people(*people)
    same, first = _within_larger(people, same, first)
    return _table(
        good, found, rule, same[group], row, person_ids, person, people[:, first[people[0]] == people[0]], same
    )


def _numbered(found: Clusters) -> tuple[Array, Array, Array]:
    """All doubts as (rule, group, row); groups are counted through all of them."""
    parts, n = [np.empty((3, 0), np.int64)], 0
    for rule, (_, rows, group) in enumerate(found.doubts):
        codes = np.unique(group, return_inverse=True)[1]
        parts.append(np.stack([np.full(rows.size, rule), codes + n, rows]))
        n += int(codes.max(initial=-1)) + 1
    rule, group, row = np.concatenate(parts, axis=1)
    return rule, group, row


def _people(group: Array, row: Array, person: Array) -> Array:
    """The people of each group: int64[2, k] of (group, person), each once, sorted."""
    span = int(person.max(initial=0)) + 1
    return np.stack(np.divmod(distinct(group * span + person[row]), span))


def _is_open(found: Clusters, rule: Array, group: Array, row: Array, person: Array) -> Array:
    """Whether each group holds two people that may be one: one of them has no valid number, and nobody parted them."""
    n = int(group.max()) + 1
    of_numbers = np.array([evidence in OF_NUMBERS for evidence, _, _ in found.doubts])
    weak = (found.number[found.root[row]] < 0) | of_numbers[rule]
    people = _people(group, row, person)
    k = np.bincount(people[0], minlength=n)
    is_open: Array = (
        (np.bincount(group, weak, n) > 0) & (k > 1) & (_n_parted(found, people, person, n) < k * (k - 1) // 2)
    )
    return is_open


def _n_parted(found: Clusters, people: Array, person: Array, n: int) -> Array:
    """How many pairs of the people of each group a person has parted."""
    span = int(person.max(initial=0)) + 1
    pairs = np.sort(person[found.apart], axis=1)
    codes = distinct(pairs[:, 0] * span + pairs[:, 1])
    one, two = codes // span, codes % span
    by_person = np.argsort(people[1], kind="stable")
    begin, end = (np.searchsorted(people[1][by_person], one, side) for side in ("left", "right"))
    size = end - begin
    at = np.repeat(begin - np.r_[0, np.cumsum(size)[:-1]], size) + np.arange(size.sum()) if codes.size else size
    holders = people[0][by_person[at]]
    both = np.isin(holders * span + np.repeat(two, size), people[0] * span + people[1])
    return np.bincount(holders[both], minlength=n)


def _same_people(group: Array, person: Array) -> tuple[Array, Array]:
    """-> (number of each group's set of people, the first group of that set), by a sum that order does not change."""
    code = (person.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    code = (code ^ code >> np.uint64(29)) * np.uint64(0xBF58476D1CE4E5B9)
    code ^= code >> np.uint64(32)
    total = np.add.reduceat(code, np.searchsorted(group, np.arange(int(group[-1]) + 1)))
    _, first, same = np.unique(total, return_index=True, return_inverse=True)
    place = np.empty(first.size, np.int64)
    place[np.argsort(first)] = np.arange(first.size)  # in the order in which the strongest key met them
    return place[same], first[same]


def _within_larger(people: Array, same: Array, first: Array) -> tuple[Array, Array]:
    """A set of people that lies within a larger one is asked with it. -> (same, first) of the sets that stay"""
    kept = first[people[0]] == people[0]
    of, who = same[people[0][kept]], people[1][kept]
    size = np.bincount(of)
    order = np.argsort(who, kind="stable")
    of, who = of[order], who[order]
    held = np.searchsorted(who, who, "right") - np.searchsorted(who, who, "left")
    at = np.repeat(np.searchsorted(who, who, "left") - np.r_[0, np.cumsum(held)[:-1]], held) + np.arange(held.sum())
    pairs, shared = np.unique(np.repeat(of, held) * size.size + of[at], return_counts=True)
    small, large = np.divmod(pairs, size.size)
    inside = (shared == size[small]) & (size[large] > size[small])
    small, large = small[inside], large[inside]
    best = np.lexsort((-large, size[large], small))  # the largest comes last and stays
    into = np.arange(size.size)
    into[small[best]] = large[best]
    head = np.empty(size.size, np.int64)
    head[same] = first
    stay, moved = np.unique(into[same], return_inverse=True)
    return moved, head[stay][moved]


def _table(
    good: pa.Table, found: Clusters, rule: Array, group: Array, row: Array,
    person_ids: pa.Array, person: Array, people: Array, same: Array,
) -> pa.Table:  # fmt: skip
    n, words = int(group.max()) + 1, [evidence for evidence, _, _ in found.doubts]
    order = np.argsort(same[people[0]], kind="stable")
    ids = np.array(person_ids.take(pa.array(people[1][order])).to_pylist(), dtype=object)
    held = np.split(ids, np.searchsorted(same[people[0]][order], np.arange(1, n)))
    names = pa.array([stable_id("g", *sorted(one)) for one in held], pa.string())
    reasons: list[list[str]] = [[] for _ in range(n)]
    for code in distinct(group * len(words) + rule).tolist():
        if words[code % len(words)] not in reasons[code // len(words)]:
            reasons[code // len(words)].append(words[code % len(words)])
    group, row = np.divmod(distinct(group * len(found.root) + row), len(found.root))
    at, of = pa.array(row), pa.array(group)
    return REVIEW.hand_over(
        pa.table({
            "group_id": names.take(of),
            "list": good.column("list").take(at), "batch": good.column("batch").take(at),
            "row": good.column("row").take(at), "person_id": person_ids.take(pa.array(person[row])),
            "reason": pa.array([BETWEEN.join(one) for one in reasons], pa.string()).take(of),
        })
    )  # fmt: skip
