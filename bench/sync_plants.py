"""Bugs to plant into the server, one at a time, so that the kill loop can show it would find them. Tests only."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

from django.db import connection, transaction

from wangge_server.feedback import api, submit_actions

Take = Callable[..., list[dict[str, Any]]]


def ack_first(take: Take) -> Take:
    """Says "accepted" before anything is stored; the work goes on behind its back."""

    def run(*, answers: Sequence[dict[str, Any]], by: Any, purpose: str) -> list[dict[str, Any]]:
        def later() -> None:
            time.sleep(0.03)
            take(answers=answers, by=by, purpose=purpose)
            connection.close()

        threading.Thread(target=later, daemon=True).start()
        return [{"id": a["id"], "state": "accepted", "lead_id": a["lead_id"]} for a in answers]

    return run


def no_key(take: Take) -> Take:
    """Takes each sending for a new one: the phone's id is not what is stored under."""

    def run(*, answers: Sequence[dict[str, Any]], by: Any, purpose: str) -> list[dict[str, Any]]:
        fresh = [a | {"id": str(uuid4())} for a in answers]
        results = take(answers=fresh, by=by, purpose=purpose)
        time.sleep(0.03)
        return [r | {"id": a["id"]} for r, a in zip(results, answers, strict=True)]

    return run


def two_tx(take: Take) -> Take:
    """Stores the answers in one transaction and what they decide in the next one."""

    def run(*, answers: Sequence[dict[str, Any]], by: Any, purpose: str) -> list[dict[str, Any]]:
        ends = submit_actions.feedback.ends_alone
        submit_actions.feedback.ends_alone = lambda answer: None
        try:
            results = take(answers=answers, by=by, purpose=purpose)
        finally:
            submit_actions.feedback.ends_alone = ends
        time.sleep(0.03)
        with transaction.atomic():
            submit_actions.settle(
                [r["lead_id"] for r in results if r["state"] == "accepted"], submit_actions.timezone.now(), by
            )
        return results

    return run


PLANTS: dict[str, Callable[[Take], Take]] = {"ack_first": ack_first, "no_key": no_key, "two_tx": two_tx}


def plant(name: str) -> None:
    """Put a bug where the product's own action stands."""
    api.take_answers = PLANTS[name](submit_actions.take_answers)
