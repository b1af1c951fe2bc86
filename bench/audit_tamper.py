"""Tampers with the audit log of a fresh installation, as the owner of its database could, and counts what is found.

    just audit-tamper 10000

Every tampering is done to real rows in PostgreSQL with all triggers and foreign keys switched off, looked at by the same
check that `wangge audit verify` makes, and rolled back. One witness holds the newest head; two kinds (a log cut short, a log
written anew and signed with the stolen key) can be found by that head alone, which is shown by checking without it too.
The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

ENTRIES = 240
Tampering = Callable[[Any, random.Random], None]


def main() -> int:
    """-> 0 where everything was found"""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("times", type=int, nargs="?", default=200)
    words.add_argument("--seed", type=int, default=6962)
    given = words.parse_args()
    with tempfile.TemporaryDirectory(prefix="wangge-tamper-", ignore_cleanup_errors=True) as folder:
        os.environ |= {"WANGGE_DATA": folder, "DJANGO_SETTINGS_MODULE": "wangge_server.config.settings"}
        os.environ.pop("DATABASE_URL", None)
        fresh_installation()
        fill(ENTRIES)
        began, cpu = time.perf_counter(), time.process_time()
        seen = tamper(given.times, given.seed)
        say(seen, time.perf_counter() - began, time.process_time() - cpu)
    tampered, found = sum(map(len, seen.values())), sum(map(bool, (one for some in seen.values() for one in some)))
    print(json.dumps({"tampered": tampered, "found": found}))
    return 0 if tampered == found else 1


def fresh_installation() -> None:
    """An empty installation on its own embedded PostgreSQL, with accounts made by the product's own actions."""
    import django

    django.setup()
    from django.core.management import call_command

    from wangge import policy
    from wangge_server.accounts.actions import add_users, system_user

    call_command("migrate", verbosity=0)
    users = [
        {"username": role, "name": role, "role": role, "unit_code": "u", "area_code": "a", "reports_to": "a"}
        for role in policy.table()["role"]
        if role not in ("system", "resident")
    ]
    add_users(users=users, password=None, by=system_user(), purpose="administration")


def fill(times: int) -> None:
    """Reads of people and of lists, sealed in steps so that there are several heads."""
    from django.utils import timezone

    from wangge_server.accounts.queries import accounts
    from wangge_server.audit.actions import seal_all, write_event
    from wangge_server.audit.sealed import installation_key

    readers, rng = [*accounts()[:20], None], random.Random(1)
    for i in range(times):
        ids = [f"p-{rng.randrange(500)}" for _ in range(rng.choice((1, 1, 8)))]
        write_event(by=rng.choice(readers), purpose="visit", verb="person", permission="person", kind="read",
                    about=ids[0] if len(ids) == 1 else "", facts={"n": len(ids), "ids": ids})  # fmt: skip
        if i % 60 == 59:
            seal_all(installation_key(), timezone.now())
    seal_all(installation_key(), timezone.now())


def tamper(times: int, seed: int) -> dict[str, list[frozenset[str]]]:
    """-> by kind: for each time it was done, the names of the problems found; none is a tampering that was missed"""
    from wangge.audit.verifier import read_head
    from wangge_server.audit.sealed import head_lines
    from wangge_server.audit.verify import verify_log

    witnessed = [read_head(line) for line in head_lines(last=1)]
    clean = verify_log(witnessed)
    if clean.problems:
        raise SystemExit(f"the untouched log does not fit: {clean.problems[:3]}")
    seen: dict[str, list[frozenset[str]]] = {kind: [] for kind in KINDS}
    for i in range(times):
        kind = list(KINDS)[i % len(KINDS)]
        with undone() as cursor:
            KINDS[kind](cursor, random.Random(f"{seed} {i // len(KINDS)} {kind}"))  # one kind more changes no other's
            seen[kind].append(frozenset(p.what for p in verify_log(witnessed).problems))
    if verify_log(witnessed).problems:
        raise SystemExit("a tampering was not rolled back: the count means nothing")
    return seen


class undone:
    """A transaction of the database's owner, triggers and foreign keys off, that never happened afterwards."""

    def __enter__(self) -> Any:
        from django.db import connection, transaction

        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.cursor = connection.cursor()
        self.cursor.execute("SET LOCAL session_replication_role = replica")
        return self.cursor

    def __exit__(self, *why: Any) -> None:
        from django.db import transaction

        transaction.set_rollback(True)
        self.cursor.close()
        self.outer.__exit__(*why)


def one(cursor: Any, sql: str, *given: Any) -> Any:
    """The first cell of a query's answer."""
    cursor.execute(sql, given)
    return cursor.fetchone()[0]


def change(cursor: Any, sql: str, *given: Any) -> None:
    """Do it, and be sure that something happened: a tampering of nothing would not be found, and rightly."""
    cursor.execute(sql, given)
    if not cursor.rowcount:
        raise SystemExit(f"nothing was tampered with: {sql}")


