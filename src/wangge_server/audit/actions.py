"""The one writer of audit events, and the sealer that puts them into the tree. Neither is an action: actions end in them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from psycopg.types.json import Jsonb

from wangge import policy
from wangge.audit.keys import InstallationKey
from wangge.audit.verifier import Report, leaf_hash
from wangge_server.audit.models import Head
from wangge_server.audit.sealed import growing, waiting
from wangge_server.audit.verify import verify_log
from wangge_server.base.actions import action, note
from wangge_server.base.prepared import fetch

SEAL_LOCK = 6962  # one sealer at a time in a database
STEP = 1000
# Prepared: an event is written with every act and every read, so its price is on every page.
WRITE = """
INSERT INTO audit_event (at, by_id, role, purpose, permission, verb, kind, about, facts, policy_version)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id
"""


def write_event(
    *, by: Any, purpose: str, verb: str, permission: str, about: str = "", facts: dict[str, Any], kind: str = "write"
) -> None:
    """Append one event in the caller's transaction. `facts` are counts and codes, never values."""
    whose = by.pk if by is not None and by.pk else None
    said = (
        timezone.now(),
        whose,
        getattr(by, "role", ""),
        purpose,
        permission,
        verb,
        kind,
        about,
        Jsonb(facts),
        policy.version(),
    )
    fetch(WRITE, said)


def seal_all(key: InstallationKey, now: dt.datetime, step: int = STEP) -> int:
    """Seal whatever is committed, a head at least every `step` entries. -> entries sealed

    Not an action: it decides nothing, and an event about it would itself have to be sealed.
    """
    done = 0
    while n := seal_next(key, now, step):
        done += n
    return done


def seal_next(key: InstallationKey, now: dt.datetime, step: int = STEP) -> int:
    """Put up to `step` waiting events into the tree and sign its head, all in one transaction. -> entries sealed

    Nothing committed is skipped: the trigger lists each event in audit_pending within the event's own transaction, and
    only this function takes it off, in the transaction that writes its leaf. There is no "sealed up to here" that a slow
    transaction with a small number could come in behind; it is listed whenever it commits, and sealed next time. The
    order of the log is the order of sealing. After a kill both are there or neither.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEAL_LOCK])  # before the reading: the next sees all of this
        rows = waiting(step)
        if not rows:
            return 0
        tree = growing()
        first, leaves, nodes = tree.size, [], []
        for position, (event_id, body) in enumerate(rows, first):
            leaves.append((position, event_id, leaf_hash(body)))
            nodes += tree.append(leaves[-1][2])
        _copy(cursor, "COPY audit_leaf (position, event_id, hash) FROM STDIN", leaves)
        spots = [(level, index, (index + 1) << level, made) for level, index, made in nodes]
        _copy(cursor, 'COPY audit_node (level, "index", ends, hash) FROM STDIN', spots)
        head = key.sign_head(tree.size, now, tree.root())
        Head.objects.create(size=tree.size, at=now, root=head.root, line=head.line())
        cursor.execute("DELETE FROM audit_pending WHERE event_id = ANY(%s)", [[event_id for event_id, _ in rows]])
    return len(rows)


def _copy(cursor: Any, sql: str, rows: list[tuple[Any, ...]]) -> None:
    with cursor.copy(sql) as copy:
        for row in rows:
            copy.write_row(row)


@action("audit.verify")
def check_log(*, by: Any, purpose: str) -> Report:
    """Compute the whole log anew. That it was done, and what came of it, is an entry itself."""
    report = verify_log()
    note(entries=report.entries, problems=len(report.problems))
    return report


@action("audit.witness")
def give_heads(*, how: str, heads: int, by: Any, purpose: str) -> None:
    """Say that heads left the installation, as a file or on paper."""
    note(how=how, heads=heads)
