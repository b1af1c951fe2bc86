"""A day's batch of grades as one number that three authorities sign: SHA-256 over every row, whatever their order.

A batch once signed cannot change, because any other word in it gives another number. To take it back is a new act.
"""

from __future__ import annotations

import hashlib
import json

import pyarrow as pa

from wangge.tables.shapes import GRADE

SIGNED = ("person_id", "grade", "rules", "facts", "evidence", "protocol", "as_of", "expires_on")


def digest(batch: pa.Table, emergency: str) -> str:
    """64 hexadecimal places that stand for these grades under this emergency. GRADE in, in any order."""
    rows = GRADE.hand_over(batch).select(list(SIGNED)).to_pylist()
    lines = sorted(
        json.dumps(row, ensure_ascii=False, sort_keys=True, default=str, separators=(",", ":")) for row in rows
    )
    whole = hashlib.sha256(json.dumps({"emergency": emergency, "rows": len(lines)}, sort_keys=True).encode())
    for line in lines:
        whole.update(b"\n" + line.encode())
    return whole.hexdigest()


def words_to_sign(digest: str, emergency: str, as_of: str, counts: dict[str, int]) -> bytes:
    """What a signer signs: the number, and what it was said to hold when the signer saw it."""
    said = {"what": "wangge grade batch", "emergency": emergency, "as_of": as_of, "counts": counts, "sha256": digest}
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
