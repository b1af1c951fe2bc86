#!/usr/bin/env python3
"""Checks an exported audit log. One file: Python 3.11 or later and the package `cryptography`, nothing of wangge.

    python verify.py log.jsonl heads.txt [--witness FILE ...] [--key KEY]
    python verify.py --mine my-ledger.json [--witness FILE ...] [--key KEY]
    python verify.py --door door.json [--root ROOT] [--witness FILE ...] [--key KEY]

log.jsonl    one entry a line, in the order of the tree; the bytes of a line are what was hashed.
heads.txt    the signed heads of the log, one a line:
             wangge-head/1 KEY SIZE AT ROOT SIGNATURE   (KEY, ROOT, SIGNATURE in base64url without padding; AT in UTC)
--witness    heads that somebody else kept (another department's file, a phone, a scanned code), the same lines. They are
             what finds a log that was cut short or written anew as a whole: without any, only the installation vouches.
--key        the installation's public key, if it was handed over by another way.
--mine       what somebody took home about the own entries: each stands under the signed head. Entries that name others too are
             there by their hash alone.
--door       a proof of what the coverage ledger says of one dwelling unit, in place of a whole log: the unit's row, the way
             from it to the root of its grid on a day, and, in the long form, the log's entry that holds this root and the
             way from there to a signed head. A printed code carries the short form: hold its root against one you kept.
--root       the root of the grid as somebody kept it on paper.

The tree is that of RFC 6962 section 2.1: a leaf is SHA-256(00 entry), a node SHA-256(01 left right). The signature is Ed25519
(RFC 8032) over the line up to the space before SIGNATURE. The last line printed is one JSON object.

exit codes: 0 nothing wrong; 1 something does not fit; 2 wrong use, or a file that cannot be read.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

MARK = "wangge-head/1"
MINE = "wangge-mine/1"
EMPTY = hashlib.sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """Hash of one entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of two subtrees side by side."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Growing:
    """A tree of which only the complete subtrees of its right edge are kept: as many hashes as SIZE has one-bits."""

    def __init__(self, size: int = 0, edge: Sequence[bytes] = ()) -> None:
        """`edge`: roots of the complete subtrees that SIZE falls into, largest first."""
        if size.bit_count() != len(edge):
            raise ValueError("the edge does not fit the size")
        self.size, self.edge = size, list(edge)

    def append(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Add one leaf hash. -> subtrees completed by it: (level, index, hash), level 1 and up"""
        done, index, level, whole = [], self.size, 0, leaf
        while index & 1:
            whole = node_hash(self.edge.pop(), whole)
            level, index = level + 1, index >> 1
            done.append((level, index, whole))
        self.edge.append(whole)
        self.size += 1
        return done

    def root(self) -> bytes:
        """Root of the tree as it stands."""
        if not self.edge:
            return EMPTY
        top = self.edge[-1]
        for left in reversed(self.edge[:-1]):
            top = node_hash(left, top)
        return top


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether the leaf stands at `index` of the tree of `size` with this root. RFC 9162, 2.1.3.2."""
    if not 0 <= index < size:
        return False
    at, last, made = index, size - 1, leaf
    for one in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            made = node_hash(one, made)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            made = node_hash(made, one)
        at, last = at >> 1, last >> 1
    return last == 0 and made == root


def verify_consistency(first: int, second: int, first_root: bytes, second_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether the tree of size `second` begins with the whole tree of size `first`. RFC 9162, 2.1.4.2."""
    if not 0 < first <= second:
        return False
    if first == second:
        return first_root == second_root and not path
    steps = [first_root, *path] if first.bit_count() == 1 else list(path)
    if not steps:
        return False
    at, last = first - 1, second - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = steps[0]
    for one in steps[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = node_hash(one, old), node_hash(one, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, one)
        at, last = at >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


@dataclass(frozen=True)
class Head:
    """One signed head: the whole log up to SIZE entries in 32 bytes."""

    key: bytes
    size: int
    at: str
    root: bytes
    signature: bytes = b""

    def signed_part(self) -> bytes:
        """What the signature is over."""
        return f"{MARK} {_text(self.key)} {self.size} {self.at} {_text(self.root)}".encode()

    def line(self) -> str:
        """The head as one line, for a file, a phone, a printed code."""
        return f"{self.signed_part().decode()} {_text(self.signature)}"

    def is_signed(self) -> bool:
        """Whether the key it names signed it."""
        try:
            Ed25519PublicKey.from_public_bytes(self.key).verify(self.signature, self.signed_part())
        except (InvalidSignature, ValueError):
            return False
        return True


def read_head(line: str) -> Head:
    """The head a line says. Raises ValueError where it says none."""
    parts = line.split()
    if len(parts) != 6 or parts[0] != MARK or not (parts[2].isascii() and parts[2].isdecimal()):
        raise ValueError("no head")
    return Head(_bytes(parts[1], 32), int(parts[2]), parts[3], _bytes(parts[4], 32), _bytes(parts[5], 64))


def read_heads(text: str) -> list[Head]:
    """Every head of a file; empty lines and lines with # are left out."""
    lines = [line.strip() for line in text.splitlines()]
    return [read_head(line) for line in lines if line and not line.startswith("#")]


def read_key(text: str) -> bytes:
    """A public key as the heads write it."""
    return _bytes(text.strip(), 32)


def key_text(key: bytes) -> str:
    """A public key as the heads write it."""
    return _text(key)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str, length: int) -> bytes:
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as why:
        raise ValueError("not base64url") from why
    # One spelling only: spare bits at the end of the last letter would make two lines of one head.
    if len(raw) != length or _text(raw) != text:
        raise ValueError("wrong length or spelling")
    return raw


@dataclass(frozen=True)
class Problem:
    """What does not fit. `at`: the size of a head, or the position of an entry (from 0); -1: the log as a whole."""

    what: str
    at: int = -1


WORDS = {
    "no_heads": "the log has no signed head",
    "no_entries": "there is nothing to check: no entry and no head",
    "signature": "the head of size {at} was not signed by its key",
    "witness_signature": "the witness's head of size {at} was not signed by its key",
    "key": "the head of size {at} bears another key than it ought to",
    "witness_key": "the witness's head of size {at} bears another key than the log's",
    "root": "the first {at} entries are not those the head of this size was signed for",
    "witness_root": "the first {at} entries are not those the witness saw",
    "short": "the log ends before the {at} entries its head was signed for",
    "witness_short": "the log ends before the {at} entries the witness saw",
    "unsealed": "the entries from position {at} on stand under no signed head",
}


@dataclass
class Report:
    """What was looked at and what does not fit."""

    entries: int = 0
    heads: int = 0
    witnessed: int = 0
    root: str = ""
    key: str = ""
    problems: list[Problem] = field(default_factory=list)

    def as_dict(self) -> dict[str, object]:
        """As the last line prints it."""
        shown = [{"what": p.what, "at": p.at} for p in self.problems]
        return {
            "ok": not self.problems,
            "entries": self.entries,
            "heads": self.heads,
            "witnessed": self.witnessed,
            "root": self.root,
            "key": self.key,
            "problems": shown,
        }


def check_heads(
    roots: dict[int, bytes], size: int, heads: Sequence[Head], witnessed: Sequence[Head], key: bytes | None
) -> list[Problem]:
    """Hold heads against the roots of the log. `roots`: the recomputed root at every size a head names, as far as it goes.

    The key is the one given, or else that of the first witness, or else that of the newest head.
    """
    own = key or (witnessed[0].key if witnessed else heads[-1].key if heads else b"")
    found: list[Problem] = []
    if not heads:
        found.append(Problem("no_heads" if size else "no_entries"))
    for who, some in (("", heads), ("witness_", witnessed)):
        for head in some:
            if head.key != own:
                found.append(Problem(who + "key", head.size))
            if not head.is_signed():
                found.append(Problem(who + "signature", head.size))
            if head.size > size:
                found.append(Problem(who + "short", head.size))
            elif roots[head.size] != head.root:
                found.append(Problem(who + "root", head.size))
    newest = max((head.size for head in heads), default=0)
    if heads and newest < size:
        found.append(Problem("unsealed", newest))
    return found


def check(entries: Iterable[bytes], heads: Sequence[Head], witnessed: Sequence[Head], key: bytes | None) -> Report:
    """Check a log as it was exported."""
    wanted = {head.size for head in (*heads, *witnessed)}
    tree = Growing()
    roots = {0: EMPTY}
    for entry in entries:
        tree.append(leaf_hash(entry))
        if tree.size in wanted:
            roots[tree.size] = tree.root()
    problems = check_heads(roots, tree.size, heads, witnessed, key)
    shown = key or (heads[-1].key if heads else b"")
    return Report(tree.size, len(heads), len(witnessed), _text(tree.root()), _text(shown), problems)


DOOR = "wangge-door/1"
DOOR_WORDS = {
    "door_path": "the row does not lead to the root of its grid",
    "door_root": "the root of the grid is not the one that was kept",
    "door_log": "the log's entry does not hold this root of this grid",
    "door_log_path": "the log's entry does not lead to the head",
    "signature": "the head was not signed by its key",
    "key": "the head bears another key than it ought to",
    "witness_root": "a witness saw another log of this size",
    "unsealed": "the proof does not show that the root stands in the log: hold it against a root that was kept",
}


@dataclass
class DoorReport:
    """What a proof shows of one dwelling unit, and what does not fit. in_log: shown to stand under a signed head."""

    row: dict[str, object]
    root: str
    in_log: bool = False
    witnessed: int = 0
    problems: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, object]:
        """As the last line prints it."""
        shown = {"root": self.root, "in_log": self.in_log, "witnessed": self.witnessed, "problems": self.problems}
        return {"ok": not self.problems, "row": self.row, **shown}


