"""Writes of residents about themselves, and of those who hang up the posters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from wangge import policy
from wangge.base.errors import WanggeError
from wangge.forms.submission import read_submission
from wangge_server.base.actions import action, note
from wangge_server.forms.actions import forget_submissions, receive_submission
from wangge_server.forms.queries import read_form
from wangge_server.resident import queries
from wangge_server.resident.models import Poster, Registration
from wangge_server.resident.receipts import digest_of_door, digest_of_receipt, new_code, receipt_for


@dataclass(frozen=True)
class Filled:
    """What a phone sends: the form's XML as it is, the files it names, the door it was filled for."""

    xml: bytes
    files: Mapping[str, bytes]
    door: str
    method: str = "phone"


@action("poster.open")
def open_poster(
    *,
    version: Any,
    place: str,
    area_code: str,
    basis: str,
    closes_on: dt.date,
    keep_until: dt.date,
    by: Any,
    purpose: str,
) -> Poster:
    """A new code for a wall. E3890 for a form that is not out, E3891 where the days are in no order."""
    today = timezone.localdate()
    may_send = policy.decide("resident", version.form.purpose, "submission.send", "peace").allowed
    if version.state != "published" or version.until < today or not may_send:
        raise WanggeError("E3890")
    if not today <= closes_on <= min(version.until, keep_until):
        raise WanggeError("E3891", until=version.until)
    poster = Poster.objects.create(
        code=new_code(), version=version, place=place, area_code=area_code, basis=basis, closes_on=closes_on,
        keep_until=keep_until, made_by=by,
    )  # fmt: skip
    note(about=str(poster.pk), form=version.form_id)
    return poster


@action("poster.open")
def close_poster(*, poster: Poster, by: Any, purpose: str) -> None:
    """From now on the code takes nothing; corrections and withdrawals go on."""
    if poster.closed_at is None:
        poster.closed_at = timezone.now()
        poster.save(update_fields=["closed_at"])
    note(about=str(poster.pk))


@action("registration.send")
def register_household(*, poster: Poster, filled: Filled, by: Any, purpose: str) -> str:
    """A household registers itself. The same registration again gives the same receipt. -> the receipt, shown once

    A door that is registered already loses nothing and blocks nobody: the second one is kept beside the first and
    somebody asks at the door. E3890: the code is closed; E3892: no door; E383x: what the form itself refuses.
    """
    _must_be_open(poster)
    return _register(poster, filled, by, purpose)


@action("registration.key")
def key_in(*, poster: Poster, filled: Filled, by: Any, purpose: str) -> str:
    """A paper form is typed in by somebody at a desk, who is named. -> the receipt, to be written on the slip"""
    _must_be_open(poster)
    return _register(poster, filled, by, purpose)


def _must_be_open(poster: Poster) -> None:
    if not queries.is_open(poster, timezone.localdate()):
        raise WanggeError("E3890")


def _register(poster: Poster, filled: Filled, by: Any, purpose: str, replaces: Registration | None = None) -> str:
    if not filled.door:
        raise WanggeError("E3892")
    submission = _submit(poster, filled, by)
    receipt = receipt_for(submission.instance_id)
    if queries.registration_by_instance(submission.instance_id) is not None:
        return receipt  # the same phone again: its answer was lost on the way
    if replaces is not None:
        _leave(replaces, "replaced")
        _forget(replaces, by, purpose)
    digest = digest_of_door(poster.pk, filled.door)
    # One at a time for one poster: two phones of one household must not both be the first.
    Poster.objects.select_for_update().get(pk=poster.pk)
    stands = Registration.objects.filter(poster=poster, door_digest=digest, state="taken").exists()
    registration = Registration.objects.create(
        poster=poster, submission_id=submission.pk, instance_id=submission.instance_id, method=filled.method,
        state="doubled" if stands else "taken", door=filled.door, door_digest=digest, by=by, replaces=replaces,
        n_people=_n_people(poster, filled.xml), receipt_digest=digest_of_receipt(receipt),
    )  # fmt: skip
    note(about=str(registration.pk), poster=str(poster.pk), state=registration.state)
    return receipt


def _submit(poster: Poster, filled: Filled, by: Any) -> Any:
    """The form is taken in by its own room, for its own purpose. What does not hold there is kept and waits for review."""
    form = poster.version.form
    if read_submission(filled.xml).form_id != form.form_id:
        raise WanggeError("E3836", form=form.form_id, version=poster.version.version)
    taken = receive_submission(
        raw=filled.xml, files=filled.files, device=None, now=timezone.now(), by=by, purpose=form.purpose
    )
    if taken.became == "conflict":
        raise WanggeError("E3840")
    return taken.submission


def _n_people(poster: Poster, xml: bytes) -> int:
    """Members that stand in the form's longest list of them; one where it has no list."""
    root, form = read_submission(xml).root, read_form(poster.version)
    return max((len(root.xpath(path)) for path in form.repeats), default=1)


def _leave(registration: Registration, state: str) -> None:
    """A registration counts no more; one of the same door that waited beside it takes its place."""
    registration.state, registration.changed_at = state, timezone.now()
    registration.save(update_fields=["state", "changed_at"])
    waiting = Registration.objects.filter(
        poster=registration.poster, door_digest=registration.door_digest, state="doubled"
    ).order_by("at")
    heir = waiting.first() if state == "withdrawn" else None
    if heir is not None:
        heir.state = "taken"
        heir.save(update_fields=["state"])


@action("registration.send")
def correct_registration(*, registration: Registration, filled: Filled, by: Any, purpose: str) -> str:
    """Whoever holds the receipt says it anew; the earlier one counts no more. -> the new receipt. E3893: it was withdrawn."""
    _still_stands(registration)
    return _register(registration.poster, filled, by, purpose, registration)


@action("registration.send")
def withdraw_registration(*, registration: Registration, by: Any, purpose: str) -> None:
    """Whoever holds the receipt takes it back: what was said is destroyed now, that somebody withdrew remains as a count."""
    _still_stands(registration)
    _leave(registration, "withdrawn")
    _forget(registration, by, purpose)
    note(about=str(registration.pk), poster=str(registration.poster_id))


def _forget(registration: Registration, by: Any, purpose: str) -> None:
    """What was said under it is destroyed; that it was there remains."""
    gone = registration.submission_id
    registration.submission_id, registration.door, registration.n_people = None, "", 0
    registration.save(update_fields=["submission_id", "door", "n_people"])
    if gone:
        forget_submissions(ids=[gone], by=by, purpose=purpose)


def _still_stands(registration: Registration) -> None:
    if registration.state not in ("taken", "doubled"):
        raise WanggeError("E3893")


@action("registration.forget")
def forget_registrations(*, poster: Poster, by: Any, purpose: str) -> int:
    """The poster's day has come: what was registered is destroyed, counts remain. -> how many registrations went"""
    rows = Registration.objects.filter(poster=poster)
    poster.n_households, poster.n_people = queries.counts_of(poster)
    poster.forgotten_at = timezone.now()
    poster.closed_at = poster.closed_at or timezone.now()
    poster.save(update_fields=["n_households", "n_people", "forgotten_at", "closed_at"])
    forget_submissions(ids=[pk for pk in rows.values_list("submission_id", flat=True) if pk], by=by, purpose=purpose)
    gone, _ = rows.delete()
    note(about=str(poster.pk), registrations=gone)
    return gone
