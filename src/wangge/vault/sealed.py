"""One value sealed: version, key id, nonce, then ciphertext bound to the place it stands in.

The place ("forms_reply.value") is authenticated with the value, so that a sealed answer moved into another column does not
open. A blind index answers "is it this very value?" without the value; it is for values nobody can enumerate within the
emergency's secrets, and only with the key: an ID number, a telephone number, never a sex or a yes.
"""

from __future__ import annotations

import secrets
import unicodedata

from cryptography.exceptions import InvalidTag

from wangge.base.errors import WanggeError
from wangge.vault.keyring import ID_BYTES, DataKey, Keyring
from wangge.vault.suite import NONCE_BYTES

VERSION = 1
_HEAD = 1 + ID_BYTES
BLIND_BYTES = 16


def seal(key: DataKey, value: bytes, place: str) -> bytes:
    """-> version (1 byte), key id (6), nonce (12), ciphertext, tag (16)"""
    nonce = secrets.token_bytes(NONCE_BYTES)
    head = bytes([VERSION]) + bytes.fromhex(key.key_id)
    return head + nonce + key.suite.encrypt(key.secret, nonce, value, head + place.encode())


def unseal(ring: Keyring, sealed: bytes, place: str) -> bytes:
    """The value. E8602 where its key is destroyed, E8605 where it was altered or belongs elsewhere."""
    key = ring.get(key_of(sealed))
    head, nonce, body = sealed[:_HEAD], sealed[_HEAD : _HEAD + NONCE_BYTES], sealed[_HEAD + NONCE_BYTES :]
    try:
        return key.suite.decrypt(key.secret, nonce, body, head + place.encode())
    except InvalidTag as why:
        raise WanggeError("E8605", place=place) from why


def key_of(sealed: bytes) -> str:
    """Id of the key a value is sealed with. E8605 where it is no sealed value."""
    if len(sealed) < _HEAD + NONCE_BYTES or sealed[0] != VERSION:
        raise WanggeError("E8605", place="-")
    return sealed[1:_HEAD].hex()


def blind(key: DataKey, value: str, place: str) -> bytes:
    """16 bytes, equal for equal values of one place under one key. Full-width digits and the case of an X do not matter."""
    plain = unicodedata.normalize("NFKC", value).strip().upper()
    return key.suite.keyed_hash(key.secret, f"blind:{place}:{plain}".encode())[:BLIND_BYTES]
