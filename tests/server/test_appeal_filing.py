"""Filing an appeal with a slip, by a proxy, at the door and at the desk; the status for whoever holds the receipt; the why pages."""

from __future__ import annotations

import datetime as dt
import html
import re
from typing import Any

import pytest
import time_machine
from appeal_people import NOON, TODAY, grade_of, grade_row, sign, ungraded
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from form_people import client_of

from wangge import risk
from wangge_server.accounts.models import User
from wangge_server.audit.models import Event
from wangge_server.dispatch.models import Lead, Task
from wangge_server.jobs.tasks import keep_appeal_clock
from wangge_server.registry.models import Person
from wangge_server.resident import pass_actions
from wangge_server.risk import appeal_actions as actions
from wangge_server.risk.models import Appeal, AppealMove

URGENT = "任何颜色都不挡急诊"
SAID = "那天我在外地，有车票。"


@pytest.fixture
def clock(district: Any) -> Any:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def lead(users: dict[str, Any]) -> User:
    return users["community_lead"]  # type: ignore[no-any-return]


@pytest.fixture
def person(clock: Any, lead: User) -> Person:
    """Red on the batch in force, living in the lead's community."""
    found = next(p for p in ungraded(200) if p.household.grid_code.startswith(lead.area_code))
    sign(grade_row(found.pk))
    return found


@pytest.fixture
def slip(person: Person, lead: User) -> str:
    return pass_actions.give_slip(person=person, by=lead, purpose="register")


@pytest.fixture
def worker(person: Person) -> User:
    """Whose envelope the person is in."""
    task = Task.objects.filter(leads__person=person).latest("signed_at")
    task.worker_id = User.objects.filter(role="grid_worker").order_by("username").first().username  # type: ignore[union-attr]
    task.save(update_fields=["worker_id"])
    return User.objects.get(username=task.worker_id)


