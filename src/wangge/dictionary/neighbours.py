"""Whom a form's headers are about, from the headers before: 房主姓名, 联系电话, 身份证号码 ask three things of the owner."""

from __future__ import annotations

from collections.abc import Sequence

from wangge.dictionary.context import role_in
from wangge.dictionary.elements import subjects, suggest
from wangge.dictionary.header import read_header

# Attributes that go with a name just before them. A phone follows its owner at once; the others only where the form asks
# the same of somebody else too, for else they belong to the person of the row.
FOLLOWS = (
    "phone",
    "landline",
    "id_number",
    "id_type",
    "sex",
    "age",
    "birth_date",
    "address",
    "employer",
    "occupation",
    "relation_to_head",
)
SOURCES = {f"person.{a}" for a in ("name", *FOLLOWS)} | {"work.employer", "work.occupation"}
CALLED = {"guardian", "emergency", "host", "agent", "staff", "owner", "tenant", "family", "companion", "spouse"}


def whose(labels: Sequence[str]) -> list[str]:
    """The other person each header is about by its place; empty where it names somebody itself or the row's person is meant."""
    cores = [read_header(label).core for label in labels]
    asked = [_attribute(core) for core in cores]
    found, current = list[str](), ""
    for i, core in enumerate(cores):
        role, _ = role_in(core)
        if role or asked[i] not in FOLLOWS:
            current = role
            found.append("")
        else:
            found.append(current if current and _belongs(current, asked, i) else "")
    return found


def _attribute(core: str) -> str:
    """Which attribute of the person of the row a header asks in so many words; empty for any other header."""
    known = suggest(core)
    return known.attribute if known and known.name in SOURCES else ""


def _belongs(role: str, asked: Sequence[str], at: int) -> bool:
    """Asked twice in the form, or no person of the row is named at all, or a phone just behind whom to call."""
    attribute = asked[at]
    if not {f"person.{attribute}", f"work.{attribute}"} & set(subjects()[role].like.values()):
        return False
    if asked.count(attribute) > 1 or "name" not in asked:
        return True
    return attribute == "phone" and role in CALLED
