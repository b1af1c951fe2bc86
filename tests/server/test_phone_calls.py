"""What the phone asks and sends, as the phone does it: JSON over the session, gate in front."""

from __future__ import annotations

import json
from typing import Any

import pytest

from wangge.base.ids import uuid7
from wangge_server.accounts.models import User
from wangge_server.audit.models import Event
from wangge_server.dispatch.models import Task
from wangge_server.feedback.models import Outcome
from wangge_server.field.models import Answer

SEEN = {
    "person": "seen",
    "residence": "door",
    "status": "assessed",
    "temperature": 36.5,
    "symptoms": [],
    "needs": [],
    "result": "visited",
    "note": "",
}


def now() -> str:
    from django.utils import timezone

    return timezone.now().isoformat()


def post(client: Any, path: str, body: Any) -> Any:
    return client.post(path, json.dumps(body), content_type="application/json")


@pytest.fixture
def worker(sign_in: Any) -> Any:
    return sign_in("grid_worker")


@pytest.fixture
def door(worker: Any) -> dict[str, Any]:
    first = worker.get("/m/api/today").json()["tasks"][0]
    return dict(worker.get(f"/m/api/tasks/{first['id']}").json())


def test_who_am_i(worker: Any) -> None:
    me = worker.get("/m/api/me").json()
    assert me["kind"] == "worker" and me["purpose"]["code"] == "visit" and me["grids"]
    assert {o["code"] for o in me["door"]["person"]} == {"seen", "video", "proxy", "not_seen"}


def test_today_lists_only_own_doors_in_order_without_names(worker: Any, users: dict[str, Any]) -> None:
    answer = worker.get("/m/api/today")
    tasks = answer.json()["tasks"]
    assert [t["order"] for t in tasks] == sorted(t["order"] for t in tasks)
    own = set(Task.objects.filter(worker_id=users["grid_worker"].username).values_list("task_id", flat=True))
    assert {t["id"] for t in tasks} == own
    names = Task.objects.filter(task_id__in=own).values_list("household__people__name", flat=True)
    assert not [n for n in names if n and n in answer.content.decode()]
    assert answer["Cache-Control"] == "no-store"


def test_others_doors_do_not_exist(worker: Any, users: dict[str, Any]) -> None:
    other = Task.objects.exclude(worker_id=users["grid_worker"].username).filter(worker_id__isnull=False).first()
    assert other is not None
    assert worker.get(f"/m/api/tasks/{other.task_id}").status_code == 404
    assert post(worker, f"/m/api/tasks/{other.task_id}/close", {}).status_code == 404
    lead = other.leads.first()
    results = post(
        worker,
        "/m/api/answers",
        {"answers": [{"id": str(uuid7()), "lead_id": lead.lead_id, "observed_at": now(), **SEEN}]},
    )
    assert results.json()["results"][0]["state"] == "refused"
    assert not Answer.objects.filter(lead=lead).exists()


def test_opening_is_recorded_and_so_is_reading(worker: Any, door: dict[str, Any]) -> None:
    assert Task.objects.get(pk=door["id"]).opened_at is not None
    assert Event.objects.filter(verb="open_task", about=door["id"]).count() == 1
    read = Event.objects.filter(kind="read", verb="task").first()
    assert read is not None and read.facts["n"] == len(door["people"])


def test_a_door_from_opening_to_closing(worker: Any, door: dict[str, Any]) -> None:
    early = post(worker, f"/m/api/tasks/{door['id']}/close", {})
    assert early.status_code in (400, 409) and early.json()["code"] == "E7006"
    answers = [{"id": str(uuid7()), "lead_id": p["lead_id"], "observed_at": now(), **SEEN} for p in door["people"]]
    assert {r["state"] for r in post(worker, "/m/api/answers", {"answers": answers}).json()["results"]} == {"accepted"}
    assert {r["state"] for r in post(worker, "/m/api/answers", {"answers": answers}).json()["results"]} == {"same"}
    assert Answer.objects.count() == Outcome.objects.filter(outcome="full").count() == len(answers)
    assert post(worker, f"/m/api/tasks/{door['id']}/close", {}).json() == {"state": "closed"}
    today = worker.get("/m/api/today").json()
    assert next(t for t in today["tasks"] if t["id"] == door["id"])["state"] == "closed"


def test_same_id_other_contents_is_a_conflict(worker: Any, door: dict[str, Any]) -> None:
    answer = {"id": str(uuid7()), "lead_id": door["people"][0]["lead_id"], "observed_at": now(), **SEEN}
    post(worker, "/m/api/answers", {"answers": [answer]})
    result = post(worker, "/m/api/answers", {"answers": [answer | {"person": "video"}]}).json()["results"][0]
    assert (result["state"], result["code"]) == ("conflict", "E7005")
    assert Answer.objects.get().person == "seen"


