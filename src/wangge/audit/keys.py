"""Keys that sign: Ed25519. Those of people are sealed under a passphrase only their owner knows; the installation has one.

Of people the server keeps the sealed half and the public one; neither signs anything without the passphrase. Source: RFC 8032
(Ed25519), RFC 5958 and 8018 (PKCS 8, PBES2) as `cryptography` writes them.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from wangge.audit.verifier import Head
from wangge.base.errors import WanggeError

LEAST_PASSPHRASE = 10


@dataclass(frozen=True)
class KeyPair:
    """public: 32 bytes; sealed: the private key as PEM, readable with the passphrase alone."""

    public: bytes
    sealed: bytes


def make_key(passphrase: str) -> KeyPair:
    """A new key. Raises E8010 for a passphrase under ten characters."""
    if len(passphrase) < LEAST_PASSPHRASE:
        raise WanggeError("E8010", least=LEAST_PASSPHRASE)
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    locked = serialization.BestAvailableEncryption(passphrase.encode())
    sealed = private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked)
    return KeyPair(public, sealed)


def sign(sealed: bytes, passphrase: str, message: bytes) -> bytes:
    """64 bytes of signature. Raises E8011 where the passphrase is another one."""
    try:
        private = serialization.load_pem_private_key(sealed, passphrase.encode())
    except ValueError as why:
        raise WanggeError("E8011") from why
    if not isinstance(private, Ed25519PrivateKey):
        raise WanggeError("E8011")
    return private.sign(message)


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether this key signed this message."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


class InstallationKey:
    """The key the machine signs heads with, from 32 secret bytes that lie in a file of their own."""

    def __init__(self, seed: bytes) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self._private.public_key().public_bytes(
            serialization.Encoding.Raw, serialization.PublicFormat.Raw
        )

    def sign_head(self, size: int, at: dt.datetime, root: bytes) -> Head:
        """A signed head. `at`: the instant of sealing."""
        head = Head(self.public, size, at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), root)
        return dataclasses.replace(head, signature=self._private.sign(head.signed_part()))

    def sign(self, message: bytes) -> bytes:
        """64 bytes of signature over a message that says in its first line what it is, so that it is never taken for a head."""
        if message.startswith(b"wangge-") and b"\n" in message:
            return self._private.sign(message)
        raise ValueError("a message begins with a line that names its kind")
