"""A file sealed whole, read and written as a stream: a content key of its own under a data key, then pieces of one mebibyte.

Each piece is bound to its number, to whether it is the last, and to the file's place, so that none can be swapped, dropped or
cut off (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár 2015, with the key fresh for every file).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from cryptography.exceptions import InvalidTag

from wangge.base.errors import WanggeError
from wangge.vault.keyring import DataKey, Keyring
from wangge.vault.sealed import key_of, seal, unseal
from wangge.vault.suite import NONCE_BYTES, TAG_BYTES

MAGIC = b"wangge sealed 1\n"
PIECE = 1 << 20


@dataclass(frozen=True)
class Sealed:
    """n_bytes: of the plain stream. sha256: of the sealed file, as hex. key_id: the data key it opens with."""

    n_bytes: int
    sha256: str
    key_id: str


class Sealer:
    """Seals what is written to it. Nothing opens before `close`, which writes the last piece.

    >>> with Sealer(key, file, "backup:2026:register.dump") as out:
    ...     out.write(data)
    """

    def __init__(self, key: DataKey, out: IO[bytes], place: str) -> None:
        self._key, self._out, self._place = key, out, place.encode()
        self._secret = secrets.token_bytes(key.suite.key_bytes)
        self._held, self._n_pieces, self._n_bytes = bytearray(), 0, 0
        self._sha, self.done = hashlib.sha256(), None
        head = seal(key, self._secret, place)
        self._put(MAGIC + len(head).to_bytes(2, "big") + head)

    done: Sealed | None

    def write(self, data: bytes) -> int:
        """Take more bytes. -> how many"""
        self._held += data
        self._n_bytes += len(data)
        while len(self._held) > PIECE:  # one piece always waits: it may be the last
            self._seal_piece(bytes(self._held[:PIECE]), last=False)
            del self._held[:PIECE]
        return len(data)

    def close(self) -> Sealed:
        """The last piece. -> what was sealed"""
        if self.done is None:
            self._seal_piece(bytes(self._held), last=True)
            self.done = Sealed(self._n_bytes, self._sha.hexdigest(), self._key.key_id)
        return self.done

    def __enter__(self) -> Sealer:
        return self

    def __exit__(self, failed: object, *_rest: object) -> None:
        if failed is None:
            self.close()

    def _seal_piece(self, piece: bytes, *, last: bool) -> None:
        nonce = self._n_pieces.to_bytes(NONCE_BYTES, "big")
        sealed = self._key.suite.encrypt(self._secret, nonce, piece, _bound(self._place, last))
        self._put(len(sealed).to_bytes(4, "big") + sealed)
        self._n_pieces += 1

    def _put(self, data: bytes) -> None:
        self._sha.update(data)
        self._out.write(data)


def pieces(ring: Keyring, source: IO[bytes], place: str) -> Iterator[bytes]:
    """The plain bytes, piece by piece. E8602 where the key is destroyed, E8605 where the file was altered or cut off."""
    head = _head(source, place)
    suite, secret = ring.get(key_of(head)).suite, unseal(ring, head, place)
    n_read, length = 0, source.read(4)
    while length:
        sealed = source.read(_size(length, place))
        length = source.read(4)
        try:
            yield suite.decrypt(secret, n_read.to_bytes(NONCE_BYTES, "big"), sealed, _bound(place.encode(), not length))
        except InvalidTag as why:
            raise WanggeError("E8605", place=place) from why
        n_read += 1
    if not n_read:
        raise WanggeError("E8605", place=place)


def _head(source: IO[bytes], place: str) -> bytes:
    if source.read(len(MAGIC)) != MAGIC:
        raise WanggeError("E8605", place=place)
    return source.read(int.from_bytes(source.read(2), "big"))


def _size(length: bytes, place: str) -> int:
    size = int.from_bytes(length, "big")
    if size > PIECE + TAG_BYTES:
        raise WanggeError("E8605", place=place)  # a made-up length must not ask for memory
    return size


def _bound(place: bytes, last: bool) -> bytes:
    return place + (b":last" if last else b":more")
