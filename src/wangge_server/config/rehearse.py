"""Made-up judges sign and made-up workers answer, through the same actions the pages and the phone use. Demos and tests only.

Not everybody is home and not every door is reached: some leads stay open, so the board has something to show.
"""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

from django.utils import timezone

from wangge import exposure, policy
from wangge.base.errors import WanggeError
from wangge.base.ids import uuid7
from wangge_server.accounts.key_actions import make_signing_key
from wangge_server.accounts.models import User
from wangge_server.accounts.queries import accounts, signing_key
from wangge_server.dispatch.actions import close_task, open_task
from wangge_server.dispatch.models import Task
from wangge_server.dispatch.queries import leads_of, tasks_of
from wangge_server.emergency.actions import draft_emergency, sign_emergency
from wangge_server.emergency.models import Emergency
from wangge_server.emergency.protocol_actions import propose_protocol, sign_protocol
from wangge_server.emergency.protocol_queries import version_by_label
from wangge_server.emergency.queries import emergency_by_code
from wangge_server.feedback.actions import draw_rechecks, record_recheck
from wangge_server.feedback.queries import rechecks_for
from wangge_server.feedback.submit_actions import take_answers
from wangge_server.risk.cell_actions import answer_guard, record_sight, sign_batch
from wangge_server.risk.cell_queries import columns_for, seats, signatures_of, unanswered, waiting
from wangge_server.risk.models import Batch

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


def declare(code: str, area_code: str, as_of: dt.date) -> Emergency:
    """A made-up commander drafts an emergency, somebody who answers for health signs it. Once: a second call finds the first."""
    known = emergency_by_code(code)
    if known is not None:
        return known
    said = {
        "name": "呼吸道传染病应急响应（演示）", "kind": "declared", "hazard": "respiratory", "level": "III",
        "legal_basis": "《中华人民共和国突发公共卫生事件应对法》", "document_no": "演示〔2026〕1号", "area_code": area_code,
        "protocol": exposure.label(exposure.protocol_for(as_of)), "starts_on": as_of - dt.timedelta(days=14),
        "review_on": max(as_of, timezone.localdate()) + dt.timedelta(days=30),
    }  # fmt: skip
    first, second = (accounts(role=role).first() for role in ("commander", "judge_health"))
    draft_emergency(said=said, as_of=as_of, code=code, by=first, purpose="command")
    return sign_emergency(code=code, act="sign", said={}, by=second, purpose="command")


def sign_protocols(passphrase: str) -> list[str]:
    """A made-up epidemiologist and a made-up health judge sign every version of the shelf that is no example. -> labels, signed now"""
    first, second = (accounts(role=role)[0] for role in ("cdc", "judge_health"))
    for one in (first, second):
        if signing_key(one) is None:
            make_signing_key(passphrase=passphrase, by=one, purpose="command")
    fresh, same = [], {"passphrase": passphrase, "purpose": "command"}
    for label, text in sorted(exposure.protocol_texts().items()):
        if not exposure.protocols()[label].example and version_by_label(label) is None:
            made = propose_protocol(text=text, by=first, **same)
            sign_protocol(label=label, digest=made.digest, by=second, **same)
            fresh.append(label)
    return fresh


def sign_waiting(passphrase: str) -> Batch | None:
    """Three made-up judges read the batch that waits and sign it, each with an own key; a made-up epidemiologist answers first.

    May run again after a kill: seats that signed have signed. -> the batch, in force; None where nothing waits
    """
    batch = waiting()
    if batch is None:
        return None
    cdc = accounts(role="cdc").first()
    for alarm in unanswered(batch):
        named = {"attribute": alarm["attribute"], "value": alarm["value"], "reason": "list_of_cases"}
        answer_guard(batch_id=batch.pk, **named, by=cdc, purpose="judgement")
    signed = {one.seat for one in signatures_of(batch)}
    for seat in seats():
        if seat not in signed:
            judge = accounts(role=seat).get()
            if signing_key(judge) is None:
                make_signing_key(passphrase=passphrase, by=judge, purpose="judgement")
            shown = columns_for(policy.elements_for(seat, "judgement"))
            record_sight(batch=batch, columns=shown, area={}, by=judge, purpose="judgement")
            batch = sign_batch(
                batch_id=batch.pk, digest=batch.digest, passphrase=passphrase, by=judge, purpose="judgement"
            )
    return batch


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
