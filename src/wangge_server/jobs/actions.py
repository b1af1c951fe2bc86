"""Writes about long work: the run of the way, and the transaction that stores what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from wangge.way import Way
from wangge_server.base.actions import action, note
from wangge_server.dispatch.batch_actions import keep_plan
from wangge_server.exposure.actions import load_exposures
from wangge_server.feedback.actions import load_coverage
from wangge_server.identity.actions import load_review
from wangge_server.jobs.models import Run
from wangge_server.jobs.shared import plan_of, shared_attributes
from wangge_server.registry.actions import load_register
from wangge_server.risk.cell_actions import propose_batch
from wangge_server.risk.cell_queries import proposed_grades

if TYPE_CHECKING:
    from wangge_server.emergency.models import Emergency


@action("run.start")
def start_run(*, emergency: Emergency, by: Any, purpose: str) -> Run:
    """Note that somebody wants the way to be run."""
    run = Run.objects.create(emergency=emergency, asked_by=by)
    note(about=str(run.pk))
    return run


@action("run.carry")
def store_run(*, run: Run, way: Way, by: Any, purpose: str) -> Run:
    """Everything one run found, in one transaction: either the whole of it stands, or nothing."""
    same = {"by": by, "purpose": purpose}
    code = run.emergency_id
    load_register(
        people=way.people,
        households=way.households,
        residences=way.residences,
        located=way.located,
        links=way.links,
        **same,
    )
    load_review(review=way.review, people=way.people, located=way.located, **same)
    load_exposures(emergency=code, cases=way.cases, exposures=way.exposures, **same)
    # Nobody is graded and no envelope goes before the cell's three seats signed what is proposed here.
    batch = propose_batch(
        emergency=code,
        as_of=run.emergency.as_of,
        grades=way.grades,
        exposures=way.exposures,
        attributes=shared_attributes(way.people, way.links),
        **same,
    )
    if batch is not None and batch.state == "proposed":
        leads, tasks = plan_of(way.leads, way.tasks, proposed_grades(batch.pk))
        keep_plan(batch_id=batch.pk, leads=leads, tasks=tasks, **same)
    load_coverage(coverage=way.coverage, **same)
    run.state, run.finished_at, run.share = "done", timezone.now(), 1.0
    run.summary = way.summary
    run.save(update_fields=["state", "finished_at", "share", "summary"])
    note(about=str(run.pk))
    return run


@action("run.carry")
def report_run(*, run: Run, stage: str, share: float, seconds: dict[str, float], by: Any, purpose: str) -> None:
    """How far a run has come; a failed one says at which stage and with which number."""
    Run.objects.filter(pk=run.pk).exclude(state="done").update(
        state="running", stage=stage, share=share, seconds=seconds
    )


@action("run.carry")
def fail_run(*, run: Run, code: str, by: Any, purpose: str) -> None:
    """A run that could not finish. Nothing of it was stored."""
    Run.objects.filter(pk=run.pk).update(state="failed", error_code=code, finished_at=timezone.now())
    note(about=str(run.pk), code=code)
