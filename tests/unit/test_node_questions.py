"""Ask, don't ship: two nodes and a district on real sockets with certificates on both ends; rows never leave."""

from __future__ import annotations

import base64
import datetime as dt
import json
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.node_world import DAY, Authority, District, prepare, running, serving

from wangge.__main__ import main
from wangge.base.errors import WanggeError
from wangge_server.sharing.exchange import tokens, wire
from wangge_server.sharing.exchange.holding import COLUMNS, Holding, yes_of
from wangge_server.sharing.exchange.node import open_node
from wangge_server.sharing.exchange.question import packed
from wangge_server.sharing.exchange.receipts import Receipts

STREETS = ("440305001", "440305002", "440305003")


def number(n: int) -> str:
    return f"11010119310301{n:04d}"


def made_up(shift: int = 0) -> pa.Table:
    """12 people of one street on the 20th, 3 of another, one on the 10th; a second list with one person."""
    rows = [(number(i + shift), "trains", DAY, STREETS[0]) for i in range(12)]
    rows += [(number(50 + i + shift), "trains", DAY, STREETS[1]) for i in range(3)]
    rows += [(number(70), "trains", dt.date(2026, 11, 10), STREETS[2]), (number(80), "hotels", DAY, STREETS[0])]
    return pa.table(dict(zip(COLUMNS, map(list, zip(*rows, strict=True)), strict=True)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    prepare(tmp_path, made_up())
    return tmp_path


@pytest.fixture
def url(folder: Path) -> Iterator[str]:
    with serving(folder) as address:
        yield address


@pytest.fixture
def district(folder: Path) -> District:
    return District(folder)


def asked(district: District, *numbers: str) -> str:
    return base64.b64encode(b"".join(tokens.tokens_of(district.exchange_key, numbers).to_pylist())).decode()


def refused(number: str, act: Any) -> None:
    with pytest.raises(WanggeError) as why:
        act()
    told = why.value
    assert number in (told.code, told.facts.get("number")), told.text()


def test_yes_no_and_unknown_are_three_answers(url: str, district: District) -> None:
    said = district.ask(
        url,
        tokens=asked(district, number(0), number(70), number(80), number(999), "１１０１０１１９３１０３０１０００１"),
    )
    assert yes_of(said["answer"]) == [True, False, False, False, True]  # full-width digits are the same number
    assert said["receipt"]["tokens"] == 5 and said["receipt"]["yes"] == 2
    assert yes_of(district.ask(url, tokens=asked(district, number(80)), list_name="hotels")["answer"]) == [True]
    for beyond in (
        {"list_name": "flights"},
        {"since": "2026-10-31", "until": "2026-11-02"},
        {"since": "2026-11-29", "until": "2026-12-01"},
    ):
        assert district.ask(url, tokens=asked(district, number(0)), **beyond)["answer"] == {"verdict": "unknown"}


def test_counts_are_protected_as_in_publication(url: str, district: District) -> None:
    said = district.ask(url, template="counted", since="2026-11-20", until="2026-11-20")
    assert said["answer"]["days"] == {"2026-11-20": [{"street": STREETS[0], "shown": "10"}, {"street": STREETS[1], "shown": "<8"},
                                                    {"street": STREETS[2], "shown": "<8"}]}  # fmt: skip


def test_a_day_once_answered_is_answered_the_same_for_ever(folder: Path, district: District) -> None:
    """A file that grew by one may not tell by a second answer who came: the difference would be a person."""
    ask: dict[str, Any] = {"template": "counted", "since": "2026-11-20", "until": "2026-11-20"}
    with serving(folder) as url:
        first = district.ask(url, **ask)["answer"]
    grown = pa.concat_tables([made_up(), made_up(100).slice(0, 1)])
    pa.parquet.write_table(grown, folder / "rows.parquet")
    with serving(folder) as url:
        again = district.ask(url, **ask)
        assert again["answer"] == first and again["receipt"]["cells"] == 0


def test_no_row_leaves_and_none_stands_in_the_receipts(url: str, folder: Path, district: District) -> None:
    said = [district.ask(url, tokens=asked(district, *map(number, range(20)))), district.ask(url, template="counted")]
    everything = json.dumps(said) + (folder / "receipts.jsonl").read_text("utf-8")
    held = made_up().column("number").to_pylist()
    plain = [t.hex() for t in tokens.tokens_of(district.exchange_key, held).to_pylist()]
    assert not [needle for needle in (*held, *plain) if needle in everything]


def test_tokens_of_two_exchanges_cannot_be_joined() -> None:
    one, two = (tokens.tokens_of(key * 32, map(number, range(50))).to_pylist() for key in (b"a", b"b"))
    assert not set(one) & set(two) and len(set(one)) == 50


def test_who_is_not_agreed_with_gets_nothing(url: str, folder: Path, district: District) -> None:
    one = asked(district, number(0))
    stranger = District(folder)
    stranger.seed = b"x" * 32
    refused("E8231", lambda: stranger.ask(url, tokens=one))
    refused("E8231", lambda: district.ask(url, tokens=one, node="another"))
    refused("E8231", lambda: district.ask(url, tokens=one, sender="somebody"))
    refused("E8232", lambda: district.ask(url, tokens=one, purpose="publication"))
    refused("E8232", lambda: district.ask(url, template="counted", purpose="command"))
    refused("E8230", lambda: district.ask(url, tokens=one, template="rows"))
    refused("E8230", lambda: district.ask(url, tokens=one, basis=" "))
    refused("E8230", lambda: district.ask(url, tokens=one, since="2026-11-22"))
    refused("E8230", lambda: district.ask(url, tokens=one, since="2026-10-01"))
    assert not (folder / "receipts.jsonl").read_bytes()


def test_a_changed_question_is_found(folder: Path, district: District) -> None:
    node, question = open_node(folder / "node.toml"), district.question(tokens=asked(district, number(0)))
    now = dt.datetime.now(dt.UTC)
    whole = json.loads(packed(question, district.seed))
    for key in whole["question"]:
        if key not in ("since", "until", "tokens", "template", "issued_at"):
            changed = whole | {"question": whole["question"] | {key: whole["question"][key] + "x"}}
            with pytest.raises(WanggeError, match="E8231"):
                node.answer("district", json.dumps(changed).encode(), now)
    assert node.answer("district", json.dumps(whole).encode(), now)["answer"]["n_yes"] == 1


def test_without_a_certificate_of_the_authority_nobody_speaks(url: str, tmp_path: Path, district: District) -> None:
    other = tmp_path / "other"
    other.mkdir()
    forged = Authority(other).certify("district")
    district.certificates = replace(forged, authority=tmp_path / "ca.crt")
    refused("E8237", lambda: district.ask(url, tokens=asked(district, number(0))))
    bare = ssl.create_default_context(cafile=str(tmp_path / "ca.crt"))
    where = (urlsplit(url).hostname, urlsplit(url).port)
    with (
        pytest.raises(OSError),
        socket.create_connection(where, timeout=5) as raw,
        bare.wrap_socket(raw, server_hostname="localhost") as tls,
    ):
        tls.sendall(b"POST /questions HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}")
        if not tls.recv(100):
            raise OSError("closed without an answer")


def test_the_certificate_says_who_asks(url: str, folder: Path, district: District) -> None:
    """The district's own signature under another's certificate is nobody's question."""
    district.certificates = wire.Certificates(folder / "carrier.crt", folder / "carrier.pem", folder / "ca.crt")
    refused("E8231", lambda: district.ask(url, tokens=asked(district, number(0))))


def test_the_same_question_again_costs_nothing_and_another_under_its_number_is_refused(
    url: str, district: District
) -> None:
    question = district.question(tokens=asked(district, number(0)))
    first, again = district.send(url, question), district.send(url, question)
    assert first == again and first["receipt"]["n"] == 1
    refused("E8236", lambda: district.send(url, replace(question, until="2026-11-20")))


@pytest.mark.parametrize(("minutes", "code"), [(-6, "E8233"), (-4, ""), (4, ""), (6, "E8233")])
def test_clocks(minutes: int, code: str, folder: Path, district: District) -> None:
    node, now = open_node(folder / "node.toml"), dt.datetime.now(dt.UTC)
    question = district.question(
        tokens=asked(district, number(0)), issued_at=(now + dt.timedelta(minutes=minutes)).isoformat()
    )
    raw = packed(question, district.seed)
    if code:
        refused(code, lambda: node.answer("district", raw, now))
    else:
        node.answer("district", raw, now)
        # The very same one an hour later is a retry: its answer was lost on the way.
        assert node.answer("district", raw, now + dt.timedelta(hours=1))["receipt"]["n"] == 1


def test_rate_and_budget(tmp_path: Path) -> None:
    with running(tmp_path, made_up(), per_minute=4, tokens=3) as url:
        district = District(tmp_path)
        three = asked(district, *map(number, range(3)))
        district.ask(url, tokens=three)
        refused("E8235", lambda: district.ask(url, tokens=asked(district, number(0))))
        refused("E8230", lambda: district.ask(url, template="rows"))  # counts towards the rate
        district.ask(url, template="counted")
        refused("E8234", lambda: district.ask(url, template="counted"))
    # The budget lies in the receipts: a restart does not fill it up.
    with serving(tmp_path) as url:
        refused("E8235", lambda: District(tmp_path).ask(url, tokens=three))


def test_two_nodes_on_one_machine(tmp_path: Path) -> None:
    """The same person at two holders: each answers for itself, and their tokens differ."""
    (one := tmp_path / "one").mkdir()
    (two := tmp_path / "two").mkdir()
    with running(one, made_up(), name="rail") as rail, running(two, made_up(6), name="air") as air:
        askers = District(one, "rail"), District(two, "air")
        said = [d.ask(u, tokens=asked(d, number(0), number(8))) for d, u in zip(askers, (rail, air), strict=True)]
        assert [yes_of(s["answer"]) for s in said] == [[True, True], [False, True]]
        refused("E8237", lambda: askers[0].ask(air, tokens=asked(askers[0], number(0))))  # another authority


def test_receipts_are_a_chain(folder: Path, url: str, district: District) -> None:
    for n in range(4):
        district.ask(url, tokens=asked(district, number(n)))
    file = folder / "receipts.jsonl"
    whole = file.read_bytes()
    lines = whole.splitlines(keepends=True)
    assert len(Receipts(file).lines) == 4
    for bad in (
        b"".join(lines[:1] + lines[2:]),
        b"".join([lines[1], lines[0], *lines[2:]]),
        whole.replace(b'"yes":1', b'"yes":0', 1),
    ):
        file.write_bytes(bad)
        with pytest.raises(WanggeError, match="E8238"):
            Receipts(file)
    file.write_bytes(whole + lines[0][:20])  # torn by a power cut: its answer was never sent
    assert len(Receipts(file).lines) == 4 and file.read_bytes() == whole


@settings(max_examples=40, deadline=None)
@given(held=st.lists(st.tuples(st.integers(0, 30), st.sampled_from(["a", "b"]), st.integers(1, 9)), min_size=1, max_size=30),
       asks=st.lists(st.integers(0, 40), max_size=20), since=st.integers(1, 9), days=st.integers(0, 8))  # fmt: skip
def test_listed_is_what_a_plain_look_says(
    held: list[tuple[int, str, int]], asks: list[int], since: int, days: int
) -> None:
    day = lambda n: dt.date(2026, 11, n)  # noqa: E731
    rows = pa.table({"number": [number(n) for n, _, _ in held], "list": [name for _, name, _ in held],
                     "day": [day(d) for _, _, d in held], "street": [STREETS[0]] * len(held)})  # fmt: skip
    holding, key = Holding(rows, (day(1), day(30))), b"k" * 32
    joined = b"".join(tokens.tokens_of(key, map(number, asks)).to_pylist())
    answer = holding.listed(key, joined, "a", day(since), day(since + days))
    there = {n for n, name, d in held if name == "a" and since <= d <= since + days}
    assert yes_of(answer) == [n in there for n in asks] and answer["n_yes"] == sum(n in there for n in asks)


def test_keys_others_may_read_are_not_used(folder: Path) -> None:
    (folder / "exchange.key").chmod(0o644)
    with pytest.raises(WanggeError, match="E8238"):
        open_node(folder / "node.toml")


def test_by_the_command(folder: Path, url: str, district: District, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "ids.txt").write_text(f"{number(0)}\n{number(999)}\n{number(3)}\n", "utf-8")
    (folder / "ask.toml").write_text(
        f'name = "district"\nnode = "carrier"\nnode_key = "{district.node_key}"\npurpose = "judgement"\nbasis = "9 号"\n'
        'signing_key = "district.sign"\nexchange_key = "exchange.key"\n', "utf-8"
    )  # fmt: skip
    pems = [
        "--cert",
        str(folder / "district.crt"),
        "--key",
        str(folder / "district.pem"),
        "--ca",
        str(folder / "ca.crt"),
    ]
    window = ["--list", "trains", "--since", "2026-11-18", "--until", "2026-11-21"]
    words = ["node", "ask", "--url", url, "--config", str(folder / "ask.toml"), *pems, *window, "--template", "listed"]
    assert main([*words, "--ids", str(folder / "ids.txt"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["answer"]["lines"] == [1, 3]
    assert main(["node", "receipts", "--config", str(folder / "node.toml"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["by"]["district"] == {"questions": 1, "tokens": 3, "yes": 2, "cells": 0}
    assert main(["node", "key", "--out", str(folder / "new.sign")]) == 0
    assert len(base64.b64decode(json.loads(capsys.readouterr().out)["public"])) == 32


def test_served_by_the_command_until_ctrl_c(folder: Path, district: District) -> None:
    pems = ["--cert", "carrier.crt", "--key", "carrier.pem", "--ca", "ca.crt"]
    words = [sys.executable, "-m", "wangge", "node", "serve", "--config", "node.toml", *pems, "--port", "0"]
    with subprocess.Popen(words, cwd=folder, stderr=subprocess.PIPE, text=True) as node:
        assert node.stderr is not None
        said = node.stderr.readline()
        url = said.split("behind ")[1].split("/questions")[0]
        assert yes_of(district.ask(url, tokens=asked(district, number(0)))["answer"]) == [True]
        node.send_signal(signal.SIGINT)
        assert node.wait(10) == 0
