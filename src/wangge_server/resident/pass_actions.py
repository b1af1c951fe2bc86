"""Writes about passes and gates. A check at a gate is no action: it writes nothing, and so it has no place here."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from django.utils import timezone

from wangge import risk
from wangge.base.errors import WanggeError
from wangge.risk.pass_code import ID_BYTES
from wangge_server.base.actions import action, note
from wangge_server.resident import pass_queries as queries
from wangge_server.resident.models import Checkpoint, IssuedPass, PassHolder
from wangge_server.resident.receipts import digest_of_receipt, new_code, new_number


@action("pass.give")
def give_slip(*, person: Any, by: Any, purpose: str) -> str:
    """A slip for somebody, who then shows a pass without an account; an earlier slip ends. -> its number, shown once. E6083"""
    emergency, now = queries.running_emergency(), timezone.now()
    _end(queries.holder_of(person.pk), now)
    slip = new_number()
    holder = PassHolder.objects.create(
        emergency=emergency, person=person, slip_digest=digest_of_receipt(slip), given_by=by
    )
    note(about=str(holder.pk))
    return slip


@action("pass.give")
def take_slip_back(*, holder: PassHolder, by: Any, purpose: str) -> None:
    """A slip was lost: it ends, and every pass from it stands in the list of withdrawn ones."""
    _end(holder, timezone.now())
    note(about=str(holder.pk))


def _end(holder: PassHolder | None, now: dt.datetime) -> None:
    if holder is not None and holder.ended_at is None:
        holder.ended_at = now
        holder.save(update_fields=["ended_at"])


@action("pass.show")
def issue_pass(*, holder: PassHolder, kind: str, relation: str = "", by: Any, purpose: str) -> IssuedPass:
    """A pass of today's colour. A proxy says who they are to the person, and that stays with the pass. E6083, E6084, E6085."""
    queries.running_emergency()
    if holder.ended_at is not None:
        raise WanggeError("E6084")
    if (kind == "proxy") != (relation in queries.RELATIONS):
        raise WanggeError("E6085")
    return _issue(holder, kind, relation, by)


@action("pass.give")
def print_pass(*, holder: PassHolder, by: Any, purpose: str) -> IssuedPass:
    """A pass on paper, from a desk: who printed it is kept, and it ends by itself like the others. E6083."""
    queries.running_emergency()
    return _issue(holder, "paper", "", by)


def _issue(holder: PassHolder, kind: str, relation: str, by: Any) -> IssuedPass:
    now = timezone.now().replace(microsecond=0)
    IssuedPass.objects.filter(holder=holder, expires_at__lte=now).delete()
    drawn = queries.colour_now(holder.person_id, now)
    made = risk.compose(drawn, pass_id=secrets.token_bytes(ID_BYTES), issuer="", now=now, kind=kind)
    issued = IssuedPass.objects.create(
        pass_id=made.pass_id, holder=holder, colour=made.colour, kind=kind, relation=relation, issued_at=now,
        expires_at=made.expires_at, by=by,
    )  # fmt: skip
    note(about=str(holder.pk), kind=kind, relation=relation)
    return issued


@action("pass.show")
def withdraw_pass(*, issued: IssuedPass, by: Any, purpose: str) -> None:
    """Its holder takes one pass back, a lost paper for example."""
    issued.withdrawn_at = timezone.now()
    issued.save(update_fields=["withdrawn_at"])
    note(about=str(issued.holder_id), kind=issued.kind)


@action("pass.void")
def void_passes(*, person_id: str, left: str, at: dt.datetime, by: Any, purpose: str) -> dict[str, int]:
    """An appeal lowered somebody's grade: passes of another colour count no more, and the slip draws a new one. -> {voided}"""
    colour = queries.colour_now(person_id, at).colour
    shown = IssuedPass.objects.filter(holder__person_id=person_id, expires_at__gt=at, withdrawn_at=None)
    voided = shown.exclude(colour=colour).update(withdrawn_at=at)
    note(about=person_id, left=bool(left), voided=voided)
    return {"voided": voided}


@action("checkpoint.open")
def open_checkpoint(*, given: dict[str, Any], by: Any, purpose: str) -> Checkpoint:
    """A place wants to ask for passes: written down, not yet active."""
    found = Checkpoint.objects.create(code=new_code(), made_by=by, **given)
    note(about=str(found.pk))
    return found


@action("checkpoint.open")
def activate_checkpoint(*, checkpoint: Checkpoint, by: Any, purpose: str) -> None:
    """From now on it asks for passes. E6082 while a lane without a code is missing, E6083 without an emergency."""
    queries.running_emergency()
    missing = queries.lanes_missing(checkpoint)
    if missing:
        raise WanggeError("E6082", lanes=", ".join(missing))
    checkpoint.active_at = timezone.now()
    checkpoint.save(update_fields=["active_at"])
    note(about=str(checkpoint.pk))


@action("checkpoint.open")
def close_checkpoint(*, checkpoint: Checkpoint, by: Any, purpose: str) -> None:
    """It asks no more."""
    checkpoint.closed_at = timezone.now()
    checkpoint.save(update_fields=["closed_at"])
    note(about=str(checkpoint.pk))
