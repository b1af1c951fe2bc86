"""One number for a batch, three keys: order means nothing, every word counts, a passphrase is needed each time."""

from __future__ import annotations

import random

import pyarrow as pa
import pytest
from test_risk_guard import AS_OF, PEOPLE, P, exposures, table

from wangge.audit.keys import make_key, sign, verify
from wangge.base.errors import WanggeError
from wangge.risk import digest, grade, words_to_sign
from wangge.risk.batch import SIGNED

BATCH = grade(table(exposures(PEOPLE[:30])), P, AS_OF)


def test_order_means_nothing_and_every_word_counts() -> None:
    rows = BATCH.to_pylist()
    random.Random(3).shuffle(rows)
    shuffled = pa.Table.from_pylist(rows, schema=BATCH.schema)
    assert digest(shuffled, "e1") == digest(BATCH, "e1") != digest(BATCH, "e2")
    seen = {digest(BATCH, "e1"), digest(BATCH.slice(1), "e1")}
    for name in SIGNED:
        other = dict(rows[0])
        other[name] = ["x"] if isinstance(other[name], list) else "x" if isinstance(other[name], str) else None
        seen.add(digest(pa.Table.from_pylist([other, *rows[1:]], schema=BATCH.schema), "e1"))
    assert len(seen) == 2 + len(SIGNED)


def test_a_signature_stands_for_one_key_and_one_batch() -> None:
    key, other = make_key("a long passphrase"), make_key("a long passphrase")
    words = words_to_sign(digest(BATCH, "e1"), "e1", "2026-11-20", {"red": 30})
    signature = sign(key.sealed, "a long passphrase", words)
    assert verify(key.public, words, signature)
    assert not verify(other.public, words, signature)
    assert not verify(key.public, words_to_sign(digest(BATCH, "e1"), "e1", "2026-11-20", {"red": 31}), signature)
    assert not verify(key.public, words, signature[:-1] + bytes([signature[-1] ^ 1]))
    assert b"PRIVATE" in key.sealed and key.public not in key.sealed


def test_without_the_passphrase_nothing_is_signed() -> None:
    with pytest.raises(WanggeError, match="E8010"):
        make_key("short")
    with pytest.raises(WanggeError, match="E8011"):
        sign(make_key("a long passphrase").sealed, "another passphrase", b"x")
