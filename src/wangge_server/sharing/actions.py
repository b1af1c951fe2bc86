"""Writes of shares. life.py says which move is possible; here it is carried out, and every use leaves its receipt."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
from typing import Any
from uuid import UUID

from django.utils import timezone

from wangge import policy
from wangge.base.errors import WanggeError
from wangge_server.accounts.actions import system_user
from wangge_server.audit.actions import write_event
from wangge_server.audit.sealed import installation_key
from wangge_server.base.actions import action, note
from wangge_server.sharing import queries
from wangge_server.sharing.life import datasets, share_moves, share_step
from wangge_server.sharing.models import Share, SharedPerson, ShareMove, ShareNotice, ShareReceipt
from wangge_server.sharing.rows import digest_of, elements_of, rows_of, token

SIGNED = "wangge-share-v1\n"  # so that a signature over terms can never be taken for one over anything else


@action("share.request")
def request_share(*, terms: dict[str, Any], officer: Any, by: Any, purpose: str) -> Share:
    """Ask for a share. E8201 for an element that is not there or not granted to one's role for this purpose, E8202 where basis
    or reason is missing, E8203 for days, E8204 for an officer of another unit, E8211 without an emergency, E8212 for limits."""
    _must_be_grantable(terms, by, purpose)
    if officer is None or not by.unit_code or officer.unit_code != by.unit_code or not officer.is_active:
        raise WanggeError("E8204")
    if terms["emergency"] is None:
        raise WanggeError("E8211")
    now = timezone.now()
    share = Share(**terms, purpose=purpose, grantee_unit=by.unit_code, grantee_officer=officer, requested_by=by,
                  requested_at=now)  # fmt: skip
    share.state = share_step("", "request", "request", _facts(share, by, words=share.reason))
    share.save()
    ShareMove.objects.create(share=share, act="request", state=share.state, words=share.reason, by=by, at=now)
    note(about=str(share.pk), dataset=share.dataset, elements=sorted(share.fields))
    return share


def _must_be_grantable(terms: dict[str, Any], by: Any, purpose: str) -> None:
    there = datasets().get(terms["dataset"], {"elements": []})["elements"]
    allowed = policy.elements_for(by.role, purpose)
    wrong = [name for name in terms["fields"] if name not in there or name not in allowed]
    wrong += [name for name in terms["pseudonymised"] if name not in terms["fields"]]
    if wrong or not terms["fields"]:
        raise WanggeError("E8201", element=", ".join(wrong) or "—")
    if not terms["area_code"].startswith(by.area_code or "-"):
        raise WanggeError("E8213")


@action("share.request")
def withdraw_share(*, share_id: UUID, words: str = "", by: Any, purpose: str) -> Share:
    """The asking unit lets it be."""
    return _act(share_id, "withdraw", "request", by, purpose, words)


@action("share.approve")
def grant_share(*, share_id: UUID, words: str = "", by: Any, purpose: str) -> Share:
    """Who answers for the data agrees, and answers for the share from now on. E8004, E8005, E8206."""
    return _act(share_id, "grant", "approve", by, purpose, words)


@action("share.approve")
def approve_share(*, share_id: UUID, words: str = "", by: Any, purpose: str) -> Share:
    """A second person, of a third department, agrees; the terms are signed. E8004, E8005."""
    return _act(share_id, "approve", "approve", by, purpose, words)


@action("share.approve")
def refuse_share(*, share_id: UUID, words: str, by: Any, purpose: str) -> Share:
    """No, with reasons."""
    return _act(share_id, "refuse", "approve", by, purpose, words)


@action("share.revoke")
def revoke_share(*, share_id: UUID, words: str, by: Any, purpose: str) -> Share:
    """From this moment nothing more is given."""
    return _act(share_id, "revoke", "revoke", by, purpose, words)


@action("share.read")
def read_share(*, share_id: UUID, kind: str, granted: frozenset[str], by: Any, purpose: str) -> dict[str, Any]:
    """Use a share once: `whole`, or `changes` since the last use. The receipt, the person's own line and the audit entry are
    written with it. E8205, E8207, E8208, E8209, E8210. -> what is given, as JSON tells it"""
    share, now = _locked(share_id), timezone.now()
    _bring_up(share, now)
    share_step(share.state, "read", "read", _facts(share, by, purpose=purpose))
    elements = elements_of(share, by.role, granted)
    rows = rows_of(share, elements, timezone.localdate(now), by.area_code or "-")
    if len(rows) > share.max_rows:
        raise WanggeError("E8209", n=len(rows), most=share.max_rows)
    before = queries.given_before(share)
    marks = {person: digest_of(share, row) for person, row in rows.items()}
    new = {p for p in rows if kind == "whole" or p not in before or before[p].digest != marks[p]}
    gone = [line for person, line in before.items() if person not in rows]
    share.n_reads += 1
    share.save(update_fields=["n_reads"])
    _remember(share, rows, marks, gone, now)
    body = {"rows": [row for person, row in rows.items() if person in new], "gone": sorted(line.ref for line in gone)}
    receipt = ShareReceipt.objects.create(
        share=share, by=by, at=now, kind=kind, n_rows=len(new), n_gone=len(gone), elements=elements,
        digest=hashlib.sha256(json.dumps(body, sort_keys=True, ensure_ascii=False).encode()).hexdigest(),
    )  # fmt: skip
    _record(share, receipt, sorted(new), by, purpose)
    _bring_up(share, now)
    note(about=str(share.pk), receipt=str(receipt.pk), n=len(new), gone=len(gone), kind=kind, elements=elements)
    return _envelope(share, receipt) | body


def _record(share: Share, receipt: ShareReceipt, ids: list[str], by: Any, purpose: str) -> None:
    """Reading people is an entry of its own, with their ids, beside the receipt: each finds it in their own ledger."""
    facts = {"n": len(ids), "ids": ids, "elements": receipt.elements, "share": str(share.pk)}
    write_event(by=by, purpose=purpose, verb="read_share", permission="share.read",
                about=ids[0] if len(ids) == 1 else "", facts=facts, kind="read")  # fmt: skip


def _remember(
    share: Share, rows: dict[str, Any], marks: dict[str, str], gone: list[SharedPerson], now: dt.datetime
) -> None:
    lines = [SharedPerson(share=share, person_id=p, ref=row["ref"], digest=marks[p], at=now) for p, row in rows.items()]
    SharedPerson.objects.bulk_create(
        lines,
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["share", "person_id"],
        update_fields=["digest", "gone_at"],
    )
    SharedPerson.objects.filter(pk__in=[line.pk for line in gone]).update(gone_at=now)


def _envelope(share: Share, receipt: ShareReceipt) -> dict[str, Any]:
    return {
        "share": str(share.pk), "receipt": str(receipt.pk), "at": receipt.at.isoformat(), "kind": receipt.kind,
        "digest": receipt.digest, "elements": receipt.elements, "terms": terms_of(share), "signature": share.signature,
    }  # fmt: skip


@action("share.read")
def confirm_notices(*, share_id: UUID, by: Any, purpose: str) -> int:
    """The receiving unit carried out the corrections it was told of. E8205 for anybody else. -> how many"""
    share = _locked(share_id)
    if not by.unit_code or share.grantee_unit != by.unit_code:
        raise WanggeError("E8205")
    n = queries.open_notices(share).update(confirmed_at=timezone.now(), confirmed_by=by)
    note(about=str(share.pk), confirmed=n)
    return n


@action("share.correct")
def correct_shares(*, person_id: str, left: str, at: dt.datetime, by: Any, purpose: str) -> dict[str, int]:
    """A grade was corrected: every share that told it tells its receiver, and gives the row anew at the next use. -> {notices}"""
    lines = SharedPerson.objects.filter(person_id=person_id, share__dataset="graded_people").select_related("share")
    notices = [
        ShareNotice(share=line.share, ref=token(line.share, "person", person_id), left=left, at=at) for line in lines
    ]
    ShareNotice.objects.bulk_create(notices)
    note(about=person_id, notices=len(notices))
    return {"notices": len(notices)}


@action("share.clock")
def run_share_clock(*, now: dt.datetime, by: Any, purpose: str) -> dict[str, int]:
    """What time alone does: shares begin, run out, are used up, and end with their emergency. -> {act: n}"""
    done = dict.fromkeys(("expire", "begin", "use_up"), 0)
    for pk in list(queries.to_clock().values_list("pk", flat=True)):
        for act in _bring_up(_locked(pk), now):
            done[act] += 1
    note(**done)  # type: ignore[arg-type]
    return done


def terms_of(share: Share) -> dict[str, Any]:
    """What the two agreed to, as it is signed."""
    return {
        "share": str(share.pk), "emergency": share.emergency_id, "dataset": share.dataset, "purpose": share.purpose,
        "basis": share.basis, "elements": share.fields, "pseudonymised": share.pseudonymised,
        "rows": {"area": share.area_code, "grades": share.grades, "since": share.since and share.since.isoformat()},
        "max_rows": share.max_rows, "max_reads": share.max_reads, "not_before": share.begins_on.isoformat(),
        "expires": share.ends_on.isoformat(), "grantee": share.grantee_unit, "grantor": share.grantor_unit, "onward": False,
    }  # fmt: skip


def message_of(share: Share) -> bytes:
    """The bytes under the signature."""
    return (SIGNED + json.dumps(terms_of(share), sort_keys=True, ensure_ascii=False)).encode()


def _act(share_id: UUID, act: str, who: str, by: Any, purpose: str, words: str) -> Share:
    """One move of a person, after whatever the clock has to do first."""
    share, now = _locked(share_id), timezone.now()
    _bring_up(share, now)
    state = share_step(share.state, act, who, _facts(share, by, purpose=purpose, words=words))
    if act == "grant":
        share.grantor_unit, share.grantor_officer = by.unit_code, by
    if act == "approve":
        share.approved_by = by
        share.signature = base64.b64encode(installation_key().sign(message_of(share))).decode()
    _move(share, act, state, by, now, words)
    _bring_up(share, now)
    note(about=str(share.pk), act=act, state=share.state)
    return share


def _bring_up(share: Share, now: dt.datetime) -> list[str]:
    """What the clock says of this share is done before anybody else acts, so that a late job changes nothing. -> acts"""
    done: list[str] = []
    while act := queries.due_now(share, queries.facts_for(share, system_user(), timezone.localdate(now))):
        _move(share, act, share_moves()[act].to, system_user(), now, "")
        done.append(act)
    return done


def _move(share: Share, act: str, state: str, by: Any, now: dt.datetime, words: str) -> None:
    share.state = state
    share.save(update_fields=["state", "grantor_unit", "grantor_officer", "approved_by", "signature"])
    ShareMove.objects.create(share=share, act=act, state=state, words=words[:500], by=by, at=now)


def _facts(share: Share, by: Any, *, purpose: str = "", words: str = "") -> Any:
    return queries.facts_for(share, by, timezone.localdate(), purpose=purpose, words=words)


def _locked(share_id: UUID) -> Share:
    """One at a time: two readers must not both have the last read."""
    rows = Share.objects.select_for_update(of=("self",))
    return rows.select_related("emergency", "requested_by", "grantee_officer", "grantor_officer").get(pk=share_id)
