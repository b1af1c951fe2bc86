"""The page of a case: the machine proposes, the CDC confirms with a reason; companions never rise by themselves."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest
from django.urls import reverse

from wangge import risk
from wangge.base.errors import WanggeError
from wangge.exposure import protocol_for
from wangge.tables.shapes import CASE, EXPOSURE
from wangge_server.accounts.actions import system_user
from wangge_server.audit.models import Event
from wangge_server.exposure.actions import load_exposures
from wangge_server.exposure.confirm_actions import confirm_contact
from wangge_server.exposure.models import Case, Confirmation, Exposure
from wangge_server.exposure.queries import exposure_table
from wangge_server.registry.models import Person

AS = {"purpose": "administration"}


def refused(number: str, do: Any, /, **given: Any) -> None:
    with pytest.raises(WanggeError) as error:
        do(**given)
    assert error.value.code == number


@pytest.fixture
def met(district: Any) -> dict[str, Any]:
    """One case, and one companion who stood beside it for three hours on each of three days."""
    case, other = Person.objects.filter(household__grid_code__isnull=False).order_by("person_id")[:2]
    first = dt.datetime.combine(district.as_of - dt.timedelta(days=2), dt.time(2), dt.UTC)
    rows = [{"person_id": other.pk, "case_id": case.pk, "place_id": f"v{k}", "place_kind": "venue", "first_at": first + dt.timedelta(days=k),
             "last_at": first + dt.timedelta(days=k, hours=3), "overlap_minutes": 180, "degree": 1, "category": "companion",
             "protocol": "covid-2026-10", "evidence": "overlap:venue:180min"} for k in range(3)]  # fmt: skip
    cases = [
        {"person_id": case.pk, "kind": "confirmed", "onset_on": district.as_of, "sampled_on": None, "isolated_on": None}
    ]
    given = {"emergency": district.code, "cases": pa.Table.from_pylist(cases, schema=CASE.schema),
             "exposures": pa.Table.from_pylist(rows, schema=EXPOSURE.schema), "by": system_user()}  # fmt: skip
    load_exposures(**given, **AS)
    return {"case": Case.objects.get(person=case), "other": other, "load": given}


def graded(district: Any, person: Any, days: int = 0) -> list[str]:
    on = district.as_of + dt.timedelta(days=days)
    rows = risk.grade(exposure_table(district.code), protocol_for(on), on).to_pylist()
    return [row["grade"] for row in rows if row["person_id"] == person.pk]


def test_a_companion_never_rises_by_itself(met: Any, district: Any, users: Any) -> None:
    for days in (0, 1, 3):
        load_exposures(**met["load"], **AS)
        assert graded(district, met["other"], days) == []
    assert set(Exposure.objects.filter(person=met["other"]).values_list("category", flat=True)) == {"companion"}
    said = {"case": met["case"], "person_id": met["other"].pk, "area": {}, "by": users["cdc"], "purpose": "judgement"}
    refused("E5120", confirm_contact, category="close", reason="  ", **said)
    assert graded(district, met["other"]) == []
    confirm_contact(category="close", reason="流调：同桌就餐", **said)
    assert graded(district, met["other"]) == ["red"]
    load_exposures(**met["load"], **AS)  # a run later the word of the CDC still stands
    assert graded(district, met["other"]) == ["red"]
    confirm_contact(category="none", reason="复核：当时不在场", **said)
    assert graded(district, met["other"]) == []
    assert [c.proposed for c in Confirmation.objects.all()] == ["companion", "companion"]
    event = Event.objects.filter(verb="confirm_contact").order_by("id").last()
    assert event is not None and event.facts == {"before": "companion", "after": "none"}


def test_only_the_cdc_confirms_and_only_a_contact(met: Any, users: Any) -> None:
    said = {"case": met["case"], "category": "general", "reason": "流调", "area": {}, "purpose": "judgement"}
    for role in ("judge_health", "judge_police"):
        refused("E8002", confirm_contact, person_id=met["other"].pk, by=users[role], **said)
    refused("E5121", confirm_contact, person_id=met["case"].person_id, by=users["cdc"], **said)
    refused("E5120", confirm_contact, person_id=met["other"].pk, by=users["cdc"], **said | {"category": "case"})
    refused("E5121", confirm_contact, person_id=met["other"].pk, by=users["cdc"],
            **said | {"area": {"person__household__grid_code__startswith": "999999"}})  # fmt: skip
    assert not Confirmation.objects.exists()


def test_the_page_confirms_and_shows_map_and_lag(met: Any, sign_in: Any) -> None:
    url, client = reverse("case", args=[met["case"].pk]), sign_in("cdc")
    given = {"person_id": met["other"].pk, "category": "general", "reason": "流调：隔两桌"}
    assert client.post(reverse("case_confirm", args=[met["case"].pk]), given).status_code == 302
    text = client.get(url).content.decode()
    assert "流调：隔两桌" in text and "<svg viewBox" in text and "收到名单到查出接触者" in text
    line = client.get(reverse("cases")).context["ledger"]["rows"][0]["cells"]
    assert line[-3:-1] == [1, 1]
    for role in ("judge_police", "grid_worker", "community_police", "commander"):
        assert sign_in(role).get(url).status_code == 403
        assert sign_in(role).post(reverse("case_confirm", args=[met["case"].pk]), given).status_code == 403


def test_the_lag_is_measured_from_the_list_that_reports_cases(district: Any) -> None:
    for case in Case.objects.all():
        assert case.found_at is not None and case.listed_at is not None
        assert dt.timedelta() <= case.found_at - case.listed_at < dt.timedelta(hours=1)
