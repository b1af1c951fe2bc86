"""Receipts of a node: one line of JSON a question, each holding the hash of the one before. Budgets are counted from them."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from wangge.base.errors import WanggeError
from wangge_server.sharing.exchange.question import canonical

FIRST = "0" * 64


class Receipts:
    """The file, and what was used so far. A line is on the disk before its answer is sent."""

    def __init__(self, file: Path) -> None:
        self.file, self.last, self.lines = file, FIRST, list[dict[str, Any]]()
        self._by_id: dict[tuple[str, str], dict[str, Any]] = {}
        self._used: dict[tuple[str, str], int] = {}
        self._days: dict[tuple[str, str], list[dict[str, str]]] = {}
        for line in _whole_lines(file):
            if line["before"] != self.last or line["hash"] != _hash(line):
                raise WanggeError("E8238", name=file.name, reason=f"line {len(self.lines) + 1}")
            self._take(line)

    def find(self, question_id: str, sender: str) -> dict[str, Any] | None:
        """The receipt of a question that was answered before."""
        return self._by_id.get((question_id, sender))

    def used(self, sender: str, what: str) -> int:
        """How many `tokens` or `cells` were answered to this asker."""
        return self._used.get((sender, what), 0)

    def counted(self, list_name: str, day: str) -> list[dict[str, str]] | None:
        """What was answered of this list and day before, to anybody: it is answered the same for ever."""
        return self._days.get((list_name, day))

    def add(self, **said: Any) -> dict[str, Any]:
        """Append one receipt and wait until the disk has it."""
        line = {"n": len(self.lines) + 1, **said, "before": self.last}
        line["hash"] = _hash(line)
        with self.file.open("ab") as out:
            out.write(canonical(line) + b"\n")
            out.flush()
            os.fsync(out.fileno())
        self._take(line)
        return line

    def _take(self, line: dict[str, Any]) -> None:
        self.lines.append(line)
        self._by_id[line["id"], line["sender"]] = line
        for what in ("tokens", "cells"):
            key = (line["sender"], what)
            self._used[key] = self._used.get(key, 0) + line[what]
        for day, cells in line.get("days", {}).items():
            self._days.setdefault((line["list_name"], day), cells)
        self.last = line["hash"]


def _whole_lines(file: Path) -> list[dict[str, Any]]:
    """Lines that were written whole. A torn last one was never answered: it is cut off."""
    if not file.exists():
        file.touch(mode=0o600)
    data = file.read_bytes()
    whole = data[: data.rfind(b"\n") + 1]
    if whole != data:
        with file.open("r+b") as out:
            out.truncate(len(whole))
    try:
        return [json.loads(line) for line in whole.splitlines()]
    except ValueError as why:
        raise WanggeError("E8238", name=file.name, reason="JSON") from why


def _hash(line: dict[str, Any]) -> str:
    return hashlib.sha256(canonical({k: v for k, v in line.items() if k != "hash"})).hexdigest()