def check_door(
    proof: dict[str, object], witnessed: Sequence[Head] = (), key: bytes | None = None, root: bytes | None = None
) -> DoorReport:
    """Check a proof of one dwelling unit. Raises ValueError, KeyError or TypeError where it is none."""
    if proof["form"] != DOOR:
        raise ValueError("no proof of a dwelling unit")
    entry, top, size = str(proof["entry"]).encode(), _bytes(str(proof["root"]), 32), int(str(proof["size"]))
    row = json.loads(entry)
    report = DoorReport(row, _text(top))
    if not verify_inclusion(leaf_hash(entry), int(str(proof["position"])), size, _path(proof["path"]), top):
        report.problems.append("door_path")
    if root is not None and root != top:
        report.problems.append("door_root")
    if isinstance(proof.get("log"), dict):
        _check_door_log(report, proof["log"], [size, _text(top)], witnessed, key)  # type: ignore[arg-type]
    elif root is None:
        report.problems.append("unsealed")
    return report


def _check_door_log(
    report: DoorReport, log: dict[str, object], said: list[object], witnessed: Sequence[Head], key: bytes | None
) -> None:
    """Whether the log's entry holds this root, and leads to a signed head."""
    entry, head, before = str(log["entry"]).encode(), read_head(str(log["head"])), len(report.problems)
    facts = json.loads(entry)["facts"]
    if facts["roots"].get(report.row["grid"]) != said:
        report.problems.append("door_log")
    if not verify_inclusion(leaf_hash(entry), int(str(log["position"])), head.size, _path(log["path"]), head.root):
        report.problems.append("door_log_path")
    if not head.is_signed():
        report.problems.append("signature")
    if head.key != (key or (witnessed[0].key if witnessed else head.key)):
        report.problems.append("key")
    same = [one for one in witnessed if one.size == head.size and one.is_signed()]
    report.witnessed = sum(one.root == head.root for one in same)
    if report.witnessed < len(same):
        report.problems.append("witness_root")
    report.in_log = len(report.problems) == before