def some_position(cursor: Any, rng: random.Random) -> int:
    return rng.randrange(one(cursor, "SELECT count(*) FROM audit_leaf"))


def some_event(cursor: Any, rng: random.Random) -> int:
    return int(one(cursor, "SELECT event_id FROM audit_leaf WHERE position = %s", some_position(cursor, rng)))


CHANGES = (
    "role = role || 'x'", "purpose = 'judgement-' || purpose", "permission = permission || '.'", "verb = 'x' || verb",
    "kind = CASE kind WHEN 'read' THEN 'write' ELSE 'read' END", "about = about || '1'", "by_id = coalesce(by_id, 0) + 1",
    "at = at + interval '1 microsecond'", "policy_version = policy_version || 'b'",
    """facts = facts || '{"n": -1}'""", """facts = facts || '{"ids": []}' || '{"x": null}'""",
)  # fmt: skip


def change_an_entry(cursor: Any, rng: random.Random) -> None:
    change(cursor, f"UPDATE audit_event SET {rng.choice(CHANGES)} WHERE id = %s", some_event(cursor, rng))


def change_and_rehash(cursor: Any, rng: random.Random) -> None:
    """Change an entry and its leaf hash to match: the nodes and the heads still stand."""
    from wangge.audit.verifier import leaf_hash
    from wangge_server.audit import sealed

    event = some_event(cursor, rng)
    change(cursor, f"UPDATE audit_event SET {rng.choice(CHANGES)} WHERE id = %s", event)
    cursor.execute(f"SELECT {sealed.COLUMNS} FROM audit_event e WHERE e.id = %s", [event])
    new = leaf_hash(sealed.bytes_of(cursor.fetchone()))
    change(cursor, "UPDATE audit_leaf SET hash = %s WHERE event_id = %s", new, event)


def delete_an_entry(cursor: Any, rng: random.Random) -> None:
    change(cursor, "DELETE FROM audit_event WHERE id = %s", some_event(cursor, rng))


def delete_with_leaf(cursor: Any, rng: random.Random) -> None:
    """And close the gap, so that positions run on."""
    place = some_position(cursor, rng)
    event = one(cursor, "DELETE FROM audit_leaf WHERE position = %s RETURNING event_id", place)
    change(cursor, "DELETE FROM audit_event WHERE id = %s", event)
    cursor.execute("UPDATE audit_leaf SET position = -position WHERE position > %s", [place])
    cursor.execute("UPDATE audit_leaf SET position = -position - 1 WHERE position < 0")


def forge(cursor: Any, rng: random.Random) -> int:
    return int(one(
        cursor,
        "INSERT INTO audit_event (at, by_id, role, purpose, permission, verb, kind, about, facts, policy_version)"
        " SELECT at, by_id, role, purpose, permission, verb, kind, 'p-forged', facts, policy_version"
        " FROM audit_event WHERE id = %s RETURNING id",
        some_event(cursor, rng),
    ))  # fmt: skip


def insert_an_entry(cursor: Any, rng: random.Random) -> None:
    forge(cursor, rng)


def insert_with_leaf(cursor: Any, rng: random.Random) -> None:
    """In the middle, with its right hash; everything behind it moves on by one."""
    from wangge.audit.verifier import leaf_hash
    from wangge_server.audit import sealed

    event, place = forge(cursor, rng), some_position(cursor, rng)
    cursor.execute(f"SELECT {sealed.COLUMNS} FROM audit_event e WHERE e.id = %s", [event])
    made = leaf_hash(sealed.bytes_of(cursor.fetchone()))
    cursor.execute("UPDATE audit_leaf SET position = -position - 1 WHERE position >= %s", [place])
    cursor.execute("UPDATE audit_leaf SET position = -position WHERE position < 0")
    change(cursor, "INSERT INTO audit_leaf (position, event_id, hash) VALUES (%s, %s, %s)", place, event, made)


def reorder(cursor: Any, rng: random.Random) -> None:
    """Two entries change places, their hashes with them."""
    n = one(cursor, "SELECT count(*) FROM audit_leaf")
    a, b = rng.sample(range(n), 2)
    change(cursor, "UPDATE audit_leaf SET position = -1 WHERE position = %s", a)
    change(cursor, "UPDATE audit_leaf SET position = %s WHERE position = %s", a, b)
    change(cursor, "UPDATE audit_leaf SET position = %s WHERE position = -1", b)


def swap_hashes(cursor: Any, rng: random.Random) -> None:
    """Of two leaves, or of two nodes."""
    table, key = rng.choice((("audit_leaf", "position"), ("audit_node", "id")))
    cursor.execute(f"SELECT {key} FROM {table} ORDER BY {key}")
    a, b = rng.sample([row[0] for row in cursor.fetchall()], 2)
    change(cursor, f"UPDATE {table} t SET hash = o.hash FROM {table} o WHERE (t.{key}, o.{key}) IN ((%s, %s), (%s, %s))", a, b, b, a)  # fmt: skip


