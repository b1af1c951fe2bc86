"""Things found: from the report to the closing by different hands; what time does by itself; rows in and out."""

from __future__ import annotations

import base64
import csv
import datetime as dt
import io
import json
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import time_machine
from django.test import Client
from matter_people import NOON, ON, closed, people, report, said_done, taken_up

from wangge.base.errors import WanggeError
from wangge_server.audit.models import Event
from wangge_server.feedback import matter_actions as actions
from wangge_server.feedback.models import Matter, MatterMove
from wangge_server.jobs.tasks import keep_matter_clock

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture
def clock(district: Any) -> Any:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def who(clock: Any) -> Any:
    return people()


def refused(code: str, do: Any, **given: Any) -> None:
    with pytest.raises(WanggeError) as error:
        do(**given, **ON)
    assert error.value.code == code


def test_from_found_to_closed_by_different_hands(who: Any) -> None:
    matter = closed(who)
    moves = list(MatterMove.objects.filter(matter=matter))
    assert [m.act for m in moves] == ["report", "accept", "dispatch", "acknowledge", "feed_back", "confirm", "close"]
    assert len({m.by_id for m in moves}) == 6  # the handler takes it up and says what was done; nobody else acts twice
    assert all(m.at == NOON and m.by_id for m in moves)
    assert Event.objects.filter(about=str(matter.pk), kind="write").count() == 7
    assert "东门" not in json.dumps(list(Event.objects.values_list("facts", flat=True)))
    actions.close_matter(
        matter_id=matter.pk, act="ask_satisfaction", said={"satisfaction": "no"}, by=who["closer"], **ON
    )
    matter.refresh_from_db()
    assert (matter.state, matter.satisfaction) == ("closed", "no")


def test_whoever_handled_neither_verifies_nor_closes(who: Any) -> None:
    """By person, by unit, by reporting line: moved into the supervision centre, the handler still may not."""
    matter, handler, verifier = said_done(who), who["handler"], who["verifier"]
    refused("E8002", actions.verify_matter, matter_id=matter.pk, act="confirm", said={"words": "x"}, by=handler)
    handler.role = "supervisor"
    handler.save()
    refused("E7101", actions.verify_matter, matter_id=matter.pk, act="confirm", said={"words": "x"}, by=handler)
    verifier.unit_code = handler.unit_code
    verifier.save()
    refused("E7101", actions.verify_matter, matter_id=matter.pk, act="confirm", said={"words": "x"}, by=verifier)
    verifier.unit_code, verifier.reports_to = "elsewhere", handler.unit_code
    verifier.save()
    refused("E7101", actions.verify_matter, matter_id=matter.pk, act="confirm", said={"words": "x"}, by=verifier)


def test_whoever_verified_does_not_close_and_whoever_accepted_does_not_dispatch(who: Any) -> None:
    matter = said_done(who)
    actions.verify_matter(matter_id=matter.pk, act="confirm", said={"words": "亮了"}, by=who["verifier"], **ON)
    refused("E7109", actions.close_matter, matter_id=matter.pk, act="close", said={}, by=who["verifier"])
    other = report(who)
    actions.take_in_matter(matter_id=other.pk, act="accept", said={}, by=who["desk"], **ON)
    desk = who["desk"]
    desk.role = "street_lead"
    desk.save()
    said = {"unit": who["handler"].unit_code}
    refused("E7109", actions.dispatch_matter, matter_id=other.pk, act="dispatch", said=said, by=desk)


def test_rework_is_counted_and_verified_again(who: Any) -> None:
    matter = said_done(who)
    actions.verify_matter(matter_id=matter.pk, act="send_back", said={"words": "还是不亮"}, by=who["verifier"], **ON)
    matter.refresh_from_db()
    assert (matter.state, matter.n_reworks) == ("in_progress", 1)


def test_the_second_return_is_arbitrated(who: Any) -> None:
    matter = taken_up(who)
    said = {"words": "不归我们管", "unit": who["other"].unit_code}
    actions.handle_matter(matter_id=matter.pk, act="return", said=said, by=who["handler"], **ON)
    actions.dispatch_matter(
        matter_id=matter.pk, act="dispatch", said={"unit": who["other"].unit_code}, by=who["dispatcher"], **ON
    )
    refused("E7103", actions.handle_matter, matter_id=matter.pk, act="return", said=said, by=who["handler"])
    actions.handle_matter(matter_id=matter.pk, act="return", said=said, by=who["other"], **ON)
    matter.refresh_from_db()
    assert matter.state == "arbitration"
    fixed = {"unit": who["handler"].unit_code, "words": "属地兜底"}
    actions.decide_matter(matter_id=matter.pk, act="arbitrate", said=fixed, by=who["boss"], **ON)
    refused("E7105", actions.handle_matter, matter_id=matter.pk, act="return", said=said, by=who["handler"])


