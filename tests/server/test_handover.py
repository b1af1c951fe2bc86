"""Handing a person over: signed, once, decided by a person; what is late, doubled, changed or of a wrong clock takes nothing."""

from __future__ import annotations

import base64
import datetime as dt
import json
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from appeal_people import NOON, grade_row, sign, ungraded
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from wangge.audit.keys import InstallationKey
from wangge.base.errors import WanggeError
from wangge_server.accounts.actions import system_user
from wangge_server.accounts.models import User
from wangge_server.audit.models import Event
from wangge_server.audit.sealed import installation_key
from wangge_server.base.system import AS_SYSTEM
from wangge_server.dispatch.models import Lead
from wangge_server.emergency.models import Emergency
from wangge_server.feedback.queries import balance
from wangge_server.registry.models import Person
from wangge_server.sharing import bundle as bundles
from wangge_server.sharing import region_actions as actions
from wangge_server.sharing import region_queries as queries
from wangge_server.sharing.models import Arrival, Handover, Region

OTHER = InstallationKey(b"o" * 32)
JUDGEMENT = {"purpose": "judgement"}
SEEN = frozenset({"person.name", "person.sex", "person.birth_date", "person.phone", "grade", "grade.reason"})


@pytest.fixture
def clock(district: Any) -> Any:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def other(clock: Any) -> Region:
    return actions.trust_region(
        name="邻区", public_key=base64.b64encode(OTHER.public).decode(), address="http://127.0.0.1:9",
        by=User.objects.get(username="data_officer"), purpose="administration",
    )  # fmt: skip


@pytest.fixture
def cdc(other: Region) -> User:
    return User.objects.get(username="cdc")


def refused(number: str, act: Any) -> None:
    with pytest.raises(WanggeError, match=number):
        act()


def sent(person: Person, other: Region, cdc: User, **more: Any) -> Handover:
    given = {"place": "邻区三村", "basis": "应急〔2026〕9 号", "reason": "已回原籍居住"} | more
    return actions.send_handover(
        person=person, emergency=Emergency.objects.get(), region=other, granted=SEEN, by=cdc, **given, **JUDGEMENT
    )


def answered(handover: Handover, state: str, key: InstallationKey = OTHER, **more: Any) -> Handover:
    body = {"id": str(handover.pk), "digest": handover.digest, "state": state, "words": "", "at": ""} | more
    raw = bundles.sealed(bundles.RECEIPT, "receipt", body, key)
    return actions.take_receipt(
        handover_id=handover.pk, raw=raw, now=timezone.now(), by=system_user(), purpose=AS_SYSTEM
    )


def bundle(**more: Any) -> dict[str, Any]:
    now = timezone.now()
    return {
        "id": str(uuid4()), "sender": base64.b64encode(OTHER.public).decode(), "receiver": queries.own_key(), "purpose": "judgement",
        "basis": "x", "reason": "x", "place": "x", "issued_at": now.isoformat(), "expires_at": (now + dt.timedelta(days=7)).isoformat(),
        "person": {"person.name": "王小明", "person.phone": "13900001234"},
    } | more  # fmt: skip


def received(body: dict[str, Any], key: InstallationKey = OTHER) -> Arrival:
    raw = bundles.sealed(bundles.BUNDLE, "bundle", body, key)
    return actions.receive_bundle(raw=raw, now=timezone.now(), by=system_user(), purpose=AS_SYSTEM)


def test_only_what_is_granted_and_known_leaves_and_no_number(cdc: User, other: Region) -> None:
    person = ungraded()[0]
    sign(grade_row(person.pk))
    said = queries.said_in(sent(person, other, cdc))
    assert said["person"]["person.name"] == person.name and said["person"]["grade"] == "red"
    assert set(said["person"]) <= SEEN and not (person.id_number and person.id_number in json.dumps(said))
    less = actions.send_handover(person=ungraded()[0], emergency=Emergency.objects.get(), region=other, place="", basis="x", reason="x",
                                 granted=frozenset({"person.name"}), by=cdc, **JUDGEMENT)  # fmt: skip
    assert set(queries.said_in(less)["person"]) == {"person.name"}
    assert not Event.objects.filter(facts__icontains=person.name).exists()


