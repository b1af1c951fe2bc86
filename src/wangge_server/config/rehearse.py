"""Made-up workers answer at made-up doors, through the same actions the phone uses. Demos and tests only.

Not everybody is home and not every door is reached: some leads stay open, so the board has something to show.
"""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

from django.utils import timezone

from wangge.base.errors import WanggeError
from wangge.base.ids import uuid7
from wangge_server.accounts.models import User
from wangge_server.dispatch.actions import close_task, open_task
from wangge_server.dispatch.models import Task
from wangge_server.dispatch.queries import leads_of, tasks_of
from wangge_server.feedback.actions import draw_rechecks, record_recheck
from wangge_server.feedback.queries import rechecks_for
from wangge_server.feedback.submit_actions import take_answers

VISITED_SHARE = 0.8
# What a door gives, with weights: person, residence, status, result.
DOORS = (
    (88, ("seen", "door", "assessed", "visited")),
    (4, ("seen", "inside", "assessed", "visited")),
    (2, ("video", "not_seen", "assessed", "visited")),
    (3, ("not_seen", "not_seen", "not_assessed", "moved")),
    (1, ("not_seen", "door", "not_assessed", "refused")),
    (2, ("not_seen", "address_wrong", "not_assessed", "wrong_jurisdiction")),
)


def visit_doors(seed: int) -> int:
    """Every worker with envelopes answers about four of five. -> answers accepted"""
    chance, accepted = random.Random(seed), 0  # noqa: S311 - a rehearsal wants repeatable chance, not secrecy
    workers = User.objects.filter(
        role="grid_worker", username__in=Task.objects.filter(closed_at__isnull=True).values("worker_id")
    ).order_by("username")
    for worker in workers:
        tasks = [t for t in tasks_of(worker) if t.closed_at is None and chance.random() < VISITED_SHARE]
        accepted += _morning(worker, tasks, chance)
    return accepted


def _morning(worker: User, tasks: list[Task], chance: random.Random) -> int:
    answers = []
    for task in tasks:
        open_task(task=task, by=worker, purpose="visit")
        answers += [_answer(lead.lead_id, chance) for lead in leads_of(task)]
    results = take_answers(answers=answers, by=worker, purpose="visit") if answers else []
    for task in tasks:
        try:
            close_task(task=task, by=worker, purpose="visit")
        except WanggeError:
            continue  # somebody behind this door has no outcome yet: it stays open
    return sum(r["state"] == "accepted" for r in results)


def _answer(lead_id: str, chance: random.Random) -> dict[str, Any]:
    person, residence, status, result = chance.choices([d for _, d in DOORS], [w for w, _ in DOORS])[0]
    seen = status == "assessed"
    return {
        "id": str(uuid7()),
        "lead_id": lead_id,
        "person": person,
        "residence": residence,
        "status": status,
        "temperature": round(36.2 + chance.random() * 0.8, 1) if seen else None,
        "symptoms": [],
        "needs": ["medicine"] if seen and chance.random() < 0.05 else [],
        "result": result,
        "note": "",
        "observed_at": (timezone.now() - dt.timedelta(minutes=1)).isoformat(),
    }


def check_again(seed: int) -> tuple[int, int]:
    """A supervisor draws the blind sample and looks at two thirds of it. -> drawn, done"""
    supervisor = User.objects.get(username="supervisor")
    drawn = draw_rechecks(seed=seed, by=supervisor, purpose="supervision")
    chance, done = random.Random(seed + 1), 0  # noqa: S311
    for row in list(rechecks_for(supervisor)):
        if chance.random() < 2 / 3:
            first = row.lead.answers.order_by("-received_at").first()
            same = chance.random() < 0.95
            person = first.person if same else "not_seen"
            again = {"id": str(uuid7()), "observed_at": timezone.now().isoformat(), **_as_seen(first, person)}
            record_recheck(recheck=row, answer=again, by=supervisor, purpose="supervision")
            done += 1
    return drawn, done


def _as_seen(first: Any, person: str) -> dict[str, Any]:
    """The first answer again, or nobody at the door."""
    if person != first.person:
        return {"person": "not_seen", "residence": "door", "status": "not_assessed", "result": "not_found"}
    return {
        "person": first.person,
        "residence": first.residence,
        "status": first.status,
        "result": first.result,
        "temperature": first.temperature,
        "symptoms": [],
        "needs": [],
        "note": "",
    }
