"""Zipped sets: every member is a file of its own, and the report says what became of each."""

from __future__ import annotations

import struct
import zipfile
import zlib
from dataclasses import asdict
from typing import Any

import pyarrow as pa

from wangge.base.errors import WanggeError, Where
from wangge.intake.gate import admit, unpacked
from wangge.intake.grid import Room
from wangge.intake.kinds import kind_of, members_of
from wangge.intake.mapping import ListMapping
from wangge.intake.one_file import Read, read_data
from wangge.intake.report import Report

ACCOUNT = ("sheet", "encoding", "header_line", "n_rows", "n_held", "missing", "notes")
MERGED = ("read", "dropped", "ignored", "repeated", "hidden_sheets", "hidden_columns", "other_tables", "notes")


def member_bytes(data: bytes, part: zipfile.ZipInfo, name: str) -> bytes:
    """A member's bytes. Raises E1018 where it is locked, E1001 where it is broken or a set itself."""
    if part.flag_bits & 1:
        raise WanggeError("E1018", Where(file=name), name=name)
    try:
        inner = b"".join(unpacked(data, part))
    except (OSError, ValueError, NotImplementedError, struct.error, zlib.error) as why:
        raise WanggeError("E1001", Where(file=name), name=name) from why
    if kind_of(inner) == "set":
        raise WanggeError("E1001", Where(file=name), name=name)
    return inner


def read_set(data: bytes, file: str, given: ListMapping, batch: str, room: Room) -> Read:
    """All members that fit the mapping, one after the other; rows are counted on, lines are those of the member.

    Raises the first member's error where none can be read, E1009 where the mapping names a member that is not there,
    and anything but "no such list" (E1013, for one) at once.
    """
    room(admit(data, Where(file=file)).content)
    parts = members_of(data)
    if given.member and given.member not in parts:
        raise WanggeError("E1009", Where(file=file), sheet=given.member, found="、".join(parts))
    reads: list[Read] = []
    account: list[dict[str, Any]] = []
    failures: list[WanggeError] = []
    before = 0
    for name in sorted(parts):
        if given.member and name != given.member:
            account.append({"file": name, "code": "", "read": False})
            continue
        try:
            one = read_data(member_bytes(data, parts[name], name), name, given, batch, room, before)
        except WanggeError as why:
            if why.code == "E1013":
                raise
            failures.append(why)
            account.append({"file": name, "code": why.code, "read": False})
            continue
        account.append({"file": name, "code": "", "read": True, "first_row": before + 1}
                       | {key: getattr(one.report, key) for key in ACCOUNT})  # fmt: skip
        before += one.report.n_rows + one.report.n_header_lines + sum(t["rows"] for t in one.report.other_tables)
        before = max(before, *(t.column("row").to_numpy().max(initial=0) for t in (one.rows, one.held)))
        reads.append(one)
    if not reads:
        first = failures[0]
        raise WanggeError(first.code, Where(file, first.where.file, first.where.row), **first.facts)
    return _together(reads, file, account)


def _together(reads: list[Read], file: str, account: list[dict[str, Any]]) -> Read:
    first = reads[0].report
    report = Report(**asdict(first) | {"file": file, "members": account})
    for one in reads[1:]:
        for key in MERGED:
            _merge(getattr(report, key), getattr(one.report, key))
        for element, n in one.report.conflicts.items():
            report.conflicts[element] = report.conflicts.get(element, 0) + n
        report.missing = [m for m in report.missing if m in one.report.missing]
        report.n_header_lines += one.report.n_header_lines
    report.n_rows, report.n_held = (sum(getattr(r.report, key) for r in reads) for key in ("n_rows", "n_held"))
    return Read(_stacked([r.rows for r in reads]), report, _stacked([r.held for r in reads]))


def _merge(into: Any, more: Any) -> None:
    if isinstance(into, dict):
        into.update({k: v for k, v in more.items() if k not in into})
    else:
        into.extend(x for x in more if x not in into)


def _stacked(tables: list[pa.Table]) -> pa.Table:
    """Members may have different columns: what one lacks is empty in it."""
    return pa.concat_tables(tables, promote_options="default")