def test_the_task_closes_on_acceptance_only(cdc: User, other: Region) -> None:
    person = ungraded()[0]
    sign(grade_row(person.pk))
    handover = sent(person, other, cdc)
    still_open = lambda: Lead.objects.filter(person=person, withdrawn_at=None).exists()  # noqa: E731
    assert handover.closed_at is None and still_open()
    handover = answered(handover, "arrived")
    assert (handover.state, handover.closed_at) == ("arrived", None) and still_open()
    handover = answered(handover, "accepted")
    assert handover.state == "accepted" and handover.closed_at == timezone.now() and not still_open()
    assert balance()["difference"] == 0


def test_a_refusal_leaves_the_task_with_us(cdc: User, other: Region) -> None:
    person = ungraded()[0]
    handover = answered(sent(person, other, cdc), "refused", words="不在我区")
    assert handover.closed_at is None and handover.words == "不在我区" and queries.n_open({}) == 1
    refused("E8258", lambda: actions.keep_here(handover_id=handover.pk, words=" ", by=cdc, **JUDGEMENT))
    kept = actions.keep_here(handover_id=handover.pk, words="仍在本区", by=cdc, **JUDGEMENT)
    assert kept.state == "kept" and kept.closed_at and queries.n_open({}) == 0
    sent(person, other, cdc)  # and may be handed over again


def test_what_is_still_our_task_stands_first(cdc: User, other: Region) -> None:
    first = ungraded()[0]
    answered(sent(first, other, cdc), "accepted")
    second = sent(first, other, cdc)
    assert queries.handovers({})[0].pk == second.pk


def test_a_person_is_on_one_way_at_a_time(cdc: User, other: Region) -> None:
    person = ungraded()[0]
    sent(person, other, cdc)
    refused("E8252", lambda: sent(person, other, cdc))


def test_late_and_repeated_answers_take_nothing_back(cdc: User, other: Region) -> None:
    handover = sent(ungraded()[0], other, cdc)
    for state in ("accepted", "arrived", "refused", "accepted", "nonsense"):
        handover = answered(handover, state)
        assert handover.state == "accepted"


def test_an_answer_by_another_or_about_another_is_none(cdc: User, other: Region) -> None:
    handover = sent(ungraded()[0], other, cdc)
    refused("E8253", lambda: answered(handover, "accepted", key=InstallationKey(b"x" * 32)))
    refused("E8256", lambda: answered(handover, "accepted", digest="0" * 64))
    refused("E8256", lambda: answered(handover, "accepted", id=str(uuid4())))
    handover.refresh_from_db()
    assert handover.state == "waiting"


def test_it_arrives_once_however_often_it_is_sent(other: Region) -> None:
    body = bundle()
    first = received(body)
    assert all(received(body).pk == first.pk for _ in range(5)) and Arrival.objects.count() == 1
    refused("E8256", lambda: received(body | {"place": "别处"}))
    assert queries.said_in(Arrival.objects.get())["place"] == "x"


def test_what_is_not_for_us_or_not_whole_is_not_taken(other: Region) -> None:
    body = bundle()
    refused("E8253", lambda: received(body, key=InstallationKey(b"x" * 32)))  # signed by another
    refused("E8253", lambda: received(bundle(receiver="x")))
    refused("E8253", lambda: received(bundle(person={"person.name": "x", "person.id_number": "x"})))
    refused("E8253", lambda: received(bundle(person={})))
    refused("E8253", lambda: received({k: v for k, v in body.items() if k != "basis"}))
    refused("E8253", lambda: received(bundle(id="1")))
    actions.end_trust(region=other, by=User.objects.get(username="data_officer"), purpose="administration")
    refused("E8253", lambda: received(body))
    assert not Arrival.objects.exists()


@pytest.mark.parametrize(("ahead", "code"), [(-8 * 1440, "E8255"), (-7 * 1440 + 1, ""), (9, ""), (11, "E8255")])
def test_clocks(other: Region, ahead: int, code: str) -> None:
    issued = timezone.now() + dt.timedelta(minutes=ahead)
    body = bundle(issued_at=issued.isoformat(), expires_at=(issued + dt.timedelta(days=7)).isoformat())
    if code:
        refused(code, lambda: received(body))
    else:
        received(body)


