"""What the job worker does. Each job may be killed and run again: it ends in the same state."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from wangge import way
from wangge.base.errors import WanggeError
from wangge.base.progress import Progress
from wangge.tables.shapes import VISIT, ZONE
from wangge_server.accounts.actions import system_user
from wangge_server.audit.actions import seal_all
from wangge_server.audit.sealed import installation_key
from wangge_server.base.system import AS_SYSTEM
from wangge_server.dispatch.queries import workers_now
from wangge_server.emergency.queries import current_emergency
from wangge_server.feedback.ledger_actions import close_ledger
from wangge_server.feedback.matter_actions import run_matter_clock
from wangge_server.geography.queries import ground_now
from wangge_server.identity.queries import decisions
from wangge_server.intake.actions import begin_reading
from wangge_server.intake.actions import read_batch as read_one
from wangge_server.intake.queries import batch_by_id, batch_counts, good_rows, mapping
from wangge_server.jobs.actions import fail_run, report_run, roll_grades, store_run
from wangge_server.jobs.alarms import tell_of_readings
from wangge_server.jobs.dry_run import look, try_out
from wangge_server.jobs.ending import carry_out
from wangge_server.jobs.forgetting import forget_registered, forget_spent
from wangge_server.jobs.models import Run
from wangge_server.jobs.stalled import take_up_stalled
from wangge_server.registry.queries import door_decisions, door_rows, gone
from wangge_server.risk.appeal_actions import run_appeal_clock
from wangge_server.risk.grade_actions import expire_grades
from wangge_server.sharing.actions import run_share_clock
from wangge_server.sharing.carry import carry_handovers
from wangge_server.vault.clock_actions import run_clocks
from wangge_server.vault.drill import back_up
from wangge_server.vault.queries import sunset_by_id


@app.task(queue="wangge", name="check_batch", retry=3)
def check_batch(batch_id: str) -> str:
    """Look at one uploaded file and, where its columns are settled, try out what it would do. -> its state"""
    batch = batch_by_id(batch_id)
    if batch is None:
        return "gone"
    if batch.state == "received":
        batch = look(batch)
    if batch.state == "mapped":
        batch = try_out(batch)
    return batch.state


@app.task(queue="wangge", name="read_batch", retry=3)
def read_batch(batch_id: str) -> str:
    """Put the good rows of one confirmed file into the lake. -> its state"""
    batch = batch_by_id(batch_id)
    if batch is None:
        return "gone"
    if batch.state not in ("confirmed", "reading"):
        return batch.state  # the job stood in the queue twice: after a kill it is taken up and may be asked for again
    begin_reading(batch=batch, by=system_user(), purpose=AS_SYSTEM)
    return read_one(batch=batch, by=system_user(), purpose=AS_SYSTEM).state


@app.task(queue="wangge", name="run_way", lock="way", retry=1)
def run_way(run_id: str) -> str:
    """Run the way over everything read so far and store it whole. -> the run's state"""
    run = Run.objects.select_related("emergency").get(pk=run_id)
    if run.state == "done":
        return run.state
    try:
        return carry(run).state
    except WanggeError as error:
        fail_run(run=run, code=error.code, by=system_user(), purpose=AS_SYSTEM)
        return "failed"
    except Exception:
        fail_run(run=run, code="E9006", by=system_user(), purpose=AS_SYSTEM)
        raise  # the worker's log says where; nothing of the run was stored


@app.task(queue="wangge", name="carry_sunset", lock="sunset", retry=3)
def carry_sunset(sunset_id: str) -> str:
    """Carry out the end of an emergency's data. -> its state"""
    return carry_out(sunset_by_id(sunset_id)).state


@app.periodic(cron="* * * * *")
@app.task(queue="wangge", name="take_up_again")
async def take_up_again(timestamp: int) -> int:
    """Every minute: jobs of workers that died go back into the queue. -> how many"""
    return await take_up_stalled()


@app.periodic(cron="* * * * *")
@app.task(queue="wangge", name="seal_log", lock="seal")
def seal_log(timestamp: int) -> int:
    """Every minute: what was done and read goes into the signed log, a head at least every 1,000 entries. -> how many"""
    return seal_all(installation_key(), timezone.now())


@app.periodic(cron="7 * * * *")
@app.task(queue="wangge", name="forget_expired", lock="forget")
def forget_expired(timestamp: int) -> int:
    """Every hour: what is past its day goes, files as well as registrations. -> how many batches and posters"""
    return forget_spent(timezone.now()) + forget_registered(timezone.localdate())


@app.periodic(cron="* * * * *")
@app.task(queue="wangge", name="end_expired_grades", lock="grades")
def end_expired_grades(timestamp: int) -> int:
    """Every minute: grades whose last day is over end. -> how many"""
    return expire_grades(now=timezone.now(), by=system_user(), purpose=AS_SYSTEM)


@app.periodic(cron="12 3 * * *")
@app.task(queue="wangge", name="back_up", lock="backup")
def back_up_nightly(timestamp: int) -> bool | None:
    """Every night, where WANGGE_BACKUPS says where to: a backup, restored elsewhere and compared. -> whether it was equal"""
    if settings.BACKUPS is None:
        return None
    return bool(back_up(settings.BACKUPS, timezone.now(), keep=settings.BACKUPS_KEPT)["drill"]["equal"])


