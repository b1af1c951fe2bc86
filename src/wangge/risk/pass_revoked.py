"""The list of passes taken back: signed, small (eight bytes a pass), and short-lived, so that a gate knows when it is old.

Only passes that have not yet expired stand in it; passes last hours, so the list stays short.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping

import cbor2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from wangge.base.errors import WanggeError
from wangge.risk.pass_code import EXP, IAT, Trusted, mark, seal, settings, unseal

MARKS, MARK_BYTES = -70002, 8


def revocation_list(pass_ids: Collection[bytes], now: dt.datetime, key: Ed25519PrivateKey, key_id: bytes) -> bytes:
    """The signed list, good for `list_hours`. The order and doubles of the ids do not matter."""
    ends = now + dt.timedelta(hours=settings()["list_hours"])
    marks = b"".join(sorted({mark(one) for one in pass_ids}))
    claims = {IAT: int(now.timestamp()), EXP: int(ends.timestamp()), MARKS: marks}
    return seal(cbor2.dumps(claims, canonical=True), key, key_id)


def read_list(signed: bytes, keys: Mapping[bytes, bytes], now: dt.datetime) -> Trusted:
    """What a gate may believe. E6072, E6073 for a list that is not ours; E6079 for one that is old or none."""
    claims = cbor2.loads(unseal(signed, keys))
    if not isinstance(claims, dict) or MARKS not in claims or len(claims[MARKS]) % MARK_BYTES:
        raise WanggeError("E6070")
    until = dt.datetime.fromtimestamp(claims[EXP], dt.UTC)
    if now >= until:
        raise WanggeError("E6079")
    joined = claims[MARKS]
    found = frozenset(joined[i : i + MARK_BYTES] for i in range(0, len(joined), MARK_BYTES))
    return Trusted(keys, found, until)
