"""Is the log in the database still the one that was signed? Everything is computed anew from the events."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from django.db import connection, transaction

from wangge.audit.verifier import (
    EMPTY,
    Growing,
    Head,
    Problem,
    Report,
    check_heads,
    key_text,
    leaf_hash,
    read_head,
)
from wangge_server.audit import sealed


def verify_log(witnessed: Sequence[Head] = (), key: bytes | None = None) -> Report:
    """Check events, leaf hashes, nodes and heads against each other and against what witnesses kept. One snapshot.

    `key`: the installation's public key; its own file where none is given. Problems beyond those of the verifier of
    exports: `gone`, `changed` (an event), `place` (a hole in the order), `node`, `head` (columns and line differ),
    `unlisted` (an event that is neither sealed nor waiting) and `waiting` (one that waits and is not there).
    """
    own, outermost = key or sealed.installation_key().public, not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            _one_snapshot()
        lines = [(head.size, bytes(head.root), head.line) for head in sealed.heads().order_by("size")]
        stored, problems = _stored_heads(lines)
        wanted = {head.size for head in (*stored, *witnessed)}
        size, roots, wrong = _recompute(wanted)
        problems += wrong + check_heads(roots, size, stored, witnessed, own) + _unlisted()
    return Report(size, len(stored), len(witnessed), key_text(roots[size]), key_text(own), problems)


def _one_snapshot() -> None:
    """What is sealed while we look is not half seen. Only the outermost transaction may ask for it."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def _stored_heads(lines: list[tuple[int, bytes, str]]) -> tuple[list[Head], list[Problem]]:
    heads, problems = [], []
    for size, root, line in lines:
        try:
            head = read_head(line)
        except ValueError:
            problems.append(Problem("head", size))
            continue
        if (head.size, head.root) != (size, root):
            problems.append(Problem("head", size))
        heads.append(head)
    return heads, problems


def _recompute(wanted: set[int]) -> tuple[int, dict[int, bytes], list[Problem]]:
    """Walk the log once. -> its size, its root at every wanted size and at its end, what does not fit on the way"""
    tree, roots, problems = Growing(), {0: EMPTY}, list[Problem]()
    stored = _stored_nodes()
    for position, entry, kept in sealed.entries():
        if position != tree.size:
            problems.append(Problem("place", position))
        made = leaf_hash(entry) if entry is not None else kept
        if entry is None:
            problems.append(Problem("gone", position))
        elif made != kept:
            problems.append(Problem("changed", position))
        for node in tree.append(made):
            if next(stored, None) != node:
                problems.append(Problem("node", position))
        if tree.size in wanted:
            roots[tree.size] = tree.root()
    problems += [Problem("node", tree.size) for _ in itertools.islice(stored, 1)]
    roots[tree.size] = tree.root()
    return tree.size, roots, problems


def _stored_nodes() -> Iterator[tuple[int, int, bytes]]:
    """Nodes in the order in which appending completes them."""
    for level, index, made in sealed.streamed('SELECT level, "index", hash FROM audit_node ORDER BY ends, level'):
        yield level, index, bytes(made)


def _unlisted() -> list[Problem]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.id FROM audit_event e LEFT JOIN audit_leaf l ON l.event_id = e.id"
            " LEFT JOIN audit_pending p ON p.event_id = e.id WHERE l.event_id IS NULL AND p.event_id IS NULL LIMIT 100"
        )
        loose = [Problem("unlisted", row[0]) for row in cursor.fetchall()]
        cursor.execute(
            "SELECT p.event_id FROM audit_pending p LEFT JOIN audit_event e ON e.id = p.event_id"
            " LEFT JOIN audit_leaf l ON l.event_id = p.event_id WHERE e.id IS NULL OR l.event_id IS NOT NULL LIMIT 100"
        )
        return loose + [Problem("waiting", row[0]) for row in cursor.fetchall()]
