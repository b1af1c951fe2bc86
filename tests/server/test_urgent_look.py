"""The urgent look: a reason, one person, few fields, an hour, somebody else told at once, judged by them and nobody else."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from wangge import policy
from wangge.base.errors import WanggeError
from wangge_server.accounts.models import User
from wangge_server.audit.models import Event
from wangge_server.policy.actions import open_urgent_look, review_urgent_look
from wangge_server.policy.models import UrgentLook
from wangge_server.policy.queries import who_is_told
from wangge_server.registry.models import Person

NOW = dt.datetime(2026, 11, 24, 9, 0, tzinfo=dt.UTC)
REASON = "急救车在路上，患者独自在家，无人应门"


@pytest.fixture
def whom(users: dict[str, Any]) -> Person:
    """Somebody the medic's own pages never show, with a name and a number that are nobody else's."""
    person = Person.objects.exclude(phone=None).order_by("person_id")[0]
    Person.objects.filter(pk=person.pk).update(name="紧急一人", phone="13911112222", id_number="44030519310301846X")
    person.refresh_from_db()
    return person


def asked(**more: str) -> dict[str, str]:
    return {"name": "紧急一人", "phone": "13911112222", "reason": REASON} | more


def opened(sign_in: Any) -> tuple[Client, UrgentLook]:
    medic = sign_in("medic", "visit")
    response = medic.post(reverse("urgent"), asked())
    look = UrgentLook.objects.get()
    assert response["Location"] == reverse("urgent_look", args=[look.pk])
    return medic, look


def test_a_medic_sees_few_fields_and_another_is_told_at_once(sign_in: Any, whom: Person, users: dict[str, Any]) -> None:
    medic, look = opened(sign_in)
    page = medic.get(reverse("urgent_look", args=[look.pk])).content.decode()
    assert "紧急一人" in page
    assert "13911112222" in page
    assert "846X" not in page, "no element beyond the few"
    assert str(whom.birth_date) not in page
    assert look.told.unit_code != users["medic"].unit_code
    assert look.told.role == policy.table()["break_glass"]["told"][0]
    client = Client()
    client.force_login(look.told, backend="django.contrib.auth.backends.ModelBackend")
    anywhere = client.get(reverse("register")).content.decode()
    assert reverse("urgent_told") in anywhere, "told on every page"
    told = client.get(reverse("urgent_told")).content.decode()
    assert REASON in told
    assert "紧急一人" not in told
    assert [e.verb for e in Event.objects.filter(about=whom.person_id)][:2] == ["urgent_look", "open_urgent_look"]
    assert REASON not in str(list(Event.objects.values_list("facts", flat=True)[:20]))


@pytest.mark.parametrize(("seconds", "status"), [(-1, 200), (0, 404), (1, 404)])
def test_it_ends_after_an_hour(seconds: int, status: int, sign_in: Any, whom: Person) -> None:
    with time_machine.travel(NOW, tick=False):
        medic, look = opened(sign_in)
    with time_machine.travel(NOW + dt.timedelta(minutes=60, seconds=seconds), tick=False):
        assert medic.get(reverse("urgent_look", args=[look.pk])).status_code == status


@pytest.mark.parametrize("wrong", [{"reason": "急"}, {"phone": ""}, {"phone": "13900000000"}, {"name": "别的名字"}])
def test_without_a_reason_or_the_right_number_nothing_opens(wrong: dict[str, str], sign_in: Any, whom: Person) -> None:
    response = sign_in("medic", "visit").post(reverse("urgent"), asked(**wrong))
    assert response.status_code in (200, 403)
    assert not UrgentLook.objects.exists()


def test_it_is_nobody_elses(sign_in: Any, whom: Person) -> None:
    _medic, look = opened(sign_in)
    url = reverse("urgent_look", args=[look.pk])
    assert sign_in("community_lead", "register").get(url).status_code == 404
    assert sign_in("data_officer", "register").get(url).status_code == 403, "who judges sees no person"
    assert sign_in("community_police", "visit").post(reverse("urgent"), asked()).status_code == 403


def test_only_the_one_who_was_told_judges_and_once(sign_in: Any, whom: Person, users: dict[str, Any]) -> None:
    _medic, look = opened(sign_in)
    url = reverse("urgent_review", args=[look.pk])
    assert sign_in("auditor", "audit").post(url, {"verdict": "justified"}).status_code == 404
    officer = sign_in("data_officer", "register")
    assert officer.post(url, {"verdict": "perhaps"}).status_code == 404
    assert officer.post(url, {"verdict": "unjustified"}).status_code == 302
    look.refresh_from_db()
    assert (look.is_justified, look.reviewed_by) == (False, users["data_officer"])
    assert "E8004" in officer.post(url, {"verdict": "justified"}).content.decode()


@pytest.mark.parametrize(("hours", "late"), [(23, False), (25, True)])
def test_a_judgement_after_a_day_is_late(
    hours: int, late: bool, sign_in: Any, whom: Person, users: dict[str, Any]
) -> None:
    with time_machine.travel(NOW, tick=False):
        _medic, look = opened(sign_in)
    review_urgent_look(
        look=look, is_justified=True, now=NOW + dt.timedelta(hours=hours), by=look.told, purpose="register"
    )
    assert Event.objects.filter(verb="review_urgent_look").first().facts["late"] is late  # type: ignore[union-attr]


def test_every_pair_of_opener_and_judge(users: dict[str, Any], whom: Person) -> None:
    """Same person, same department, no department: never; the one who is told is always of another one."""
    medic = users["medic"]
    for role in policy.table()["break_glass"]["told"]:
        User.objects.filter(role=role).update(unit_code=medic.unit_code)
    assert who_is_told(medic) is None
    with pytest.raises(WanggeError, match="E8006"):
        open_urgent_look(person_id=whom.person_id, reason=REASON, now=NOW, by=medic, purpose="visit")
    User.objects.filter(role="data_officer").update(unit_code="")
    assert who_is_told(medic) is None
    User.objects.filter(role="auditor").update(unit_code="audit-office")
    told = who_is_told(medic)
    assert told is not None
    assert told.role == "auditor"
    look = open_urgent_look(person_id=whom.person_id, reason=REASON, now=NOW, by=medic, purpose="visit")
    told.unit_code = medic.unit_code
    with pytest.raises(WanggeError, match="E8005"):
        review_urgent_look(look=look, is_justified=True, now=NOW, by=told, purpose="audit")
