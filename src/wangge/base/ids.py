"""Ids. Time-ordered UUIDs for records (RFC 9562, version 7), short stable ids for things found in tables."""

from __future__ import annotations

import hashlib
import os
import time
import uuid


def uuid7(now_ms: int | None = None) -> uuid.UUID:
    """A UUIDv7: 48 bits of Unix milliseconds, then 74 random bits. Time order keeps index pages warm."""
    ms = time.time_ns() // 1_000_000 if now_ms is None else now_ms
    bits = (ms & (1 << 48) - 1) << 80 | 7 << 76 | int.from_bytes(os.urandom(10), "big") & (1 << 76) - 1
    return uuid.UUID(int=bits & ~(3 << 62) | 2 << 62)


def stable_id(prefix: str, *parts: object) -> str:
    """The same id for the same parts on every machine and run: prefix + 16 hex digits of SHA-256."""
    digest = hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()
    return f"{prefix}{digest[:16]}"


def file_digest(data: bytes) -> str:
    """SHA-256 of a file's bytes, in hex: the identity of an upload."""
    return hashlib.sha256(data).hexdigest()
