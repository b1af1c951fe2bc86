"""Answers questions beside a holder's own data, or asks one. A carrier, a railway or a hospital runs `serve`: rows stay there,
and only signed templates are answered, with a receipt each. Certificates on both ends, a signing key a side, a key an exchange.

example: wangge node key --out district.sign
example: wangge node secret --out district-carrier.key
example: wangge node serve --config node.toml --cert node.crt --key node.pem --ca ca.crt --port 8443
example: wangge node ask --url https://carrier:8443 --config ask.toml --template listed --list trains --since 2026-11-01 --until 2026-11-07 --ids ids.txt --json
example: wangge node receipts --config node.toml

key, secret   make a signing key (prints the public half) or a key for one exchange, each in a file for its owner only
serve         answer until Ctrl-C
ask           one question; --ids names a file of ID numbers, one a line, which leave only as tokens
receipts      check the chain of receipts and sum them up
"""

from __future__ import annotations

import argparse
import base64
import datetime as dt
import json
import sys
import tomllib
from pathlib import Path
from typing import Any

from wangge.base.errors import WanggeError
from wangge.base.ids import uuid7
from wangge_server.sharing.exchange import tokens, wire
from wangge_server.sharing.exchange.holding import yes_of
from wangge_server.sharing.exchange.node import open_node
from wangge_server.sharing.exchange.question import Question, public_of, question_terms

HELP = "answer signed questions beside a holder's own data, or ask one; rows never leave"
DOES = ("serve", "ask", "receipts", "key", "secret")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `wangge node`."""
    parser.add_argument("do", choices=DOES, help="what to do")
    parser.add_argument("--config", type=Path, help="the node's file, or the asking side's")
    parser.add_argument("--out", type=Path, help="where a new key goes")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8443, help="port to listen on (default: %(default)s)")
    for name, what in (("--cert", "own certificate"), ("--key", "its key"), ("--ca", "the authority both sides trust")):
        parser.add_argument(name, type=Path, help=f"{what}, PEM")
    parser.add_argument("--url", help="the node's address")
    parser.add_argument("--template", choices=tuple(question_terms()["template"]), help="which question")
    parser.add_argument("--list", help="name of the holder's list")
    parser.add_argument("--since", type=dt.date.fromisoformat, help="first day")
    parser.add_argument("--until", type=dt.date.fromisoformat, help="last day")
    parser.add_argument("--ids", type=Path, help="file of ID numbers, one a line")
    parser.add_argument("--json", action="store_true", help="print the result as one JSON object, last")


def run(args: argparse.Namespace) -> int:
    """Do it. -> 0"""
    needs = {"key": ("out",), "secret": ("out",), "receipts": ("config",), "serve": ("config", "cert", "key", "ca"),
             "ask": ("config", "cert", "key", "ca", "url", "template", "list", "since", "until")}[args.do]  # fmt: skip
    for name in needs:
        if getattr(args, name) is None:
            raise WanggeError("E8060", option=f"--{name}")
    if args.do in ("key", "secret"):
        secret = tokens.write_secret(args.out)
        print(json.dumps({"public": public_of(secret)}) if args.do == "key" else "{}")
        return 0
    if args.do == "serve":
        return _serve(args)
    print(
        json.dumps(
            _ask(args) if args.do == "ask" else _sum_up(args.config),
            ensure_ascii=False,
            indent=None if args.json else 1,
        )
    )
    return 0


def _serve(args: argparse.Namespace) -> int:
    node = open_node(args.config)
    with wire.NodeServer((args.host, args.port), node, wire.Certificates(args.cert, args.key, args.ca)) as server:
        rows, port = node.holding.rows.num_rows, server.server_address[1]
        print(
            f"node {node.name}: {rows} rows behind https://{args.host}:{port}{wire.PATH}\nCtrl-C stops it.",
            file=sys.stderr,
            flush=True,
        )
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return 0
    return 0


def _ask(args: argparse.Namespace) -> dict[str, Any]:
    here = args.config.parent
    try:
        given = tomllib.loads(args.config.read_text("utf-8"))
        seed, key = tokens.read_secret(here / given["signing_key"]), tokens.read_secret(here / given["exchange_key"])
        names = (given["name"], given["node"], given["purpose"], given["basis"])
        ids = args.ids.read_text("utf-8").split() if args.ids else []
    except (OSError, KeyError, tomllib.TOMLDecodeError, UnicodeDecodeError) as why:
        raise WanggeError("E8238", name=args.config.name, reason=type(why).__name__) from why
    asked = b"".join(tokens.tokens_of(key, ids).to_pylist())
    question = Question(str(uuid7()), args.template, *names, dt.datetime.now(dt.UTC).isoformat(), args.list, args.since.isoformat(),
                        args.until.isoformat(), base64.b64encode(asked).decode())  # fmt: skip
    said = wire.ask(args.url, question, seed, wire.Certificates(args.cert, args.key, args.ca), given["node_key"])
    if "yes" in said["answer"]:
        # By line of the file, not by number: what is printed may be kept somewhere.
        said["answer"]["lines"] = [n for n, yes in enumerate(yes_of(said["answer"]), 1) if yes]
    return said


def _sum_up(config: Path) -> dict[str, Any]:
    receipts = open_node(config).receipts
    by: dict[str, dict[str, int]] = {}
    for one in receipts.lines:
        sums = by.setdefault(one["sender"], {"questions": 0, "tokens": 0, "yes": 0, "cells": 0})
        sums["questions"] += 1
        for what in ("tokens", "yes", "cells"):
            sums[what] += one[what]
    return {"receipts": len(receipts.lines), "last": receipts.last, "by": by}
