"""The auditor's pages: heads, verify now, what is given to witnesses, one pseudonym's entries, alarms."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from wangge.audit.verifier import read_head, read_heads
from wangge_server.audit import queries, sealed
from wangge_server.audit.actions import seal_all, write_event
from wangge_server.audit.models import Event


@pytest.fixture
def auditor(sign_in: Any) -> Any:
    seal_all(sealed.installation_key(), timezone.now())
    return sign_in("auditor", "audit")


def test_heads_are_listed_printed_and_given_away(auditor: Any) -> None:
    newest = sealed.newest_head()
    assert newest is not None
    page = auditor.get(reverse("audit_heads"))
    assert newest.line in page.content.decode()
    printed = auditor.get(reverse("audit_head_print", args=[newest.size])).content.decode()
    assert newest.line in printed and "<svg" in printed
    given = auditor.get(reverse("audit_heads_file"))
    assert read_heads(given.content.decode())[-1] == read_head(newest.line)
    assert [e.facts for e in Event.objects.filter(verb="give_heads")[:2]] == [
        {"how": "file", "heads": len(sealed.head_lines())}, {"how": "paper", "heads": 1}]  # fmt: skip
    assert auditor.get(reverse("audit_head_print", args=[newest.size + 1])).status_code == 404


def test_verify_now_says_what_does_not_fit(auditor: Any) -> None:
    assert auditor.post(reverse("audit_verify")).status_code == 302
    event = Event.objects.filter(verb="check_log").first()
    assert event is not None and event.facts["problems"] == 0
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE audit_event SET role = 'x' WHERE id = (SELECT event_id FROM audit_leaf WHERE position = 3)"
        )
        cursor.execute("SET LOCAL session_replication_role = origin")
    page = auditor.post(reverse("audit_verify"))
    assert page.status_code == 200 and {row["first"] for row in page.context["problems"]} >= {3}


def test_only_the_auditor(sign_in: Any) -> None:
    for name in ("audit_heads", "audit_heads_file"):
        assert sign_in("commander", "command").get(reverse(name)).status_code == 403
    assert sign_in("data_officer", "administration").post(reverse("audit_verify")).status_code == 403


def test_entries_about_one_pseudonym_lists_too(auditor: Any) -> None:
    for ids in (["p-seen"], ["p-other", "p-seen"], ["p-other"]):
        read("medic", ids)
    page = auditor.get(reverse("audit"), {"about": "p-seen"})
    assert page.context["ledger"]["count"] == 2
    today = timezone.localdate()
    assert (
        auditor.get(reverse("audit"), {"about": "p-seen", "until": today - dt.timedelta(days=1)}).context["ledger"][
            "count"
        ]
        == 0
    )


def read(role: str, ids: list[str], by: Any = None) -> None:
    write_event(by=by, purpose="visit", verb="person", permission="person", kind="read",
                about=ids[0] if len(ids) == 1 else "", facts={"n": len(ids), "ids": ids})  # fmt: skip


def days_of_reading(by: Any, counts: list[int]) -> None:
    """The last of them today. Written with their own days, as time would have."""
    for back, n in enumerate(reversed(counts)):
        read("", [f"p-{i}" for i in range(n)], by)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(
                "UPDATE audit_event SET at = at - %s * interval '1 day' WHERE id = (SELECT max(id) FROM audit_event)",
                [back],
            )
            cursor.execute("SET LOCAL session_replication_role = origin")


def test_three_times_ones_own_median_is_bulk_reading(users: dict[str, Any]) -> None:
    days_of_reading(users["medic"], [10, 12, 8, 31])
    days_of_reading(users["cdc"], [10, 12, 8, 30])  # three times, not over
    days_of_reading(users["street_lead"], [1, 90])  # too few days to know what is usual
    found = {row["who"]: row for row in queries.bulk_readers(timezone.localdate())}
    assert found[users["medic"].username]["n"] == 31 and found[users["medic"].username]["usual"] == 10
    assert users["cdc"].username not in found and users["street_lead"].username not in found


def test_reading_off_ones_ground_is_listed(auditor: Any, users: dict[str, Any]) -> None:
    from wangge_server.registry.models import Household

    mine, other = users["community_lead"].area_code, Household.objects.exclude(grid_code=None).exclude(
        grid_code__startswith=users["community_lead"].area_code).first()  # fmt: skip
    own = Household.objects.filter(grid_code__startswith=mine).first()
    assert own is not None and other is not None
    read("", [own.household_id, other.household_id], users["community_lead"])
    alarm = [
        row
        for row in auditor.get(reverse("audit")).context["elsewhere"]
        if row["username"] == users["community_lead"].username
    ]
    assert [row["n"] for row in alarm] == [1]


def test_the_phones_day_carries_the_newest_head(auditor: Any, sign_in: Any) -> None:
    newest = sealed.newest_head()
    assert newest is not None
    assert sign_in("grid_worker", "visit").get(reverse("phone_today")).json()["head"] == newest.line
