"""Reads of outcomes and re-checks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from django.db import connection
from django.db.models import Count, Q, QuerySet

from wangge import feedback
from wangge.tables.shapes import LEAD
from wangge_server.dispatch.queries import lead_rows, n_leads, n_leads_open, n_leads_withdrawn
from wangge_server.feedback.models import Dispute, Outcome, Recheck
from wangge_server.field.queries import base_rows

if TYPE_CHECKING:
    from wangge_server.accounts.models import User


def lead_table(lead_ids: Sequence[str]) -> pa.Table:
    """These leads as a table. -> LEAD"""
    rows = lead_rows(lead_ids)
    columns: list[Any] = list(zip(*rows, strict=True)) or [[] for _ in LEAD.columns]
    return pa.table(dict(zip(LEAD.schema.names, map(list, columns), strict=True)), schema=LEAD.schema)


def bases_of(lead_ids: Sequence[str]) -> pa.Table:
    """Which answer was given in sight of which; a settled dispute puts the kept answer above all others of it."""
    rows = base_rows(lead_ids)
    settled = Dispute.objects.filter(lead_id__in=list(lead_ids), kind="outcome", kept__isnull=False)
    for kept, answers in settled.values_list("kept", "answers"):
        rows += [(str(kept), str(one)) for one in answers if one != kept]
    return pa.table({"answer_id": [r[0] for r in rows], "base": [r[1] for r in rows]}, schema=feedback.BASES)


def rechecks_for(user: User) -> QuerySet[Recheck]:
    """Re-checks this supervisor may do: in the area, by none of the own unit or line, not yet done."""
    return _within(user).filter(done_at__isnull=True)


def recheck_for(user: User, lead_id: str) -> Recheck | None:
    """One re-check this supervisor may do or has done; None for all others: they do not exist for this one."""
    return _within(user).filter(Q(done_at__isnull=True) | Q(by=user), lead_id=lead_id).first()


def _within(user: User) -> QuerySet[Recheck]:
    rows = Recheck.objects.filter(lead__task__grid_code__startswith=user.area_code or "-")
    rows = rows.exclude(lead__answers__by=user).exclude(lead__answers__by__unit_code=user.unit_code)
    rows = rows.exclude(lead__answers__by__reports_to=user.unit_code)
    return rows.select_related("lead__person", "lead__task__household__dwelling").order_by("lead_id")


def recheck_counts(area: dict[str, str]) -> dict[str, int]:
    """Drawn, done and agreeing re-checks."""
    return Recheck.objects.filter(**area).aggregate(
        drawn=Count("pk"), done=Count("done_at"), agree=Count("pk", filter=Q(agrees=True))
    )


def doubted(area: str) -> dict[str, Any]:
    """What blind re-checks say below `area`: done, differ, outcomes, and of all outcomes at least `low`, at most `high` wrong.

    low and high are None where nobody looked a second time.
    """
    here = {"lead__task__grid_code__startswith": area} if area else {}
    counts, outcomes = recheck_counts(here), Outcome.objects.filter(**here).count()
    share = feedback.differing(counts["done"], counts["agree"])
    low, high = (math.floor(share[0] * outcomes), math.ceil(share[1] * outcomes)) if share else (None, None)
    return {
        "done": counts["done"],
        "differ": counts["done"] - counts["agree"],
        "outcomes": outcomes,
        "low": low,
        "high": high,
    }


def outcome_counts() -> dict[str, int]:
    """Closed leads by outcome."""
    rows = Outcome.objects.values("outcome").annotate(n=Count("pk")).order_by("outcome")
    return {row["outcome"]: row["n"] for row in rows}


def balance(area: str = "") -> dict[str, int]:
    """leads = outcomes + open + withdrawn below `area`; the difference must be 0. Counted apart, so that it can be wrong."""
    here = {"lead__task__grid_code__startswith": area} if area else {}
    leads, outcomes, still_open = n_leads(area), Outcome.objects.filter(**here).count(), n_leads_open(area)
    withdrawn = n_leads_withdrawn(area)
    return {"leads": leads, "outcomes": outcomes, "open": still_open, "withdrawn": withdrawn,
            "difference": leads - outcomes - still_open - withdrawn}  # fmt: skip


def verification_rows(area: str) -> list[dict[str, Any]]:
    """By community below `area`: leads with an outcome, drawn, done, agreeing. Units, not workers: nobody is ranked (R17).

    -> code (None: in no grid), outcomes, drawn, done, agree
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT nullif(left(coalesce(t.grid_code, ''), 12), '') AS code, count(o.lead_id) AS outcomes,
                      count(r.lead_id) AS drawn, count(r.done_at) AS done, count(*) FILTER (WHERE r.agrees) AS agree
               FROM dispatch_lead l JOIN dispatch_task t USING (task_id) LEFT JOIN feedback_outcome o USING (lead_id)
                    LEFT JOIN feedback_recheck r USING (lead_id)
               WHERE coalesce(t.grid_code, '') LIKE %s AND (o.lead_id IS NOT NULL OR r.lead_id IS NOT NULL)
               GROUP BY 1 ORDER BY 1 NULLS LAST""",
            [f"{area}%"],
        )
        names = [c.name for c in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def outcomes_in(area: str) -> dict[str, int]:
    """Closed leads below `area` by outcome, most first."""
    here = {"lead__task__grid_code__startswith": area} if area else {}
    rows = Outcome.objects.filter(**here).values("outcome").annotate(n=Count("pk")).order_by("-n", "outcome")
    return {row["outcome"]: row["n"] for row in rows}


def actor(user: Any) -> dict[str, str]:
    """A user as may_verify() asks for one."""
    return {"id": user.username, "unit": user.unit_code, "reports_to": user.reports_to}