@dataclass
class MineReport:
    """What somebody's own statement shows: entries that stand under a signed head, and what does not fit."""

    entries: int
    witnessed: int = 0
    problems: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, object]:
        """As the last line prints it."""
        shown = {"entries": self.entries, "witnessed": self.witnessed, "problems": self.problems}
        return {"ok": not self.problems, **shown}


def check_mine(given: dict[str, object], witnessed: Sequence[Head] = (), key: bytes | None = None) -> MineReport:
    """Check somebody's own statement. Raises ValueError, KeyError or TypeError where it is none."""
    if given["form"] != MINE or not isinstance(given["entries"], list):
        raise ValueError("no statement about somebody's own entries")
    report = MineReport(len(given["entries"]))
    if not given["entries"]:
        return report
    head = read_head(str(given["head"]))
    for n, one in enumerate(given["entries"], 1):
        leaf = _bytes(str(one["leaf"]), 32)
        if "entry" in one and leaf_hash(str(one["entry"]).encode()) != leaf:
            report.problems.append(f"entry {n}: it is not what stands in the log")
        if not verify_inclusion(leaf, int(str(one["position"])), head.size, _path(one["path"]), head.root):
            report.problems.append(f"entry {n}: it does not stand under the head")
    if not head.is_signed():
        report.problems.append("the head is not signed by the key it names")
    if head.key != (key or (witnessed[0].key if witnessed else head.key)):
        report.problems.append("the head is signed by another key than the one you know")
    same = [one for one in witnessed if one.size == head.size and one.is_signed()]
    report.witnessed = sum(one.root == head.root for one in same)
    if report.witnessed < len(same):
        report.problems.append("a witness holds another head of the same size")
    return report