@pytest.mark.parametrize(
    "change", [{"person": "perhaps"}, {"temperature": 99}, {"observed_at": "yesterday"}, {"id": "1"}, {"result": ""}]
)
def test_a_bad_answer_is_refused_with_a_number_and_nothing_else_is_lost(
    worker: Any, door: dict[str, Any], change: dict[str, Any]
) -> None:
    good = {"id": str(uuid7()), "lead_id": door["people"][0]["lead_id"], "observed_at": now(), **SEEN}
    results = post(worker, "/m/api/answers", {"answers": [good | {"id": str(uuid7())} | change, good]}).json()[
        "results"
    ]
    assert [r["state"] for r in results] == ["refused", "accepted"]
    assert results[0]["code"] == "E7001" and results[0]["text"]


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"answers": 3}', b'{"answers": [3]}', b"\xff"])
def test_bodies_that_are_no_answers(worker: Any, body: bytes) -> None:
    answer = worker.post("/m/api/answers", body, content_type="application/json")
    assert answer.status_code == 400 and answer.json()["code"] == "E7001"


def test_without_an_account_nothing(client: Any, district: Any) -> None:
    assert client.get("/m/api/today").status_code == 401
    assert client.get("/m/").status_code == 302


@pytest.mark.parametrize("role", ["commander", "publisher", "auditor", "resident", "clerk", "community_police"])
def test_other_roles_have_no_doors(sign_in: Any, role: str) -> None:
    client = sign_in(role)
    for path in ("/m/api/today", "/m/api/tasks/x", "/m/api/rechecks"):
        refused = client.get(path)
        assert (refused.status_code, refused.json()["code"]) == (403, "E8002")


@pytest.fixture
def again(sign_in: Any, worker: Any, door: dict[str, Any]) -> Any:
    """A supervisor with one drawn re-check."""
    from wangge_server.feedback.actions import draw_rechecks
    from wangge_server.feedback.models import Recheck

    answers = [{"id": str(uuid7()), "lead_id": p["lead_id"], "observed_at": now(), **SEEN} for p in door["people"]]
    post(worker, "/m/api/answers", {"answers": answers})
    supervisor = sign_in("supervisor")
    by = User.objects.get(username="supervisor")
    assert draw_rechecks(seed=1, by=by, purpose="supervision") == Recheck.objects.count() > 0
    return supervisor


def test_the_second_look_is_blind(again: Any) -> None:
    listed = again.get("/m/api/rechecks").json()["tasks"]
    shown = again.get(f"/m/api/rechecks/{listed[0]['id']}").json()
    assert set(listed[0]) == {"id", "place", "state"}
    assert {"grade", "why", "person", "status"}.isdisjoint(shown["people"][0]) and shown["people"][0]["outcome"] is None


def test_a_second_look_is_stored_once(again: Any) -> None:
    from wangge_server.feedback.models import Recheck

    lead = again.get("/m/api/rechecks").json()["tasks"][0]["id"]
    body = {"answers": [{"id": str(uuid7()), "lead_id": lead, "observed_at": now(), **SEEN}]}
    states = [post(again, f"/m/api/rechecks/{lead}", body).json()["results"][0]["state"] for _ in range(2)]
    assert states == ["accepted", "same"]
    row = Recheck.objects.get(lead_id=lead)
    assert (row.person, row.status, float(row.temperature), row.agrees) == ("seen", "assessed", 36.5, True)
    other = post(again, f"/m/api/rechecks/{lead}", {"answers": [body["answers"][0] | {"id": str(uuid7())}]})
    assert (other.status_code, other.json()["code"]) == (409, "E7003")


def test_a_second_look_is_checked_like_the_first(again: Any) -> None:
    lead = again.get("/m/api/rechecks").json()["tasks"][0]["id"]
    refused = post(
        again, f"/m/api/rechecks/{lead}", {"answers": [{"id": str(uuid7()), "observed_at": now(), "person": "x"}]}
    )
    assert (refused.status_code, refused.json()["code"]) == (400, "E7001")
    assert post(again, f"/m/api/rechecks/{lead}", {"answers": []}).json()["code"] == "E7001"


@pytest.mark.parametrize("same", ["username", "unit", "line"])
def test_neither_the_hand_nor_the_unit_nor_the_line_may_verify(again: Any, users: dict[str, Any], same: str) -> None:
    """Rule 1.2: for them the re-check does not even exist, and the action refuses where the list is passed by."""
    from wangge.base.errors import WanggeError
    from wangge_server.feedback.actions import record_recheck
    from wangge_server.feedback.models import Recheck

    supervisor, worker = users["supervisor"], users["grid_worker"]
    row = Recheck.objects.first()
    handler = row.lead.answers.first().by
    assert handler == worker
    if same == "unit":
        supervisor.unit_code = handler.unit_code
    elif same == "line":
        supervisor.unit_code = handler.reports_to
    else:
        Answer.objects.update(by=supervisor)
    supervisor.save()
    assert again.get("/m/api/rechecks").json()["tasks"] == []
    with pytest.raises(WanggeError, match="E7002"):
        record_recheck(
            recheck=row, answer={"id": str(uuid7()), "observed_at": now(), **SEEN}, by=supervisor, purpose="supervision"
        )
