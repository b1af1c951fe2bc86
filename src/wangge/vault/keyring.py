"""Data keys, one an emergency and one for the register: files beside the master key, outside code, database and backups.

A data key lies wrapped under the master key in a file of its own, readable by the owner only. Destroying it overwrites and
removes that file: from then on nothing sealed under it can be read, wherever a copy lies. That holds only while no copy of
the key folder exists elsewhere, which is why a backup never contains it; who keeps one for disaster destroys it at the end.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag

from wangge.base.errors import WanggeError
from wangge.vault.suite import BY_NUMBER, NONCE_BYTES, SUITES, Suite

ID_BYTES = 6
MASTER_BYTES = 32
OWNER_ONLY = 0o600


@dataclass(frozen=True)
class DataKey:
    """key_id: 12 hex digits, public. scope: which emergency, or "register". secret never leaves the process."""

    key_id: str
    scope: str
    suite: Suite
    secret: bytes

    def __repr__(self) -> str:
        return f"DataKey({self.key_id})"  # a key in a log would be the end of what it protects


class Keyring:
    """The keys of one installation.

    >>> ring = Keyring(folder)
    >>> key = ring.of_scope("event-2026-01")
    """

    def __init__(self, folder: Path, suite: str = "intl") -> None:
        self.folder = folder
        self.suite = SUITES[suite]
        self._open: dict[str, DataKey] = {}
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def of_scope(self, scope: str) -> DataKey:
        """The key new values of this scope are sealed with; made at the first call. E8602 once it was destroyed."""
        name = self.folder / f"{_file_name(scope)}.scope"
        if not name.exists():
            with self._alone():
                if not name.exists():
                    self._make(scope, name)
        return self.get(name.read_text("ascii").strip())

    def get(self, key_id: str) -> DataKey:
        """The key of this id. E8602 where it is gone (also from the memory of processes that used it), E8603 where the
        master key does not open it."""
        file = self._file(key_id)
        if not file.exists():  # asked every time: another process may have destroyed it since
            self._open.pop(key_id, None)
            raise WanggeError("E8602", key=key_id)
        if key_id not in self._open:
            self._open[key_id] = self._unwrap(key_id, file)
        return self._open[key_id]

    def key_ids(self) -> dict[str, str]:
        """Every scope that ever had a key here, and the key's id."""
        return {_scope_of(file): file.read_text("ascii").strip() for file in sorted(self.folder.glob("*.scope"))}

    def is_gone(self, key_id: str) -> bool:
        """Whether nothing of this key is left here."""
        return not self._file(key_id).exists()

    def destroy(self, scope: str) -> str:
        """Overwrite and remove the key of a scope; again, it stays destroyed. -> its id"""
        key_id = (self.folder / f"{_file_name(scope)}.scope").read_text("ascii").strip()
        file = self._file(key_id)
        if file.exists():
            _overwrite(file)
            file.unlink()
            _sync(self.folder)
        self._open.pop(key_id, None)
        return key_id

    def rotate_master(self) -> int:
        """Wrap every data key anew under a new master key. Killed in the middle, it is simply called again. -> keys"""
        with self._alone():
            new = self.folder / "master.next"
            fresh = _read_secret(new) if new.exists() else _write_secret(new, secrets.token_bytes(MASTER_BYTES))
            files = sorted(self.folder.glob("*.key"))
            for file in files:
                if not self._opens(file, fresh):
                    _replace(file, _wrapped(fresh, self._unwrap(file.stem, file)))
            os.replace(new, self.folder / "master")
            _sync(self.folder)
        return len(files)

    # ---- parts ----

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time makes or turns keys; a killed one lets go by itself."""
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _file(self, key_id: str) -> Path:
        return self.folder / f"{key_id}.key"

    def _master(self) -> bytes:
        file = self.folder / "master"
        if not file.exists():
            if any(self.folder.glob("*.key")):
                raise WanggeError("E8604")  # a new master key would hide that the old one is lost
            return _write_secret(file, secrets.token_bytes(MASTER_BYTES))
        return _read_secret(file)

    def _make(self, scope: str, name: Path) -> None:
        key = DataKey(secrets.token_hex(ID_BYTES), scope, self.suite, secrets.token_bytes(self.suite.key_bytes))
        file = self._file(key.key_id)
        _write_secret(file, _wrapped(self._master(), key))
        part = name.with_suffix(".part")
        part.write_text(key.key_id, "ascii")
        os.replace(part, name)
        _sync(self.folder)

    def _unwrap(self, key_id: str, file: Path) -> DataKey:
        for master in (self._master(), *self._next_master()):
            try:
                return _opened(key_id, file, master)
            except InvalidTag:
                continue
        raise WanggeError("E8603", key=key_id)

    def _next_master(self) -> list[bytes]:
        new = self.folder / "master.next"  # a rotation is under way
        return [_read_secret(new)] if new.exists() else []

    def _opens(self, file: Path, master: bytes) -> bool:
        try:
            _opened(file.stem, file, master)
        except InvalidTag:
            return False
        return True


def _wrapped(master: bytes, key: DataKey) -> bytes:
    """suite number (1 byte), nonce (12), then the secret and its scope under the master key."""
    suite, nonce = key.suite, secrets.token_bytes(NONCE_BYTES)
    body = len(key.secret).to_bytes(1, "big") + key.secret + key.scope.encode()
    sealed = suite.encrypt(master[: suite.key_bytes], nonce, body, key.key_id.encode())
    return bytes([suite.number]) + nonce + sealed


def _opened(key_id: str, file: Path, master: bytes) -> DataKey:
    data = _read_secret(file)
    suite = BY_NUMBER[data[0]]
    nonce, sealed = data[1 : 1 + NONCE_BYTES], data[1 + NONCE_BYTES :]
    body = suite.decrypt(master[: suite.key_bytes], nonce, sealed, key_id.encode())
    return DataKey(key_id, body[1 + body[0] :].decode(), suite, body[1 : 1 + body[0]])


def _file_name(scope: str) -> str:
    return scope.encode().hex()


def _scope_of(file: Path) -> str:
    return bytes.fromhex(file.stem).decode()


def _read_secret(file: Path) -> bytes:
    """The bytes of a secret file. E8601 where others can read it."""
    if stat.S_IMODE(file.stat().st_mode) & 0o077:
        raise WanggeError("E8601", name=file.name)
    return file.read_bytes()


def _write_secret(file: Path, data: bytes) -> bytes:
    """A new secret file, on the disk before it has its name. FileExistsError where there is one."""
    part = file.with_name(f"{file.name}.{secrets.token_hex(4)}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    with os.fdopen(handle, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(part, file)
    finally:
        part.unlink()
    return data


def _replace(file: Path, data: bytes) -> None:
    part = file.with_suffix(".turn")
    part.unlink(missing_ok=True)
    _write_secret(part, data)
    os.replace(part, file)


def _overwrite(file: Path) -> None:
    with file.open("r+b") as out:
        out.write(secrets.token_bytes(file.stat().st_size))
        out.flush()
        os.fsync(out.fileno())


def _sync(folder: Path) -> None:
    """Names are on the disk too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
