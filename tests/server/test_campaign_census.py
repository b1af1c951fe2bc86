"""A census with a deadline: Renqiu's community, 2,726 units and 7,856 people, seven days, played through by made-up workers
with the product's own actions on the real PostgreSQL, and finished on day five."""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from typing import Any
from uuid import UUID

import pyarrow as pa
import pytest
from vault_lock import locked

from wangge import forms
from wangge.base.errors import WanggeError
from wangge.base.ids import uuid7
from wangge.synth.presets import preset
from wangge.synth.world import truth_people, world

START = dt.date(2026, 11, 2)
SAME = {"purpose": "register"}
HEADS = {"head": "head", "spouse": "spouse", "child": "child", "parent": "parent", "mate": "other"}


def day(n: int) -> dt.date:
    return START + dt.timedelta(days=n - 1)


@pytest.fixture
def renqiu(district: Any) -> dict[str, Any]:
    """The community's frame and workers beside the installed district; its people are known to nobody yet."""
    from wangge_server.accounts.actions import add_users, system_user
    from wangge_server.accounts.models import User
    from wangge_server.dispatch.actions import load_workers
    from wangge_server.geography.actions import load_ground

    made = world(preset("community"), 1)
    truth = truth_people(made, pa.nulls(len(made.people), pa.string()))
    units = made.dwellings()
    lived = set(truth["dwelling_id"].to_pylist())
    units = units.filter(pa.compute.is_in(units["dwelling_id"], value_set=pa.array(sorted(lived))))
    system = {"by": system_user(), "purpose": "administration"}
    load_ground(areas=made.ground.areas, dwellings=units, **system)
    grids = sorted(set(units["grid_code"].to_pylist()))
    community = grids[0][:12]
    people = [("worker", f"cw{i}", "grid_worker", community) for i in range(5 * len(grids))]
    people += [
        ("lead", "renqiu-lead", "community_lead", community),
        ("second", "renqiu-second", "community_lead", community),
    ]
    add_users(users=[{"username": u, "name": u, "role": role, "unit_code": community, "area_code": area, "reports_to": community[:9]}
                     for _, u, role, area in people], password=None, **system)  # fmt: skip
    rows = [
        {"worker_id": f"cw{i}", "unit_code": community, "grid_code": grids[i // 5], "minutes_a_day": 360}
        for i in range(5 * len(grids))
    ]
    load_workers(workers=pa.Table.from_pylist(rows), **system)
    homes: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in truth.select(["dwelling_id", "name", "birth_date", "sex", "phone", "role"]).to_pylist():
        homes[row["dwelling_id"]].append({"name": row["name"], "birth_date": row["birth_date"], "sex": row["sex"], "phone": row["phone"],
                                          "relation_to_head": HEADS[row["role"]], "kind": "permanent"})  # fmt: skip
    users = {u.username: u for u in User.objects.filter(username__in=[p[1] for p in people])}
    return {"community": community, "homes": homes, "users": users, "units": units, "grids": grids}


def draft(area: str, due: int, today: int = 1) -> Any:
    from wangge_server.forms import campaign_queries as queries

    return queries.draft("census", "", area, START, day(due), today=day(today))


def started(renqiu: dict[str, Any]) -> Any:
    from wangge_server.forms.campaign_actions import approve_campaign, propose_campaign

    users = renqiu["users"]
    made = propose_campaign(draft=draft(renqiu["community"], 7), names={}, by=users["renqiu-lead"], **SAME)
    approve_campaign(campaign=made, today=START, by=users["renqiu-second"], **SAME)
    made.refresh_from_db()
    return made


def walk(renqiu: dict[str, Any], campaign: Any, n: int, skipped: str, draw: random.Random) -> None:
    """One day of everybody: what was planned until today, in walking order; some are not at home, a few decline."""
    from wangge_server.forms.campaign_actions import take_reports
    from wangge_server.forms.models import CampaignDoor

    doors = defaultdict(list)
    open_ones = CampaignDoor.objects.filter(campaign=campaign, state="open", planned_on__lte=day(n)).select_related(
        "dwelling"
    )
    for door in open_ones:
        place = f"{door.dwelling.compound}{door.dwelling.building}"
        if place != skipped:
            doors[door.worker_id].append(door)
    for worker, mine in sorted(doors.items()):
        reports = []
        for door in mine:
            chance = draw.random()
            result = "nobody_home" if n < 5 and chance < 0.08 else "refused" if chance > 0.997 else "occupied"
            reports.append({"id": uuid7(), "door": door.pk, "result": result, "on": day(n),
                            "people": renqiu["homes"][door.door_id] if result == "occupied" else []})  # fmt: skip
        taken = take_reports(reports=reports, today=day(n), by=renqiu["users"][worker], **SAME)
        assert {one["state"] for one in taken} == {"taken"}


def event_rows() -> list[int]:
    from django.apps import apps

    return [m.objects.count() for room in ("exposure", "risk", "dispatch") for m in apps.get_app_config(room).get_models()
            if m.__name__ != "Worker"]  # fmt: skip


def test_seven_days_done_in_five(renqiu: dict[str, Any]) -> None:
    from wangge_server.forms import campaign_queries as queries
    from wangge_server.forms.models import CampaignDoor
    from wangge_server.registry.models import Household, Person

    area, draw = renqiu["community"], random.Random(3)
    homes = sum(len(one) > 0 for one in renqiu["homes"].values())
    before = event_rows()
    campaign = started(renqiu)
    frame = CampaignDoor.objects.filter(campaign=campaign).count()
    assert frame == homes == len(renqiu["units"]) and sum(map(len, renqiu["homes"].values())) == 7_856
    units = renqiu["units"].to_pylist()
    # A building that was due on the first days and that nobody goes to: planted.
    first = (
        CampaignDoor.objects.filter(campaign=campaign, planned_on=day(1))
        .select_related("dwelling")
        .order_by("order")
        .first()
    )
    assert first is not None
    hidden = f"{first.dwelling.compound}{first.dwelling.building}"
    n_hidden = sum(f"{u['compound']}{u['building']}" == hidden for u in units)
    for n in range(1, 6):
        with locked():  # a census writes to no event vault (R15)
            walk(renqiu, campaign, n, hidden if n < 5 else "", draw)
        doors = queries.doors_table(campaign)
        for row in forms.progress(doors, day(n + 1)).to_pylist():
            assert row["confirmed"] + row["unconfirmed"] == row["frame"] and row["done"] <= row["frame"]
        if 2 <= n < 5:
            forgotten = forms.forgotten(doors, day(n + 1)).to_pylist()
            assert [(row["place"], row["doors"]) for row in forgotten] == [(hidden, n_hidden)]
            late = [row["grid_code"] for row in forms.progress(doors, day(n + 1)).to_pylist() if row["is_late"]]
            assert first.grid_code in late
        if n == 3:
            told = forms.forecast(doors, starts_on=START, until=day(3))
            # Nobody has been to the planted building yet, so its grid's own pace says a day later than it will be.
            assert told.why == "pace" and told.expected_on is not None and abs((told.expected_on - day(5)).days) <= 1
    doors = queries.doors_table(campaign)
    assert doors.num_rows == frame
    assert forms.forecast(doors, starts_on=START, until=day(5))[:2] == ("finished", day(5))
    assert forms.forgotten(doors, day(6)).num_rows == 0
    refused = CampaignDoor.objects.filter(campaign=campaign, state="refused")
    n_refused = sum(len(renqiu["homes"][one.door_id]) for one in refused)
    assert Household.objects.filter(grid_code__startswith=area).count() == frame - refused.count()
    assert Person.objects.filter(household__grid_code__startswith=area).count() == 7_856 - n_refused
    assert event_rows() == before, "a census writes to no event vault (R15)"


def test_the_ledger_and_the_board_see_it(renqiu: dict[str, Any]) -> None:
    from wangge_server.feedback.models import Coverage

    campaign = started(renqiu)
    walk(renqiu, campaign, 1, "", random.Random(5))
    seen = Coverage.objects.filter(grid_code__startswith=renqiu["community"])
    done = campaign.doors.filter(state="confirmed")
    assert (
        done.count()
        and seen.filter(state="occupied_confirmed", confirmed_on=START, method="visit").count() == done.count()
    )
    assert sum(one.roster_n or 0 for one in seen) == sum(len(renqiu["homes"][d.door_id]) for d in done)


def test_a_price_over_the_day_is_refused_and_the_way_out_is_one(renqiu: dict[str, Any]) -> None:
    from wangge_server.forms.campaign_actions import propose_campaign
    from wangge_server.forms.models import Campaign

    lead = renqiu["users"]["renqiu-lead"]
    short = draft(renqiu["community"], 3)
    with pytest.raises(WanggeError) as refused:
        propose_campaign(draft=short, names={}, by=lead, **SAME)
    assert refused.value.code == "E3870" and refused.value.facts["given"] == 3 and not Campaign.objects.exists()
    days = refused.value.facts["days"]
    assert 3 < days <= 6 and not draft(renqiu["community"], days).price.is_over
    assert propose_campaign(draft=draft(renqiu["community"], days), names={}, by=lead, **SAME).state == "proposed"


def test_two_people_start_it_and_it_can_be_taken_back(renqiu: dict[str, Any]) -> None:
    from wangge_server.forms.campaign_actions import approve_campaign, propose_campaign, withdraw_campaign

    users = renqiu["users"]
    made = propose_campaign(draft=draft(renqiu["community"], 7), names={}, by=users["renqiu-lead"], **SAME)
    with pytest.raises(WanggeError, match="E3873"):
        approve_campaign(campaign=made, today=START, by=users["renqiu-lead"], **SAME)
    n = approve_campaign(campaign=made, today=START, by=users["renqiu-second"], **SAME)
    with pytest.raises(WanggeError, match="E3874"):
        approve_campaign(campaign=made, today=START, by=users["renqiu-second"], **SAME)
    walk(renqiu, made, 1, "", random.Random(1))
    settled = made.doors.exclude(state="open").count()
    assert withdraw_campaign(campaign=made, by=users["renqiu-lead"], **SAME) == n - settled
    assert made.doors.filter(state="confirmed").count() + made.doors.filter(state="refused").count() == settled
    with pytest.raises(WanggeError, match="E3874"):
        withdraw_campaign(campaign=made, by=users["renqiu-lead"], **SAME)


def test_reports_are_taken_once_and_only_from_who_holds_the_grid(renqiu: dict[str, Any]) -> None:
    from wangge_server.forms.campaign_actions import take_reports
    from wangge_server.registry.models import Household

    campaign = started(renqiu)
    door = campaign.doors.order_by("pk").first()
    holder = renqiu["users"][door.worker_id]
    other = next(renqiu["users"][f"cw{i}"] for i in range(45) if renqiu["grids"][i // 5] != door.grid_code)
    report = {
        "id": uuid7(),
        "door": door.pk,
        "result": "occupied",
        "on": START,
        "people": renqiu["homes"][door.door_id],
    }

    def send(one: dict[str, Any], by: Any = holder) -> tuple[str, str]:
        found = take_reports(reports=[one], today=START, by=by, **SAME)[0]
        return found["state"], found.get("code", "")

    assert send(report, other) == ("refused", "E3875")
    assert send(report | {"people": []}) == ("refused", "E3882")
    assert send(report | {"result": "answered"}) == ("refused", "E3882")
    assert send(report | {"on": day(2)}) == ("refused", "E3882"), "tomorrow has not been"
    assert send(report) == ("taken", "")
    assert send(report) == ("same", "")
    assert send(report | {"id": uuid7()}) == ("refused", "E3874")
    assert Household.objects.filter(dwelling_id=door.door_id).count() == 1
    away = campaign.doors.filter(worker_id=door.worker_id, state="open").first()
    assert send({"id": UUID(int=1), "door": away.pk, "result": "nobody_home", "on": START}) == ("taken", "")
    away.refresh_from_db()
    assert (away.state, away.tried) == ("open", 1)
