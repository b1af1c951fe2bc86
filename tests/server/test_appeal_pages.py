"""Appeals on the reviewers' pages: what is due next stands first, late in words, and why a button is absent."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from appeal_people import NOON, TODAY, file, grade_of, grade_row, sign, ungraded
from django.test import Client
from django.urls import reverse
from form_people import client_of

from wangge_server.accounts.models import User
from wangge_server.audit.models import Event
from wangge_server.jobs.tasks import keep_appeal_clock
from wangge_server.registry.models import Person
from wangge_server.risk.models import Appeal, Grade

WORDS = {"reason": "not_there", "words": "那天他在外地，已核实。"}


@pytest.fixture
def clock(district: Any) -> Any:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def people(clock: Any) -> list[Person]:
    """Three people of the batch in force: red, red by a laboratory, yellow."""
    found = ungraded(3)
    sign(grade_row(found[0].pk), grade_row(found[1].pk, rule="confirmed_case"), grade_row(found[2].pk, "yellow"))
    return found


@pytest.fixture
def reviewer(users: dict[str, Any]) -> Client:
    return cdc()


def cdc() -> Client:
    """Signed in now: sessions last eight hours."""
    return client_of(User.objects.get(username="cdc2"), "judgement")


@pytest.fixture
def lead(users: dict[str, Any]) -> User:
    return users["community_lead"]  # type: ignore[no-any-return]


def page(client: Client, appeal: Appeal) -> str:
    answer = client.get(reverse("appeal", args=[appeal.pk]))
    assert answer.status_code == 200
    return str(answer.content.decode())


def do(client: Client, appeal: Appeal, act: str, **given: str) -> Any:
    answer = client.post(reverse("appeal_act", args=[appeal.pk, act]), given)
    appeal.refresh_from_db()
    return answer


def buttons(text: str) -> set[str]:
    return set(re.findall(r'action="/appeals/[^/]+/(\w+)/"', text))


def test_what_is_due_next_stands_first_and_late_ones_say_so(
    people: list[Person], lead: User, reviewer: Client, clock: Any
) -> None:
    first = file(people[0], lead)
    clock.shift(dt.timedelta(minutes=50))
    second = file(people[1], lead)
    clock.shift(dt.timedelta(minutes=11))
    text = reviewer.get(reverse("appeals")).content.decode()
    assert text.index(str(first.pk)) < text.index(str(second.pk))
    assert text.count("已逾期</span>") == 1 and f'<tr data-key="{first.pk}"' in text and 'class="is-bad"' in text
    do(reviewer, first, "acknowledge")
    text = reviewer.get(reverse("appeals")).content.decode()
    assert text.index(str(second.pk)) < text.index(str(first.pk)) and "已逾期</span>" not in text
    assert people[0].name in text
    read = Event.objects.filter(verb="appeal_list").order_by("-id").first()
    assert read is not None and set(read.facts["ids"]) == {people[0].pk, people[1].pk}
    do(reviewer, first, "uphold", reason="contact_confirmed", words="接触属实。")
    listed = reviewer.get(reverse("appeals")).content.decode()
    assert (
        str(first.pk) not in listed
        and str(first.pk) in reviewer.get(reverse("appeals"), {"show": "all"}).content.decode()
    )


def test_one_appeal_tells_what_is_said_the_reasons_and_every_act(
    people: list[Person], lead: User, reviewer: Client
) -> None:
    appeal = file(people[0], lead, words="那天我在家，有人作证。")
    text = page(reviewer, appeal)
    for words in (
        "那天我在家，有人作证。",
        "还剩 1 小时",
        "还剩 12 小时",
        f"最后一次接触：{TODAY}",
        "方案规定观察 14 天",
        people[0].name,
        "电话",
    ):
        assert words in text
    assert buttons(text) == {"acknowledge"} and "先受理，才能作出决定。" in text
    do(reviewer, appeal, "acknowledge")
    assert buttons(page(reviewer, appeal)) == {"ask", "correct", "uphold"}
    do(reviewer, appeal, "ask", words="请说明当天的行程。")
    assert appeal.state == "acknowledged" and "请说明当天的行程。" in page(reviewer, appeal)
    do(reviewer, appeal, "correct", **WORDS, left="blue")
    text = page(reviewer, appeal)
    assert grade_of(people[0]) == "blue" and buttons(text) == set() and "这件申诉已经结束" in text
    for words in ("那天他在外地，已核实。", "您不在场：时间或地点有误", "上门的信封", "通行码", "按时"):
        assert words in text
    assert Event.objects.filter(verb="appeal", about=people[0].pk, kind="read").exists()


def test_only_weaker_grades_are_offered(people: list[Person], lead: User, reviewer: Client) -> None:
    red, yellow = file(people[0], lead), file(people[2], lead)
    for appeal, offered in ((red, {"", "yellow", "blue"}), (yellow, {"", "blue"})):
        do(reviewer, appeal, "acknowledge")
        choices = re.search(r'id="left" name="left">(.*?)</select>', page(reviewer, appeal))
        assert choices and set(re.findall(r'<option value="(\w*)"', choices[1])) == offered


def test_a_signer_reads_and_is_told_why_there_is_no_button(
    people: list[Person], lead: User, users: dict[str, Any]
) -> None:
    appeal, signer = file(people[0], lead), client_of(users["judge_health"], "judgement")
    text = page(signer, appeal)
    assert buttons(text) == set() and "须由另一个人复核" in text
    refused = do(signer, appeal, "acknowledge")
    assert refused.status_code == 400 and "E6103" in refused.content.decode() and appeal.state == "submitted"


@pytest.mark.parametrize(("act", "given", "number"), [
    ("uphold", {"reason": "contact_confirmed", "words": "x"}, "E6100"), ("correct", WORDS, "E6100"), ("ask", {"words": "x"}, "E6100"),
])  # fmt: skip
def test_what_is_not_possible_yet_is_refused(
    people: list[Person], lead: User, reviewer: Client, act: str, given: Any, number: str
) -> None:
    appeal = file(people[0], lead)
    answer = do(reviewer, appeal, act, **given)
    assert answer.status_code == 400 and number in answer.content.decode() and appeal.state == "submitted"


def test_asking_needs_words_and_buys_no_time(people: list[Person], lead: User, reviewer: Client, clock: Any) -> None:
    appeal = file(people[0], lead)
    do(reviewer, appeal, "acknowledge")
    assert "E6105" in do(reviewer, appeal, "ask", words=" ").content.decode()
    do(reviewer, appeal, "ask", words="有票据吗？")
    clock.shift(dt.timedelta(hours=12))
    assert keep_appeal_clock(0)["run_out"] == 1 and grade_of(people[0]) == "yellow"
    text = page(cdc(), appeal)
    assert (
        "已逾期 0 小时" not in text
        and "超时未答复，先行降一级" in text
        and {"ask", "correct", "uphold"} == buttons(text)
    )
    assert "时限已过，已先行降级" in cdc().get(reverse("appeals")).content.decode()


def test_a_laboratorys_grade_is_shown_late_and_not_lowered(
    people: list[Person], lead: User, reviewer: Client, clock: Any
) -> None:
    appeal = file(people[1], lead)
    clock.shift(dt.timedelta(hours=13))
    text = page(cdc(), appeal)
    assert "已逾期 1 小时" in text and grade_of(people[1]) == "red"


def test_appeals_of_another_area_do_not_exist(people: list[Person], lead: User, users: dict[str, Any]) -> None:
    appeal = file(people[0], lead)
    other = User.objects.get(username="cdc2")
    other.area_code = "110101"
    other.save()
    client = client_of(other, "judgement")
    assert client.get(reverse("appeal", args=[appeal.pk])).status_code == 404
    assert do(client, appeal, "acknowledge").status_code == 404 and appeal.state == "submitted"
    assert str(appeal.pk) not in client.get(reverse("appeals")).content.decode()
    assert client.get(reverse("appeals")).status_code == 200


def test_no_other_act_has_an_address(people: list[Person], lead: User, reviewer: Client) -> None:
    appeal = file(people[0], lead)
    for act in ("run_out", "withdraw", "x"):
        assert do(reviewer, appeal, act).status_code == 404
    assert Grade.objects.get(person=people[0], valid_until=None).grade == "red"


def test_every_page_of_a_reviewer_says_how_many_wait(
    people: list[Person], lead: User, reviewer: Client, users: dict[str, Any], clock: Any
) -> None:
    def told(client: Client) -> list[str]:
        found = re.findall(
            r"申诉：(\d+ 件等待答复(?:，\d+ 件已逾期)?)", client.get(reverse("judgement")).content.decode()
        )
        return [str(one) for one in found]

    assert told(reviewer) == []
    file(people[0], lead)
    assert told(reviewer) == ["1 件等待答复"] and told(client_of(users["judge_police"], "judgement")) == []
    clock.shift(dt.timedelta(minutes=61))
    assert told(reviewer) == ["1 件等待答复，1 件已逾期"]
    far = User.objects.get(username="cdc2")
    far.area_code = "110101"
    far.save()
    assert told(reviewer) == []
