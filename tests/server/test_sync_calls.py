"""The two calls phones make all day: take a batch, give what changed. Nothing lost, nothing doubled, nothing hidden."""

from __future__ import annotations

import datetime as dt
import json
import random
from itertools import permutations
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wangge.base.errors import WanggeError
from wangge.base.ids import uuid7
from wangge_server.audit.models import Event
from wangge_server.base.prepared import fetch
from wangge_server.dispatch.models import Lead, Task
from wangge_server.dispatch.queries import Mark, pull
from wangge_server.feedback.models import Dispute, Outcome
from wangge_server.feedback.submit_actions import TAKE, settle_dispute, take_answers
from wangge_server.field.models import Answer
from wangge_server.field.sync import spread

FULL = {"person": "seen", "residence": "door", "status": "assessed", "temperature": 36.5, "symptoms": [], "needs": [],
        "result": "visited", "note": ""}  # fmt: skip
MOVED = FULL | {
    "person": "not_seen",
    "residence": "not_seen",
    "status": "not_assessed",
    "temperature": None,
    "result": "moved",
}
VIDEO = FULL | {"person": "video", "residence": "not_seen"}


def said(lead: Lead, what: dict[str, Any], base: str | None = None) -> dict[str, Any]:
    at = (timezone.now() - dt.timedelta(minutes=1)).isoformat()
    return {"id": str(uuid7()), "lead_id": lead.lead_id, "observed_at": at, "base": base, **what}


def post(client: Any, *answers: dict[str, Any]) -> Any:
    return client.post("/m/api/answers", json.dumps({"answers": answers}), content_type="application/json")


@pytest.fixture
def worker(users: dict[str, Any]) -> Any:
    return users["grid_worker"]


@pytest.fixture
def client_of(sign_in: Any) -> Any:
    return sign_in("grid_worker")


@pytest.fixture
def lead(worker: Any) -> Lead:
    found = Lead.objects.filter(task__worker_id=worker.username).order_by("lead_id").first()
    assert found is not None
    return found


def test_the_first_pull_is_todays_list(client_of: Any) -> None:
    today = client_of.get("/m/api/today").json()["tasks"]
    answer = client_of.get("/m/api/pull")
    pulled = answer.json()
    same = ("id", "order", "grade", "place", "n_people")
    assert [{k: t[k] for k in same} for t in pulled["tasks"]] == [
        {k: t[k] for k in same} for t in today if t["state"] == "open"
    ]
    assert pulled["first"] and not pulled["more"] and pulled["closed"] == pulled["gone"] == []
    assert len(answer.content) < 200_000 and answer["Cache-Control"] == "no-store"
    assert pulled["server_time"] < pulled["lease_until"]


def test_later_pulls_bring_only_what_changed(client_of: Any, worker: Any, users: dict[str, Any]) -> None:
    first = client_of.get("/m/api/pull").json()
    ids = [task["id"] for task in first["tasks"]]
    assert len(ids) >= 3
    Task.objects.filter(pk=ids[0]).update(closed_at=timezone.now())
    Task.objects.filter(pk=ids[1]).update(worker_id="somebody-else")
    Task.objects.filter(pk=ids[2]).update(order=999)
    # This test's transaction is still under way: what it wrote is what the second pull brings, and no wall of old rows.
    second = pull(worker.username, Mark.read(first["cursor"]))
    assert json.loads(second.closed) == [ids[0]] and json.loads(second.gone) == [ids[1]]
    assert ids[2] in [task["id"] for task in json.loads(second.tasks)] and not second.is_first
    Task.objects.filter(pk=ids[1]).update(worker_id=worker.username)
    third = pull(worker.username, Mark.read(first["cursor"]))
    assert json.loads(third.gone) == [] and ids[1] in [task["id"] for task in json.loads(third.tasks)]


