"""A sealed stream opens whole or not at all."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wangge.base.errors import WanggeError
from wangge.vault import Keyring, Sealer, pieces
from wangge.vault.stream import MAGIC, PIECE

PLACE = "backup:one:register.dump"


@pytest.fixture(scope="module", params=["intl", "guomi"])
def ring(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Keyring:
    return Keyring(tmp_path_factory.mktemp("keys"), request.param)


def sealed(ring: Keyring, *parts: bytes, place: str = PLACE) -> bytes:
    out = io.BytesIO()
    with Sealer(ring.of_scope("register"), out, place) as sealer:
        for part in parts:
            sealer.write(part)
    return out.getvalue()


def opened(ring: Keyring, data: bytes, place: str = PLACE) -> bytes:
    return b"".join(pieces(ring, io.BytesIO(data), place))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.binary(max_size=70), max_size=6))
def test_what_went_in_comes_out(ring: Keyring, parts: list[bytes]) -> None:
    assert opened(ring, sealed(ring, *parts)) == b"".join(parts)


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE])
def test_sizes_at_the_edge_of_a_piece(ring: Keyring, size: int) -> None:
    assert opened(ring, sealed(ring, bytes(size))) == bytes(size)


def cuts() -> list[int]:
    return [0, 3, len(MAGIC), len(MAGIC) + 40, -1, -17, -(PIECE // 2)]


@pytest.mark.parametrize("at", cuts())
def test_cut_off_anywhere_it_does_not_open(ring: Keyring, at: int) -> None:
    whole = sealed(ring, b"a" * (PIECE + PIECE // 2))
    with pytest.raises(WanggeError) as why:
        opened(ring, whole[:at])
    assert why.value.code == "E8605"


def test_cut_off_between_two_pieces_it_does_not_open(ring: Keyring) -> None:
    whole = sealed(ring, b"a" * (PIECE + 5))
    with pytest.raises(WanggeError, match="E8605"):
        opened(ring, whole[: -(4 + 5 + 16)])


@pytest.mark.parametrize("at", [0, len(MAGIC) + 30, len(MAGIC) + 90, -1])
def test_one_changed_bit_is_found(ring: Keyring, at: int) -> None:
    whole = bytearray(sealed(ring, b"made up " * 20))
    whole[at] ^= 1
    with pytest.raises(WanggeError) as why:
        opened(ring, bytes(whole))
    assert why.value.code in ("E8605", "E8602")  # a changed key id names a key nobody has


def test_a_part_of_another_backup_does_not_open(ring: Keyring) -> None:
    with pytest.raises(WanggeError, match="E8605"):
        opened(ring, sealed(ring, b"x", place="backup:two:register.dump"))


def test_the_key_destroyed_nothing_opens(tmp_path: Path) -> None:
    ring = Keyring(tmp_path)
    data = sealed(ring, b"x")
    ring.destroy("register")
    with pytest.raises(WanggeError, match="E8602"):
        opened(ring, data)


def test_a_stream_that_failed_half_way_does_not_open(ring: Keyring) -> None:
    out = io.BytesIO()
    with pytest.raises(RuntimeError), Sealer(ring.of_scope("register"), out, PLACE) as sealer:
        sealer.write(b"a" * (PIECE + 5))
        raise RuntimeError
    with pytest.raises(WanggeError, match="E8605"):
        opened(ring, out.getvalue())
