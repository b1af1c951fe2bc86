"""Writes of regions and handovers. The bundle is signed once and sent as often as it takes; the other side counts it once."""

from __future__ import annotations

import base64
import datetime as dt
import json
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from wangge import policy
from wangge.base.errors import WanggeError
from wangge_server.audit.sealed import installation_key
from wangge_server.base.actions import action, note
from wangge_server.dispatch.batch_actions import correct_envelopes
from wangge_server.emergency.queries import must_be_in_force
from wangge_server.risk.queries import grade_at, reasons_for
from wangge_server.sharing import bundle as bundles
from wangge_server.sharing import region_queries as queries
from wangge_server.sharing.models import Arrival, Handover, Region
from wangge_server.sharing.models.share import new_id


@action("region.trust")
def trust_region(*, name: str, public_key: str, address: str, by: Any, purpose: str) -> Region:
    """Know another installation by its key, which was handed over by another way. E8253 for no key, E8254 for no HTTPS."""
    bundles.must_be_safe(address)
    try:
        raw = base64.b64decode(public_key, validate=True)
    except ValueError as why:
        raise WanggeError("E8253") from why
    if len(raw) != 32 or not name.strip() or public_key == queries.own_key():
        raise WanggeError("E8253")
    made, is_new = Region.objects.update_or_create(
        public_key=public_key, defaults={"name": name.strip()[:60], "address": address.rstrip("/")[:200], "trusted_by": by, "ended_at": None}
    )  # fmt: skip
    note(about=str(made.pk), new=is_new)
    return made


@action("region.trust")
def end_trust(*, region: Region, by: Any, purpose: str) -> None:
    """From now on nothing is taken from it and nothing sent."""
    region.ended_at = timezone.now()
    region.save(update_fields=["ended_at"])
    note(about=str(region.pk))


@action("handover.send")
def send_handover(
    *,
    person: Any,
    emergency: Any,
    region: Region,
    place: str,
    basis: str,
    reason: str,
    granted: frozenset[str],
    by: Any,
    purpose: str,
) -> Handover:
    """Hand somebody over: from now on it is our task until a person over there accepts. E8252 where it is under way already,
    E8258 without basis and reason, E8253 for a region that is not trusted, E5105 outside an emergency."""
    if not basis.strip() or not reason.strip():
        raise WanggeError("E8258")
    must_be_in_force(emergency.code)
    if region.ended_at is not None:
        raise WanggeError("E8253")
    now = timezone.now()
    pk, ends = new_id(), now + dt.timedelta(days=bundles.handover_terms()["limits"]["days"])
    body = {
        "id": str(pk), "sender": queries.own_key(), "receiver": region.public_key, "purpose": purpose, "basis": basis.strip(),
        "reason": reason.strip(), "place": place.strip(), "issued_at": now.isoformat(),
        "expires_at": ends.isoformat(),
        "person": _facts_of(person, granted & policy.elements_for(by.role, purpose), now),
    }  # fmt: skip
    try:
        with transaction.atomic():
            made = Handover.objects.create(
                pk=pk, emergency=emergency, region=region, person=person, bundle=json.dumps(body, ensure_ascii=False),
                digest=bundles.digest_of(body), state=bundles.handover_step("out", "", "send"), made_by=by, made_at=now,
                expires_at=ends, next_try_at=now, receipt="", words="",
            )  # fmt: skip
    except IntegrityError as why:
        raise WanggeError("E8252") from why
    note(about=person.pk, handover=str(made.pk), region=str(region.pk), elements=sorted(body["person"]))
    return made


def _facts_of(person: Any, granted: frozenset[str], now: dt.datetime) -> dict[str, str]:
    """What leaves: elements on the list, granted, and known. Unknown ones are absent."""
    grade = grade_at(person.pk, now)
    known = {
        "person.name": person.name, "person.sex": person.sex, "person.phone": person.phone,
        "person.birth_date": person.birth_date and person.birth_date.isoformat(), "grade": grade and grade.grade,
        "grade.reason": grade and reasons_for([person.pk]).get(person.pk),
    }  # fmt: skip
    return {
        name: str(known[name]) for name in bundles.handover_terms()["elements"] if name in granted and known.get(name)
    }


@action("handover.send")
def keep_here(*, handover_id: UUID, words: str, by: Any, purpose: str) -> Handover:
    """It was refused or never arrived, and the person stays ours: the task ends with words. E8250, E8258."""
    if not words.strip():
        raise WanggeError("E8258")
    found = _locked(handover_id)
    found.state, found.words, found.closed_at = (
        bundles.handover_step("out", found.state, "keep"),
        words.strip(),
        timezone.now(),
    )
    found.save(update_fields=["state", "words", "closed_at"])
    note(about=str(found.pk), state=found.state)
    return found