@pytest.mark.parametrize("page", [1, 2, 7])
def test_a_pull_cut_off_goes_on_where_it_was(client_of: Any, worker: Any, page: int) -> None:
    whole = {task["id"] for task in client_of.get("/m/api/pull").json()["tasks"]}
    mark, got = Mark(), []
    for _ in range(1000):
        part = pull(worker.username, mark, page)
        again = pull(worker.username, mark, page)  # the answer was lost on the way
        assert part == again
        got += [task["id"] for task in json.loads(part.tasks)]
        mark = Mark.read(part.mark.text())
        if not part.has_more:
            break
    assert sorted(got) == sorted(whole) and mark.start > 0


def test_never_more_than_the_most(client_of: Any, worker: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wangge_server.dispatch.queries.MOST_ROWS", 2)
    assert len(client_of.get("/m/api/pull").json()["tasks"]) == 2
    one = pull(worker.username, Mark(), 1)
    two = pull(worker.username, one.mark, 1)
    assert one.has_more and not two.has_more


@pytest.mark.parametrize("mark", ["", "x", "1.2.3.4.5.t", ".....", "\x00"])
def test_a_mark_that_means_nothing_starts_anew(client_of: Any, mark: str) -> None:
    assert client_of.get("/m/api/pull", {"since": mark}).json()["first"] is True


def test_phones_do_not_come_in_the_same_second() -> None:
    waits = {spread(f"w{i}", timezone.now()) for i in range(3000)}
    assert waits == set(range(300))


@pytest.mark.parametrize("how", ["out", "away", "password", "late"])
def test_the_quick_gate_shuts_when_the_gate_does(client_of: Any, worker: Any, how: str) -> None:
    assert client_of.get("/m/api/pull").status_code == 200
    session = client_of.session
    if how == "out":
        session.flush()
    elif how == "late":
        from django.contrib.sessions.models import Session

        Session.objects.update(expire_date=timezone.now() - dt.timedelta(seconds=1))
    else:
        worker.is_active = how != "away"
        worker.password = "changed" if how == "password" else worker.password
        worker.save()
    for path in ("/m/api/pull", "/m/api/today"):
        assert client_of.get(path).status_code == 401


def test_a_batch_leaves_one_event_beside_it(client_of: Any, lead: Lead) -> None:
    before = Event.objects.filter(kind="write").count()
    post(client_of, said(lead, FULL))
    event = Event.objects.filter(kind="write").first()
    assert event is not None and Event.objects.filter(kind="write").count() == before + 1
    assert (event.verb, event.facts) == ("take_answers", {"accepted": 1, "settled": 0})


def test_the_same_answer_is_the_same_after_the_door_was_handed_over(client_of: Any, lead: Lead) -> None:
    """The acknowledgement was lost on the way, and meanwhile somebody else has the door."""
    one = said(lead, FULL)
    post(client_of, one)
    Task.objects.filter(pk=lead.task_id).update(worker_id="somebody-else")
    assert post(client_of, one).json()["results"] == [{"id": one["id"], "state": "same"}]
    assert (
        post(client_of, said(lead, FULL)).json()["results"][0]["state"] == "accepted"
    )  # seen before one knew: taken too


def test_other_bytes_are_answered_409_and_kept(client_of: Any, lead: Lead) -> None:
    one = said(lead, FULL)
    post(client_of, one)
    for _ in range(2):
        answer = post(client_of, one | VIDEO)
        assert answer.status_code == 409 and answer.json()["results"][0]["code"] == "E7005"
    kept = Dispute.objects.get()
    assert (kept.kind, kept.lead_id, kept.payload["person"]) == ("bytes", lead.lead_id, "video")
    assert dt.timedelta(0) < kept.settle_by - kept.opened_at <= dt.timedelta(hours=24)


def test_answers_that_do_not_know_of_each_other_are_a_dispute_with_a_deadline(client_of: Any, lead: Lead) -> None:
    post(client_of, said(lead, FULL))
    post(client_of, said(lead, MOVED))
    dispute = Dispute.objects.get()
    assert dispute.kind == "outcome" and len(dispute.answers) == 2 and dispute.settled_at is None
    assert Outcome.objects.get(lead=lead).outcome == "moved"  # claims less than "full"


def test_an_answer_in_sight_of_the_last_one_takes_its_place(client_of: Any, lead: Lead) -> None:
    one = said(lead, MOVED)
    post(client_of, one)
    post(client_of, said(lead, FULL, base=one["id"]))
    assert Outcome.objects.get(lead=lead).outcome == "full" and not Dispute.objects.exists()


def test_a_person_settles_a_dispute_but_not_the_own_one(client_of: Any, lead: Lead, users: dict[str, Any]) -> None:
    one = said(lead, FULL)
    post(client_of, one, said(lead, MOVED))
    dispute = Dispute.objects.get()
    supervisor = users["supervisor"]
    unit, supervisor.unit_code = supervisor.unit_code, users["grid_worker"].unit_code
    with pytest.raises(WanggeError, match="E7002"):
        settle_dispute(dispute=dispute, keep=one["id"], by=supervisor, purpose="supervision")
    supervisor.unit_code = unit
    settle_dispute(dispute=dispute, keep=one["id"], by=supervisor, purpose="supervision")
    assert Outcome.objects.get(lead=lead).outcome == "full"
    assert not Dispute.objects.filter(settled_at__isnull=True).exists()
    post(client_of, said(lead, MOVED))  # somebody who still knows nothing of it
    assert Dispute.objects.filter(settled_at__isnull=True).count() == 1


class Undo(Exception):
    """Rolls an example back."""


def after(worker: Any, order: list[list[dict[str, Any]]], lead: Lead) -> tuple[Any, ...]:
    """What stands after these batches, and nothing is left behind."""
    found: list[Any] = []
    try:
        with transaction.atomic():
            for batch in order:
                take_answers(answers=batch, by=worker, purpose="visit")
            outcome = Outcome.objects.filter(lead=lead).values_list("outcome", "answer_id").first()
            disputes = set(Dispute.objects.filter(settled_at__isnull=True).values_list("dispute_id", flat=True))
            found = [outcome, disputes, set(Answer.objects.filter(lead=lead).values_list("answer_id", "payload_hash"))]
            raise Undo
    except Undo:
        return tuple(found)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    whats=st.lists(
        st.sampled_from([FULL, MOVED, VIDEO, FULL | {"status": "not_assessed", "temperature": None}]),
        min_size=2,
        max_size=3,
    ),
    bases=st.lists(st.one_of(st.none(), st.integers(0, 1)), min_size=3, max_size=3),
    seed=st.integers(0, 99),
)
def test_submissions_twice_and_in_any_order_end_the_same(
    worker: Any, lead: Lead, whats: list[dict[str, Any]], bases: list[int | None], seed: int
) -> None:
    answers: list[dict[str, Any]] = []
    for what, base in zip(whats, bases, strict=False):
        answers.append(said(lead, what, answers[base]["id"] if base is not None and base < len(answers) else None))
    first = after(worker, [[one] for one in answers], lead)
    chance = random.Random(seed)
    for order in chance.sample(list(permutations(answers)), 2):
        assert after(worker, [[one] for one in order] + [list(order)], lead) == first
    assert after(worker, [answers + answers[:1]], lead) == first


def test_the_plan_that_is_kept_scans_no_table_that_will_grow(district: Any, worker: Any) -> None:
    given = {
        "given": "[]",
        "worker": worker.username,
        "by": worker.pk,
        "now": timezone.now(),
        "today": timezone.localdate(),
    }
    fetch(f"{TAKE} -- planned here", given)
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements WHERE statement LIKE '%%-- planned here'")
        name = cursor.fetchone()[0]
        cursor.execute(f"EXPLAIN EXECUTE \"{name}\"('[]', 'w', 1, now(), current_date)")
        plan = "\n".join(row[0] for row in cursor.fetchall())
        cursor.execute("SHOW enable_seqscan")
        assert cursor.fetchone()[0] == "on"  # without for this statement alone
    assert "field_answer" in plan and "Seq Scan" not in plan
