"""How people live and what households are: from lists into the register, corrected at the door, shown and asked for."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest
from django.urls import reverse
from django.utils import timezone

from wangge import policy
from wangge.tables.shapes import RESIDENCE
from wangge_server.registry import queries
from wangge_server.registry.actions import _settle_kinds, record_check
from wangge_server.registry.models import Household, Person, Residence
from wangge_server.registry.words import residence_words

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def one(district: Any, users: dict[str, Any]) -> Residence:
    """The home of somebody in the lead's community of whom a list says how they live."""
    found = Residence.objects.filter(
        to_on=None, kind="permanent", household__grid_code__startswith=users["community_lead"].area_code
    ).first()
    assert found is not None
    return found


def listed(person_id: str, kind: str, on: dt.date | None) -> pa.Table:
    return pa.Table.from_pylist([{"person_id": person_id, "kind": kind, "said_on": on}], schema=RESIDENCE.schema)


def test_the_lists_of_the_district_say_how_people_live(district: Any) -> None:
    """The census asked: some are permanent, some board, some float; of whom it did not ask nobody knows."""
    counts = queries.people_by_residence({})
    assert set(counts) == {"permanent", "boarding", "floating", "unknown"}
    assert sum(counts.values()) == Person.objects.filter(is_listed=True).count()
    assert set(Household.objects.values_list("kind", flat=True)) == {"family", "dormitory", None}


def test_the_door_is_believed_until_a_later_list_says_otherwise(one: Residence, users: dict[str, Any]) -> None:
    on = timezone.localdate()
    record_check(
        household=one.household, result="as_known", method="visit", on=on, by=users["community_lead"],
        members=[{"person_id": one.person_id, "what": "here", "kind": "floating"}], purpose="register",
    )  # fmt: skip
    for day, wanted in ((None, "floating"), (on - DAY, "floating"), (on, "floating"), (on + DAY, "boarding")):
        _settle_kinds(listed(one.person_id, "boarding", day))
        one.refresh_from_db()
        assert one.kind == wanted, day


def test_no_answer_at_the_door_is_no_answer(one: Residence, users: dict[str, Any]) -> None:
    record_check(
        household=one.household, result="as_known", method="visit", on=timezone.localdate(), by=users["community_lead"],
        members=[{"person_id": one.person_id, "what": "here", "kind": ""}], purpose="register",
    )  # fmt: skip
    one.person.refresh_from_db()
    assert "person.residence_kind" not in one.person.asked_on
    assert _settle_kinds(listed(one.person_id, "boarding", None)) == 1


@pytest.mark.parametrize("lives", ["permanent", "boarding", "floating", "unknown"])
def test_the_register_is_asked_by_how_people_live(lives: str, sign_in: Any, users: dict[str, Any]) -> None:
    page = sign_in("community_lead", "register").get(reverse("register"), {"lives": lives})
    wanted = Residence.objects.filter(
        to_on=None, kind=lives, household__grid_code__startswith=users["community_lead"].area_code
    )
    assert page.context["ledger"]["count"] == wanted.values("household_id").distinct().count() > 0
    assert {one["kind"]: one["n"] for one in page.context["residences"]}[lives] == wanted.count()


def test_the_register_is_asked_by_kind_of_household(sign_in: Any) -> None:
    client = sign_in("data_officer", "register")
    found = {kind: client.get(reverse("register"), {"kind": kind}).context["ledger"]["count"]
             for kind in ("family", "dormitory", "unknown", "collective", "care_home")}  # fmt: skip
    assert sum(found.values()) == Household.objects.count()
    assert found["collective"] == 0 < found["dormitory"]
    assert client.get(reverse("register"), {"kind": "none such"}).context["ledger"] is None


def test_a_household_that_no_list_calls_one_is_a_dormitory_by_its_dwelling(sign_in: Any) -> None:
    known = Household.objects.filter(kind="dormitory", dwelling__kind="dormitory").first()
    assert known is not None
    Household.objects.filter(pk=known.pk).update(kind=None)
    client = sign_in("data_officer", "register")
    assert "宿舍（按房屋台账）" in client.get(reverse("household", args=[known.pk])).content.decode()
    assert known.pk in queries.households_in({}, kind="dormitory").values_list("pk", flat=True)
    assert known.pk not in queries.households_in({}, kind="unknown").values_list("pk", flat=True)


def test_a_person_shows_who_said_how_they_live(one: Residence, sign_in: Any) -> None:
    page = sign_in("community_lead", "register").get(reverse("person", args=[one.person_id]))
    said = next(row for row in page.context["known"] if row["label"] == "居住类别")["said"]
    assert said[0]["value"] == "常住" and said[0]["believed"] and "入户登记" in said[0]["sources"][0]


def test_how_people_live_is_absent_where_not_granted(
    one: Residence, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide = policy.decide

    def without(role: str, purpose: str, permission: str, phase: str = "active") -> policy.Decision:
        got = decide(role, purpose, permission, phase)
        return policy.Decision(*(v - {"person.residence_kind", "household.kind"} if isinstance(v, frozenset) else v
                                 for v in got.__dict__.values()))  # fmt: skip

    monkeypatch.setattr(policy, "decide", without)
    client = sign_in("data_officer", "register")
    pages = (client.get(reverse("household", args=[one.household_id])), client.get(reverse("person", args=[one.person_id])),
             client.get(reverse("register"), {"grid": one.household.grid_code, "lives": "permanent"}))  # fmt: skip
    assert all(page.status_code == 200 and "常住" not in page.content.decode() for page in pages)
    assert pages[2].context["ledger"]["count"] == Household.objects.filter(grid_code=one.household.grid_code).count()


def test_a_mixed_household_says_how_many() -> None:
    assert residence_words({"floating": 1, "permanent": 2}) == "常住 2 · 流动 1"
    assert residence_words({}) == ""
