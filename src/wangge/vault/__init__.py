"""Keys, sealed values and the end: what is sealed under an emergency's key ends everywhere when the key is destroyed."""

from wangge.vault.certificate import Certificate, Signature, check, fingerprint, read
from wangge.vault.keyring import DataKey, Keyring
from wangge.vault.needles import Found, search
from wangge.vault.sealed import blind, key_of, seal, unseal
from wangge.vault.stream import Sealed, Sealer, pieces
from wangge.vault.suite import SUITES

__all__ = [
    "SUITES",
    "Certificate",
    "DataKey",
    "Found",
    "Keyring",
    "Sealed",
    "Sealer",
    "Signature",
    "blind",
    "check",
    "fingerprint",
    "key_of",
    "pieces",
    "read",
    "seal",
    "search",
    "unseal",
]
