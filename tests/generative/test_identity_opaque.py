"""The keyed digest behind ids is SipHash-2-4, word for word."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from wangge.identity.opaque import WORDS, opaque_ids, siphash

MASK = 2**64 - 1
WORD = st.integers(0, MASK)


def plain_siphash(key: bytes, data: bytes) -> int:
    """The paper's description, read slowly."""
    k0, k1 = int.from_bytes(key[:8], "little"), int.from_bytes(key[8:], "little")
    v = [k0 ^ 0x736F6D6570736575, k1 ^ 0x646F72616E646F6D, k0 ^ 0x6C7967656E657261, k1 ^ 0x7465646279746573]

    def turned(x: int, by: int) -> int:
        return (x << by | x >> (64 - by)) & MASK

    def rounds(n: int) -> None:
        for _ in range(n):
            v[0], v[2] = (v[0] + v[1]) & MASK, (v[2] + v[3]) & MASK
            v[1], v[3] = turned(v[1], 13) ^ v[0], turned(v[3], 16) ^ v[2]
            v[0] = turned(v[0], 32)
            v[2], v[0] = (v[2] + v[1]) & MASK, (v[0] + v[3]) & MASK
            v[1], v[3] = turned(v[1], 17) ^ v[2], turned(v[3], 21) ^ v[0]
            v[2] = turned(v[2], 32)

    whole = len(data) // 8 * 8
    last = int.from_bytes(data[whole:], "little") | (len(data) & 255) << 56
    for word in [*(int.from_bytes(data[i : i + 8], "little") for i in range(0, whole, 8)), last]:
        v[3] ^= word
        rounds(2)
        v[0] ^= word
    v[2] ^= 0xFF
    rounds(4)
    return v[0] ^ v[1] ^ v[2] ^ v[3]


def test_the_reference_gives_the_answer_printed_in_the_paper() -> None:
    assert plain_siphash(bytes(range(16)), bytes(range(15))) == 0xA129CA6149BE45E5


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(WORD, WORD, WORD), max_size=4), WORD, WORD)
def test_the_kernel_is_the_reference(rows: list[tuple[int, int, int]], k0: int, k1: int) -> None:
    words = np.array(rows, np.uint64).reshape(-1, WORDS)
    key = k0.to_bytes(8, "little") + k1.to_bytes(8, "little")
    wanted = [plain_siphash(key, b"".join(w.to_bytes(8, "little") for w in row)) for row in rows]
    assert siphash(words, np.array([k0, k1], np.uint64)).tolist() == wanted


def test_ids_hang_on_every_word_on_the_key_and_on_the_prefix() -> None:
    words = np.array([[1, 2, 3], [1, 2, 4], [1, 3, 3], [2, 2, 3]], np.uint64)
    some = [i for prefix in "ph" for key in ("k", "l") for i in opaque_ids(prefix, words, key).to_pylist()]
    assert len({i[1:] for i in some}) == 16
    assert all(len(i) == 17 and int(i[1:], 16) >= 0 for i in some)
    assert opaque_ids("p", words[:0], "k").to_pylist() == []
