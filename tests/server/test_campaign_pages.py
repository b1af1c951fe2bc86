"""From the gap map to a door with only the missing questions, as its users do it; and who may not see what."""

from __future__ import annotations

import re
from typing import Any

import pytest

from wangge import insight

PROFILE = "living_alone_over_60"
LEVELS = ("community_lead", "street_lead", "commander")


@pytest.fixture
def ready(users: dict[str, Any]) -> dict[str, Any]:
    """The three leads answer for the same ground, that of the grid worker's community."""
    worker = users["grid_worker"]
    for role in LEVELS:
        users[role].area_code = worker.area_code
        users[role].save(update_fields=["area_code"])
    return users


def number(page: Any, name: str = "wg-answer") -> int:
    """The number of the page's first line."""
    found = re.search(rf'class="{name}".*?<strong>([^<]+)</strong>', page.content.decode(), re.S)
    assert found is not None
    return int(re.sub(r"\D", "", found.group(1)))


def asked_for(client: Any, **more: str) -> dict[str, str]:
    return {"kind": "targeted", "profile": PROFILE, "due_on": "", **more}


def start(sign_in: Any, ready: dict[str, Any], due: str) -> Any:
    """Proposed by the community lead for care, started by the street lead."""
    from wangge_server.forms.models import Campaign

    lead = sign_in("community_lead", "care")
    made = lead.post("/campaigns/new/", {"kind": "targeted", "profile": PROFILE, "due_on": due})
    assert made.status_code == 302, made.content.decode()[:2000]
    campaign = Campaign.objects.get()
    assert lead.post(f"/campaigns/{campaign.pk}/approve/").status_code == 400, "the proposer may not"
    assert sign_in("street_lead", "command").post(f"/campaigns/{campaign.pk}/approve/").status_code == 302
    campaign.refresh_from_db()
    return campaign


def far() -> str:
    import datetime as dt

    from django.utils import timezone

    return (timezone.localdate() + dt.timedelta(days=60)).isoformat()


def test_a_lead_sees_the_gap_map_and_what_asking_costs(sign_in: Any, ready: dict[str, Any]) -> None:
    lead = sign_in("community_lead", "care")
    for name in insight.profiles():
        assert lead.get(f"/gaps/?profile={name}").status_code == 200
    page = lead.get(f"/gaps/?profile={PROFILE}")
    text = page.content.decode()
    assert "没人问过" in text and "/campaigns/new/?kind=targeted" in text
    price = lead.get("/campaigns/new/", {"kind": "targeted", "profile": PROFILE, "due_on": far()})
    assert price.status_code == 200 and "按网格的代价" in price.content.decode() and number(price) > 0
    late = lead.get("/campaigns/new/", {"kind": "targeted", "profile": PROFILE, "due_on": "2020-01-01"})
    assert "E3879" in late.content.decode()
    odd = lead.get(
        "/campaigns/new/", {"kind": "targeted", "profile": PROFILE, "due_on": "9999-99-99", "in": "x' OR 1=1"}
    )
    assert odd.status_code == 200


def test_the_price_over_the_budget_is_refused_on_the_page(sign_in: Any, ready: dict[str, Any]) -> None:
    from wangge_server.dispatch.models import Worker
    from wangge_server.forms.models import Campaign

    Worker.objects.update(minutes_a_day=20)
    lead = sign_in("community_lead", "care")
    asked = {"kind": "targeted", "profile": "home_bound_household"}
    text = lead.get("/campaigns/new/", asked).content.decode()
    assert "E3880" in text and "超出" in text and 'class="btn btn-primary">' not in text.split("按网格的代价")[1]
    assert lead.post("/campaigns/new/", asked).status_code == 400 and not Campaign.objects.exists()
    Worker.objects.all().delete()
    assert "E3871" in lead.get("/campaigns/new/", asked).content.decode()


