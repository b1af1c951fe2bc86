"""The demo: a made-up district goes the whole way through the server's own actions and jobs."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from subprocess import Popen
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone
from procrastinate.contrib.django import app

from wangge import identity, policy, synth, way
from wangge.base.errors import WanggeError
from wangge.base.progress import Progress, peak_rss_mb
from wangge.base.terminal import show
from wangge_server.accounts.actions import system_user
from wangge_server.accounts.queries import NOBODY
from wangge_server.base.system import AS_SYSTEM
from wangge_server.config import processes, rehearse
from wangge_server.config.demo_forms import hang_a_code
from wangge_server.config.install import install, receive_lists
from wangge_server.dispatch.models import Task
from wangge_server.feedback.ledger_actions import close_ledger
from wangge_server.feedback.queries import balance, outcome_counts
from wangge_server.insight.queries import cells, total
from wangge_server.intake.models import Batch
from wangge_server.intake.queries import batch_counts
from wangge_server.jobs.actions import start_run
from wangge_server.jobs.models import Run
from wangge_server.jobs.queries import runs
from wangge_server.jobs.stalled import take_up_now
from wangge_server.registry.queries import all_links

WAITING = ("confirmed", "reading")
# Of the made-up judges only; a real seat chooses its own and tells nobody.
SIGNING_PASSPHRASE = "made-up judges sign here"  # noqa: S105 - of made-up people
# One worker, started by us and beating every ten seconds: nobody else to wait for.
SILENT_HERE = 15.0


def make(preset: str, seed: int, password: str, stages: tuple[str, ...]) -> dict[str, Any]:
    """Everything but serving. A second call finds the summary of the first and reuses it. -> the summary"""
    done = Path(settings.DATA) / "demo.json"
    call_command("migrate", verbosity=0)
    if done.exists():
        kept = json.loads(done.read_text("utf-8"))["summary"]
        if (kept["preset"], kept["seed"]) == (preset, seed):
            return kept | counted()
        raise WanggeError("E9005", name=Path(settings.DATA).name, found=f"{kept['preset']}, seed {kept['seed']}")
    with show(f"wangge demo: {preset}, seed {seed}", stages) as progress:
        folder = _district(preset, seed, progress)
        run = _through_the_jobs(folder, f"{preset}-{seed}", password, progress)
        with progress.stage("sign"):
            rehearse.sign_waiting(SIGNING_PASSPHRASE)
        with progress.stage("forms"):
            hang_a_code()
        _in_the_field(seed, progress)
    summary = _summary(preset, seed, folder, run, progress)
    done.write_text(json.dumps({"summary": summary, "logins": logins(password)}, ensure_ascii=False) + "\n", "utf-8")
    return summary


def _district(preset: str, seed: int, progress: Progress) -> Path:
    folder = Path(settings.DATA) / "synth" / f"{preset}-{seed}"
    with progress.stage("synth"):
        if not (folder / "preset.json").exists():
            synth.make(preset, seed, folder)
    return folder


def _through_the_jobs(folder: Path, name: str, password: str, progress: Progress) -> Run:
    with progress.stage("install"):
        emergency = install(folder, name, password)
        rehearse.sign_protocols(SIGNING_PASSPHRASE)
    with progress.stage("upload"):
        receive_lists(folder)
    worker = processes.start(processes.worker_words(one_shot=False), processes.environment())
    try:
        with progress.stage("read") as share:
            _read_all(worker, share)
        run = start_run(emergency=emergency, by=system_user(), purpose=AS_SYSTEM)
        _run_way(run, worker, progress)
    finally:
        processes.stop_all([worker])
    progress.seconds |= run.summary["seconds"] | run.seconds
    return run


def _read_all(worker: Popen[bytes], share: Callable[[float], None]) -> None:
    """Let the job worker read and check every waiting file; a refused one stops the demo with its number."""
    for batch in Batch.objects.filter(state__in=WAITING):
        app.configure_task("read_batch").defer(batch_id=str(batch.pk))
    while Batch.objects.filter(state__in=WAITING).exists():
        _still_there(worker)
        share(_share_read())
    refused = Batch.objects.filter(state="refused").first()
    if refused is not None:
        raise WanggeError(refused.error_code, **refused.error_facts)


def _run_way(run: Run, worker: Popen[bytes], progress: Progress) -> None:
    """Let the job worker run the way, showing each stage as the run reports it."""
    app.configure_task("run_way").defer(run_id=str(run.pk))
    seen: dict[str, float] = {}
    while run.state in ("waiting", "running"):
        _still_there(worker)
        _follow(run, seen, progress)
        run.refresh_from_db()
    _follow(run, seen, progress)
    if run.state != "done":
        raise WanggeError(run.error_code or "E9006")


def _still_there(worker: Popen[bytes]) -> None:
    time.sleep(0.2)
    take_up_now(SILENT_HERE)  # a demo that was killed left its jobs behind
    if worker.poll() is not None:
        raise WanggeError("E9006")


def _share_read() -> float:
    n = Batch.objects.count()
    return Batch.objects.exclude(state__in=WAITING).count() / max(n, 1) * 0.99


def _follow(run: Run, seen: dict[str, float], progress: Progress) -> None:
    found = runs().filter(pk=run.pk).values("stage", "share", "seconds").get()
    for stage in found["seconds"]:
        if stage not in seen:
            seen[stage] = found["seconds"][stage]
            progress.on_stage(stage, 1.0)
    if found["stage"] and found["stage"] not in seen:
        progress.on_stage(found["stage"], found["share"])


def _in_the_field(seed: int, progress: Progress) -> None:
    with progress.stage("visit"):
        rehearse.visit_doors(seed)
    with progress.stage("recheck"):
        rehearse.check_again(seed)
    with progress.stage("ledger"):
        close_ledger(on=timezone.localdate(), by=system_user(), purpose=AS_SYSTEM)


def _summary(preset: str, seed: int, folder: Path, run: Run, progress: Progress) -> dict[str, Any]:
    truth = way.truth_of(folder)
    scores = identity.score(all_links(), truth)
    return {
        "preset": preset,
        "seed": seed,
        **_rows(),
        "people": run.summary["people"],
        "true_people": way.true_people(truth),
        **{key: scores[key] for key in ("pair_precision", "pair_recall", "pair_f1")},
        "households": run.summary["households"],
        **counted(),
        "grades": run.summary["grades"],
        "seconds": progress.seconds,
        "peak_rss_mb": max(peak_rss_mb(), run.summary["peak_rss_mb"]),
    }


def _rows() -> dict[str, int]:
    counts = batch_counts()
    return {"rows_in": counts["n_rows"], "rows_good": counts["n_good"], "rows_held": counts["n_held"]}


def counted() -> dict[str, Any]:
    """What the database says now: it changes with every visit."""

    kept, whole = balance(), total(cells("", 6, timezone.now()))
    return {
        "leads": kept["leads"],
        "tasks": Task.objects.count(),
        "outcomes": outcome_counts(),
        "open": kept["open"],
        "withdrawn": kept["withdrawn"],
        "conservation_difference": kept["difference"],
        "covered": whole["confirmed"],
        "frame": whole["frame"],
    }


def logins(password: str) -> list[dict[str, str]]:
    """One login for each role, two where a second person must agree; the grid worker is one with doors to visit."""
    from wangge_server.accounts.models import User

    busiest = Task.objects.filter(closed_at__isnull=True, worker_id__isnull=False).order_by("worker_id").first()
    found = []
    for role, label in policy.table()["role"].items():
        users = User.objects.filter(role=role).exclude(role__in=NOBODY).order_by("username")
        if role == "grid_worker":
            users = users.filter(username=busiest.worker_id) if busiest else users[:1]
        for user in users[:2]:
            row = {"role": role, "label": label["zh-hans"], "username": user.username, "password": password}
            found.append(row)
    return found


def logins_in_words(password: str) -> str:
    """The logins as lines for the terminal."""
    lines = [f"  {row['username']:<24}{row['label']}" for row in logins(password)]
    seats = f"passphrase of the three made-up judges: {SIGNING_PASSPHRASE}"
    return f"password for all: {password}\n{seats}\n" + "\n".join(lines)
