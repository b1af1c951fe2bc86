"""Writes of outcomes, blind re-checks and the coverage ledger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
from django.utils import timezone

from wangge import feedback, field
from wangge.base.errors import WanggeError
from wangge_server.base.actions import action, note
from wangge_server.base.bulk import upsert
from wangge_server.dispatch.actions import note_attempt
from wangge_server.dispatch.queries import doors_of
from wangge_server.feedback.models import Coverage, Outcome, Recheck
from wangge_server.feedback.queries import lead_table
from wangge_server.field.actions import EMPTY, TAKEN, record_answers, shape_problems
from wangge_server.field.queries import answers_for


@action("answer.record")
def take_answers(*, answers: Sequence[Mapping[str, Any]], by: Any, purpose: str) -> list[dict[str, Any]]:
    """Store answers and settle what they decide, in one transaction; only then is anything acknowledged."""
    now = timezone.now()
    results = record_answers(answers=answers, now=now, by=by, purpose=purpose)
    taken = [r["lead_id"] for r in results if r["state"] == "accepted"]
    note_attempt(lead_ids=taken, at=now, by=by, purpose=purpose)
    settled = settle(taken, now)
    note(settled=settled)
    return results


def settle(lead_ids: Sequence[str], now: dt.datetime) -> int:
    """Decide the outcome of these leads from all their answers, by the rule of the ground floor. -> how many closed"""
    if not lead_ids:
        return 0
    ids = sorted(set(lead_ids))
    decided = feedback.verify(lead_table(ids), answers_for(ids))
    closed = [row for row in decided.to_pylist() if row["is_closed"]]
    Outcome.objects.bulk_create(
        [
            Outcome(lead_id=row["lead_id"], outcome=row["outcome"], answer_id=row["answer_id"], decided_at=now)
            for row in closed
        ],
        update_conflicts=True,
        unique_fields=["lead"],
        update_fields=["outcome", "answer_id", "decided_at"],
    )
    _confirm_dwellings([row["lead_id"] for row in closed if row["outcome"] == "full"], now)
    return len(closed)


def _confirm_dwellings(lead_ids: Sequence[str], now: dt.datetime) -> None:
    """A full verification confirms the door it happened at."""
    for dwelling_id, roster in doors_of(lead_ids):
        Coverage.objects.filter(dwelling_id=dwelling_id).update(
            state="occupied_confirmed", roster_n=roster, confirmed_on=timezone.localdate(now), method="visit"
        )


@action("run.carry")
def load_coverage(*, coverage: pa.Table, by: Any, purpose: str) -> int:
    """The ledger's first state of each dwelling unit. A newer confirmation from a visit is not overwritten."""
    visited = set(Coverage.objects.filter(method="visit").values_list("dwelling_id", flat=True))
    if visited:
        keep = [i for i, d in enumerate(coverage.column("dwelling_id").to_pylist()) if d not in visited]
        coverage = coverage.take(keep)
    loaded = upsert(Coverage, coverage)
    note(n=loaded)
    return loaded


@action("door.record")
def confirm_units(*, units: Sequence[Mapping[str, Any]], by: Any, purpose: str) -> int:
    """What a census saw at doors of the frame: {dwelling_id, grid_code, state, roster_n, on}. A later day stays. -> units seen"""
    known = dict(
        Coverage.objects.filter(dwelling_id__in=[u["dwelling_id"] for u in units]).values_list(
            "dwelling_id", "confirmed_on"
        )
    )
    fresh = [u for u in units if (known.get(u["dwelling_id"]) or u["on"]) <= u["on"]]
    Coverage.objects.bulk_create(
        [Coverage(dwelling_id=u["dwelling_id"], grid_code=u["grid_code"], state=u["state"], roster_n=u["roster_n"],
                  confirmed_on=u["on"], method="visit") for u in fresh],
        update_conflicts=True, unique_fields=["dwelling"],
        update_fields=["state", "roster_n", "confirmed_on", "method"],
    )  # fmt: skip
    note(n=len(fresh))
    return len(fresh)


@action("recheck.draw")
def draw_rechecks(*, seed: int, by: Any, purpose: str) -> int:
    """Draw the blind sample from leads with an outcome: at least 30 or 2 %, whichever is more. -> newly drawn"""
    ids = list(Outcome.objects.order_by("lead_id").values_list("lead_id", flat=True))
    table = lead_table(ids)
    drawn = feedback.sample(feedback.verify(table, answers_for(ids)), seed=seed)
    now = timezone.now()
    chosen = [row["lead_id"] for row in drawn.to_pylist() if row["needs_recheck"]]
    fresh = Recheck.objects.bulk_create(
        [Recheck(lead_id=lead_id, drawn_at=now) for lead_id in chosen], ignore_conflicts=True
    )
    note(n=len(fresh))
    return len(fresh)


@action("recheck.record")
def record_recheck(*, recheck: Recheck, answer: Mapping[str, Any], by: Any, purpose: str) -> Recheck:
    """A second look by somebody who is neither the handler nor of the same unit or line (E7002 otherwise)."""
    first = recheck.lead.answers.select_related("by").order_by("-received_at").first()
    if first is None or not feedback.may_verify(_actor(first.by), _actor(by)):
        raise WanggeError("E7002")
    if recheck.done_at is not None:
        raise WanggeError("E7003")
    problems = shape_problems(answer) or field.check_answer(answer, timezone.now())
    if problems:
        raise WanggeError("E7001", reason=", ".join(problems))
    recheck.by, recheck.done_at = by, timezone.now()
    recheck.answer_id, recheck.observed_at = answer["id"], answer["observed_at"]
    for key in TAKEN:
        setattr(recheck, key, answer.get(key) or EMPTY.get(key, ""))
    recheck.agrees = (first.person == "seen") == (answer["person"] == "seen") and first.result == answer["result"]
    recheck.save()
    note(about=recheck.lead_id, agrees=recheck.agrees)
    return recheck


def _actor(user: Any) -> dict[str, str]:
    return {"id": user.username, "unit": user.unit_code, "reports_to": user.reports_to}