def test_one_extension_and_the_first_due_hour_stays_for_statistics(who: Any, clock: Any) -> None:
    matter = taken_up(who)
    first, until = matter.handling_due, NOON + 10 * DAY
    said = {"words": "等配件", "until": until}
    actions.handle_matter(matter_id=matter.pk, act="ask_extension", said=said, by=who["handler"], **ON)
    matter = actions.decide_matter(matter_id=matter.pk, act="grant", said={}, by=who["boss"], **ON)
    assert (matter.handling_due, matter.due_at, matter.original_due) == (until, until, first)
    refused(
        "E7105",
        actions.handle_matter,
        matter_id=matter.pk,
        act="ask_extension",
        said=said | {"until": NOON + 20 * DAY},
        by=who["handler"],
    )


def test_the_minute_job_flags_escalates_and_resumes(who: Any, clock: Any) -> None:
    late, hung = report(who), taken_up(who)
    said = {"words": "产权不清", "until": NOON + 5 * DAY}
    actions.decide_matter(matter_id=hung.pk, act="hang_up", said=said, by=who["boss"], **ON)
    clock.shift(HOUR / 2)
    assert keep_matter_clock(0) == {"resumed": 0, "overdue": 0, "escalated": 0}
    clock.shift(1)
    assert keep_matter_clock(0)["overdue"] == 1 and keep_matter_clock(0)["overdue"] == 0
    clock.shift(DAY)
    assert keep_matter_clock(0)["escalated"] == 1
    clock.move_to(NOON + 5 * DAY - dt.timedelta(seconds=1))
    assert keep_matter_clock(0)["resumed"] == 0
    clock.shift(1)
    assert keep_matter_clock(0)["resumed"] == 1 and keep_matter_clock(0)["resumed"] == 0
    hung.refresh_from_db()
    late.refresh_from_db()
    assert (hung.state, hung.handling_due) == ("in_progress", NOON + 8 * DAY) and late.overdue_at and late.escalated_at


def test_reopened_by_the_resident_within_fifteen_days(who: Any, clock: Any) -> None:
    matter = closed(who)
    clock.shift(15 * DAY)
    actions.reopen_matter(matter_id=matter.pk, act="reopen", said={}, by=who["desk"], **ON)
    matter.refresh_from_db()
    assert (matter.state, matter.n_reopens, matter.closed_at) == ("reopened", 1, None)
    actions.dispatch_matter(
        matter_id=matter.pk, act="dispatch", said={"unit": who["handler"].unit_code}, by=who["dispatcher"], **ON
    )
    actions.handle_matter(matter_id=matter.pk, act="acknowledge", said={}, by=who["handler"], **ON)
    actions.handle_matter(matter_id=matter.pk, act="feed_back", said={"words": "又修了"}, by=who["handler"], **ON)
    refused(
        "E7109", actions.verify_matter, matter_id=matter.pk, act="confirm", said={"words": "亮"}, by=who["verifier"]
    )
    actions.verify_matter(matter_id=matter.pk, act="confirm", said={"words": "亮"}, by=who["closer"], **ON)
    actions.close_matter(matter_id=matter.pk, act="close", said={}, by=who["verifier"], **ON)
    refused("E7102", actions.reopen_matter, matter_id=matter.pk, act="reopen", said={}, by=who["desk"])
    clock.shift(15 * DAY + dt.timedelta(seconds=1))
    refused("E7104", actions.reopen_matter, matter_id=matter.pk, act="reopen", said={"words": "又坏"}, by=who["desk"])


def test_merging_keeps_both_reports(who: Any) -> None:
    first, second = report(who), report(who)
    said = {"merge_into": str(first.pk)}
    actions.take_in_matter(matter_id=second.pk, act="merge", said=said, by=who["desk"], **ON)
    second.refresh_from_db()
    assert (second.state, second.merged_into_id) == ("merged", first.pk)
    third = report(who)
    refused(
        "E7108",
        actions.take_in_matter,
        matter_id=third.pk,
        act="merge",
        said={"merge_into": str(second.pk)},
        by=who["desk"],
    )


# ---- pages ------------------------------------------------------------------------------------------------


def test_each_reader_sees_own_ground_and_own_acts(who: Any, sign_in: Any) -> None:
    matter = taken_up(who)
    url = f"/matters/{matter.pk}/"
    seen = {role: sign_in(role, "service").get(url).content.decode() for role in ("clerk", "supervisor", "commander")}
    assert "feed_back" in seen["clerk"] and "hang_up/" not in seen["clerk"]
    assert "feed_back" not in seen["supervisor"] and "现在没有要您做的" in seen["supervisor"]
    assert "hang_up/" in seen["commander"]
    foreign = Client()
    foreign.force_login(who["other"], backend="django.contrib.auth.backends.ModelBackend")
    session = foreign.session
    session["purpose"] = "service"
    session.save()
    assert foreign.get(url).status_code == 404  # another department's work does not exist for this one
    assert foreign.post(f"{url}handle/feed_back/", {"words": "x"}).status_code == 404
    assert sign_in("clerk", "service").post(f"{url}verify/confirm/", {"words": "x"}).status_code == 403


