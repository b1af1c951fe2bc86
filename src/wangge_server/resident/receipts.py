"""Receipts, codes and doors: what may stand on paper and in an address, and what only its digest is kept of."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import unicodedata

from django.conf import settings

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: nothing that is read for something else
CODE, RECEIPT = 8, 16  # 40 bits for a wall, 80 for a secret
READ_FOR = str.maketrans("OIL", "011")
PARTS = ("building", "unit", "room")


def new_code() -> str:
    """A code for a wall."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE))


def new_number() -> str:
    """A number nobody can guess, for a slip or a receipt in somebody's hand."""
    return "".join(secrets.choice(ALPHABET) for _ in range(RECEIPT))


def receipt_for(instance_id: str) -> str:
    """The receipt of a registration. The same phone sending the same registration again gets the same one."""
    number = int.from_bytes(_keyed("receipt", instance_id)[:10], "big")
    return "".join(ALPHABET[(number >> (5 * i)) & 31] for i in range(RECEIPT))


def shown(receipt: str) -> str:
    """A receipt as people write it down: in fours."""
    return "-".join(receipt[i : i + 4] for i in range(0, len(receipt), 4))


def digest_of_receipt(typed: str) -> str:
    """What is kept of a receipt; O, I and L are read as the digits they look like."""
    plain = re.sub(r"[^0-9A-Z]", "", unicodedata.normalize("NFKC", typed).upper()).translate(READ_FOR)
    return _keyed("held-receipt", plain).hex()


def door_text(building: str, unit: str, room: str) -> str:
    """`3 栋`, `２`, `501室` -> `3-2-501`. Empty parts stay out."""
    return "-".join(part for part in map(_number, (building, unit, room)) if part)


def _number(part: str) -> str:
    plain = unicodedata.normalize("NFKC", part).upper().strip()
    return re.sub(r"(号楼|栋|幢|座|单元|室|号|房|\s)+$", "", plain).lstrip("0") or (
        "0" if plain.strip("0 ") == "" and plain else ""
    )


def digest_of_door(poster_id: object, door: str) -> str:
    """One door of one poster; says nothing without the installation's key."""
    return _keyed(f"door:{poster_id}", door).hex()


def _keyed(what: str, text: str) -> bytes:
    return hmac.new(settings.SECRET_KEY.encode(), f"{what}\x1f{text}".encode(), hashlib.sha256).digest()


def digest_of_address(address: str, hour: str) -> str:
    """A connection within one hour: enough to count wrong numbers, not enough to follow anybody into the next hour."""
    return _keyed(f"address:{hour}", address).hex()[:16]