def test_a_door_shows_only_what_is_missing_and_answers_close_the_gap(sign_in: Any, ready: dict[str, Any]) -> None:
    from wangge_server.forms.models import CampaignDoor, CampaignReply

    campaign = start(sign_in, ready, far())
    worker = sign_in("grid_worker", "care")
    mine = CampaignDoor.objects.filter(campaign=campaign, worker_id=ready["grid_worker"].username).order_by("order")
    door = mine.first()
    assert door is not None and number(worker.get("/doors/")) >= 0
    page = worker.get(f"/doors/{door.pk}/").content.decode()
    assert page.count("<fieldset") == len(door.asks), "the questions that are missing, and no other"
    report = re.search(r'name="report_id" value="([^"]+)"', page)
    assert report is not None
    given = {"report_id": report.group(1), "result": "answered"}
    for i, (_person, element) in enumerate(door.asks):
        given[f"q{i}"] = (
            "no" if element.startswith("care.") else "13800001111" if element == "person.phone" else "1950-01-02"
        )
    before = number(sign_in("community_lead", "care").get(f"/gaps/?profile={PROFILE}"))
    assert worker.post(f"/doors/{door.pk}/", given).status_code == 302
    assert CampaignReply.objects.filter(door=door, said="answered").count() == len(door.asks)
    assert worker.get(f"/doors/{door.pk}/").status_code == 404, "settled doors are off the list"
    assert number(sign_in("community_lead", "care").get(f"/gaps/?profile={PROFILE}")) == before - len(door.asks)
    progress = sign_in("street_lead", "command").get(f"/campaigns/{campaign.pk}/")
    assert number(progress) == 1


def test_no_dont_know_and_declined_are_three_things(sign_in: Any, ready: dict[str, Any]) -> None:
    from wangge_server.forms import campaign_queries as queries
    from wangge_server.forms.models import CampaignDoor

    campaign = start(sign_in, ready, far())
    worker = sign_in("grid_worker", "care")
    own = CampaignDoor.objects.filter(campaign=campaign, worker_id=ready["grid_worker"].username).order_by("order")[:3]
    assert len(own) == 3
    help_at = [next(i for i, (_p, e) in enumerate(door.asks) if e == "care.daily_help") for door in own]
    for door, i, word in zip(own, help_at, ("no", "not_known", "refused"), strict=True):
        assert worker.post(f"/doors/{door.pk}/", {"result": "answered", f"q{i}": word}).status_code == 302
    from django.utils import timezone

    found = queries.gap_map(campaign.area_code, timezone.localdate(), [PROFILE]).found.to_pylist()
    states = {row["household_id"]: row["state"] for row in found if row["element"] == "care.daily_help"}
    assert [states[door.door_id] for door in own] == ["answered", "not_known", "refused"]
    again = queries.draft(
        "targeted", PROFILE, campaign.area_code, timezone.localdate(), timezone.localdate(), today=timezone.localdate()
    )
    asked = {door: {e for _p, e in rows} for door, rows in again.asks.items()}
    assert "care.daily_help" not in asked.get(own[0].door_id, set()) | asked.get(own[2].door_id, set())
    assert "care.daily_help" in asked[own[1].door_id], "somebody else may know; nobody comes back for a refusal"


def test_bad_answers_are_numbered_and_nothing_is_stored(sign_in: Any, ready: dict[str, Any]) -> None:
    from wangge_server.forms.models import CampaignDoor, CampaignReply

    campaign = start(sign_in, ready, far())
    worker = sign_in("grid_worker", "care")
    door = CampaignDoor.objects.filter(campaign=campaign, worker_id=ready["grid_worker"].username).first()
    assert door is not None
    for given in (
        {"result": "answered"},
        {"result": "answered", "q0": "maybe so"},
        {"result": "vacant"},
        {"result": ""},
    ):
        page = worker.post(f"/doors/{door.pk}/", given)
        code = "E3878" if "q0" in given else "E3882"
        assert page.status_code == 400 and code in page.content.decode(), given
    other = CampaignDoor.objects.exclude(grid_code=door.grid_code).first()
    if other is not None:
        assert worker.post(f"/doors/{other.pk}/", {"result": "refused"}).status_code == 404
    assert not CampaignReply.objects.exists()
    assert worker.post(f"/doors/{door.pk}/", {"result": "refused"}).status_code == 302
    assert set(CampaignReply.objects.values_list("said", flat=True)) == {"refused"}


