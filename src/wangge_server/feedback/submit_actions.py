"""Answers that phones send, taken in one statement: kept, the lead decided, the door marked, and only then acknowledged.

The one place where a statement writes tables of three rooms: what belongs together is there together or not at all, and
a worker's batch costs one journey to the database (decision 0022).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from django.utils import timezone

from wangge import feedback, field
from wangge.base.errors import WanggeError
from wangge_server.base.actions import action, note
from wangge_server.base.prepared import fetch
from wangge_server.feedback.models import Dispute, Outcome
from wangge_server.feedback.queries import actor, bases_of, lead_table
from wangge_server.field.envelope import EMPTY, TAKEN, payload_hash, shape_problems, uuid_or_none
from wangge_server.field.queries import answerers_of, answers_for

SETTLE_WITHIN = dt.timedelta(hours=24)

# A lead nobody answered before is decided by its one answer (`ends`); every other one by settle().
TAKE = """
WITH given AS MATERIALIZED (
  SELECT * FROM json_to_recordset(%(given)s) AS g(answer_id uuid, lead_id text, person text, residence text, status text,
    temperature numeric, symptoms text[], needs text[], result text, note text, payload_hash text, base uuid,
    observed_at timestamptz, ends text, fits boolean)
), mine AS MATERIALIZED (
  SELECT g.answer_id, g.lead_id, t.task_id, t.dwelling_id, t.household_id, t.attempted_at, t.closed_at IS NOT NULL AND NOT gone.was AS is_shut,
         EXISTS (SELECT FROM field_answer a WHERE a.lead_id = g.lead_id) AS had
  FROM given g JOIN dispatch_lead l USING (lead_id) JOIN dispatch_task t USING (task_id),
       LATERAL (SELECT EXISTS (SELECT FROM dispatch_gone o WHERE o.task_id = t.task_id AND o.worker_id = %(worker)s) AS was) gone
  WHERE t.worker_id = %(worker)s OR gone.was
), known AS MATERIALIZED (
  SELECT a.answer_id, a.payload_hash, a.lead_id FROM given g JOIN field_answer a USING (answer_id) WHERE a.by_id = %(by)s
), fresh AS (
  INSERT INTO field_answer (answer_id, lead_id, person, residence, status, temperature, symptoms, needs, result, note,
                            payload_hash, base, is_conflict, by_id, observed_at, received_at)
  SELECT g.answer_id, lead_id, person, residence, status, temperature, symptoms, needs, result, note,
         payload_hash, base, false, %(by)s, observed_at, %(now)s
  FROM given g JOIN mine m USING (answer_id, lead_id) WHERE g.fits AND NOT m.is_shut
  ON CONFLICT (answer_id) DO NOTHING RETURNING answer_id
), decided AS (
  INSERT INTO feedback_outcome (lead_id, outcome, answer_id, decided_at)
  SELECT m.lead_id, g.ends, answer_id, %(now)s FROM fresh JOIN mine m USING (answer_id) JOIN given g USING (answer_id)
  WHERE NOT m.had AND g.ends IS NOT NULL ORDER BY m.lead_id
  ON CONFLICT (lead_id) DO NOTHING RETURNING answer_id, outcome
), tried AS (
  UPDATE dispatch_task SET attempted_at = %(now)s WHERE attempted_at IS NULL
  AND task_id = ANY (ARRAY(SELECT task_id FROM mine JOIN fresh USING (answer_id) WHERE attempted_at IS NULL ORDER BY 1))
), confirmed AS (
  UPDATE feedback_coverage c SET state = 'occupied_confirmed', roster_n = h.n_people, confirmed_on = %(today)s, method = 'visit'
  FROM (SELECT DISTINCT m.dwelling_id, m.household_id FROM decided JOIN mine m USING (answer_id)
        WHERE outcome = 'full' AND m.dwelling_id IS NOT NULL) d JOIN registry_household h USING (household_id)
  WHERE c.dwelling_id = d.dwelling_id
)
SELECT g.answer_id::text, m.lead_id IS NOT NULL, coalesce(m.is_shut, false), f.answer_id IS NOT NULL, k.payload_hash, k.lead_id,
       f.answer_id IS NOT NULL AND d.answer_id IS NULL AND (m.had OR g.ends IS NOT NULL)
