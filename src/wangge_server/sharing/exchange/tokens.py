"""Keyed tokens: HMAC-SHA256 of an ID number under the key of one exchange, cut to 16 bytes. Two exchanges cannot be joined.

Whoever holds the key can try all numbers there are: a token hides a person from everybody but the two sides of the exchange.
What keeps the asking side from fishing is the node's budget and its receipts.
"""

from __future__ import annotations

import hmac
import secrets
import unicodedata
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangge.base.errors import WanggeError

SIZE, KEY_SIZE = 16, 32
TYPE = pa.binary(SIZE)


def plain(value: str) -> bytes:
    """An ID number as both sides write it: full-width digits, spaces and a small x are no difference."""
    return unicodedata.normalize("NFKC", value).strip().upper().encode()


def tokens_of(key: bytes, values: Iterable[str]) -> pa.Array:
    """Tokens of these numbers. A hash has no column form, so this one loop walks rows: about 1.5 microseconds each."""
    digest = hmac.digest
    joined = b"".join([digest(key, plain(value), "sha256")[:SIZE] for value in values])
    return of_bytes(joined)


def of_bytes(joined: bytes) -> pa.Array:
    """Tokens that lie one after the other, 16 bytes each."""
    return pa.FixedSizeBinaryArray.from_buffers(TYPE, len(joined) // SIZE, [None, pa.py_buffer(joined)])


def in_set(asked: pa.Array, held: pa.Array) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which of the asked tokens are among the held ones."""
    return pc.is_in(asked, value_set=held).to_numpy(zero_copy_only=False)  # type: ignore[no-any-return]


def write_secret(file: Path) -> bytes:
    """32 fresh secret bytes in a file for its owner's eyes only. E8238 where the file is there already."""
    secret = secrets.token_bytes(KEY_SIZE)
    try:
        file.touch(mode=0o600, exist_ok=False)
    except FileExistsError as why:
        raise WanggeError("E8238", name=file.name, reason="exists") from why
    file.write_text(secret.hex() + "\n", "ascii")
    return secret


def read_secret(file: Path) -> bytes:
    """The 32 bytes. E8238 where others may read the file, or it holds no key."""
    try:
        if file.stat().st_mode & 0o077:
            raise WanggeError("E8238", name=file.name, reason="chmod 600")
        secret = bytes.fromhex(file.read_text("ascii").strip())
    except (OSError, ValueError) as why:
        raise WanggeError("E8238", name=file.name, reason=type(why).__name__) from why
    if len(secret) != KEY_SIZE:
        raise WanggeError("E8238", name=file.name, reason=f"{len(secret)} bytes")
    return secret