def test_the_list_is_by_next_due_and_says_late(who: Any, sign_in: Any, clock: Any) -> None:
    slow, fast = taken_up(who, "wall_unsafe"), taken_up(who, "manhole")
    page = sign_in("commander", "service").get("/matters/").content.decode()
    assert page.index(str(fast.pk)) < page.index(str(slow.pk))
    clock.shift(5 * HOUR)
    assert "请催办" in sign_in("commander", "service").get("/matters/").content.decode()
    assert str(slow.pk) not in sign_in("commander", "service").get("/matters/?show=late").content.decode()


def test_a_desk_reports_and_another_ground_is_not_found(who: Any, sign_in: Any) -> None:
    client, grid = sign_in("community_lead", "service"), who["desk"].area_code + "001"
    form = {
        "kind": "rubbish",
        "source": "hotline",
        "external_id": "H-1",
        "grid_code": grid,
        "place": "西门",
        "words": "垃圾",
    }
    assert client.post("/matters/new/", form).status_code == 302
    assert client.post("/matters/new/", form).status_code == 302  # told twice by 12345
    assert Matter.objects.filter(external_id="H-1").count() == 1
    assert client.post("/matters/new/", form | {"grid_code": "999999999999999"}).status_code == 404
    assert client.get("/matters/new/").status_code == 200


# ---- in and out -------------------------------------------------------------------------------------------


def test_csv_rows_in_are_accepted_plus_refused_and_come_out_again(who: Any, sign_in: Any) -> None:
    area = who["boss"].area_code
    rows = [("A1", "platform", "lamp_out", area + "001001001", "东门", "灯"), ("A2", "platform", "nothing", area + "001001001", "东门", "灯"),
            ("", "platform", "lamp_out", area + "001001001", "东门", "灯"), ("A4", "platform", "lamp_out", "999999", "东门", "灯")]  # fmt: skip
    out = io.StringIO()
    csv.writer(out).writerows([("external_id", "source", "kind", "grid_code", "place", "words"), *rows])
    client = sign_in("commander", "service")
    page = client.post("/matters/csv/", {"file": io.BytesIO(out.getvalue().encode())}).content.decode()
    assert "4 行 = 接受 1 + 退回 3" in page and page.count("E7110") + page.count("第 ") >= 3
    n = Matter.objects.count()
    file = client.get("/matters/csv/export/").content
    back = client.post("/matters/csv/", {"file": io.BytesIO(file)}).content.decode()
    assert f"{n} 行 = 接受 {n} + 退回 0" in back and Matter.objects.count() == n  # our own file back makes none twice
    wrong = client.post("/matters/csv/", {"file": io.BytesIO("name,phone\n王,1".encode())}).content.decode()
    assert "1 行 = 接受 0 + 退回 1" in wrong


def test_open311_in_json_and_xml(who: Any) -> None:
    boss = who["boss"]
    boss.set_password("a-test-only-word")
    boss.save()
    basic = "Basic " + base64.b64encode(b"commander@service:a-test-only-word").decode()
    client = Client(headers={"authorization": basic})
    codes = [one["service_code"] for one in client.get("/open311/v2/services.json").json()]
    tree = ET.fromstring(client.get("/open311/v2/services.xml").content)  # noqa: S314
    assert codes == [one.findtext("service_code") for one in tree] and "lamp_out" in codes
    sent = {
        "service_code": "lamp_out",
        "lat": "22.5",
        "long": "113.9",
        "description": "灯不亮",
        "first_name": "某某",
        "phone": "13900000000",
    }
    made = client.post("/open311/v2/requests.json", sent)
    number = made.json()[0]["service_request_id"]
    one = client.get(f"/open311/v2/requests/{number}.json").json()[0]
    assert made.status_code == 201 and (one["status"], one["service_code"], one["lat"]) == ("open", "lamp_out", 22.5)
    assert "某某" not in str(list(Matter.objects.values())) + str(list(MatterMove.objects.values()))
    found = client.get("/open311/v2/requests.xml?status=open&service_code=lamp_out").content
    assert [r.findtext("service_request_id") for r in ET.fromstring(found)] == [number]  # noqa: S314
    assert client.get("/open311/v2/requests.json?status=closed").json() == []
    assert client.get("/open311/v2/requests/none.json").json()[0]["code"] == 404
    assert client.post("/open311/v2/requests.json", sent | {"service_code": "x"}).status_code == 400
    assert client.post("/open311/v2/requests.json", {"service_code": "lamp_out", "description": "x"}).status_code == 400
    assert Client().get("/open311/v2/services.json").status_code == 401
