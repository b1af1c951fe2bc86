"""Writes of outcomes, blind re-checks and the coverage ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
from django.utils import timezone

from wangge import feedback, field
from wangge.base.errors import WanggeError
from wangge_server.base.actions import action, note
from wangge_server.base.bulk import upsert
from wangge_server.feedback.models import Coverage, Outcome, Recheck
from wangge_server.feedback.queries import actor, lead_table
from wangge_server.field.envelope import EMPTY, TAKEN, shape_problems
from wangge_server.field.queries import answers_for


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
    rows = Coverage.objects.filter(dwelling_id__in=[u["dwelling_id"] for u in units])
    known = {unit: (on, state) for unit, on, state in rows.values_list("dwelling_id", "confirmed_on", "state")}
    fresh = [u for u in units if _is_news(u, *known.get(u["dwelling_id"], (None, "")))]
    Coverage.objects.bulk_create(
        [Coverage(dwelling_id=u["dwelling_id"], grid_code=u["grid_code"], state=u["state"], roster_n=u["roster_n"],
                  roster_closed_on=u["on"] if u["roster_n"] is not None else None, confirmed_on=u["on"], method="visit")
         for u in fresh],
        update_conflicts=True, unique_fields=["dwelling"],
        update_fields=["state", "roster_n", "roster_closed_on", "confirmed_on", "method"],
    )  # fmt: skip
    note(n=len(fresh))
    return len(fresh)


def _is_news(unit: Mapping[str, Any], on: Any, state: str) -> bool:
    """A later day stays; and who was seen there stays seen, though somebody declined afterwards."""
    declined_after = unit["state"] == "refused" and state in ("occupied_confirmed", "vacant_confirmed")
    return (on is None or on <= unit["on"]) and not declined_after


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
    if first is None or not feedback.may_verify(actor(first.by), actor(by)):
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
