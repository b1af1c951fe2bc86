"""Reads about what people must settle."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pyarrow as pa
from django.db.models import Count, QuerySet

from wangge.tables.shapes import DECISION
from wangge_server.identity.models import Group, GroupRow, Verdict

WAITING = ("open", "second")


def groups_in(area: dict[str, str], *, state: str = "open") -> QuerySet[Group]:
    """Groups of the reader's area in the order of the desk: the oldest of each grid, then the next of each grid."""
    return Group.objects.filter(**area, state=state).order_by("turn", "grid_code", "group_id")


def group_in(area: dict[str, str], group_id: str) -> Group | None:
    """One group of the reader's area, or None."""
    return Group.objects.filter(**area, group_id=group_id).first()


def next_for(area: dict[str, str], reader: Any, *, after: str = "") -> Group | None:
    """The next group to look at: those that wait for this reader's second look first, then the queue."""
    own = Verdict.objects.filter(by=reader, undone_at=None, second_at=None).values("group_id")
    second = groups_in(area, state="second").exclude(group_id__in=own).exclude(group_id=after).first()
    return second or groups_in(area).exclude(group_id=after).first()


def counts_in(area: dict[str, str]) -> dict[str, int]:
    """How many groups stand in each state. -> {open, later, second, settled, gone}"""
    rows = Group.objects.filter(**area).values("state").annotate(n=Count("pk")).order_by("state")
    return {"open": 0, "later": 0, "second": 0, "settled": 0, "gone": 0} | {row["state"]: row["n"] for row in rows}


def rows_of(group: Group) -> list[GroupRow]:
    """The rows of a group, person by person."""
    return list(group.rows.order_by("person_id", "list_name", "batch", "row"))


def verdicts_of(group: Group) -> QuerySet[Verdict]:
    """What was said of a group, the newest first."""
    return group.verdicts.select_related("by", "second_by", "undone_by").order_by("-id")


def waiting_verdict(group: Group) -> Verdict | None:
    """The verdict that waits for a second person, or None."""
    return group.verdicts.filter(needs_two=True, second_at=None, undone_at=None).order_by("-id").first()


def last_of(reader: Any) -> Verdict | None:
    """The reader's newest verdict that stands: what Undo takes back."""
    return Verdict.objects.filter(by=reader, undone_at=None).select_related("group").order_by("-id").first()


def decisions() -> pa.Table:
    """Every verdict in force, as pairs of rows; one that needs two people binds only when both said so. -> DECISION"""
    found = []
    for verdict in Verdict.objects.filter(undone_at=None).order_by("id"):
        if verdict.needs_two and verdict.second_at is None:
            continue
        for a, b in combinations(verdict.sides, 2):
            found.append(dict(zip(DECISION.schema.names, [*a, *b, verdict.says], strict=True)))
    return DECISION.hand_over(pa.Table.from_pylist(found, schema=DECISION.schema))
