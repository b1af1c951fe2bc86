"""A backup put back into an empty data folder and an empty database, then compared with what it said it held.

A part whose key was destroyed stays closed: its tables are there and empty, and the report says so.
"""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from wangge import vault
from wangge.base.errors import WanggeError
from wangge_server.vault import dumps
from wangge_server.vault.backup import FORMAT, digest_of, manifest, seal_of
from wangge_server.vault.keys import ring
from wangge_server.vault.schemas import EVENT_SCHEMA, REGISTER_SCHEMA


@dataclass
class Restored:
    """closed: parts whose key is destroyed. different: tables or files that are not what the manifest says."""

    name: str
    rows: int = 0
    tables: int = 0
    files: int = 0
    closed: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)

    @property
    def equal(self) -> bool:
        """Whether everything that opened is what the manifest says."""
        return not self.different


def restore(folder: Path) -> Restored:
    """Put a backup back into this installation, which must be empty.

    E8621 where this is no backup or it was altered, E8622 where the database holds something, E8602 where even the
    register's key is missing, E8605 where a part was altered. Nothing is served before the figures were compared.
    """
    said = _read_manifest(folder)
    if _has_tables():
        raise WanggeError("E8622")
    done = Restored(str(said["name"]))
    dump = folder / "register.dump.sealed"
    for section in ("pre-data", "data"):
        dumps.put_back(section, _plain(dump, said, "register.dump"))
    if _opens(said, "event.dump", done):
        dumps.put_back("data", _plain(folder / "event.dump.sealed", said, "event.dump"))
    dumps.put_back("post-data", _plain(dump, said, "register.dump"))
    _compare_tables(said, done)
    for whose in ("register", "event"):
        if _opens(said, f"{whose}.files", done):
            _unpack(folder, said, whose, done)
    return done


def _read_manifest(folder: Path) -> dict[str, Any]:
    try:
        said = manifest(folder)
        if said["format"] == FORMAT and said["seal"] == seal_of(said):
            return said
    except (OSError, ValueError, KeyError):
        pass
    raise WanggeError("E8621", name=folder.name)


def _has_tables() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = ANY(%s))", [[REGISTER_SCHEMA, EVENT_SCHEMA]]
        )
        return bool(cursor.fetchone()[0])


def _opens(said: dict[str, Any], part: str, done: Restored) -> bool:
    if not ring().is_gone(said["parts"][part]["key"]):
        return True
    done.closed.append(part)
    return False


def _plain(file: Path, said: dict[str, Any], part: str) -> Iterator[bytes]:
    with file.open("rb") as source:
        yield from vault.pieces(ring(), source, f"{said['name']}:{part}")


def _compare_tables(said: dict[str, Any], done: Restored) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        found = dumps.tables(cursor)
    for name, was in said["tables"].items():
        if was["vault"] == "event" and "event.dump" in done.closed:
            continue
        done.tables, done.rows = done.tables + 1, done.rows + found.get(name, {}).get("rows", 0)
        if found.get(name) != was:
            done.different.append(name)


def _unpack(folder: Path, said: dict[str, Any], whose: str, done: Restored) -> None:
    part, lines = f"{whose}.files", []
    source = _Reader(_plain(folder / f"{part}.sealed", said, part))
    with tarfile.open(mode="r|", fileobj=source) as tar:
        for entry in tar:
            content = tar.extractfile(entry)
            path = PurePosixPath(entry.name)
            if content is None or path.is_absolute() or ".." in path.parts:
                raise WanggeError("E8605", place=part)
            data = content.read()
            _put(Path(settings.DATA) / path, data)
            lines.append(f"{entry.name} {hashlib.sha256(data).hexdigest()}")
    done.files += len(lines)
    if digest_of(lines) != said["files"][whose]:
        done.different.append(part)


def _put(file: Path, data: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(file.name + ".part")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(data)
    part.replace(file)


class _Reader(io.RawIOBase):
    """Pieces read as a file."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._held = pieces, b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while size < 0 or len(self._held) < size:
            piece = next(self._pieces, None)
            if piece is None:
                break
            self._held += piece
        given, self._held = (self._held, b"") if size < 0 else (self._held[:size], self._held[size:])
        return given