def test_one_that_arrived_is_answered_after_its_day_too(other: Region, clock: Any) -> None:
    body = bundle()
    received(body)
    clock.shift(dt.timedelta(days=30))
    assert received(body).state == "arrived"


def test_nobody_reached_pauses_grow_until_its_day(cdc: User, other: Region, clock: Any) -> None:
    handover, pauses = sent(ungraded()[0], other, cdc), []
    same: dict[str, Any] = {"number": "E8257", "by": system_user(), "purpose": AS_SYSTEM}
    for _ in range(9):
        handover = actions.note_failure(handover_id=handover.pk, now=timezone.now(), **same)
        pauses.append((handover.next_try_at - timezone.now()).total_seconds() / 60)
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60] and handover.state == "waiting"
    clock.shift(dt.timedelta(days=8))
    handover = actions.note_failure(handover_id=handover.pk, now=timezone.now(), **same)
    assert handover.state == "undelivered" and handover.closed_at is None and queries.n_open({}) == 1


def test_a_person_decides_once(cdc: User, other: Region) -> None:
    one, two = received(bundle()), received(bundle())
    actions.accept_arrival(arrival_id=one.pk, by=cdc, **JUDGEMENT)
    refused("E8250", lambda: actions.refuse_arrival(arrival_id=one.pk, words="x", by=cdc, **JUDGEMENT))
    refused("E8258", lambda: actions.refuse_arrival(arrival_id=two.pk, words="", by=cdc, **JUDGEMENT))
    refused(
        "E8002",
        lambda: actions.accept_arrival(arrival_id=two.pk, by=User.objects.get(username="auditor"), purpose="audit"),
    )
    receipt = bundles.opened(bundles.RECEIPT, "receipt", actions.receipt_of(Arrival.objects.get(pk=one.pk), timezone.now()),
                             installation_key().public)  # fmt: skip
    assert receipt["state"] == "accepted" and receipt["digest"] == one.digest


def test_addresses_without_https_are_not_taken(clock: Any) -> None:
    officer = {"by": User.objects.get(username="data_officer"), "purpose": "administration"}
    key = base64.b64encode(OTHER.public).decode()
    refused(
        "E8254", lambda: actions.trust_region(name="x", public_key=key, address="http://district.example", **officer)
    )
    refused(
        "E8253",
        lambda: actions.trust_region(name="x", public_key=queries.own_key(), address="https://x.example", **officer),
    )
    refused("E8253", lambda: actions.trust_region(name="x", public_key="AAAA", address="https://x.example", **officer))


def test_the_inbox_answers_with_a_signed_receipt_or_a_number(other: Region) -> None:
    body, client = bundle(), Client(enforce_csrf_checks=True)
    raw = bundles.sealed(bundles.BUNDLE, "bundle", body, OTHER)
    answer = client.post(reverse("region_inbox"), raw, content_type="application/json")
    assert bundles.opened(bundles.RECEIPT, "receipt", answer.content, installation_key().public)["id"] == body["id"]
    for bad in (
        b"",
        b"[]",
        b"{}",
        b'{"bundle": [], "signature": ""}',
        b"[" * 50_000,
        raw.replace("王小明".encode(), "王小红".encode()),
    ):
        assert client.post(reverse("region_inbox"), bad, content_type="application/json").json()["code"] == "E8253"


def test_the_pages_show_what_the_reader_is_granted(cdc: User, other: Region, sign_in: Any) -> None:
    received(bundle())
    page = reverse("arrival", args=[Arrival.objects.get().pk])
    assert "王小明" in sign_in("cdc", "judgement").get(page).content.decode()
    audited = sign_in("auditor", "audit").get(page)
    assert audited.status_code == 200 and "王小明" not in audited.content.decode()
    assert sign_in("data_officer", "administration").get(page).status_code == 403
    handover = sent(ungraded()[0], other, cdc)
    text = sign_in("auditor", "audit").get(reverse("handover", args=[handover.pk])).content.decode()
    assert handover.person.name not in text
    assert other.name in sign_in("auditor", "audit").get(reverse("regions")).content.decode()
