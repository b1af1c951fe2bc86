"""Ids that say nothing: keyed digests, the same on every machine that holds the key.

SipHash-2-4 (Aumasson and Bernstein, 2012) is a pseudo-random function: without its 128 bits of key nobody can try out
all numbers of a district and read an id backwards. It costs a twentieth of a keyed SHA-256.
"""

# mypy: disable-error-code="untyped-decorator"
from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pyarrow as pa
from numba import njit

from wangge.identity.bytes import Array

DEMO_KEY = "wangge"  # made-up people only; an installation gives its own key
WORDS = 3  # integers that an id is made of
DIGITS = 16
U = np.uint64
HEX = np.frombuffer(b"0123456789abcdef", np.uint8)
START = np.array([0x736F6D6570736575, 0x646F72616E646F6D, 0x6C7967656E657261, 0x7465646279746573], np.uint64)


def opaque_ids(prefix: str, words: Array, key: str) -> pa.Array:
    """uint64[n, 3] -> prefix + 16 hex digits each, as text. `prefix` keeps ids of people and of households apart."""
    secret = np.frombuffer(hashlib.sha256(f"{prefix}\x1f{key}".encode()).digest()[:16], "<u8")
    letters = np.frombuffer(prefix.encode("ascii"), np.uint8)
    text = _hex(siphash(np.ascontiguousarray(words), secret), letters, HEX)
    size = letters.size + DIGITS
    offsets = np.arange(0, (len(words) + 1) * size, size, dtype=np.int64)
    ids = pa.Array.from_buffers(pa.large_string(), len(words), [None, pa.py_buffer(offsets), pa.py_buffer(text)])
    return ids.cast(pa.string())


@njit(inline="always")
def _turned(x: Any, by: int) -> Any:
    return x << U(by) | x >> U(64 - by)


@njit(inline="always")
def _round(a: Any, b: Any, c: Any, d: Any) -> tuple[Any, Any, Any, Any]:
    a, c = a + b, c + d
    b, d = _turned(b, 13) ^ a, _turned(d, 16) ^ c
    a = _turned(a, 32)
    c, a = c + b, a + d
    b, d = _turned(b, 17) ^ c, _turned(d, 21) ^ a
    return a, b, _turned(c, 32), d


@njit(cache=True, nogil=True)
def siphash(words: Array, secret: Array) -> Array:
    """SipHash-2-4 of each row of whole words, taken as their bytes, the smallest first. -> uint64[n]"""
    n, size = words.shape
    out = np.empty(n, np.uint64)
    for i in range(n):
        a, b = START[0] ^ secret[0], START[1] ^ secret[1]
        c, d = START[2] ^ secret[0], START[3] ^ secret[1]
        for k in range(size + 1):
            word = words[i, k] if k < size else U(8 * size) << U(56)
            d ^= word
            for _ in range(2):
                a, b, c, d = _round(a, b, c, d)
            a ^= word
        c ^= U(0xFF)
        for _ in range(4):
            a, b, c, d = _round(a, b, c, d)
        out[i] = a ^ b ^ c ^ d
    return out


@njit(cache=True, nogil=True)
def _hex(values: Array, prefix: Array, digits: Array) -> Array:
    """Prefix and 16 hex digits of each, one after the other."""
    size = prefix.size + DIGITS
    out = np.empty(values.size * size, np.uint8)
    for i in range(values.size):
        at = i * size
        for k in range(prefix.size):
            out[at + k] = prefix[k]
        for k in range(DIGITS):
            out[at + prefix.size + k] = digits[np.int64(values[i] >> U(60 - 4 * k)) & 15]
    return out