def test_a_phone_said_at_the_door_is_on_the_record_and_nothing_else_is_confirmed(
    sign_in: Any, ready: dict[str, Any]
) -> None:
    from django.utils import timezone

    from wangge_server.forms.models import CampaignDoor
    from wangge_server.registry.models import DoorRow, Person

    campaign = start(sign_in, ready, far())
    door = next(d for d in CampaignDoor.objects.filter(campaign=campaign, worker_id=ready["grid_worker"].username)
                if any(e == "person.phone" for _p, e in d.asks))  # fmt: skip
    i, person_id = next((i, p) for i, (p, e) in enumerate(door.asks) if e == "person.phone")
    assert (
        sign_in("grid_worker", "care")
        .post(f"/doors/{door.pk}/", {"result": "answered", f"q{i}": "13900002222"})
        .status_code
        == 302
    )
    person = Person.objects.get(person_id=person_id)
    assert person.phone == "13900002222" and (person.asked_on or {})["person.phone"] == timezone.localdate().isoformat()
    assert "person.address" not in (person.asked_on or {})
    assert DoorRow.objects.get(person=person).phone == "13900002222"


def test_the_list_of_names_is_for_care_alone(sign_in: Any, ready: dict[str, Any]) -> None:
    from wangge_server.audit.models import Event

    page = sign_in("community_lead", "care").get(f"/gaps/{PROFILE}/")
    assert page.status_code == 200 and number(page) > 0
    event = Event.objects.filter(verb="profile_list").first()
    assert event is not None and event.purpose == "care" and event.facts["profile"] == PROFILE
    for role, purpose in (("community_lead", "register"), ("community_lead", "visit"), ("commander", "command"), ("street_lead", "command"),
                          ("grid_worker", "care"), ("data_officer", "register"), ("community_police", "visit"), ("judge_health", "judgement")):  # fmt: skip
        assert sign_in(role, purpose).get(f"/gaps/{PROFILE}/").status_code == 403, (role, purpose)
    assert sign_in("community_lead", "care").get("/gaps/no-such-profile/").status_code == 404


def test_commanders_see_counts_and_no_door(sign_in: Any, ready: dict[str, Any]) -> None:
    commander = sign_in("commander", "command")
    text = commander.get(f"/gaps/?profile={PROFILE}").content.decode()
    assert "没人问过" in text and f"/gaps/{PROFILE}/" not in text
    assert commander.get("/doors/").status_code == 403
    campaign = start(sign_in, ready, far())
    page = commander.get(f"/campaigns/{campaign.pk}/").content.decode()
    from wangge_server.forms.models import CampaignDoor
    from wangge_server.registry.models import Person

    homes = CampaignDoor.objects.filter(campaign=campaign).values_list("door_id", flat=True)
    names = [
        n for n in Person.objects.filter(household_id__in=list(homes)).values_list("name", flat=True) if len(n) > 1
    ]
    assert names and not [n for n in names if n in page]


def test_a_campaign_is_taken_back(sign_in: Any, ready: dict[str, Any]) -> None:
    campaign = start(sign_in, ready, far())
    assert sign_in("community_lead", "care").post(f"/campaigns/{campaign.pk}/stop/").status_code == 302
    assert number(sign_in("grid_worker", "care").get("/doors/")) == 0
    assert sign_in("street_lead", "command").get(f"/campaigns/{campaign.pk}/").status_code == 200
    assert "已收回" in sign_in("street_lead", "command").get("/campaigns/").content.decode()


def test_other_ground_does_not_exist(sign_in: Any, ready: dict[str, Any]) -> None:
    campaign = start(sign_in, ready, far())
    ready["commander"].area_code = "999999"
    ready["commander"].save(update_fields=["area_code"])
    assert sign_in("commander", "command").get(f"/campaigns/{campaign.pk}/").status_code == 404
    assert sign_in("commander", "command").post(f"/campaigns/{campaign.pk}/stop/").status_code == 404