def change_a_node(cursor: Any, rng: random.Random) -> None:
    """A hash of the tree becomes another, or a node goes."""
    n = one(cursor, "SELECT count(*) FROM audit_node")
    node = one(cursor, "SELECT id FROM audit_node ORDER BY id OFFSET %s LIMIT 1", rng.randrange(n))
    if rng.random() < 0.5:
        change(cursor, "UPDATE audit_node SET hash = %s WHERE id = %s", rng.randbytes(32), node)
    else:
        change(cursor, "DELETE FROM audit_node WHERE id = %s", node)


def add_a_node(cursor: Any, rng: random.Random) -> None:
    """A node is made up, among the others or past the end."""
    n = one(cursor, "SELECT max(ends) FROM audit_node")
    ends = rng.choice((rng.randrange(2, n), n + 1))
    change(
        cursor, 'INSERT INTO audit_node (level, "index", ends, hash) VALUES (40, 0, %s, %s)', ends, rng.randbytes(32)
    )


def change_a_head(cursor: Any, rng: random.Random) -> None:
    """Its root, its instant, its size, its signature or its line."""
    n = one(cursor, "SELECT count(*) FROM audit_head")
    size = one(cursor, "SELECT size FROM audit_head ORDER BY size OFFSET %s LIMIT 1", rng.randrange(n))
    line = one(cursor, "SELECT line FROM audit_head WHERE size = %s", size).split(" ")
    place = rng.randrange(1, 6)
    old = line[place]
    line[place] = (
        "1" + old if place == 2 else "2027" + old[4:] if place == 3 else ("B" if old[0] == "A" else "A") + old[1:]
    )
    change(cursor, "UPDATE audit_head SET line = %s WHERE size = %s", " ".join(line), size)


def cut_short(cursor: Any, rng: random.Random) -> None:
    """Back to an earlier head, everything after it gone without a trace: only a witness knows."""
    cursor.execute("SELECT size FROM audit_head ORDER BY size DESC OFFSET 1")
    size = rng.choice([row[0] for row in cursor.fetchall()])
    change(cursor, "DELETE FROM audit_head WHERE size > %s", size)
    change(cursor, "DELETE FROM audit_node WHERE ends > %s", size)
    change(cursor, "DELETE FROM audit_event WHERE id IN (SELECT event_id FROM audit_leaf WHERE position >= %s)", size)
    change(cursor, "DELETE FROM audit_leaf WHERE position >= %s", size)


def cut_the_tail(cursor: Any, rng: random.Random) -> None:
    """The last entries go; the heads stay."""
    n = one(cursor, "SELECT count(*) FROM audit_leaf")
    size = n - rng.randrange(1, 40)
    change(cursor, "DELETE FROM audit_event WHERE id IN (SELECT event_id FROM audit_leaf WHERE position >= %s)", size)
    change(cursor, "DELETE FROM audit_leaf WHERE position >= %s", size)


def write_anew(cursor: Any, rng: random.Random) -> None:
    """The thief has database and key: another history, its tree and heads made by the product itself."""
    from django.utils import timezone

    from wangge_server.audit.actions import seal_all
    from wangge_server.audit.sealed import installation_key

    change_an_entry(cursor, rng)
    if rng.random() < 0.5:
        change(cursor, "DELETE FROM audit_event WHERE id = %s", some_event(cursor, rng))
    for table in ("audit_head", "audit_node", "audit_leaf"):
        change(cursor, f"DELETE FROM {table}")
    cursor.execute("INSERT INTO audit_pending (event_id) SELECT id FROM audit_event")
    seal_all(installation_key(), timezone.now(), step=rng.choice((60, 1000)))


KINDS: dict[str, Tampering] = {
    f.__name__: f
    for f in (change_an_entry, change_and_rehash, delete_an_entry, delete_with_leaf, insert_an_entry, insert_with_leaf,
              reorder, swap_hashes, change_a_node, add_a_node, change_a_head, cut_the_tail, cut_short, write_anew)
}  # fmt: skip


def say(seen: dict[str, list[frozenset[str]]], seconds: float, cpu: float) -> None:
    """A line for each kind."""
    for kind, times in seen.items():
        blind = sum(any(not what.startswith("witness") for what in one) for one in times)
        print(
            f"{kind:18} done {len(times):6}  found {sum(map(bool, times)):6}  without the witness {blind:6}",
            file=sys.stderr,
        )
    print(f"{sum(map(len, seen.values()))} tamperings in {seconds:.1f} s ({cpu:.1f} s CPU here)", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
