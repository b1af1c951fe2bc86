"""Two suites of algorithms, one shape: authenticated encryption and a keyed hash.

`intl`: AES-256-GCM (NIST SP 800-38D) and HMAC-SHA-256 (RFC 2104). `guomi`: SM4-GCM (GB/T 32907, RFC 8998) and HMAC-SM3
(GB/T 32905), which Chinese state organs may be told to use. Both by `cryptography`; nothing here is of our own making.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import SM4

NONCE_BYTES = 12
TAG_BYTES = 16


@dataclass(frozen=True)
class Suite:
    """number: stands in every sealed value. encrypt, decrypt: (key, nonce, text, context) -> text; decrypt raises InvalidTag."""

    name: str
    number: int
    key_bytes: int
    encrypt: Callable[[bytes, bytes, bytes, bytes], bytes]
    decrypt: Callable[[bytes, bytes, bytes, bytes], bytes]
    digest: Callable[[], hashes.HashAlgorithm]

    def keyed_hash(self, key: bytes, text: bytes) -> bytes:
        """32 bytes that only the holder of `key` can make."""
        mac = hmac.HMAC(key, self.digest())
        mac.update(text)
        return mac.finalize()


def _aes_encrypt(key: bytes, nonce: bytes, text: bytes, context: bytes) -> bytes:
    return AESGCM(key).encrypt(nonce, text, context)


def _aes_decrypt(key: bytes, nonce: bytes, text: bytes, context: bytes) -> bytes:
    return AESGCM(key).decrypt(nonce, text, context)


def _sm4_encrypt(key: bytes, nonce: bytes, text: bytes, context: bytes) -> bytes:
    encryptor = Cipher(SM4(key), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(context)
    return encryptor.update(text) + encryptor.finalize() + encryptor.tag


def _sm4_decrypt(key: bytes, nonce: bytes, text: bytes, context: bytes) -> bytes:
    if len(text) < TAG_BYTES:
        raise InvalidTag
    body, tag = text[:-TAG_BYTES], text[-TAG_BYTES:]
    decryptor = Cipher(SM4(key), modes.GCM(nonce, tag)).decryptor()
    decryptor.authenticate_additional_data(context)
    return decryptor.update(body) + decryptor.finalize()


SUITES = {
    "intl": Suite("intl", 1, 32, _aes_encrypt, _aes_decrypt, hashes.SHA256),
    "guomi": Suite("guomi", 2, 16, _sm4_encrypt, _sm4_decrypt, hashes.SM3),
}
BY_NUMBER = {suite.number: suite for suite in SUITES.values()}
