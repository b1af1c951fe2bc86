"""Reads of the sealed log: its entries in order, its edge, its heads, and proofs about it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection

from wangge.audit.entry import entry_bytes
from wangge.audit.keys import InstallationKey
from wangge.audit.tree import Spot, consistency_path, edge_spots, inclusion_path
from wangge.audit.verifier import Growing
from wangge_server.audit.models import Event, Head, Leaf, Pending

COLUMNS = "e.id, e.at, e.by_id, e.role, e.purpose, e.permission, e.verb, e.kind, e.about, e.facts, e.policy_version"
CHUNK = 5000


def installation_key() -> InstallationKey:
    """The key this installation signs heads with."""
    return InstallationKey(settings.AUDIT_SEED)


def bytes_of(row: tuple[Any, ...]) -> bytes:
    """The entry of an event read as COLUMNS."""
    id, at, by, role, purpose, permission, verb, kind, about, facts, policy = row
    known = json.loads(facts) if isinstance(facts, str) else facts
    return entry_bytes(id=id, at=at, by=by, role=role, purpose=purpose, permission=permission, verb=verb, kind=kind,
                       about=about, facts=known, policy=policy)  # fmt: skip


def waiting(limit: int) -> list[tuple[int, bytes]]:
    """Committed events that stand in no tree yet, oldest first: (id, entry)."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {COLUMNS} FROM audit_pending p JOIN audit_event e ON e.id = p.event_id ORDER BY e.id LIMIT %s",
            [limit],
        )
        return [(row[0], bytes_of(row)) for row in cursor.fetchall()]


def n_waiting() -> int:
    """How many events wait to be sealed."""
    return Pending.objects.count()


def log_size() -> int:
    """How many entries are sealed."""
    newest = newest_head()
    return newest.size if newest else 0


def newest_head() -> Head | None:
    """The head over everything sealed."""
    return Head.objects.order_by("-size").first()


def head_at(size: int) -> Head | None:
    """The head signed when the log had so many entries."""
    return Head.objects.filter(size=size).first()


def heads(since: dt.datetime | None = None) -> Any:
    """Heads, newest first."""
    return Head.objects.filter(at__gte=since) if since else Head.objects.all()


def head_lines(last: int | None = None) -> list[str]:
    """Heads as witnesses keep them, oldest first; the newest `last` of them, or all."""
    rows = Head.objects.order_by("-size").values_list("line", flat=True)
    return list(rows[:last] if last else rows)[::-1]


def growing() -> Growing:
    """The tree as it stands, by its right edge alone."""
    size = log_size()
    spots = edge_spots(size)
    known = read_spots(spots)
    return Growing(size, [known[spot] for spot in spots])


def read_spots(spots: Iterable[Spot]) -> dict[Spot, bytes]:
    """Hashes of complete subtrees; level 0 are the leaves."""
    asked = list(spots)
    found: dict[Spot, bytes] = {}
    leaves = [index for level, index in asked if level == 0]
    if leaves:
        rows = Leaf.objects.filter(position__in=leaves).values_list("position", "hash")
        found |= {(0, position): bytes(made) for position, made in rows}
    nodes = [spot for spot in asked if spot[0]]
    if nodes:
        with connection.cursor() as cursor:
            cursor.execute(
                'SELECT n.level, n."index", n.hash FROM audit_node n'
                ' JOIN unnest(%s::int[], %s::bigint[]) AS a(level, place) ON n.level = a.level AND n."index" = a.place',
                [[level for level, _ in nodes], [index for _, index in nodes]],
            )
            found |= {(level, index): bytes(made) for level, index, made in cursor.fetchall()}
    return found


def entries() -> Iterator[tuple[int, bytes | None, bytes]]:
    """Every leaf in order: (position, entry, hash as stored); the entry is None where its event is gone."""
    sql = f"SELECT l.position, l.hash, {COLUMNS} FROM audit_leaf l LEFT JOIN audit_event e ON e.id = l.event_id ORDER BY l.position"
    for row in streamed(sql):
        yield row[0], None if row[2] is None else bytes_of(row[2:]), bytes(row[1])


def streamed(sql: str) -> Iterator[tuple[Any, ...]]:
    """Rows by a cursor of the database's own, so that a log of any length fits. Within the caller's transaction."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql)
        while rows := cursor.fetchmany(CHUNK):
            yield from rows


@dataclass(frozen=True)
class Proof:
    """An entry about somebody, with what shows that it stands in the log under a head."""

    event: Event
    entry: bytes
    position: int
    path: list[bytes]
    head: Head


def entries_about(pseudonym: str, limit: int | None = None) -> Any:
    """Events about one pseudonym, newest first: those of it alone and lists in which it stood."""
    alone = Event.objects.filter(about=pseudonym)
    listed = Event.objects.filter(facts__contains={"ids": [pseudonym]})
    rows = Event.objects.filter(pk__in=alone.values("pk").union(listed.values("pk"))).order_by("-id")
    return rows[:limit] if limit else rows


def proofs_about(pseudonym: str, limit: int = 200) -> tuple[list[Proof], int]:
    """What happened with somebody's data, each with an inclusion proof under the newest head, newest first.

    -> (proofs, events that still wait to be sealed: they have no proof yet)
    """
    head = newest_head()
    events = list(entries_about(pseudonym, limit))
    places = dict(Leaf.objects.filter(event_id__in=[e.pk for e in events]).values_list("event_id", "position"))
    proofs = [
        Proof(
            event,
            bytes_of_event(event),
            places[event.pk],
            inclusion_path(places[event.pk], head.size, read_spots),
            head,
        )
        for event in events
        if head and places.get(event.pk, head.size) < head.size
    ]
    return proofs, len(events) - len(proofs)


def bytes_of_event(event: Event) -> bytes:
    """The entry of an event."""
    return bytes_of((event.pk, event.at, event.by_id, event.role, event.purpose, event.permission, event.verb,
                     event.kind, event.about, event.facts, event.policy_version))  # fmt: skip


def grown_since(size: int) -> list[bytes]:
    """What shows that the log under the newest head begins with the one of `size` entries."""
    return consistency_path(size, log_size(), read_spots)