FROM given g LEFT JOIN mine m USING (answer_id) LEFT JOIN known k USING (answer_id) LEFT JOIN fresh f USING (answer_id)
LEFT JOIN decided d USING (answer_id)
"""
CONFIRM = """
UPDATE feedback_coverage c SET state = 'occupied_confirmed', roster_n = h.n_people, confirmed_on = %(today)s, method = 'visit'
FROM dispatch_lead l JOIN dispatch_task t USING (task_id) JOIN registry_household h USING (household_id)
WHERE l.lead_id = ANY (%(leads)s) AND c.dwelling_id = t.dwelling_id
"""
LOCK = "SELECT lead_id FROM dispatch_lead WHERE lead_id = ANY (%s) ORDER BY lead_id FOR UPDATE"
Result = dict[str, Any]


@action("answer.record")
def take_answers(*, answers: Sequence[Mapping[str, Any]], by: Any, purpose: str) -> list[Result]:
    """Store answers and settle what they decide, in one transaction; only then is anything acknowledged.

    Each is accepted, same (this id and contents came before), conflict (this id, other contents: E7005, both kept for
    a person to settle) or refused (E7001; E7003 where this worker's envelope is closed) by itself. Work at a door that was
    handed over meanwhile is taken, closed or not: the worker could not know. Any other envelope does not exist for them.
    """
    now = timezone.now()
    problems = [shape_problems(a) or field.check_answer(a, now) for a in answers]
    digests = [payload_hash(a) for a in answers]
    rows = _rows(answers, problems, digests)
    found = _take(rows, now, by)
    if any(_raced(row, found[row["answer_id"]]) for row in rows):
        found = _again(rows, found, now, by)
    hashes = {row["answer_id"]: row["payload_hash"] for row in rows}
    results = [_result(a, p, d, hashes, found) for a, p, d in zip(answers, problems, digests, strict=True)]
    _keep_other_bytes(answers, results, found, now, by)
    slow = sorted({row["lead_id"] for row in rows if found[row["answer_id"]][5]})
    settle(slow, now, by)
    states = Counter(str(r["state"]) for r in results)
    note(**dict(sorted(states.items())), settled=len(slow))  # type: ignore[arg-type]
    return results


def _rows(
    answers: Sequence[Mapping[str, Any]], problems: Sequence[list[str]], digests: Sequence[str]
) -> list[dict[str, Any]]:
    """The batch as the statement takes it: one row an id, and `ends` only where the lead has no second answer here."""
    rows: dict[str, dict[str, Any]] = {}
    for answer, wrong, digest in zip(answers, problems, digests, strict=True):
        answer_id = uuid_or_none(answer.get("id"))
        if answer_id is None or answer_id in rows:
            continue
        row: dict[str, Any] = {"answer_id": answer_id, "lead_id": str(answer.get("lead_id")), "payload_hash": digest}
        if not wrong:
            row |= {key: answer.get(key) or EMPTY.get(key, "") for key in TAKEN}
            row |= {"base": uuid_or_none(answer.get("base")), "observed_at": str(answer["observed_at"])}
            row["ends"] = feedback.ends_alone(answer)
        rows[answer_id] = row | {"fits": not wrong}
    n = Counter(row["lead_id"] for row in rows.values())
    for row in rows.values():
        if n[row["lead_id"]] > 1:
            row["ends"] = None
    return list(rows.values())


Found = tuple[bool, bool, bool, str | None, str | None, bool]  # mine, shut, fresh, known hash, known lead, to settle


def _take(rows: Sequence[dict[str, Any]], now: dt.datetime, by: Any) -> dict[str, Found]:
    if not rows:
        return {}
    given = {
        "given": json.dumps(rows),
        "worker": by.username,
        "by": by.pk,
        "now": now,
        "today": timezone.localdate(now),
    }
    found: dict[str, Found] = {row[0]: row[1:] for row in fetch(TAKE, given)}  # type: ignore[misc]
    twice = {lead for lead, n in Counter(row["lead_id"] for row in rows).items() if n > 1}
    for row in rows:
        mine, shut, fresh, known, lead, late = found[row["answer_id"]]
        found[row["answer_id"]] = (mine, shut, fresh, known, lead, late or (fresh and row["lead_id"] in twice))
    return found


def _raced(row: dict[str, Any], found: Found) -> bool:
    """The same id is being stored by another request at this moment: it was not there when this statement began."""
    mine, shut, fresh, known, _, _ = found
    return bool(row["fits"]) and mine and not shut and not fresh and known is None


def _again(rows: Sequence[dict[str, Any]], found: dict[str, Found], now: dt.datetime, by: Any) -> dict[str, Found]:
    """Ask once more about ids another request just stored; what this one stored itself stays as it was."""
    raced = [row for row in rows if _raced(row, found[row["answer_id"]])]
    return found | _take(raced, now, by)


def _result(
    answer: Mapping[str, Any], problems: list[str], digest: str, hashes: dict[str, str], found: dict[str, Found]
) -> Result:
    answer_id = uuid_or_none(answer.get("id"))
    said = str(answer.get("id", ""))
    if answer_id is None:
        return {"id": said, "state": "refused", "code": "E7001", "problems": problems}
    mine, shut, fresh, known, _, _ = found[answer_id]
    if known is not None or (fresh and hashes[answer_id] != digest):
        same = (known or hashes[answer_id]) == digest
        return (
            {"id": said, "state": "same"}
            if same
            else {"id": said, "state": "conflict", "code": "E7005", "problems": []}
        )
    if fresh:
        return {"id": said, "state": "accepted", "lead_id": str(answer.get("lead_id"))}
    if mine and shut and not problems:
        return {"id": said, "state": "refused", "code": "E7003", "problems": []}
    # What was stored by somebody else is unknown to this worker, like the envelope.
    problems = problems if mine else ["unknown_task", *problems]
    return {"id": said, "state": "refused", "code": "E7001", "problems": problems or ["id_or_time"]}


def _keep_other_bytes(
    answers: Sequence[Mapping[str, Any]], results: list[Result], found: dict[str, Found], now: dt.datetime, by: Any
) -> None:
    kept = []
    for answer, result in zip(answers, results, strict=True):
        if result["state"] == "conflict":
            answer_id = str(uuid_or_none(answer.get("id")))
            key = f"bytes:{answer_id}:{payload_hash(answer)}"
            payload = {k: answer.get(k) for k in (*TAKEN, "lead_id", "observed_at", "base")}
            lead = found[answer_id][4] or str(answer.get("lead_id"))
            kept.append(_dispute(key, "bytes", lead, [answer_id], now, by, payload))
    Dispute.objects.bulk_create(kept, ignore_conflicts=True)


def _dispute(
    key: str, kind: str, lead: str, answers: list[str], now: dt.datetime, by: Any, payload: Any = None
) -> Dispute:
    return Dispute(dispute_id=key, kind=kind, lead_id=lead, answers=answers, payload=payload, by_id=by.pk,
                   opened_at=now, settle_by=now + SETTLE_WITHIN)  # fmt: skip


def settle(lead_ids: Sequence[str], now: dt.datetime, by: Any) -> int:
    """Decide these leads from all their answers, by the rule of the ground floor. -> how many have an outcome

    The leads are held until the transaction ends: two phones at one lead are settled one after the other, and the
    second sees what the first said.
    """
    if not lead_ids:
        return 0
    ids = sorted(set(lead_ids))
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [ids])
    decided = feedback.reconcile(lead_table(ids), answers_for(ids), bases_of(ids)).to_pylist()
    Outcome.objects.bulk_create(
        [Outcome(lead_id=r["lead_id"], outcome=r["outcome"], answer_id=r["answer_id"], decided_at=now) for r in decided],
        update_conflicts=True, unique_fields=["lead"], update_fields=["outcome", "answer_id", "decided_at"],
    )  # fmt: skip
    _open_disputes(ids, [row for row in decided if row["is_disputed"]], now, by)
    with connection.cursor() as cursor:
        full = [row["lead_id"] for row in decided if row["outcome"] == "full"]
        cursor.execute(CONFIRM, {"leads": full, "today": timezone.localdate(now)})
    return len(decided)


def _open_disputes(lead_ids: list[str], disputed: list[dict[str, Any]], now: dt.datetime, by: Any) -> None:
    """One open dispute a lead, about the answers that stand now; what a newer answer has overtaken needs nobody."""
    keys = {f"outcome:{r['lead_id']}:{_short(r['heads'])}": r for r in disputed}
    overtaken = Dispute.objects.filter(lead_id__in=lead_ids, kind="outcome", settled_at__isnull=True)
    overtaken.exclude(pk__in=list(keys)).update(settled_at=now)
    fresh = [_dispute(key, "outcome", r["lead_id"], r["heads"], now, by) for key, r in keys.items()]
    Dispute.objects.bulk_create(fresh, ignore_conflicts=True)


def _short(heads: list[str]) -> str:
    return hashlib.sha256("".join(heads).encode()).hexdigest()[:16]


@action("dispute.settle")
def settle_dispute(*, dispute: Dispute, keep: str, by: Any, purpose: str) -> Dispute:
    """A person says which answer stands; the others stay in the record below it. Nobody settles what they said themselves."""
    Dispute.objects.select_for_update().get(pk=dispute.pk)
    handlers = answerers_of([str(one) for one in dispute.answers])
    if not all(feedback.may_verify(actor(handler), actor(by)) for handler in handlers):
        raise WanggeError("E7002")
    if str(keep) not in [str(one) for one in dispute.answers]:
        raise WanggeError("E7001", reason="unknown_answer")
    now = timezone.now()
    dispute.kept, dispute.settled_at, dispute.settled_by = keep, now, by  # type: ignore[assignment]
    dispute.save(update_fields=["kept", "settled_at", "settled_by"])
    settle([dispute.lead_id], now, by)
    note(about=dispute.lead_id)
    return dispute
