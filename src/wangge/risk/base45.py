"""Base45 (RFC 9285): bytes as the 45 characters that a QR code packs tightest. Two bytes make three characters."""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
VALUE = {char: i for i, char in enumerate(ALPHABET)}


def encode(data: bytes) -> str:
    """Bytes -> text."""
    out = []
    for i in range(0, len(data), 2):
        pair = data[i : i + 2]
        number = int.from_bytes(pair, "big")
        for _ in range(len(pair) + 1):
            number, digit = divmod(number, 45)
            out.append(ALPHABET[digit])
    return "".join(out)


def decode(text: str) -> bytes:
    """Text -> bytes. ValueError for what no bytes encode to: each pass has one spelling only."""
    if len(text) % 3 == 1 or any(char not in VALUE for char in text):
        raise ValueError("no base45")
    out = b""
    for i in range(0, len(text), 3):
        group = text[i : i + 3]
        number = sum(VALUE[char] * 45**place for place, char in enumerate(group))
        size = len(group) - 1
        if number >= 256**size:
            raise ValueError("no base45")
        out += number.to_bytes(size, "big")
    return out
