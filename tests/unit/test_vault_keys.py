"""Keys that end with what they seal: suites, wrapped keys, rotation, sealed values."""

from __future__ import annotations

import multiprocessing
import os
import stat
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag

from wangge import vault
from wangge.base.errors import WanggeError
from wangge.vault import keyring as room
from wangge.vault.suite import SUITES

both = pytest.mark.parametrize("suite", ["intl", "guomi"])


def test_sm4_gcm_is_that_of_rfc_8998() -> None:
    """Appendix A.2."""
    key = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")
    nonce = bytes.fromhex("00001234567800000000ABCD")
    context = bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2")
    plain = bytes.fromhex("AA" * 8 + "BB" * 8 + "CC" * 8 + "DD" * 8 + "EE" * 8 + "FF" * 8 + "EE" * 8 + "AA" * 8)
    sealed = bytes.fromhex(
        "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
        "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
        "83DE3541E4C2B58177E065A9BF7B62EC"
    )
    guomi = SUITES["guomi"]
    assert guomi.encrypt(key, nonce, plain, context) == sealed
    assert guomi.decrypt(key, nonce, sealed, context) == plain


def test_aes_gcm_is_that_of_the_gcm_specification() -> None:
    """Test case 16 of McGrew and Viega, which NIST SP 800-38D took over."""
    key = bytes.fromhex("feffe9928665731c6d6a8f9467308308" * 2)
    plain = bytes.fromhex(
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
    )
    context = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    sealed = SUITES["intl"].encrypt(key, bytes.fromhex("cafebabefacedbaddecaf888"), plain, context)
    assert sealed[-16:].hex() == "76fc6ece0f4e1768cddf8853bb2d551b"


@both
def test_a_value_opens_only_where_it_stands_and_unaltered(tmp_path: Path, suite: str) -> None:
    ring = vault.Keyring(tmp_path / "keys", suite)
    key = ring.of_scope("event-1")
    sealed = vault.seal(key, "体温 37.8".encode(), "field_answer.note")
    assert vault.unseal(ring, sealed, "field_answer.note").decode() == "体温 37.8"
    with pytest.raises(WanggeError, match="E8605"):
        vault.unseal(ring, sealed, "field_answer.result")
    for at in range(7, len(sealed)):  # a bit anywhere after the key's id
        broken = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
        with pytest.raises(WanggeError, match="E8605"):
            vault.unseal(ring, broken, "field_answer.note")
    with pytest.raises(WanggeError, match="E8605"):
        vault.unseal(ring, b"plain text", "field_answer.note")


@both
def test_the_same_value_sealed_twice_looks_different(tmp_path: Path, suite: str) -> None:
    key = vault.Keyring(tmp_path / "keys", suite).of_scope("register")
    assert vault.seal(key, b"13900000000", "p") != vault.seal(key, b"13900000000", "p")


def test_a_blind_index_is_equal_for_equal_values_of_one_place_and_key(tmp_path: Path) -> None:
    ring = vault.Keyring(tmp_path / "keys")
    one, other = ring.of_scope("register"), ring.of_scope("event-1")
    assert vault.blind(one, "11010519491231002X", "id") == vault.blind(one, "１１０１０５１９４９１２３１００２x", "id")
    different = [
        (one, "110105194912310021", "id"),
        (one, "11010519491231002X", "phone"),
        (other, "11010519491231002X", "id"),
    ]
    assert len({vault.blind(*each) for each in [(one, "11010519491231002X", "id"), *different]}) == 4


def test_a_destroyed_key_is_gone_for_every_process_that_held_it(tmp_path: Path) -> None:
    here, there = vault.Keyring(tmp_path / "keys"), vault.Keyring(tmp_path / "keys")
    sealed = vault.seal(here.of_scope("event-1"), b"a finding", "p")
    assert vault.unseal(there, sealed, "p") == b"a finding"
    key_id = here.destroy("event-1")
    assert here.is_gone(key_id)
    for ring in (here, there, vault.Keyring(tmp_path / "keys")):
        with pytest.raises(WanggeError, match="E8602"):
            vault.unseal(ring, sealed, "p")
        with pytest.raises(WanggeError, match="E8602"):
            ring.of_scope("event-1")  # and no new key takes its name
    assert here.destroy("event-1") == key_id


