"""The end: values looked for in bytes, and the certificate that others check."""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wangge import vault
from wangge.audit.keys import InstallationKey, KeyPair, make_key, sign
from wangge.vault import needles as room

PASSPHRASE = "a long passphrase"


@settings(max_examples=60, deadline=None)
@given(
    needles=st.lists(st.text("0123456789张王", min_size=8, max_size=20), min_size=1, max_size=8, unique=True),
    planted=st.data(),
)
def test_the_search_finds_exactly_what_a_plain_search_finds(
    tmp_path_factory: pytest.TempPathFactory, needles: list[str], planted: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("bytes")
    body = b""
    for needle in needles:
        form = planted.draw(st.sampled_from(["utf-8", "utf-16-le", "hex", "none"]))
        plain = (
            {"hex": needle.encode().hex().encode(), "none": b""}.get(form)
            if form in ("hex", "none")
            else needle.encode(form)
        )
        body += planted.draw(st.binary(max_size=21)) + (plain or b"") + planted.draw(st.binary(max_size=5))
    (folder / "f").write_bytes(body)
    forms = {n: (n.encode(), n.encode("utf-16-le"), n.encode().hex().encode()) for n in needles}
    expected = sum(any(form in body for form in forms[n]) for n in needles)
    with pytest.MonkeyPatch.context() as small:
        small.setattr(room, "BLOCK", planted.draw(st.integers(8, 64)))
        found = vault.search([folder], needles)
    assert (found.readable, found.n_bytes, found.n_needles) == (expected, len(body), len(needles))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "closed").write_bytes(b"x" * 20)
    whole = Path.open

    def refuse(self: Path, *given: object, **named: object) -> object:
        if self.name == "closed":
            raise PermissionError
        return whole(self, *given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "open", refuse)
    assert vault.search([tmp_path], ["13900000000"]).unread == ["closed"]


def test_a_needle_that_chance_would_find_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="eight"):
        vault.search([tmp_path], ["1390000"])


HEAD = InstallationKey(bytes(32)).sign_head(3, dt.datetime(2026, 3, 1, tzinfo=dt.UTC), bytes(32)).line()


def signed(by: list[tuple[str, str, KeyPair]], **changes: object) -> vault.Certificate:
    plain = vault.Certificate(
        installation="demo", emergency="demo-1", document_no="演示〔2026〕1号", ended_at="2026-03-01T00:00:00+08:00",
        made_at="2026-03-01T02:00:00+08:00", tables={"field_answer": [120, 0]}, files_removed=3,
        keys={"a1b2c3d4e5f6": "demo-1"}, root=HEAD, needles=10_000, readable=0, files_searched=900,
        bytes_searched=10**8, survives=["publish_release"],
    )  # fmt: skip
    body = dataclasses.replace(plain, **changes)  # type: ignore[arg-type]
    return dataclasses.replace(body, signatures=[
        vault.Signature(name, unit, base64.b64encode(pair.public).decode(),
                        base64.b64encode(sign(pair.sealed, PASSPHRASE, body.message())).decode())
        for name, unit, pair in by])  # fmt: skip


@pytest.fixture(scope="module")
def two() -> list[tuple[str, str, KeyPair]]:
    return [("甲", "data-office", make_key(PASSPHRASE)), ("乙", "auditor-unit", make_key(PASSPHRASE))]


def test_a_certificate_holds_after_a_round_trip(two: list[tuple[str, str, KeyPair]]) -> None:
    kept = vault.read(signed(two).to_json())
    assert vault.check(kept) == []
    known = {vault.fingerprint(one.public): one.name for one in kept.signatures}
    assert vault.check(kept, known) == []


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"tables": {"field_answer": [120, 1]}}, ["rows_left"]),
        ({"readable": 1}, ["readable"]),
        ({"needles": 0}, ["readable"]),
        ({"bytes_searched": 0}, ["readable"]),
        ({"keys": {}}, ["no_key"]),
        ({"root": "event 7"}, ["root"]),
        ({"root": HEAD.replace(" 3 ", " 4 ")}, ["root"]),
    ],
)
def test_a_certificate_that_proves_nothing_does_not_hold(
    two: list[tuple[str, str, KeyPair]], changes: dict[str, object], says: list[str]
) -> None:
    assert vault.check(signed(two, **changes)) == says


def test_every_altered_field_breaks_the_signatures(two: list[tuple[str, str, KeyPair]]) -> None:
    good = signed(two)
    for name, other in {
        "installation": "x", "emergency": "x", "document_no": "x", "ended_at": "x", "made_at": "x", "root": "x",
        "tables": {"field_answer": [121, 0]}, "files_removed": 4, "keys": {"f" * 12: "demo-1"}, "needles": 9,
        "files_searched": 1, "bytes_searched": 1, "survives": [],
    }.items():  # fmt: skip
        assert "signature" in vault.check(dataclasses.replace(good, **{name: other})), name


def test_two_people_of_two_units_sign(two: list[tuple[str, str, KeyPair]]) -> None:
    (name, unit, _), (other, elsewhere, second) = two
    for by in ([two[0]], [two[0], two[0]], [two[0], (name, elsewhere, second)], [two[0], (other, unit, second)]):
        assert vault.check(signed(by)) == ["two_people"]
    assert vault.check(signed(two), {"0" * 16: "nobody"}) == ["unknown_signer"]


def test_what_is_no_certificate_is_said() -> None:
    for text in ("", "[]", "{}", '{"signatures": [1]}', "{"):
        with pytest.raises(ValueError, match="no sunset certificate"):
            vault.read(text)