@action("handover.carry")
def take_receipt(*, handover_id: UUID, raw: bytes, now: dt.datetime, by: Any, purpose: str) -> Handover:
    """What the other side answered. Its key must have signed it, about this very bundle (E8253, E8256). A late or repeated
    answer takes nothing back: what was decided stays decided. On acceptance our envelopes for the person close."""
    found = _locked(handover_id)
    receipt = bundles.opened(bundles.RECEIPT, "receipt", raw, base64.b64decode(found.region.public_key))
    if receipt.get("id") != str(found.pk) or receipt.get("digest") != found.digest:
        raise WanggeError("E8256")
    state = bundles.can_step("out", found.state, str(receipt.get("state")))
    found.tries, found.fault, found.next_try_at = 0, "", now + dt.timedelta(minutes=1)
    if state:
        found.state, found.receipt, found.words = state, raw.decode(), str(receipt.get("words", ""))
        if state == "accepted":
            found.closed_at = now
            correct_envelopes(person_id=found.person_id, left="", at=now, by=by, purpose=purpose)
    found.save()
    note(about=str(found.pk), state=found.state, said=str(receipt.get("state"))[:12])
    return found


@action("handover.carry")
def note_failure(*, handover_id: UUID, number: str, now: dt.datetime, by: Any, purpose: str) -> Handover:
    """Nobody answered, or not rightly: tried again after a pause that doubles, until its day has come."""
    found = _locked(handover_id)
    found.tries, found.fault = found.tries + 1, number
    pause = min(2 ** min(found.tries - 1, 10), bundles.handover_terms()["limits"]["most_minutes"])
    found.next_try_at = now + dt.timedelta(minutes=pause)
    if now > found.expires_at:
        found.state = bundles.can_step("out", found.state, "lapse") or found.state
    found.save(update_fields=["tries", "fault", "next_try_at", "state"])
    note(about=str(found.pk), number=number, tries=found.tries, state=found.state)
    return found


@action("handover.receive")
def receive_bundle(*, raw: bytes, now: dt.datetime, by: Any, purpose: str) -> Arrival:
    """Take in what another region sends. The same bundle again gives what became of it; another one under its number is
    refused (E8256), as is an unknown sender or a bundle for somebody else (E8253) and one of an impossible day (E8255)."""
    body = bundles.opened(bundles.BUNDLE, "bundle", raw)
    region = queries.trusted(public_key=body["sender"])
    if region is None:
        raise WanggeError("E8253")
    try:
        known = Arrival.objects.filter(pk=UUID(str(body.get("id")))).first()
    except ValueError as why:
        raise WanggeError("E8253") from why
    if known is None:
        bundles.must_be_whole(body, queries.own_key(), now)
        # Two that come at the same moment: one is new, the other finds it.
        known, is_new = Arrival.objects.get_or_create(pk=UUID(body["id"]), defaults={
            "region": region, "bundle": json.dumps(body, ensure_ascii=False), "digest": bundles.digest_of(body), "words": "",
            "state": bundles.handover_step("in", "", "arrive"), "arrived_at": now})  # fmt: skip
        note(new=is_new)
    if known.digest != bundles.digest_of(body) or known.region_id != region.pk:
        raise WanggeError("E8256")
    note(about=str(known.pk), state=known.state)
    return known


@action("handover.decide")
def accept_arrival(*, arrival_id: UUID, by: Any, purpose: str) -> Arrival:
    """A person takes somebody over. E8250 where it is decided."""
    return _decide(arrival_id, "accept", by, "")


@action("handover.decide")
def refuse_arrival(*, arrival_id: UUID, words: str, by: Any, purpose: str) -> Arrival:
    """A person says no, with words the other side reads. E8258 without them."""
    if not words.strip():
        raise WanggeError("E8258")
    return _decide(arrival_id, "refuse", by, words.strip())


def _decide(arrival_id: UUID, act: str, by: Any, words: str) -> Arrival:
    found = Arrival.objects.select_for_update().get(pk=arrival_id)
    found.state = bundles.handover_step("in", found.state, act)
    found.decided_by, found.decided_at, found.words = by, timezone.now(), words
    found.save(update_fields=["state", "decided_by", "decided_at", "words"])
    note(about=str(found.pk), act=act, state=found.state)
    return found


def receipt_of(arrival: Arrival, now: dt.datetime) -> bytes:
    """What is answered, signed: which bundle, and what became of it."""
    body = {
        "id": str(arrival.pk),
        "digest": arrival.digest,
        "state": arrival.state,
        "words": arrival.words,
        "at": now.isoformat(),
    }
    return bundles.sealed(bundles.RECEIPT, "receipt", body, installation_key())


def _locked(handover_id: UUID) -> Handover:
    return Handover.objects.select_for_update(of=("self",)).select_related("region").get(pk=handover_id)