def test_destroying_one_key_leaves_the_others(tmp_path: Path) -> None:
    ring = vault.Keyring(tmp_path / "keys")
    kept = vault.seal(ring.of_scope("register"), b"a name", "p")
    ring.of_scope("event-1")
    ring.destroy("event-1")
    assert vault.unseal(ring, kept, "p") == b"a name"
    assert set(ring.key_ids()) == {"register", "event-1"}


@both
def test_a_rotation_killed_anywhere_is_simply_called_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suite: str
) -> None:
    ring = vault.Keyring(tmp_path / "keys", suite)
    sealed = {scope: vault.seal(ring.of_scope(scope), scope.encode(), "p") for scope in ("a", "b", "c")}
    whole = room._replace
    for n_done in (0, 1, 1):  # of what the killed ones before left
        turned = 0

        def cut(file: Path, data: bytes) -> None:
            nonlocal turned
            if turned == n_done:  # noqa: B023
                raise KeyboardInterrupt
            turned += 1
            whole(file, data)

        with monkeypatch.context() as power:
            power.setattr(room, "_replace", cut)
            with pytest.raises(KeyboardInterrupt):
                ring.rotate_master()
        fresh = vault.Keyring(tmp_path / "keys", suite)
        assert {scope: vault.unseal(fresh, one, "p").decode() for scope, one in sealed.items()} == {
            s: s for s in sealed
        }
    before = (tmp_path / "keys" / "master").read_bytes()
    assert ring.rotate_master() == 3
    assert (tmp_path / "keys" / "master").read_bytes() != before
    assert not (tmp_path / "keys" / "master.next").exists()
    fresh = vault.Keyring(tmp_path / "keys", suite)
    assert {vault.unseal(fresh, one, "p").decode() for one in sealed.values()} == set(sealed)


def test_secret_files_are_their_owners_alone(tmp_path: Path) -> None:
    ring = vault.Keyring(tmp_path / "keys")
    key = ring.of_scope("event-1")
    secret = [tmp_path / "keys" / "master", tmp_path / "keys" / f"{key.key_id}.key"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in secret} == {0o600}
    os.chmod(secret[0], 0o644)
    with pytest.raises(WanggeError, match="E8601"):
        vault.Keyring(tmp_path / "keys").of_scope("event-1")


def test_a_lost_master_key_is_said_and_no_new_one_hides_it(tmp_path: Path) -> None:
    key = vault.Keyring(tmp_path / "keys").of_scope("event-1")
    (tmp_path / "keys" / "master").unlink()
    with pytest.raises(WanggeError, match="E8604"):
        vault.Keyring(tmp_path / "keys").of_scope("event-1")
    room._write_secret(tmp_path / "keys" / "master", b"x" * 32)
    with pytest.raises(WanggeError, match="E8603"):
        vault.Keyring(tmp_path / "keys").get(key.key_id)


def _make_here(folder: str) -> str:
    return vault.Keyring(Path(folder)).of_scope("event-1").key_id


def test_processes_that_start_together_make_one_key(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        made = pool.map(_make_here, [str(tmp_path / "keys")] * 8)
    assert len(set(made)) == 1
    assert len(list((tmp_path / "keys").glob("*.key"))) == 1


def test_a_key_does_not_say_itself(tmp_path: Path) -> None:
    key = vault.Keyring(tmp_path / "keys").of_scope("event-1")
    assert key.secret.hex() not in repr(key)
    assert str(key.secret) not in f"{key!r} {key}"


def test_too_short_a_ciphertext_is_no_value() -> None:
    for suite in SUITES.values():
        with pytest.raises(InvalidTag):
            suite.decrypt(b"k" * suite.key_bytes, b"n" * 12, b"short", b"")
