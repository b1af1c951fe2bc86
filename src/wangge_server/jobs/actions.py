"""Writes about long work: the run of the way, and the transaction that stores what came of it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from django.utils import timezone

from wangge.exposure import protocol_for
from wangge.risk import held_to_evidence, regrade
from wangge.tables.shapes import LEAD, TASK
from wangge.way import Way
from wangge_server.base.actions import action, note
from wangge_server.dispatch.batch_actions import keep_plan
from wangge_server.emergency.queries import must_be_in_force
from wangge_server.exposure.actions import load_exposures
from wangge_server.exposure.queries import confirmed_people, exposure_table
from wangge_server.feedback.actions import load_coverage
from wangge_server.identity.actions import load_review
from wangge_server.jobs.models import Run
from wangge_server.jobs.rolling import rolled, tells_anything
from wangge_server.jobs.shared import plan_of, shared_attributes
from wangge_server.registry.actions import load_register
from wangge_server.registry.queries import attribute_rows
from wangge_server.risk import cell_queries as cell
from wangge_server.risk.cell_actions import propose_batch
from wangge_server.risk.cell_queries import proposed_grades

if TYPE_CHECKING:
    from wangge_server.emergency.models import Emergency


@action("run.start")
def start_run(*, emergency: Emergency, by: Any, purpose: str) -> Run:
    """Note that somebody wants the way to be run."""
    must_be_in_force(emergency.pk)
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
        grades=_as_confirmed(way.grades, code, run.emergency.as_of),
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


def _as_confirmed(grades: pa.Table, code: str, as_of: dt.date) -> pa.Table:
    """What the run proposes, with everybody the CDC said something of graded by that instead. -> GRADE"""
    people = confirmed_people(code)
    if not people:
        return grades
    return regrade(grades, exposure_table(code, people), pa.array(people, pa.string()), protocol_for(as_of), as_of)


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


@action("run.carry")
def roll_grades(*, emergency: Emergency, as_of: dt.date, by: Any, purpose: str) -> dict[str, int]:
    """What time changed since the newest batch is laid before the cell, people touched only; nothing while a batch waits.

    Somebody whose red is over and whose yellow goes on is yellow only once three seats signed it. No door is asked again for it:
    envelopes come with a run, which has new facts. -> {asked, proposed}
    """
    same, code = {"by": by, "purpose": purpose}, emergency.pk
    waits = cell.waiting()
    if waits is not None and waits.expires_at > timezone.now():
        note(about=code, asked=0, proposed=0)
        return {"asked": 0, "proposed": 0}
    found = rolled(code, as_of, confirmed_people(code))
    held, _ = held_to_evidence(found.grades, cell.stood(code), as_of)
    batch = None
    if tells_anything(cell.graded_now(code), held):
        batch = propose_batch(
            emergency=code,
            as_of=as_of,
            grades=found.grades,
            exposures=exposure_table(code),
            attributes=attribute_rows(),
            **same,
        )
        if batch is not None and batch.state == "proposed":
            keep_plan(batch_id=batch.pk, leads=LEAD.empty(), tasks=TASK.empty(), **same)
    done = {"asked": found.n_asked, "proposed": sum(batch.counts.values()) if batch else 0}
    note(about=code, **done)
    return done
