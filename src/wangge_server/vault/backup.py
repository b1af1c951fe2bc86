"""A backup in two parts: what stays with the register, and what dies with the emergency, each sealed under its own key.

The folder of keys is never in it. When an emergency's key is destroyed, the second part of every backup ever made of it is
closed for good, wherever the copies lie, while the first part still opens. The manifest is written last: a folder without one
is no backup.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import os
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast

import pyarrow.parquet as pq
from django.conf import settings

from wangge import vault
from wangge.dictionary import Retention
from wangge_server.base.actions import action, note
from wangge_server.vault import dumps
from wangge_server.vault.keys import REGISTER, key_for, ring
from wangge_server.vault.lake import lake_files, without_event_columns
from wangge_server.vault.queries import EVENT_FILES

FORMAT, MANIFEST, DRILL = 1, "manifest.json", "drill.json"
PARTS = ("register.dump", "event.dump", "register.files", "event.files")
# What stays with the register. Every other file of the data folder is taken to belong to the emergency: the safe mistake.
OF_THE_REGISTER = ("ground", "mapping.toml", "installation.json", "demo.json", "identity_key", "audit_key")
# Never in a backup: the database's own files (it is dumped), secrets of the machine, what is made anew at a start.
LEFT_OUT = ("pg", "keys", "secret_key", "static", "sunset", "backups")


def make_backup(to: Path, now: dt.datetime) -> Path:
    """Write a backup of everything into a new folder under `to`. -> the folder

    Takes no lock: writers go on, and the backup shows the moment it began. E8620 where PostgreSQL's tool fails.
    """
    name = f"wangge-{now.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"
    part = to / f"{name}.part"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True, mode=0o700)
    body = _sealed_parts(part, name) | {"format": FORMAT, "name": name, "made_at": now.isoformat(timespec="seconds")}
    body["seal"] = seal_of(body)
    write_safely(part / MANIFEST, json.dumps(body, indent=1, sort_keys=True).encode() + b"\n")
    os.replace(part, to / name)
    return to / name


@action("backup.make")
def record_backup(*, folder: Path, drill: dict[str, Any] | None, by: Any, purpose: str) -> dict[str, Any]:
    """Say in the audit log that a backup was made, and whether it could be restored. -> its manifest"""
    body = manifest(folder)
    rows = sum(one["rows"] for one in body["tables"].values())
    note(about=folder.name, tables=len(body["tables"]), rows=rows, files=body["n_files"])
    if drill is not None:
        write_safely(folder / DRILL, json.dumps(drill, indent=1, sort_keys=True).encode() + b"\n")
        note(restored=drill["equal"])
    return body


def prune(folder: Path, keep: int) -> int:
    """Remove all but the newest `keep` backups, and what a killed run left. -> how many"""
    old = backups(folder)[keep:] + sorted(folder.glob("wangge-*.part"))
    for one in old:
        shutil.rmtree(one)
    return len(old)


def backups(folder: Path) -> list[Path]:
    """Finished backups, newest first."""
    found = (path.parent for path in folder.glob(f"wangge-*/{MANIFEST}"))
    return sorted((one for one in found if one.suffix != ".part"), reverse=True)


def last_backup(folder: Path | None) -> dict[str, Any] | None:
    """The newest backup there: {at, equal: whether it was restored and compared, None where nobody tried}, or None."""
    newest = next(iter(backups(folder)), None) if folder is not None else None
    if newest is None:
        return None
    drill = newest / DRILL
    equal = json.loads(drill.read_text("utf-8"))["equal"] if drill.exists() else None
    return {"at": dt.datetime.fromisoformat(manifest(newest)["made_at"]), "equal": equal}


def manifest(folder: Path) -> dict[str, Any]:
    """What a backup says it holds."""
    return dict(json.loads((folder / MANIFEST).read_text("utf-8")))


def seal_of(body: dict[str, Any]) -> str:
    """A keyed hash over a manifest without its seal: whoever changes a figure must hold the register's key."""
    key = ring().of_scope(REGISTER)
    plain = json.dumps({k: v for k, v in body.items() if k != "seal"}, sort_keys=True).encode()
    return key.suite.keyed_hash(key.secret, b"backup:" + plain).hex()


def digest_of(files: list[str]) -> str:
    """One number over `path sha256` lines."""
    return hashlib.sha256("\n".join(sorted(files)).encode()).hexdigest()


def write_safely(file: Path, data: bytes) -> None:
    """On the disk before it has its name."""
    part = file.with_name(file.name + ".part")
    with part.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    part.replace(file)


def _sealed_parts(folder: Path, name: str) -> dict[str, Any]:
    keys = {"register": ring().of_scope(REGISTER), "event": key_for(Retention.EVENT)}
    parts, lines = {}, {"register": list[str](), "event": list[str]()}
    with dumps.one_moment() as (cursor, moment):
        tables = dumps.tables(cursor)
        for part in PARTS:
            whose, kind = part.split(".")
            with (
                (folder / f"{part}.sealed").open("xb") as out,
                vault.Sealer(keys[whose], out, f"{name}:{part}") as sealer,
            ):
                if kind == "dump":
                    dumps.dump(whose, moment, sealer)
                else:
                    lines[whose] = _pack(files_of(whose), sealer)
                done = sealer.close()
                out.flush()
                os.fsync(out.fileno())
            parts[part] = {"key": done.key_id, "scope": keys[whose].scope, "bytes": done.n_bytes, "sha256": done.sha256}
    digests = {whose: digest_of(found) for whose, found in lines.items()}
    return {"parts": parts, "tables": tables, "files": digests, "n_files": sum(map(len, lines.values()))}


def files_of(whose: str) -> Iterator[tuple[str, bytes]]:
    """(path, content) of the data folder's files, of the register or of the event vault.

    A file of the lake is in both: without what it says of the emergency, and whole.
    """
    data, lake = Path(settings.DATA), set(lake_files())
    for file in sorted(path for path in data.rglob("*") if path.is_file() and not path.is_symlink()):
        path = file.relative_to(data)
        if path.parts[0] in LEFT_OUT or file.suffix == ".part":
            continue
        of_register = path.parts[0] in OF_THE_REGISTER and path.as_posix() not in EVENT_FILES
        if file in lake and whose == "register":
            yield path.as_posix(), _as_register(file)
        elif of_register == (whose == "register"):
            yield path.as_posix(), file.read_bytes()


def _as_register(file: Path) -> bytes:
    out = io.BytesIO()
    pq.write_table(without_event_columns(pq.read_table(file)), out, compression="zstd")
    return out.getvalue()


def _pack(files: Iterator[tuple[str, bytes]], out: vault.Sealer) -> list[str]:
    """A tar of the files. -> `path sha256` lines"""
    lines = []
    with tarfile.open(mode="w|", fileobj=cast(IO[bytes], out)) as tar:
        for path, content in files:
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode = len(content), 0o600
            tar.addfile(entry, io.BytesIO(content))
            lines.append(f"{path} {hashlib.sha256(content).hexdigest()}")
    return lines