@app.periodic(cron="40 19 * * *")
@app.task(queue="wangge", name="forget_by_clock", lock="way")
def forget_by_clock(timestamp: int) -> dict[str, int]:
    """Every night (3:40 in Beijing), never beside a run: what is past its day in the event vault goes. -> rows by clock"""
    return run_clocks(now=timezone.now(), by=system_user(), purpose=AS_SYSTEM)


@app.periodic(cron="3-59/10 * * * *")
@app.task(queue="wangge", name="watch_readings", lock="alarms")
def watch_readings(timestamp: int) -> dict[str, int]:
    """Every ten minutes: reading that stands out calls somebody. -> {raised, grown, untold}"""
    return tell_of_readings(timezone.now())


@app.periodic(cron="* * * * *")
@app.task(queue="wangge", name="keep_appeal_clock", lock="grades")
def keep_appeal_clock(timestamp: int) -> dict[str, int]:
    """Every minute: appeals nobody decided in time are lowered, and corrections that did not arrive are told again."""
    return run_appeal_clock(now=timezone.now(), by=system_user(), purpose=AS_SYSTEM)


@app.periodic(cron="* * * * *")
@app.task(queue="wangge", name="keep_matter_clock", lock="matters")
def keep_matter_clock(timestamp: int) -> dict[str, int]:
    """Every minute: hung-up matters come back on their day; what is late is flagged, long late is escalated."""
    return run_matter_clock(now=timezone.now(), by=system_user(), purpose=AS_SYSTEM)


@app.periodic(cron="* * * * *")
@app.task(queue="wangge", name="keep_share_clock", lock="shares")
def keep_share_clock(timestamp: int) -> dict[str, int]:
    """Every minute: shares come into force, run out, are used up, and end with their emergency."""
    return run_share_clock(now=timezone.now(), by=system_user(), purpose=AS_SYSTEM)


@app.periodic(cron="* * * * *")
@app.task(queue="wangge", name="carry_handovers", lock="handovers")
def carry_handovers_on(timestamp: int) -> int:
    """Every minute: people handed over to other regions are sent, or what became of them is asked. -> how many were answered"""
    return carry_handovers(timezone.now())


@app.periodic(cron="50 15 * * *")
@app.task(queue="wangge", name="close_coverage", lock="coverage")
def close_coverage(timestamp: int) -> int:
    """Every evening (23:50 in Beijing): the coverage ledger of the day is closed. -> rows added"""
    return close_ledger(on=timezone.localdate(), by=system_user(), purpose=AS_SYSTEM)


@app.periodic(cron="25 * * * *")
@app.task(queue="wangge", name="roll_grades_on", lock="way")
def roll_grades_on(timestamp: int) -> dict[str, int]:
    """Every hour: people whom time touched since the newest batch are graded anew and laid before the cell."""
    emergency = current_emergency()
    if emergency is None or emergency.phase not in ("active", "wind_down"):
        return {}
    return roll_grades(emergency=emergency, as_of=timezone.localdate(), by=system_user(), purpose=AS_SYSTEM)


def carry(run: Run, progress: Progress | None = None) -> Run:
    """The way over the installation's own data. -> the finished run"""
    by = system_user()
    progress = progress or Progress()
    shown = progress.on_stage

    def on_stage(name: str, share: float) -> None:
        shown(name, share)
        report_run(run=run, stage=name, share=share, seconds=progress.seconds, by=by, purpose=AS_SYSTEM)

    progress.on_stage = on_stage
    walked = think(run.emergency.as_of, progress)
    with progress.stage("store"):
        walked.summary["seconds"] = dict(progress.seconds)
        walked.summary["missed_by"] = {cell["area_code"]: cell["missed_low"]
                                       for cell in walked.cells.to_pylist() if cell["kind"] == "community"}  # fmt: skip
        store_run(run=run, way=walked, by=by, purpose=AS_SYSTEM)
    run.refresh_from_db()
    return run


def think(as_of: dt.date, progress: Progress) -> way.Way:
    """All stages after reading and checking, on what the lake holds."""
    source, walked = installation(as_of), way.Way()
    counts = batch_counts()
    told = door_rows()
    walked.rows_in, walked.good = counts["n_rows"] + told.num_rows, pa.concat_tables([good_rows(), told])
    newest = pc.max(walked.good["collected_on"]).as_py()  # no list speaks of a day after the one it came on
    if newest is not None:
        source = dataclasses.replace(source, told_until=newest)
    walked.held = pa.table({"row": pa.nulls(counts["n_held"], pa.int32())})
    way.link_and_locate(source, walked, progress)
    way.judge(source, walked, progress)
    way.account(source, walked, progress)
    walked.summary = way.summary(source, walked, progress) | {"rows_with_fault": counts["n_faulty"]}
    return walked


def installation(as_of: dt.date) -> way.Source:
    """The installation's frame and movements, from its data folder, as divided and held today."""
    ground = Path(settings.DATA) / "ground"
    tables = {name: pq.read_table(ground / f"{name}.parquet") for name in ("areas", "dwellings")}
    tables["areas"], tables["dwellings"] = ground_now(**tables)
    return way.Source(
        mapping=mapping(),
        gone=gone(),
        decisions=pa.concat_tables([decisions(), door_decisions()]),
        key=settings.IDENTITY_KEY,
        files={},
        as_of=as_of,
        visits=_optional(ground / "visits.parquet", VISIT.empty()),
        zones=_optional(ground / "zones.parquet", ZONE.empty()),
        workers=workers_now(),
        **tables,
    )


def _optional(file: Path, otherwise: pa.Table) -> pa.Table:
    return pq.read_table(file) if file.exists() else otherwise