def text(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def receipt_in(page: str) -> str:
    return re.search(r'class="wg-receipt"[^>]*>([0-9A-Z-]{19})<', page)[1]  # type: ignore[index]


def file(slip: str, **given: str) -> tuple[Client, Any]:
    client = Client()
    return client, client.post(reverse("appeal_start"), {"number": slip, "words": SAID, **given}, follow=True)


def at_desk(lead: User) -> Client:
    return client_of(lead, "visit")


def test_with_a_slip_from_filing_to_the_answer_seen(person: Person, slip: str, users: dict[str, Any]) -> None:
    client, answer = file(slip.lower())
    page = text(answer)
    receipt = receipt_in(page)
    assert URGENT in page and "2026-12-01 13:00 前" in page and "2026-12-02 00:00 前" in page
    appeal = Appeal.objects.get()
    assert (appeal.channel, appeal.relation, appeal.person_id) == ("slip", "", person.pk)
    status = text(client.get(reverse("appeal_status")))
    assert "已提交，等待受理" in status and SAID in status and URGENT in status and "最后一次接触：2026-12-01" in status
    reviewer = User.objects.get(username="cdc2")
    actions.acknowledge_appeal(appeal_id=appeal.pk, by=reviewer, purpose="judgement")
    actions.ask_about_appeal(appeal_id=appeal.pk, words="请说车次。", by=reviewer, purpose="judgement")
    elsewhere = Client()
    elsewhere.post(reverse("appeal_status"), {"number": receipt.lower().replace("-", " ")})
    seen = text(elsewhere.get(reverse("appeal_status")))
    assert "请说车次。" in seen and "复核中" in seen
    elsewhere.post(reverse("appeal_say"), {"words": "G101 次。"})
    actions.correct_appeal(appeal_id=appeal.pk, reason="not_there", words="已核实。", by=reviewer, purpose="judgement")
    seen = text(elsewhere.get(reverse("appeal_status")))
    for words in ("G101 次。", "您不在场：时间或地点有误", "已核实。", "没有在效的等级", "已答复：更正"):
        assert words in seen
    assert person.name not in seen and person.pk not in seen and reviewer.name not in seen  # nobody is named on it


def test_nothing_stands_in_an_address_and_the_number_is_kept_nowhere(slip: str) -> None:
    _, answer = file(slip)
    receipt = receipt_in(text(answer)).replace("-", "")
    assert all(receipt not in url and slip not in url for url, _status in answer.redirect_chain)
    assert receipt not in repr(list(Appeal.objects.values())) + repr(list(AppealMove.objects.values()))
    assert SAID not in repr(list(Event.objects.values_list("facts", "about")))


def test_sent_twice_is_one_appeal_and_the_receipt_is_shown_again(slip: str) -> None:
    client, answer = file(slip)
    again = client.post(reverse("appeal_start"), {"number": slip, "words": SAID}, follow=True)
    assert Appeal.objects.count() == 1 and receipt_in(text(again)) == receipt_in(text(answer))
    other, refused = file(slip)
    assert refused.status_code == 400 and "E6102" in text(refused) and SAID in text(refused)
    other.post(reverse("appeal_status"), {"number": slip})  # a lost receipt: the slip opens it too
    assert SAID in text(other.get(reverse("appeal_status")))


def test_a_proxy_says_who_they_are_to_the_person(slip: str) -> None:
    _, refused = file(slip, for_another="1")
    assert "E6106" in text(refused) and not Appeal.objects.exists()
    file(slip, for_another="1", relation="family")
    assert Appeal.objects.values_list("channel", "relation").get() == ("proxy", "family")


def test_the_slip_of_the_pass_is_enough(slip: str) -> None:
    client = Client()
    client.post(reverse("pass"), {"slip": slip})
    assert "已用凭条进入" in text(client.get(reverse("appeal_start")))
    assert client.post(reverse("appeal_start"), {"words": SAID}).status_code == 302


def test_the_words_are_needed_and_kept_when_they_are_too_long(slip: str) -> None:
    _, blank = file(slip, words=" ")
    _, long = file(slip, words="x" * 2001)
    assert blank.status_code == long.status_code == 400 and "x" * 2001 in text(long) and not Appeal.objects.exists()


def test_what_is_added_is_never_cut_and_has_an_end(slip: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(risk.appeal_terms(), "additions", 2)
    client, _ = file(slip)
    for words in ("", " ", "x" * 2001):
        refused = client.post(reverse("appeal_say"), {"words": words})
        assert refused.status_code == 400 and 'class="wg-bad"' in text(refused) and words in text(refused)
    for words in ("一", "二"):
        assert client.post(reverse("appeal_say"), {"words": words}).status_code == 302
    assert (
        "E6110" in text(client.post(reverse("appeal_say"), {"words": "三"}))
        and AppealMove.objects.filter(act="add").count() == 2
    )


def test_two_who_file_at_the_same_moment_wait_for_each_other(slip: str) -> None:
    with CaptureQueriesContext(connection) as asked:
        file(slip)
    locks = [i for i, q in enumerate(asked) if "risk_grade" in q["sql"] and "FOR UPDATE" in q["sql"]]
    looks = [i for i, q in enumerate(asked) if 'FROM "risk_appeal"' in q["sql"] and "'submitted'" in q["sql"]]
    assert locks and looks and locks[0] < looks[0]


def test_taking_it_back_and_filing_again(slip: str) -> None:
    client, _ = file(slip)
    client.post(reverse("appeal_withdraw"))
    assert "您已撤回" in text(client.get(reverse("appeal_status"))) and Appeal.objects.get().state == "withdrawn"
    assert "E6100" in text(client.post(reverse("appeal_withdraw")))
    client.post(reverse("appeal_leave"))
    assert SAID not in text(client.get(reverse("appeal_status")))
    file(slip)
    assert Appeal.objects.filter(state="submitted").count() == 1


@pytest.mark.parametrize("name", ["appeal_say", "appeal_withdraw"])
def test_without_a_number_nothing_can_be_done(slip: str, name: str) -> None:
    file(slip)
    assert Client().post(reverse(name), {"words": "x"}).status_code == 302
    assert Appeal.objects.get().state == "submitted" and AppealMove.objects.count() == 1


def test_wrong_numbers_are_counted_by_connection_and_hour(
    slip: str, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(risk.appeal_terms(), "wrong_numbers_an_hour", 3)
    client = Client()
    for address in (reverse("appeal_start"), reverse("appeal_status"), reverse("appeal_status")):
        assert "E6107" in text(client.post(address, {"number": "0000", "words": SAID}))
    assert "E6109" in text(client.post(reverse("appeal_status"), {"number": slip}))
    assert "E6109" in text(file(slip)[1])
    other = Client(REMOTE_ADDR="10.9.8.7")
    assert other.post(reverse("appeal_start"), {"number": slip, "words": SAID}).status_code == 302
    events = Event.objects.filter(verb="wrong_number")
    assert (
        events.count() == 3
        and "127.0.0.1" not in repr(list(events.values()))
        and "0000" not in repr(list(events.values("facts")))
    )
    clock.shift(dt.timedelta(hours=1))
    assert "E6107" in text(client.post(reverse("appeal_status"), {"number": "0000"}))


@pytest.mark.parametrize(("tls", "shared"), [(True, False), (False, True)])
def test_behind_a_proxy_one_persons_typing_locks_nobody_else_out(
    slip: str, tls: bool, shared: bool, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only behind TLS is the header the proxy's own word; elsewhere anybody could write it and never be counted."""
    monkeypatch.setitem(risk.appeal_terms(), "wrong_numbers_an_hour", 1)
    settings.TLS = tls
    for said, number in (
        ("1.1.1.1, 10.0.0.1", "E6107"),
        ("10.0.0.1", "E6109"),
        ("10.0.0.1, 10.0.0.2", "E6109" if shared else "E6107"),
    ):
        assert number in text(
            Client().post(reverse("appeal_status"), {"number": "0000"}, headers={"x-forwarded-for": said})
        )


def test_the_months_figures_are_public_and_count_nobody_by_name(person: Person, slip: str, clock: Any) -> None:
    file(slip)
    clock.shift(dt.timedelta(hours=12))
    keep_appeal_clock(0)
    seen = text(Client().get(reverse("appeal_figures")))
    month = seen[seen.index("<h2>2026-12</h2>") :].split("</dl>")[0]
    assert re.findall(r">(\d+)</dd>", month) == ["1"] and re.findall(r">(\d+)<span[^>]*> / (\d+)<", month) == [
        (n, "1") for n in ("0", "0", "1", "0", "0", "0")
    ]
    assert person.name not in seen


def test_no_grade_no_appeal_and_urgent_care_on_every_page(lead: User, clock: Any) -> None:
    nobody = ungraded()[0]
    slip = pass_actions.give_slip(person=nobody, by=lead, purpose="register")
    _, refused = file(slip)
    assert "E6101" in text(refused) and URGENT in text(refused)
    assert URGENT in text(Client().get(reverse("appeal_status"))) and URGENT in text(
        Client().get(reverse("appeal_start"))
    )


def test_late_answers_are_said_plainly(person: Person, slip: str, clock: Any) -> None:
    _, answer = file(slip)
    receipt = receipt_in(text(answer))
    clock.shift(dt.timedelta(hours=12))
    keep_appeal_clock(0)
    later = Client()
    later.post(reverse("appeal_status"), {"number": receipt})
    seen = text(later.get(reverse("appeal_status")))
    assert grade_of(person) == "yellow" and "我们没有按时答复" in seen and "超过时限" in seen


@pytest.mark.parametrize("lang", ["en", "zh-hant"])
def test_the_status_speaks_three_languages(slip: str, lang: str) -> None:
    client, _ = file(slip)
    seen = text(client.get(reverse("appeal_status"), headers={"accept-language": lang}))
    assert risk.said("state", lang)["submitted"] in seen and risk.said("act", lang)["file"] in seen
    assert "等待受理" not in seen or lang == "zh-hant"


# ---- staff: why, on paper, and on behalf ---------------------------------------------------------------------


def find(client: Client, **given: str) -> Any:
    return client.post(reverse("explain"), given)


def test_the_desk_finds_by_slip_or_by_name_and_birth_date(person: Person, slip: str, lead: User) -> None:
    client, url = at_desk(lead), reverse("explain_person", args=[person.pk])
    assert find(client, number=slip).url == url
    assert find(client, name=person.name, birth_date=str(person.birth_date)).url == url
    assert find(client, name=person.name).status_code == 400
    missed = find(client, name=person.name, birth_date="1900-01-01")
    assert "找不到" in text(missed)
    far = User.objects.get(pk=lead.pk)
    far.area_code = "110101001001"
    far.save()
    assert "找不到" in text(find(at_desk(far), number=slip)) and at_desk(far).get(url).status_code == 404
    assert Event.objects.filter(verb="why_find", facts__contains={"ids": [person.pk]}).count() == 2


def test_the_desk_explains_prints_and_writes_an_appeal_down(person: Person, lead: User) -> None:
    client = at_desk(lead)
    seen = text(client.get(reverse("explain_person", args=[person.pk])))
    for words in (
        URGENT,
        risk.explain("close_contact_recent"),
        f"最后一次接触：{TODAY}",
        "方案规定观察 14 天",
        "12345",
    ):
        assert words in seen
    assert person.name not in seen  # the purpose of visits grants a lead no names
    sheet = text(client.get(reverse("explain_sheet", args=[person.pk])))
    assert (
        URGENT in sheet
        and risk.explain("close_contact_recent") in sheet
        and person.name not in sheet
        and "<svg" in sheet
    )
    given = {"channel": "desk", "words": SAID}
    page = text(client.post(reverse("explain_appeal", args=[person.pk]), given))
    receipt, appeal = receipt_in(page), Appeal.objects.get()
    assert (appeal.channel, appeal.filed_by_id) == ("desk", lead.pk) and person.name not in page
    resident = Client()
    resident.post(reverse("appeal_status"), {"number": receipt})
    assert SAID in text(resident.get(reverse("appeal_status")))
    again = client.post(reverse("explain_appeal", args=[person.pk]), given)
    assert "E6102" in text(again) and "已有一件申诉正在处理" in text(
        client.get(reverse("explain_person", args=[person.pk]))
    )
    assert Event.objects.filter(verb="why", about=person.pk, kind="read").count() == 3


def test_a_proxy_at_the_desk_is_named(person: Person, lead: User) -> None:
    client, url = at_desk(lead), reverse("explain_appeal", args=[person.pk])
    assert "E6106" in text(client.post(url, {"channel": "proxy", "words": SAID}))
    assert client.post(url, {"channel": "door", "words": SAID}).status_code == 400
    assert client.post(url, {"channel": "proxy", "relation": "neighbour", "words": SAID}).status_code == 200
    assert Appeal.objects.get().relation == "neighbour"


def test_a_worker_explains_to_those_in_their_envelopes_only(person: Person, worker: User) -> None:
    client, stranger = client_of(worker, "visit"), ungraded()[0]
    again = Task.objects.filter(leads__person=person).latest("signed_at")
    Lead.objects.create(lead_id="again", task=again, person=person, grade="red", batch=again.leads.first().batch)  # type: ignore[attr-defined]
    assert text(client.get(reverse("explain"))).count(f"/explain/{person.pk}/") == 1
    assert person.name in text(client.get(reverse("explain")))
    assert client.get(reverse("explain_person", args=[stranger.pk])).status_code == 404
    assert (
        client.post(reverse("explain_appeal", args=[stranger.pk]), {"channel": "door", "words": SAID}).status_code
        == 404
    )
    find(client, name=stranger.name, birth_date=str(stranger.birth_date))
    page = text(client.post(reverse("explain_appeal", args=[person.pk]), {"channel": "door", "words": SAID}))
    assert receipt_in(page) and Appeal.objects.get().channel == "door"


def test_a_medic_explains_and_files_nothing(person: Person, users: dict[str, Any]) -> None:
    client = client_of(users["medic"], "visit")
    url = reverse("explain_person", args=[person.pk])
    seen = client.get(url)
    assert seen.status_code == 200 and "您的角色不能代记申诉" in text(seen)
    assert (
        client.post(reverse("explain_appeal", args=[person.pk]), {"channel": "desk", "words": SAID}).status_code == 403
    )


def test_who_has_no_grade_is_told_so(lead: User, clock: Any) -> None:
    nobody = next(p for p in ungraded(200) if p.household.grid_code.startswith(lead.area_code))
    client = at_desk(lead)
    assert "没有在效的等级" in text(client.get(reverse("explain_person", args=[nobody.pk])))
    assert "E6101" in text(client.post(reverse("explain_appeal", args=[nobody.pk]), {"channel": "desk", "words": SAID}))
    assert "没有在效的等级" in text(client.get(reverse("explain_sheet", args=[nobody.pk])))
