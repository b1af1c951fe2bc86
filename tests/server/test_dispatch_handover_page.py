"""The page of handing over: what moves is shown first, nothing of other ground can be reached."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from wangge_server.accounts.models import User
from wangge_server.dispatch.handover_queries import holders_in
from wangge_server.dispatch.models import Handover, Lead, Task, Worker
from wangge_server.dispatch.queries import grids_of
from wangge_server.geography.models import Area, Dwelling
from wangge_server.geography.queries import buildings_of

PAGE = "handover"


@pytest.fixture
def busy(users: dict[str, Any]) -> tuple[str, str]:
    """A grid with open envelopes and its holder; the community lead answers for its community."""
    task = Task.objects.filter(closed_at=None, worker_id__isnull=False).order_by("task_id").first()
    assert task is not None and task.grid_code
    User.objects.filter(pk=users["community_lead"].pk).update(area_code=task.grid_code[:12])
    users["community_lead"].refresh_from_db()
    return task.grid_code, str(task.worker_id)


@pytest.fixture
def lead(sign_in: Any, busy: tuple[str, str]) -> Any:
    return sign_in("community_lead", "visit")


def test_what_would_move_is_shown_and_nothing_moves(lead: Any, busy: tuple[str, str]) -> None:
    grid, old = busy
    page = lead.get(reverse(PAGE), {"holding": f"{grid}:{old}", "cause": "ill", "worker": ""})
    cards = page.context["preview"]["cards"]
    n_open = Task.objects.filter(grid_code=grid, worker_id=old, closed_at=None, withdrawn_at=None).count()
    assert [c["value"] for c in cards[:2]] == [Dwelling.objects.filter(grid_code=grid).count(), n_open]
    assert cards[3]["value"] == 0 and not Handover.objects.exists()
    Task.objects.filter(grid_code=grid).update(opened_at="2026-11-24T03:00:00Z")
    again = lead.get(reverse(PAGE), {"holding": f"{grid}:{old}", "cause": "ill", "worker": ""})
    assert again.context["preview"]["cards"][3]["value"] == 1  # the phone may hold unsent work


def test_a_grid_is_handed_over_on_the_page(lead: Any, busy: tuple[str, str]) -> None:
    grid, old = busy
    new = next(w for g, w in holders_in(grid[:12]) if w != old)
    answer = lead.post(
        reverse("handover_assign"),
        {"holding": f"{grid}:{old}", "cause": "ill", "worker": new, "reason": "发烧"},
        follow=True,
    )
    assert (
        grid in grids_of(User.objects.get(username=new))
        and not Worker.objects.filter(worker_id=old, grid_code=grid, valid_to=None).exists()
    )
    made = Handover.objects.get()
    assert (made.cause, made.reason) == ("ill", "发烧") and made.n_envelopes > 0
    assert answer.context["ledger"]["rows"][0]["cells"][3] == made.n_envelopes


def test_a_grid_is_split_on_the_page(lead: Any, busy: tuple[str, str]) -> None:
    grid, _ = busy
    first = buildings_of(grid)[0]
    choice = {
        "kind": "split",
        "source": grid,
        "building": f"{first['compound']}|{first['building']}",
        "name": "新格",
        "worker": "",
        "reason": "太大",
    }
    assert lead.get(reverse(PAGE), choice).context["preview"]["cards"][0]["value"] == first["doors"]
    lead.post(reverse("handover_redivide"), choice)
    fresh = Area.objects.get(name="新格")
    assert Dwelling.objects.filter(grid_code=fresh.code).count() == first["doors"]


def test_a_lost_phone_is_noted_and_nothing_changes_hands(lead: Any, busy: tuple[str, str]) -> None:
    grid, old = busy
    lead.post(reverse("handover_assign"), {"holding": f"{grid}:{old}", "cause": "phone_lost"})
    assert (
        Handover.objects.get().cause == "phone_lost"
        and Worker.objects.filter(worker_id=old, grid_code=grid, valid_to=None).exists()
    )


def test_other_ground_does_not_exist(lead: Any, busy: tuple[str, str]) -> None:
    elsewhere = Worker.objects.exclude(grid_code__startswith=busy[0][:12]).order_by("holding_id").first()
    assert elsewhere is not None
    there = f"{elsewhere.grid_code}:{elsewhere.worker_id}"
    page = lead.get(reverse(PAGE), {"holding": there, "cause": "ill"})
    assert page.context["preview"] is None and elsewhere.grid_code not in dict(page.context["grids"])
    assert lead.post(reverse("handover_assign"), {"holding": there, "cause": "left"}).status_code == 404
    assert (
        lead.post(
            reverse("handover_redivide"), {"kind": "merge", "source": busy[0], "target": elsewhere.grid_code}
        ).status_code
        == 404
    )
    assert (
        lead.post(
            reverse("handover_assign"),
            {"holding": f"{busy[0]}:{busy[1]}", "cause": "swap", "worker": elsewhere.worker_id},
        ).status_code
        == 404
    )
    assert lead.post(reverse("handover_redivide"), {}).status_code == 404 and not Handover.objects.exists()


def test_no_person_is_named_on_the_page(lead: Any, busy: tuple[str, str]) -> None:
    names = set(Lead.objects.filter(task__grid_code=busy[0]).values_list("person__name", flat=True)) - {""}
    text = lead.get(reverse(PAGE), {"holding": ":".join(busy), "cause": "ill"}).content.decode()
    assert names and not [name for name in names if name in text]


@pytest.mark.parametrize("role", ["supervisor", "commander", "auditor", "grid_worker"])
def test_nobody_else_hands_over(sign_in: Any, role: str) -> None:
    client = sign_in(role)
    assert client.get(reverse(PAGE)).status_code == 403 and client.post(reverse("handover_assign")).status_code == 403
