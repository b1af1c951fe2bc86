"""A node beside a holder's data: who may ask what, how much, how often; every answer leaves a receipt, and no row leaves."""

from __future__ import annotations

import datetime as dt
import hashlib
import threading
import tomllib
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wangge.base.errors import WanggeError
from wangge_server.sharing.exchange.holding import Holding, open_holding
from wangge_server.sharing.exchange.question import (
    ANSWERED,
    ASKED,
    Question,
    asdict,
    canonical,
    question_terms,
    sign,
    signed_by,
    unpacked,
)
from wangge_server.sharing.exchange.receipts import Receipts
from wangge_server.sharing.exchange.tokens import SIZE, read_secret


@dataclass(frozen=True)
class Asker:
    """Who may ask, as the holder agreed. name: common name of its certificate; public: its signing key, base64."""

    name: str
    public: str
    exchange_key: bytes
    purposes: tuple[str, ...]
    templates: tuple[str, ...]
    until: dt.date
    per_minute: int
    tokens: int
    cells: int


@dataclass
class Node:
    """Answers one question at a time, so that budgets hold whoever asks at once."""

    name: str
    holding: Holding
    askers: dict[str, Asker]
    receipts: Receipts
    seed: bytes
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _recent: dict[str, deque[dt.datetime]] = field(default_factory=dict, repr=False)

    def answer(self, certified: str, raw: bytes, now: dt.datetime) -> dict[str, Any]:
        """What is sent back to whoever the certificate names. -> {answer, receipt, signature}; E8230 to E8236"""
        with self._lock:
            self._not_too_often(certified, now)
            question, signature = unpacked(raw)
            asker = self._asker(certified, question, signature)
            self._agreed(asker, question, now)
            before = self.receipts.find(question.id, asker.name)
            if before is not None and before["question"] != question.digest:
                raise WanggeError("E8236")
            if before is None:
                self._fresh(question, now)
            body = self._look(asker, question)
            receipt = before or self._receipt(asker, question, body, now)
            whole = {"answer": body, "receipt": receipt}
            return whole | {"signature": sign(ANSWERED, whole, self.seed)}

    def _not_too_often(self, name: str, now: dt.datetime) -> None:
        """Refused questions count too: a flood of bad ones is a flood."""
        asker, recent = self.askers.get(name), self._recent.setdefault(name, deque())
        while recent and now - recent[0] >= dt.timedelta(minutes=1):
            recent.popleft()
        if asker is not None and len(recent) >= asker.per_minute:
            raise WanggeError("E8234", most=asker.per_minute)
        recent.append(now)

    def _asker(self, certified: str, question: Question, signature: str) -> Asker:
        asker = self.askers.get(certified)
        named = question.sender == certified and question.node == self.name
        if asker is None or not named or not signed_by(ASKED, asdict(question), signature, asker.public):
            raise WanggeError("E8231")
        return asker

    def _agreed(self, asker: Asker, question: Question, now: dt.datetime) -> None:
        template = question_terms()["template"][question.template]
        if question.template not in asker.templates:
            raise WanggeError("E8232", what=question.template)
        if question.purpose not in asker.purposes or question.purpose not in template["purposes"]:
            raise WanggeError("E8232", what=question.purpose)
        if now.date() > asker.until:
            raise WanggeError("E8232", what=asker.until)

    def _fresh(self, question: Question, now: dt.datetime) -> None:
        away = abs(now - dt.datetime.fromisoformat(question.issued_at))
        if away > dt.timedelta(minutes=question_terms()["limits"]["clock_minutes"]):
            raise WanggeError("E8233", minutes=question_terms()["limits"]["clock_minutes"])

    def _look(self, asker: Asker, question: Question) -> dict[str, Any]:
        since, until = question.days
        if not self.holding.knows(question.list_name, since, until):
            return {"verdict": "unknown"}
        if question.template == "listed":
            self._within(asker, question, "tokens", len(question.token_bytes) // SIZE)
            return {"verdict": "answered"} | self.holding.listed(
                asker.exchange_key, question.token_bytes, question.list_name, since, until
            )
        days = [since + dt.timedelta(days=n) for n in range((until - since).days + 1)]
        told = {day.isoformat(): self.receipts.counted(question.list_name, day.isoformat()) for day in days}
        new = {
            day: self.holding.counted(question.list_name, dt.date.fromisoformat(day))
            for day, cells in told.items()
            if cells is None
        }
        self._within(asker, question, "cells", sum(map(len, new.values())))
        return {
            "verdict": "answered",
            "days": {day: cells if cells is not None else new[day] for day, cells in told.items()},
        }

    def _within(self, asker: Asker, question: Question, what: str, n: int) -> None:
        """The budget is for all time; a question that was answered before costs nothing again."""
        most = asker.tokens if what == "tokens" else asker.cells
        if self.receipts.find(question.id, asker.name) is None and self.receipts.used(asker.name, what) + n > most:
            raise WanggeError("E8235", what=what, most=most)

    def _receipt(self, asker: Asker, question: Question, body: dict[str, Any], now: dt.datetime) -> dict[str, Any]:
        """Who asked what for which purpose and got how much: no token and no row is in it."""
        cells = sum(
            len(c) for day, c in body.get("days", {}).items() if self.receipts.counted(question.list_name, day) is None
        )
        days = {"days": body["days"]} if "days" in body else {}
        return self.receipts.add(
            id=question.id, at=now.isoformat(), sender=asker.name, template=question.template, purpose=question.purpose,
            basis=question.basis, list_name=question.list_name, since=question.since, until=question.until,
            question=question.digest, answer=hashlib.sha256(canonical(body)).hexdigest(), verdict=body["verdict"],
            tokens=body.get("n", 0), yes=body.get("n_yes", 0), cells=cells, **days,
        )  # fmt: skip


def open_node(file: Path) -> Node:
    """A node from its configuration; files in it lie beside it. E8238 where something is missing."""
    here = file.parent
    try:
        given = tomllib.loads(file.read_text("utf-8"))
        covers = (given["covers_from"], given["covers_until"])
        holding = open_holding(here / given["data"], given["columns"], covers, tuple(given.get("streets", ())))
        askers = {one["name"]: _asker_from(one, here) for one in given["asker"]}
        receipts = Receipts(here / given.get("receipts", "receipts.jsonl"))
        return Node(given["name"], holding, askers, receipts, read_secret(here / given["signing_key"]))
    except (OSError, KeyError, TypeError, tomllib.TOMLDecodeError) as why:
        raise WanggeError("E8238", name=file.name, reason=f"{type(why).__name__}: {why}") from why


def _asker_from(one: dict[str, Any], here: Path) -> Asker:
    return Asker(
        one["name"], one["public"], read_secret(here / one["exchange_key"]), tuple(one["purposes"]), tuple(one["templates"]),
        one["until"], int(one["per_minute"]), int(one["tokens"]), int(one["cells"]),
    )  # fmt: skip
