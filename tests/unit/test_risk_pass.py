"""The resident's pass: what it says, how long, and every way in which it is refused."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import cbor2
import pyarrow as pa
import pytest
import segno
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from wangge.base.errors import WanggeError, table
from wangge.risk import base45
from wangge.risk.pass_code import (
    PREFIX,
    Colour,
    Trusted,
    Window,
    colour_of,
    compose,
    draw,
    fields_of_pass,
    mark,
    public_bytes,
    seal,
    settings,
    sign,
    verify,
)
from wangge.risk.pass_revoked import read_list, revocation_list
from wangge.tables.shapes import GRADE

NOW = dt.datetime(2026, 11, 24, 1, 0, tzinfo=dt.UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
KID, PASS_ID, WORD = b"2026-11a", b"0123456789", "7KX2QM"
TRUSTED = Trusted({KID: public_bytes(KEY)})
GREEN = Colour("green", None)
SECOND = dt.timedelta(seconds=1)


def made(drawn: Colour = GREEN, **given: object):  # type: ignore[no-untyped-def]
    return compose(drawn, pass_id=PASS_ID, issuer="440305", now=NOW, **given)  # type: ignore[arg-type]


def refused(text: str, now: dt.datetime = NOW, trusted: Trusted = TRUSTED, window: Window | None = None) -> str:
    with pytest.raises(WanggeError) as why:
        verify(text, now, trusted, window)
    assert {"en", "zh-hans", "zh-hant"} == set(table()[why.value.code].what)
    return why.value.code


def grades(**changed: object) -> pa.Table:
    row = {"person_id": "P1", "grade": "yellow", "rules": ["r"], "facts": ["f"], "evidence": "e", "protocol": "p",
           "as_of": dt.date(2026, 11, 23), "expires_on": dt.date(2026, 11, 24), "next_on": None}  # fmt: skip
    return pa.Table.from_pylist([row | changed], schema=GRADE.schema)


def test_a_good_pass_holds_and_says_a_colour_and_no_person() -> None:
    verdict = verify(sign(made(), KEY, KID), NOW, TRUSTED)
    assert verdict.held == made() and verdict.unproven
    assert fields_of_pass(verdict.held) == {"健康状态": "green", "赋码方式": "phone"}


def test_only_the_colour_and_its_end_are_drawn_from_a_grade() -> None:
    plain = draw(grades(), "P1", NOW)
    assert plain == Colour("yellow", dt.datetime(2026, 11, 24, 16, tzinfo=dt.UTC))
    for changed in ({"rules": ["x", "y"]}, {"facts": ["other"]}, {"evidence": "z"}, {"protocol": "q"}):
        assert draw(grades(**changed), "P1", NOW) == plain
    assert draw(grades(), "P2", NOW) == GREEN


def test_a_grade_ends_at_midnight_in_beijing_and_blue_keeps_nobody_out() -> None:
    end, last_on = dt.datetime(2026, 11, 24, 16, tzinfo=dt.UTC), dt.date(2026, 11, 24)
    assert colour_of([("red", last_on)], end - SECOND).colour == "red"
    assert colour_of([("red", last_on)], end).colour == "green"
    assert colour_of([("blue", last_on)], NOW).colour == "green"
    assert colour_of([("blue", last_on), ("red", last_on), ("yellow", last_on)], NOW).colour == "red"
    with pytest.raises(WanggeError, match="E6080"):
        colour_of([("petitioner", last_on)], NOW)


def test_it_lasts_hours_and_never_longer_than_its_evidence() -> None:
    assert made().expires_at - NOW == dt.timedelta(hours=12)
    assert made(kind="paper").expires_at - NOW == dt.timedelta(hours=24)
    assert made(Colour("red", NOW + 90 * SECOND)).expires_at == NOW + 90 * SECOND
    # Blue's evidence that ends tonight does not end a green pass.
    assert made(Colour("green", NOW + 90 * SECOND)).expires_at - NOW == dt.timedelta(hours=12)


def test_expiry_and_beginning_to_the_second() -> None:
    text, ends = sign(made(), KEY, KID), made().expires_at
    assert verify(text, ends - SECOND, TRUSTED).held
    assert refused(text, ends) == "E6074" and refused(text, ends + SECOND) == "E6074"
    assert refused(text, NOW - SECOND) == "E6075"
    assert verify(text, NOW, TRUSTED).held and verify(text, NOW + SECOND, TRUSTED).held


@given(st.data())
def test_no_altered_byte_is_believed(data: st.DataObject) -> None:
    raw = bytearray(base45.decode(sign(made(), KEY, KID)[len(PREFIX) :]))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    assert refused(PREFIX + base45.encode(bytes(raw))) in {"E6070", "E6072", "E6073"}


@given(st.binary(max_size=200))
def test_whatever_bytes_a_stranger_shows_get_a_number(junk: bytes) -> None:
    assert refused(PREFIX + base45.encode(junk)) in {"E6070", "E6073"}
    assert refused(junk.decode("latin-1")) == "E6070"


def test_keys_wrong_and_unknown() -> None:
    assert refused(sign(made(), OTHER, KID)) == "E6072"
    assert refused(sign(made(), KEY, b"another!")) == "E6073"


def test_a_longer_text_is_not_read() -> None:
    most = settings()["most_characters"]
    assert refused("x" * (most + 1)) == "E6071" and refused("x" * most) == "E6070"


def test_nothing_lasts_longer_than_a_day_even_when_signed() -> None:
    assert refused(sign(replace(made(), expires_at=NOW + dt.timedelta(hours=25)), KEY, KID)) == "E6070"


def test_a_signed_list_is_no_pass_and_a_pass_no_list() -> None:
    assert refused(PREFIX + base45.encode(revocation_list([], NOW, KEY, KID))) == "E6070"
    with pytest.raises(WanggeError, match="E6070"):
        read_list(base45.decode(sign(made(), KEY, KID)[4:]), TRUSTED.keys, NOW)
    with pytest.raises(WanggeError, match="E6070"):
        read_list(seal(cbor2.dumps({4: 9**12, -70002: b"123"}), KEY, KID), TRUSTED.keys, NOW)


def test_what_was_taken_back_is_refused_and_the_list_says_when_it_is_old() -> None:
    signed = revocation_list([PASS_ID, b"another", PASS_ID], NOW, KEY, KID)
    assert signed == revocation_list([b"another", PASS_ID], NOW, KEY, KID)
    trusted = read_list(signed, TRUSTED.keys, NOW)
    assert trusted.revoked == {mark(PASS_ID), mark(b"another")}
    text = sign(made(), KEY, KID)
    assert refused(text, trusted=trusted) == "E6076"
    clean = read_list(revocation_list([], NOW, KEY, KID), TRUSTED.keys, NOW)
    ends = NOW + dt.timedelta(hours=settings()["list_hours"])
    assert verify(text, ends - SECOND, clean).held
    assert refused(text, ends, clean) == "E6079" and refused(text, ends + SECOND, clean) == "E6079"
    with pytest.raises(WanggeError, match="E6079"):
        read_list(signed, TRUSTED.keys, ends)
    with pytest.raises(WanggeError, match="E6072"):
        read_list(signed[:-1] + bytes([signed[-1] ^ 1]), TRUSTED.keys, NOW)


def test_a_thousand_withdrawn_passes_fit_in_eight_kilobytes() -> None:
    assert len(revocation_list([i.to_bytes(10, "big") for i in range(1000)], NOW, KEY, KID)) < 8200


def test_the_word_of_a_gate_stops_copies_and_second_showings() -> None:
    window = Window(WORD, NOW)
    bound, plain = sign(made(), KEY, KID, WORD), sign(made(), KEY, KID)
    assert not verify(bound, NOW, TRUSTED, window).unproven
    assert refused(plain, window=window) == "E6078"  # a screenshot of the page
    assert refused(sign(made(), KEY, KID, "000000"), window=window) == "E6078"  # made for another gate
    assert refused(bound, window=replace(window, seen=frozenset([PASS_ID]))) == "E6077"
    ends = NOW + dt.timedelta(seconds=settings()["window_seconds"])
    assert verify(bound, ends - SECOND, TRUSTED, window).held
    assert refused(bound, ends, window=window) == "E6078" and refused(bound, ends + SECOND, window=window) == "E6078"
    with pytest.raises(WanggeError, match="E6078"):
        sign(made(), KEY, KID, "short")


def test_paper_passes_a_gate_with_a_word_and_says_that_nothing_is_proven() -> None:
    assert verify(sign(made(kind="paper"), KEY, KID), NOW, TRUSTED, Window(WORD, NOW)).unproven


def test_a_name_stands_in_it_only_where_a_law_asks() -> None:
    with pytest.raises(WanggeError, match="E6081"):
        made(name="陈晓岚")
    text = sign(made(name="陈晓岚", law="某法第三条"), KEY, KID)
    assert fields_of_pass(verify(text, NOW, TRUSTED).held)["姓名"] == "陈晓岚"


def test_no_field_of_origin_or_health_history_can_be_written() -> None:
    never = {f["name"] for f in settings()["field"] if f["use"] == "never"}
    assert {"户籍区划", "证件号码", "基础病史", "联系电话"} <= never
    assert all("key" not in f for f in settings()["field"] if f["use"] == "never")


def test_the_code_is_small_enough_for_a_phone() -> None:
    code = segno.make(sign(made(), KEY, KID, WORD), error="m", boost_error=False)
    modules = code.symbol_size(border=4)[0]
    assert modules <= 57 and 358 / modules > 6  # CSS pixels a module on a screen 390 wide


@given(st.binary(max_size=60))
def test_base45_gives_back_what_it_took(data: bytes) -> None:
    assert base45.decode(base45.encode(data)) == data


def test_base45_as_the_rfc_prints_it() -> None:
    assert base45.encode(b"Hello!!") == "%69 VD92EX0" and base45.encode(b"ietf!") == "QED8WEX0"
    for bad in ("a", "GGW", ":::", "::", "A", "ABCD"):
        with pytest.raises(ValueError, match="no base45"):
            base45.decode(bad)
