"""The tree, its proofs and its heads, held against another hand's tree (pymerkle) and against the RFC's own shapes."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
import random
from collections.abc import Iterable

import pytest
from pymerkle import InmemoryTree

from wangge.audit.keys import InstallationKey
from wangge.audit.tree import Spot, consistency_path, edge_spots, inclusion_path, root_at
from wangge.audit.verifier import (
    EMPTY,
    Growing,
    leaf_hash,
    node_hash,
    read_head,
    read_heads,
    verify_consistency,
    verify_inclusion,
)

TREES = 10_000 if os.environ.get("WANGGE_FULL") else 300
NOW = dt.datetime(2026, 11, 24, 3, 0, tzinfo=dt.UTC)


class Kept:
    """Complete subtrees in a dictionary, as the database keeps them in two tables."""

    def __init__(self, entries: list[bytes]) -> None:
        self.tree, self.spots = Growing(), dict[Spot, bytes]()
        for entry in entries:
            self.spots[0, self.tree.size] = leaf_hash(entry)
            self.spots |= {(level, index): made for level, index, made in self.tree.append(leaf_hash(entry))}

    def read(self, asked: Iterable[Spot]) -> dict[Spot, bytes]:
        return {spot: self.spots[spot] for spot in asked}


def by_the_book(leaves: list[bytes]) -> bytes:
    """RFC 6962, 2.1, word for word."""
    if len(leaves) < 2:
        return leaves[0] if leaves else EMPTY
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(by_the_book(leaves[:k]), by_the_book(leaves[k:]))


def test_the_rfcs_own_vectors() -> None:
    """Roots of the eight entries that the reference implementation of Certificate Transparency tests with."""
    entries = [bytes.fromhex(x) for x in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")]  # fmt: skip
    kept = Kept(entries)
    assert EMPTY.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert root_at(1, kept.read).hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert root_at(8, kept.read).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


def test_roots_and_proofs_equal_pymerkles() -> None:
    """The same entries in both: the same root at every size asked, the same hashes in the path, each accepted by ours."""
    rng = random.Random(20261124)
    for _ in range(TREES):
        entries = [rng.randbytes(rng.randrange(1, 40)) for _ in range(rng.randrange(1, 48))]
        kept, other, size = Kept(entries), InmemoryTree(), len(entries)
        for entry in entries:
            other.append_entry(entry)
        index, first = rng.randrange(size), rng.randrange(1, size + 1)
        root, old = other.get_root(size), other.get_root(first)
        assert kept.tree.root() == root_at(size, kept.read) == root
        assert root_at(first, kept.read) == old
        path, leaf = inclusion_path(index, size, kept.read), leaf_hash(entries[index])
        # pymerkle counts from 1, begins with the leaf itself, and orders the path by place and not by height.
        assert sorted([leaf, *path]) == sorted(other.prove_inclusion(index + 1, size).path)
        assert verify_inclusion(leaf, index, size, path, root)
        grown = consistency_path(first, size, kept.read)
        assert verify_consistency(first, size, old, root, grown)


@pytest.mark.parametrize("size", range(1, 34))
def test_every_small_tree(size: int) -> None:
    """Every leaf and every earlier size of it: proofs hold, and hold for nothing else."""
    entries = [b"%d" % i for i in range(size)]
    kept = Kept(entries)
    leaves = [leaf_hash(e) for e in entries]
    root = by_the_book(leaves)
    assert kept.tree.root() == root and len(kept.tree.edge) == size.bit_count()
    assert [kept.spots[s] for s in edge_spots(size)] == kept.tree.edge
    for index in range(size):
        path = inclusion_path(index, size, kept.read)
        assert verify_inclusion(leaves[index], index, size, path, root)
        assert not verify_inclusion(leaves[index] if size == 1 else leaves[index - 1], index, size, path, EMPTY)
        if size > 1:
            assert not verify_inclusion(leaves[index - 1], index, size, path, root)
            assert not verify_inclusion(leaves[index], (index + 1) % size, size, path, root)
            assert not verify_inclusion(leaves[index], index, size, path[:-1], root)
        assert not verify_inclusion(leaves[index], index, size, [*path, root], root)
        old = by_the_book(leaves[: index + 1])
        grown = consistency_path(index + 1, size, kept.read)
        assert verify_consistency(index + 1, size, old, root, grown)
        assert not verify_consistency(index + 1, size, node_hash(old, old), root, grown)
        assert not verify_consistency(index + 1, size, old, node_hash(root, root), grown)
        assert not verify_consistency(index + 1, size, old, root, [*grown, root])
    with pytest.raises(IndexError):
        inclusion_path(size, size, kept.read)
    with pytest.raises(IndexError):
        consistency_path(0, size, kept.read)


def test_a_tree_goes_on_from_its_edge() -> None:
    whole, entries = Growing(), [leaf_hash(b"%d" % i) for i in range(100)]
    for leaf in entries[:37]:
        whole.append(leaf)
    again = Growing(37, whole.edge)
    for leaf in entries[37:]:
        whole.append(leaf)
        again.append(leaf)
    assert again.root() == whole.root() == by_the_book(entries)
    with pytest.raises(ValueError, match="edge"):
        Growing(3, whole.edge[:1])


def test_a_head_is_one_line_and_nothing_of_it_may_change() -> None:
    head = InstallationKey(b"k" * 32).sign_head(1234, NOW, leaf_hash(b"x"))
    line = head.line()
    assert read_head(line) == head and head.is_signed() and len(line) < 260
    for changed in (
        dataclasses.replace(head, size=1235), dataclasses.replace(head, at="2026-11-24T03:00:01Z"),
        dataclasses.replace(head, root=leaf_hash(b"y")), dataclasses.replace(head, signature=b"\0" * 64),
        dataclasses.replace(head, key=InstallationKey(b"q" * 32).public),
    ):  # fmt: skip
        assert not changed.is_signed()
    for bad in ("", "wangge-head/2" + line[13:], line[:-1], line + " x", line.replace(" 1234 ", " -1 ")):
        with pytest.raises(ValueError):
            read_head(bad)
    assert read_heads(f"# kept by the health office\n\n{line}\n") == [head]
