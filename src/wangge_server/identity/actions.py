"""Writes about doubts: what a run found, and what people say of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
from django.db import connection
from django.utils import timezone

from wangge.base.errors import WanggeError
from wangge.frame import query
from wangge_server.base.actions import action, note
from wangge_server.base.bulk import upsert
from wangge_server.identity.models import Group, GroupRow, Verdict
from wangge_server.policy.second import must_be_second


@action("run.carry")
def load_review(*, review: pa.Table, people: pa.Table, located: pa.Table, by: Any, purpose: str) -> dict[str, int]:
    """The doubts of a run become the desk's queue. What people settled stays settled; what the run no longer doubts is gone."""
    groups = query(
        """WITH one AS (SELECT group_id, min(reason) AS reason, min(person_id) AS person_id, count(*)::INT AS n_rows
                        FROM review GROUP BY 1),
                placed AS (SELECT one.*, grid_code FROM one LEFT JOIN people USING (person_id)
                           LEFT JOIN located USING (household_id))
           SELECT group_id, left(reason, 200) AS reason, grid_code, n_rows,
                  (row_number() OVER (PARTITION BY grid_code ORDER BY group_id))::INT AS turn, $now AS found_at
           FROM placed ORDER BY group_id""",
        {"now": timezone.now()},
        review=review, people=people, located=located,
    )  # fmt: skip
    rows = query(
        """SELECT group_id || ':' || batch || ':' || row AS row_id, group_id, list AS list_name, batch, row, person_id
           FROM review ORDER BY ALL""",
        review=review,
    )
    known = set(groups.column("group_id").to_pylist())
    waiting = Group.objects.filter(state__in=("open", "later", "second")).values_list("group_id", flat=True)
    lost = [group_id for group_id in waiting if group_id not in known]
    Group.objects.filter(group_id__in=lost).update(state="gone")
    GroupRow.objects.filter(group_id__in=known).delete()
    loaded = {
        "groups": upsert(Group, groups, keep=("found_at", "turn")),
        "rows": upsert(GroupRow, rows),
        "gone": len(lost),
    }
    Group.objects.filter(group_id__in=known, state="gone").update(state="open")
    note(**loaded)  # type: ignore[arg-type]
    return loaded


@action("review.settle")
def settle(*, group: Group, says: str, people: Sequence[str], numbers: int, by: Any, purpose: str) -> Verdict:
    """One person says of these people of a group that they are the same, or different.

    `numbers` is how many different ID numbers stand among them: two of them being one person needs a second look.
    Raises E3201 (already settled, or fewer than two people named).
    """
    group = Group.objects.select_for_update().get(pk=group.pk)
    sides = _sides(group, people)
    if group.state not in ("open", "later") or len(sides) < 2:
        raise WanggeError("E3201")
    needs_two = says == "same" and numbers > 1
    verdict = Verdict.objects.create(group=group, says=says, sides=sides, needs_two=needs_two, by=by)
    # Some of the people only: the rest of the group still waits.
    whole = len(sides) == group.rows.values("person_id").distinct().count()
    _move(group, "second" if needs_two else "settled" if whole else "open")
    note(about=group.group_id, says=says, people=len(sides), needs_two=needs_two)
    return verdict


@action("review.settle")
def second(*, verdict: Verdict, agrees: bool, by: Any, purpose: str) -> Verdict:
    """The second person's look. Not the same person; a no brings the group back to the queue. Raises E3202."""
    verdict = Verdict.objects.select_for_update().get(pk=verdict.pk)
    must_be_second("review.settle", verdict.by, by, same_person="E3202")
    if not verdict.needs_two or verdict.second_at or verdict.undone_at:
        raise WanggeError("E3202")
    if agrees:
        verdict.second_by, verdict.second_at = by, timezone.now()
    else:
        verdict.undone_by, verdict.undone_at = by, timezone.now()
    verdict.save()
    _move(verdict.group, "settled" if agrees else "open")
    note(about=verdict.group_id, agrees=agrees)
    return verdict


@action("review.settle")
def put_off(*, group: Group, by: Any, purpose: str) -> None:
    """Later: the group leaves the queue and waits in a list of its own. Raises E3201 where it is settled."""
    if group.state not in ("open", "later"):
        raise WanggeError("E3201")
    _move(group, "later")
    note(about=group.group_id)


@action("review.settle")
def undo(*, verdict: Verdict, by: Any, purpose: str) -> None:
    """Take a verdict back: the next run decides without it, and the group waits again. Raises E3202."""
    verdict = Verdict.objects.select_for_update().get(pk=verdict.pk)
    if verdict.undone_at:
        raise WanggeError("E3202")
    verdict.undone_by, verdict.undone_at = by, timezone.now()
    verdict.save(update_fields=["undone_by", "undone_at"])
    _move(verdict.group, "open")
    note(about=verdict.group_id)


def _sides(group: Group, people: Sequence[str]) -> list[list[Any]]:
    """One row of each of these people, the first of each."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT DISTINCT ON (person_id) list_name, batch, row FROM identity_grouprow
               WHERE group_id = %s AND person_id = ANY(%s) ORDER BY person_id, list_name, batch, row""",
            [group.pk, list(people)],
        )
        return [list(row) for row in cursor.fetchall()]


def _move(group: Group, state: str) -> None:
    Group.objects.filter(pk=group.pk).update(state=state)
