"""The mapping file: which header of which list means which data element."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wangge.base.errors import WanggeError, Where
from wangge.dictionary import elements, nearest
from wangge.dictionary.refused import banned_by_words

DATE_STYLES = ("auto", "ymd", "dmy", "mdy", "serial")
KINDS = ("people", "cases", "accounts")
OPTIONS = {"file": "", "encoding": "", "member": "", "sheet": "", "header_row": 0, "date_style": "auto",
           "required": [], "kind": "people", "door": False, "columns": {}}  # fmt: skip


@dataclass(frozen=True)
class ListMapping:
    """One list. `columns` is header -> data element as written; `banned` is header -> reason, and is never read.

    `member` is the file of a zipped set to read; empty reads all that fit. Under a header of two lines a column is
    named by both (`联系方式/电话`) or, where that is clear, by the lower one.
    """

    name: str
    columns: dict[str, str]
    file: str = ""
    encoding: str = ""
    member: str = ""
    sheet: str = ""
    header_row: int = 0
    date_style: str = "auto"
    required: tuple[str, ...] = ()
    kind: str = "people"
    door: bool = False
    banned: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Mapping:
    """All lists of a mapping file, in its order: the order of sources where two say different things."""

    name: str
    lists: dict[str, ListMapping]

    @property
    def door_lists(self) -> tuple[str, ...]:
        """Lists whose rows were asked at the door."""
        return tuple(name for name, one in self.lists.items() if one.door)


def load_mapping(path: Path | str) -> Mapping:
    """Read a mapping file (TOML). -> Mapping

    Raises E1004 for an unknown data element (naming the nearest), E1007 where the file cannot be understood.
    """
    path = Path(path)
    try:
        raw = tomllib.loads(path.read_text("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as why:
        raise _unreadable(path, _reason(why)) from why
    lists = raw.get("lists")
    if not isinstance(lists, dict) or not lists:
        raise _unreadable(path, "no [lists.NAME] in it")
    return Mapping(path.name, {name: _list(path, name, one) for name, one in lists.items()})


def _reason(why: Exception) -> str:
    """The text of the failure without any path of the machine."""
    return (why.strerror or "cannot be opened") if isinstance(why, OSError) else str(why)


def _unreadable(path: Path, reason: str) -> WanggeError:
    return WanggeError("E1007", Where(file=path.name), name=path.name, reason=reason)


def _list(path: Path, name: str, raw: Any) -> ListMapping:
    if not isinstance(raw, dict):
        raise _unreadable(path, f"lists.{name} is no table")
    for key, value in raw.items():
        if key not in OPTIONS:
            raise _unreadable(path, f"lists.{name} has an unknown key {key!r}; known: {', '.join(OPTIONS)}")
        if type(value) is not type(OPTIONS[key]):
            raise _unreadable(path, f"lists.{name}.{key} must be a {type(OPTIONS[key]).__name__}")
    option = {**OPTIONS, **raw}
    if option["header_row"] < 0:
        raise _unreadable(path, f"lists.{name}.header_row counts from 1, as the spreadsheet does")
    _one_of(path, f"lists.{name}.date_style", option["date_style"], DATE_STYLES)
    _one_of(path, f"lists.{name}.kind", option["kind"], KINDS)
    if not option["columns"]:
        raise _unreadable(path, f"lists.{name}.columns is missing or empty")
    columns, banned = _columns(path, name, option.pop("columns"))
    required = tuple(_element(path, name, e) for e in option.pop("required"))
    return ListMapping(name, columns, required=required, banned=banned, **option)


def _one_of(path: Path, key: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise _unreadable(path, f"{key} is {value!r}; known: {', '.join(known)}")


def _columns(path: Path, name: str, raw: dict[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    """Headers split into those to read and those that may never be read, whatever they are mapped to."""
    columns: dict[str, str] = {}
    banned: dict[str, str] = {}
    for header, element in raw.items():
        _element(path, name, element)
        reason = elements()[element].banned or banned_because(header)
        (banned if reason else columns)[header] = reason or element
    return columns, banned


def _element(path: Path, name: str, element: Any) -> str:
    if element not in elements():
        raise WanggeError("E1004", Where(file=path.name, sheet=f"lists.{name}"), element=element,
                          nearest=nearest(str(element)) or "-")  # fmt: skip
    return str(element)


def banned_because(header: str) -> str:
    """Why a column of this header may never be collected; empty when it may."""
    found = banned_by_words(header)
    return found.banned if found else ""
