"""Grids are split, merged and moved, workers swap, fall ill and lose phones, while phones are offline with unsent work."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.utils import timezone

from wangge.base.errors import WanggeError
from wangge.base.ids import uuid7
from wangge_server.accounts.models import User
from wangge_server.dispatch.handover_actions import Change, lose_phone, reassign, redivide
from wangge_server.dispatch.models import Gone, Lead, Task, Worker
from wangge_server.dispatch.queries import Mark, grids_of, pull
from wangge_server.feedback.models import Coverage, Dispute, Outcome
from wangge_server.feedback.submit_actions import take_answers
from wangge_server.field.models import Answer
from wangge_server.geography.models import Area, Dwelling, Home
from wangge_server.geography.queries import area_version, buildings_of, grid_at
from wangge_server.registry.models import Household

FULL = {"person": "seen", "residence": "door", "status": "assessed", "temperature": 36.5, "symptoms": [], "needs": [],
        "result": "visited", "note": ""}  # fmt: skip
MOVED = FULL | {
    "person": "not_seen",
    "residence": "not_seen",
    "status": "not_assessed",
    "temperature": None,
    "result": "moved",
}
BECAUSE = {"reason": "演练", "purpose": "visit"}


def said(lead: Lead, what: dict[str, Any] = FULL, base: str | None = None) -> dict[str, Any]:
    at = (timezone.now() - dt.timedelta(minutes=1)).isoformat()
    return {"id": str(uuid7()), "lead_id": lead.lead_id, "observed_at": at, "base": base, **what}


def send(worker: Any, *answers: dict[str, Any]) -> list[str]:
    return [r["state"] for r in take_answers(answers=answers, by=worker, purpose="visit")]


def listed(worker: Any, mark: Mark | None = None) -> set[str]:
    return {t["id"] for t in json.loads(pull(worker.username, mark or Mark()).tasks)}


@pytest.fixture
def lead_of_all(users: dict[str, Any]) -> Any:
    return users["community_lead"]


@pytest.fixture
def old(users: dict[str, Any]) -> Any:
    """The worker whose grid is handed over: one with open doors in more than one building."""
    for grid in (
        Task.objects.filter(closed_at=None).values_list("grid_code", flat=True).distinct().order_by("grid_code")
    ):
        holder = Worker.objects.filter(grid_code=grid).first()
        if grid and holder and len(buildings_of(grid)) > 1 and Task.objects.filter(grid_code=grid).count() > 2:
            return User.objects.get(username=holder.worker_id)
    raise AssertionError("the made-up district has such a grid")


@pytest.fixture
def grid(old: Any) -> str:
    return grids_of(old)[0]


@pytest.fixture
def new(old: Any, grid: str) -> Any:
    other = (
        Worker.objects.filter(grid_code__startswith=grid[:9])
        .exclude(worker_id=old.username)
        .order_by("holding_id")
        .first()
    )
    assert other is not None
    return User.objects.get(username=other.worker_id)


@pytest.fixture
def lead(old: Any) -> Lead:
    found = Lead.objects.filter(task__worker_id=old.username, task__closed_at=None).order_by("lead_id").first()
    assert found is not None
    return found


def to(new: Any, old: Any, grid: str) -> list[Change]:
    return [Change(grid, old.username, new.username)]


def test_a_grid_goes_to_somebody_else_with_its_open_envelopes(old: Any, new: Any, grid: str, lead_of_all: Any) -> None:
    mine, theirs = listed(old), listed(new)
    made = reassign(cause="ill", changes=to(new, old, grid), by=lead_of_all, **BECAUSE)
    assert made.n_envelopes == len(mine) and listed(old) == set() and listed(new) == mine | theirs
    assert grids_of(old) == [] and grid in grids_of(new)
    held = Worker.objects.get(worker_id=old.username, grid_code=grid)
    assert held.valid_to == made.at and Worker.objects.get(worker_id=new.username, grid_code=grid).valid_from == made.at
    assert set(Gone.objects.filter(handover=made).values_list("task_id", "grid_code")) == {(t, grid) for t in mine}


def test_who_takes_over_is_not_shuffled(old: Any, new: Any, grid: str, lead_of_all: Any) -> None:
    own = [t["id"] for t in json.loads(pull(new.username, Mark()).tasks)]
    reassign(cause="ill", changes=to(new, old, grid), by=lead_of_all, **BECAUSE)
    assert [t["id"] for t in json.loads(pull(new.username, Mark()).tasks)][: len(own)] == own


def test_work_done_before_one_knew_is_taken(old: Any, new: Any, grid: str, lead: Lead, lead_of_all: Any) -> None:
    unsent = said(lead)
    reassign(cause="swap", changes=to(new, old, grid), by=lead_of_all, **BECAUSE)
    assert send(old, unsent) == ["accepted"] and send(old, unsent) == ["same"]
    assert Outcome.objects.get(lead=lead).outcome == "full" and Answer.objects.get(lead=lead).by == old


def test_work_is_taken_though_somebody_closed_the_door_meanwhile(
    old: Any, new: Any, grid: str, lead: Lead, lead_of_all: Any
) -> None:
    unsent = said(lead, MOVED)
    reassign(cause="swap", changes=to(new, old, grid), by=lead_of_all, **BECAUSE)
    assert send(new, said(lead)) == ["accepted"]
    Task.objects.filter(pk=lead.task_id).update(closed_at=timezone.now())
    assert send(new, said(lead)) == ["refused"]  # who closed it with open eyes
    assert send(old, unsent) == ["accepted"]
    assert Dispute.objects.filter(lead_id=lead.lead_id, settled_at=None).count() == 1  # both kept, a person decides


def test_nobody_else_may_answer(new: Any, lead: Lead, grid: str) -> None:
    assert send(new, said(lead)) == ["refused"]


def test_a_lost_phone_turns_up(old: Any, lead: Lead, lead_of_all: Any) -> None:
    unsent = said(lead)
    made = lose_phone(worker=old.username, by=lead_of_all, **BECAUSE)
    assert made.cause == "phone_lost" and lead.task_id in listed(old)
    send(old, said(lead))  # from the new phone
    Task.objects.filter(pk=lead.task_id).update(closed_at=timezone.now())
    assert send(old, unsent) == ["accepted"]


def test_resync_brings_what_changed_and_names_what_left(old: Any, new: Any, grid: str, lead_of_all: Any) -> None:
    """What tells the phone is the round after its last one: never a wipe."""
    mine, mark = listed(old), pull(old.username, Mark()).mark
    reassign(cause="ill", changes=to(new, old, grid), by=lead_of_all, **BECAUSE)
    part = pull(old.username, mark)
    assert not part.is_first and set(json.loads(part.gone)) == mine and json.loads(part.tasks) == []
    assert mine <= listed(new, pull(new.username, Mark()).mark)


def test_a_split_is_a_dated_fact(old: Any, new: Any, grid: str, lead_of_all: Any) -> None:
    first = buildings_of(grid)[0]
    doors = set(
        Dwelling.objects.filter(grid_code=grid, building=first["building"], compound=first["compound"]).values_list(
            "pk", flat=True
        )
    )
    n, before = Dwelling.objects.count(), timezone.now()
    taken = set(Area.objects.filter(code__startswith=grid[:12]).values_list("code", flat=True))
    made = redivide(kind="split", source=grid, buildings=[(first["compound"], first["building"])], holder=new.username,
                    by=lead_of_all, **BECAUSE)  # fmt: skip
    fresh = Area.objects.get(code=made.grids[0][0])
    assert fresh.code not in taken and fresh.valid_from == timezone.localdate() and fresh.code[:12] == grid[:12]
    assert set(Dwelling.objects.filter(grid_code=fresh.code).values_list("pk", flat=True)) == doors
    assert Dwelling.objects.count() == n and area_version(grid) == timezone.localdate().isoformat()
    door = sorted(doors)[0]
    assert grid_at(door, before) == grid and grid_at(door, timezone.now()) == fresh.code
    assert set(Home.objects.filter(valid_to=None, grid_code=fresh.code).values_list("dwelling_id", flat=True)) == doors
    assert not Household.objects.filter(dwelling_id__in=doors).exclude(grid_code=fresh.code).exists()
    assert not Coverage.objects.filter(dwelling_id__in=doors).exclude(grid_code=fresh.code).exists()
    moved = Task.objects.filter(dwelling_id__in=doors, closed_at=None, withdrawn_at=None)
    assert set(moved.values_list("grid_code", "worker_id")) <= {(fresh.code, new.username)}
    assert not Task.objects.filter(grid_code=fresh.code).exclude(dwelling_id__in=doors).exists()


def test_a_merged_grid_ends_and_its_number_is_never_given_again(
    old: Any, new: Any, grid: str, lead_of_all: Any
) -> None:
    target = grids_of(new)[0]
    doors, both = Dwelling.objects.filter(grid_code=grid).count(), Dwelling.objects.filter(grid_code=target).count()
    leads = Lead.objects.count()
    redivide(kind="merge", source=grid, target=target, by=lead_of_all, **BECAUSE)
    assert Dwelling.objects.filter(grid_code=target).count() == doors + both and Area.objects.get(code=grid).valid_to
    assert not Worker.objects.filter(grid_code=grid, valid_to=None).exists() and grids_of(old) == [target]
    assert (
        not Task.objects.filter(grid_code=grid, closed_at=None, withdrawn_at=None).exists()
        and Lead.objects.count() == leads
    )
    first = buildings_of(target)[0]
    made = redivide(
        kind="split", source=target, buildings=[(first["compound"], first["building"])], by=lead_of_all, **BECAUSE
    )
    assert made.grids[0][0] != grid


def test_work_of_an_old_division_counts_where_the_door_lies_now(
    old: Any, new: Any, grid: str, lead: Lead, lead_of_all: Any
) -> None:
    unsent, target = said(lead), grids_of(new)[0]
    redivide(kind="merge", source=grid, target=target, by=lead_of_all, **BECAUSE)
    assert send(old, unsent) == ["accepted"]
    assert Outcome.objects.get(lead=lead).lead.task.grid_code == target


@pytest.mark.parametrize(("change", "code"), [("account", "E7202"), ("holder", "E7203")])
def test_a_change_that_cannot_be_is_refused_whole(
    old: Any, new: Any, grid: str, change: str, code: str, lead_of_all: Any
) -> None:
    wrong = Change(grid, old.username, "nobody") if change == "account" else Change(grid, new.username, old.username)
    mine = listed(old)
    with pytest.raises(WanggeError, match=code):
        reassign(
            cause="swap",
            changes=[Change(grids_of(new)[0], new.username, old.username), wrong],
            by=lead_of_all,
            **BECAUSE,
        )
    assert listed(old) == mine and grids_of(old) == [grid]


@pytest.mark.parametrize(("kind", "code"), [("none", "E7201"), ("all", "E7201"), ("gone", "E7200"), ("self", "E7200")])
def test_a_division_that_cannot_be_is_refused(grid: str, kind: str, code: str, lead_of_all: Any) -> None:
    whole = [(b["compound"], b["building"]) for b in buildings_of(grid)]
    how: dict[str, Any] = {
        "none": {"kind": "split", "source": grid}, "all": {"kind": "split", "source": grid, "buildings": whole},
        "gone": {"kind": "merge", "source": grid, "target": "000000000000000"},
        "self": {"kind": "merge", "source": grid, "target": grid},
    }[kind]  # fmt: skip
    with pytest.raises(WanggeError, match=code):
        redivide(by=lead_of_all, **how, **BECAUSE)


def test_a_grid_that_nobody_holds_shows_and_is_taken_up(old: Any, new: Any, grid: str, lead_of_all: Any) -> None:
    mine = listed(old)
    reassign(cause="left", changes=[Change(grid, old=old.username)], by=lead_of_all, **BECAUSE)
    assert set(Task.objects.filter(grid_code=grid, worker_id=None).values_list("pk", flat=True)) == mine
    reassign(cause="new", changes=[Change(grid, new=new.username)], by=lead_of_all, **BECAUSE)
    assert mine <= listed(new)
    reassign(
        cause="swap", changes=to(old, new, grid), by=lead_of_all, **BECAUSE
    )  # and comes back, as a spell of its own
    assert listed(old) == mine and Worker.objects.filter(worker_id=old.username, grid_code=grid).count() == 2


def test_closing_a_door_that_left_is_no_error(
    old: Any, new: Any, grid: str, lead: Lead, lead_of_all: Any, client: Any
) -> None:
    reassign(cause="swap", changes=to(new, old, grid), by=lead_of_all, **BECAUSE)
    client.force_login(old, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"/m/api/tasks/{lead.task_id}").status_code == 404
    assert client.post(f"/m/api/tasks/{lead.task_id}/close").json() == {"state": "gone"}
    for one in Lead.objects.filter(task_id=lead.task_id):
        assert send(old, said(one)) == ["accepted"]
    assert client.post(f"/m/api/tasks/{lead.task_id}/close").json() == {"state": "gone"}
    assert Task.objects.get(pk=lead.task_id).closed_at is None  # its holder may be there now, without a network
    assert send(new, said(lead)) == ["accepted"]


def test_the_next_run_plans_with_todays_division(
    old: Any, new: Any, grid: str, lead_of_all: Any, district: Any
) -> None:
    from wangge_server.jobs.tasks import installation

    target = grids_of(new)[0]
    redivide(kind="merge", source=grid, target=target, by=lead_of_all, **BECAUSE)
    source = installation(district.as_of)
    assert grid not in source.dwellings["grid_code"].to_pylist() and grid not in source.workers["grid_code"].to_pylist()
    ended = [r for r in source.areas.to_pylist() if r["code"] == grid]
    assert ended[0]["valid_to"] is not None and source.dwellings.num_rows == Dwelling.objects.count()
