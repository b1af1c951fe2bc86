"""Reading that stands out calls somebody of another department, who judges it; nobody else does, and once."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from wangge import policy
from wangge.base.errors import WanggeError
from wangge_server.audit.actions import write_event
from wangge_server.jobs.alarms import tell_of_readings
from wangge_server.policy.alarm_actions import review_alarm
from wangge_server.policy.models import ReadingAlarm
from wangge_server.registry.models import Household


def read(by: Any, ids: list[str], days_ago: int = 0) -> None:
    write_event(
        by=by,
        purpose="visit",
        verb="register",
        permission="household.view",
        facts={"n": len(ids), "ids": ids},
        kind="read",
    )
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE audit_event SET at = at - make_interval(days => %s) WHERE id = (SELECT max(id) FROM audit_event)",
            [days_ago],
        )
        cursor.execute("SET LOCAL session_replication_role = origin")


def read_days(by: Any, n_today: int, usual: int = 5) -> None:
    for back in (3, 2, 1):
        read(by, [f"x{i}" for i in range(usual)], back)
    read(by, [f"x{i}" for i in range(n_today)])


@pytest.fixture
def alarm(users: dict[str, Any]) -> ReadingAlarm:
    read_days(users["cdc"], 16)
    assert tell_of_readings(timezone.now()) == {"raised": 1, "grown": 0, "untold": 0}
    return ReadingAlarm.objects.get()


def judging(user: Any) -> str:
    """The purpose for which this reader may judge."""
    return next(
        one for one in policy.purposes_for(user.role) if policy.decide(user.role, one, "glass.review", "active").allowed
    )


def entered(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_three_times_the_usual_calls_somebody_of_another_department(alarm: ReadingAlarm, users: dict[str, Any]) -> None:
    assert (alarm.reader_id, alarm.kind, alarm.n, alarm.usual) == (users["cdc"].pk, "bulk", 16, 5)
    assert alarm.told.unit_code != users["cdc"].unit_code
    client = entered(alarm.told)
    assert reverse("urgent_told") in client.get(reverse("home"), follow=True).content.decode(), "told on every page"
    page = client.get(reverse("urgent_told")).content.decode()
    assert users["cdc"].name in page and "一天看的人超过本人平日三倍" in page


def test_the_same_day_calls_once_and_grows_until_it_is_judged(alarm: ReadingAlarm, users: dict[str, Any]) -> None:
    assert tell_of_readings(timezone.now()) == {"raised": 0, "grown": 0, "untold": 0}
    read(users["cdc"], [f"y{i}" for i in range(4)])
    assert tell_of_readings(timezone.now())["grown"] == 1
    alarm.refresh_from_db()
    assert alarm.n == 20
    review_alarm(alarm=alarm, is_justified=True, now=timezone.now(), by=alarm.told, purpose=judging(alarm.told))
    read(users["cdc"], ["z"])
    assert tell_of_readings(timezone.now()) == {"raised": 0, "grown": 0, "untold": 0}


@pytest.mark.parametrize("today", [3, 9, 15])
def test_a_usual_day_and_a_handful_call_nobody(today: int, users: dict[str, Any]) -> None:
    read_days(users["cdc"], today, usual=5 if today > 9 else 1)
    assert tell_of_readings(timezone.now()) == {}


def test_reading_off_ones_ground_calls_somebody(users: dict[str, Any]) -> None:
    worker = users["community_lead"]
    other = Household.objects.exclude(grid_code=None).exclude(grid_code__startswith=worker.area_code).first()
    assert other is not None
    read(worker, [other.household_id])
    assert tell_of_readings(timezone.now())["raised"] == 1
    found = ReadingAlarm.objects.get()
    assert (found.kind, found.n, found.usual, found.reader_id) == ("elsewhere", 1, None, worker.pk)
    assert other.household_id not in entered(found.told).get(reverse("urgent_told")).content.decode()


def test_only_whoever_was_told_judges_it_and_once(alarm: ReadingAlarm, users: dict[str, Any]) -> None:
    address = reverse("alarm_review", args=[alarm.pk])
    others = [users[role] for role in ("data_officer", "commander", "auditor") if users[role].pk != alarm.told_id]
    for one in others:
        assert entered(one).post(address, {"verdict": "justified"}).status_code in (403, 404)
    with pytest.raises(WanggeError, match="E800"):
        review_alarm(alarm=alarm, is_justified=True, now=timezone.now(), by=alarm.reader, purpose="judgement")
    assert entered(alarm.told).post(address, {"verdict": "maybe"}).status_code in (403, 404)
    assert entered(alarm.told).post(address, {"verdict": "unjustified"})["Location"] == reverse("urgent_told")
    alarm.refresh_from_db()
    assert alarm.is_justified is False
    with pytest.raises(WanggeError, match="E8004"):
        review_alarm(alarm=alarm, is_justified=True, now=timezone.now(), by=alarm.told, purpose=judging(alarm.told))