def say_mine(report: MineReport) -> str:
    """The report in words."""
    verdict = "DOES NOT FIT" if report.problems else "fits"
    return "\n".join([*report.problems, f"{verdict}: {report.entries} entries about one person"])


def _path(given: object) -> list[bytes]:
    if not isinstance(given, list):
        raise TypeError("a path is a list")
    return [_bytes(str(one), 32) for one in given]


def say_door(report: DoorReport) -> str:
    """The report in words: what the row says, then what does not fit."""
    row = report.row
    lines = [DOOR_WORDS.get(what, what) for what in report.problems]
    lines.append(f"unit {row['unit']} of grid {row['grid']}: {row['state']}, confirmed {row['confirmed_on'] or 'never'}, "
                 f"row of {row['on']}")  # fmt: skip
    lines.append(("DOES NOT FIT" if report.problems else "fits") + f": root of the grid {report.root}")
    return "\n".join(lines)


def lines_of(file: Path) -> Iterator[bytes]:
    """The entries of a log, as they were hashed."""
    with file.open("rb") as opened:
        for line in opened:
            yield line.removesuffix(b"\n")


def say(report: Report) -> str:
    """The report in words, one line a problem."""
    lines = [WORDS.get(p.what, p.what).format(at=p.at) for p in report.problems[:20]]
    if len(report.problems) > 20:
        lines.append(f"and {len(report.problems) - 20} more")
    if not report.witnessed:
        lines.append("no witness's head was given: a log cut short or written anew as a whole would not be noticed")
    verdict = "DOES NOT FIT" if report.problems else "fits"
    lines.append(f"{verdict}: {report.entries} entries, {report.heads} heads, {report.witnessed} heads of witnesses")
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Check the files named. -> exit code"""
    words = argparse.ArgumentParser(description="Checks an exported audit log.", epilog=__doc__,
                                    formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    words.add_argument("log", type=Path, nargs="?")
    words.add_argument("heads", type=Path, nargs="?")
    words.add_argument("--door", type=Path)
    words.add_argument("--mine", type=Path)
    words.add_argument("--root")
    words.add_argument("--witness", type=Path, action="append", default=[])
    words.add_argument("--key")
    given = words.parse_args(argv)
    if ((given.door or given.mine) and given.log) or not (given.door or given.mine or given.heads):
        words.error("either a log with its heads, or --door, or --mine")
    try:
        key = read_key(given.key) if given.key else None
        witnessed = [head for file in given.witness for head in read_heads(file.read_text("utf-8"))]
        if given.door:
            root = read_key(given.root) if given.root else None
            door = check_door(json.loads(given.door.read_text("utf-8")), witnessed, key, root)
            return _told(say_door(door), door.as_dict())
        if given.mine:
            mine = check_mine(json.loads(given.mine.read_text("utf-8")), witnessed, key)
            return _told(say_mine(mine), mine.as_dict())
        heads = read_heads(given.heads.read_text("utf-8"))
        report = check(lines_of(given.log), heads, witnessed, key)
    except (OSError, ValueError, KeyError, TypeError) as why:
        print(f"cannot be read: {why}", file=sys.stderr)
        return 2
    return _told(say(report), report.as_dict())


def _told(words: str, found: dict[str, object]) -> int:
    """Print both. -> exit code"""
    print(words, file=sys.stderr)
    print(json.dumps(found, ensure_ascii=False))
    return 0 if found["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
