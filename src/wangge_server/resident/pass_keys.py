"""The installation's key for passes: one a month, made from its secret, stored nowhere. Gates know this month's and last month's."""

from __future__ import annotations

import datetime as dt

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from wangge.risk.pass_code import public_bytes

Key = tuple[bytes, Ed25519PrivateKey]


def key_of(day: dt.date) -> Key:
    """The month's key and its id: the month and the beginning of the public key, so that no two installations share one."""
    month = f"{day:%Y-%m}"
    kdf = HKDF(SHA256(), 32, salt=None, info=f"wangge resident pass {month}".encode())
    key = Ed25519PrivateKey.from_private_bytes(kdf.derive(settings.SECRET_KEY.encode()))
    return month.encode() + public_bytes(key)[:4], key


def public_keys(day: dt.date) -> dict[bytes, bytes]:
    """Key id -> public key of this month and the last: a pass outlives midnight, not a month."""
    both = (key_of(day), key_of(day.replace(day=1) - dt.timedelta(days=1)))
    return {key_id: public_bytes(key) for key_id, key in both}
