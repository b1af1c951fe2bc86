"""The pass on the server: drawn from grades alone, lanes beside every gate, and no trace of who passed."""

from __future__ import annotations

import datetime as dt
import html
import re
from typing import Any

import pyarrow as pa
import pytest
import time_machine
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from form_people import client_of

from conftest import PASSPHRASE
from wangge import risk
from wangge.base.errors import WanggeError
from wangge.tables.shapes import ATTRIBUTE, EXPOSURE, GRADE, LEAD, TASK
from wangge_server.accounts.actions import resident_user, system_user
from wangge_server.accounts.models import User
from wangge_server.config import rehearse
from wangge_server.dispatch.batch_actions import keep_plan
from wangge_server.emergency.models import Emergency
from wangge_server.registry.models import Person
from wangge_server.resident import pass_actions as actions
from wangge_server.resident import pass_queries as queries
from wangge_server.resident.models import Checkpoint, IssuedPass
from wangge_server.risk.cell_actions import propose_batch
from wangge_server.risk.cell_queries import grade_table
from wangge_server.risk.models import Grade

pytestmark = pytest.mark.django_db
URGENT = "任何颜色都不挡急诊"
LANES = {"paper_at": "东门值班室", "proxy_at": "居委会窗口", "register_at": "东门登记台"}


@pytest.fixture
def lead(users: Any) -> Any:
    return users["community_lead"]


@pytest.fixture
def somebody(lead: User) -> Person:
    """Nobody has graded them."""
    homes = Person.objects.filter(household__grid_code__startswith=lead.area_code)
    return homes.exclude(pk__in=Grade.objects.values("person_id")).order_by("pk")[0]


def give(person: Person, lead: User) -> str:
    return actions.give_slip(person=person, by=lead, purpose="register")


def turn(person: Person, colour: str, days: int = 3) -> None:
    grade_by_batch({person.pk: (colour, days)})


def grade_by_batch(colours: dict[str, tuple[str, int]]) -> None:
    """What stands in force and these people besides, in one batch with three signatures: no other way gives a colour."""
    today, emergency = timezone.localdate(), Emergency.objects.get()
    fresh = [{"person_id": pk, "grade": colour, "rules": ["close_contact_recent"], "facts": ["x"], "evidence": "e", "protocol": "p",
              "as_of": today, "expires_on": today + dt.timedelta(days=days), "next_on": today}
             for pk, (colour, days) in colours.items()]  # fmt: skip
    others = grade_table(Grade.objects.filter(valid_until=None).exclude(person__in=colours)).to_pylist()
    batch = propose_batch(
        emergency=emergency.pk, as_of=today, grades=pa.Table.from_pylist(others + fresh, schema=GRADE.schema),
        exposures=EXPOSURE.empty(), attributes=ATTRIBUTE.empty(), by=system_user(), purpose="administration",
    )  # fmt: skip
    assert batch is not None
    nobody = {"leads": LEAD.empty(), "tasks": TASK.empty()}
    keep_plan(batch_id=batch.pk, by=system_user(), purpose="administration", **nobody)
    rehearse.sign_waiting(PASSPHRASE)


def enter(slip: str, **more: str) -> tuple[Client, Any]:
    client = Client()
    return client, client.post(reverse("pass"), {"slip": slip, **more}, follow=True)


def code_of(answer: Any) -> str:
    return html.unescape(re.search(r'data-pass="([^"]+)"', answer.content.decode())[1])  # type: ignore[index]


def check(text: str, window: risk.Window | None = None) -> Any:
    now = timezone.now()
    keys, signed = queries.what_gates_believe(now)
    return risk.verify(text, now, risk.read_list(signed, keys, now), window)


def refusal(text: str) -> str:
    with pytest.raises(WanggeError) as why:
        check(text)
    return why.value.code


def test_a_slip_shows_a_pass_that_a_gate_believes(somebody: Person, lead: User) -> None:
    _, answer = enter(give(somebody, lead).lower())
    held = check(code_of(answer)).held
    assert (held.colour, held.kind, held.name, held.issuer) == ("green", "phone", "", "440305")
    assert dt.timedelta(hours=11) < held.expires_at - timezone.now() <= dt.timedelta(hours=12)
    assert somebody.name not in answer.content.decode() and somebody.pk not in answer.content.decode()


def test_red_says_the_reason_and_never_blocks_urgent_care(somebody: Person, lead: User) -> None:
    turn(somebody, "red")
    client, answer = enter(give(somebody, lead))
    text = answer.content.decode()
    assert "红码" in text and "■" in text and URGENT in text and check(code_of(answer)).held.colour == "red"
    why = client.get(reverse("pass_why")).content.decode()
    assert risk.explain("close_contact_recent") in why and URGENT in why and "12345" in why


@pytest.mark.parametrize("colour", ["green", "yellow", "red"])
def test_urgent_care_and_the_other_lanes_stand_on_every_colour(somebody: Person, lead: User, colour: str) -> None:
    if colour != "green":
        turn(somebody, colour)
    _, answer = enter(give(somebody, lead))
    for words in (URGENT, "纸质：", "代办：", "登记："):
        assert words in answer.content.decode()
    assert URGENT in Client().get(reverse("pass")).content.decode()


def test_a_colour_that_changed_voids_the_code_already_shown(somebody: Person, lead: User) -> None:
    client, answer = enter(give(somebody, lead))
    before = code_of(answer)
    turn(somebody, "yellow")
    assert refusal(before) == "E6076"
    assert "取得新码" in client.get(reverse("pass")).content.decode()
    assert check(code_of(client.post(reverse("pass"), {}, follow=True))).held.colour == "yellow"
    ends = timezone.make_aware(dt.datetime.combine(timezone.localdate() + dt.timedelta(days=4), dt.time()))
    for seconds, colour in ((-1, "yellow"), (0, "green"), (1, "green")):
        with time_machine.travel(ends + dt.timedelta(seconds=seconds), tick=False):
            assert queries.colour_now(somebody.pk, timezone.now()).colour == colour


def test_a_lost_slip_ends_with_all_its_codes_and_a_new_slip_ends_the_old(somebody: Person, lead: User) -> None:
    first = give(somebody, lead)
    _, answer = enter(first)
    second = give(somebody, lead)
    assert refusal(code_of(answer)) == "E6076"
    assert "E6084" in enter(first)[1].content.decode()
    _, answer = enter(second)
    actions.take_slip_back(holder=queries.holder_by_slip(second), by=lead, purpose="register")
    assert refusal(code_of(answer)) == "E6076"


def test_a_word_binds_the_code_to_one_gate(somebody: Person, lead: User) -> None:
    client, answer = enter(give(somebody, lead))
    bound = code_of(client.post(reverse("pass"), {"word": "7kx2qm"}))
    window = risk.Window("7KX2QM", timezone.now())
    assert not check(bound, window).unproven
    with pytest.raises(WanggeError, match="E6078"):
        check(code_of(answer), window)
    refused = client.post(reverse("pass"), {"word": "!"})
    assert refused.status_code == 400 and "E6078" in refused.content.decode() and URGENT in refused.content.decode()


def test_a_proxy_is_named_by_relation_and_recorded(somebody: Person, lead: User) -> None:
    slip = give(somebody, lead)
    _, refused = enter(slip, for_another="1")
    assert refused.status_code == 400 and "E6085" in refused.content.decode()
    _, answer = enter(slip, for_another="1", relation="family")
    assert check(code_of(answer)).held.kind == "proxy" and "代办出示" in answer.content.decode()
    assert IssuedPass.objects.get().relation == "family"


def test_paper_is_printed_at_the_desk_with_its_own_end(somebody: Person, lead: User) -> None:
    client = client_of(lead, "register")
    assert "E6084" in client.post(reverse("pass_paper", args=[somebody.pk])).content.decode()
    found = client.get(reverse("pass_desk"), {"q": somebody.name}).content.decode()
    assert somebody.name in found
    slip = client.post(reverse("pass_give", args=[somebody.pk])).content.decode()
    assert re.search(r"([0-9A-Z]{4}-){3}[0-9A-Z]{4}", slip)
    paper = client.post(reverse("pass_paper", args=[somebody.pk])).content.decode()
    text = html.unescape(re.search(r'class="wg-raw" translate="no">([^<]+)<', paper)[1])  # type: ignore[index]
    held = check(text).held
    assert held.kind == "paper" and held.expires_at - held.issued_at == dt.timedelta(hours=24) and URGENT in paper
    assert IssuedPass.objects.get().by == lead


def test_nobody_else_stands_at_the_desk(somebody: Person, sign_in: Any) -> None:
    for role in ("community_police", "judge_police", "commander", "auditor"):
        assert sign_in(role).get(reverse("pass_desk")).status_code == 403
    elsewhere = Person.objects.exclude(household__grid_code__startswith=somebody.household.grid_code[:12]).first()
    if elsewhere is not None:
        assert sign_in("community_lead", "register").post(reverse("pass_give", args=[elsewhere.pk])).status_code == 404


def gate_for(lead: User, **lanes: str) -> Checkpoint:
    given = {"place": "海颂园东门", "area_code": lead.area_code[:12], "basis": "应急指挥部〔2026〕8 号",
             "until": timezone.localdate() + dt.timedelta(days=7), **dict.fromkeys(LANES, ""), **lanes}  # fmt: skip
    return actions.open_checkpoint(given=given, by=lead, purpose="register")


@pytest.mark.parametrize("missing", [*LANES])
def test_a_gate_without_one_of_its_lanes_cannot_ask_for_codes(lead: User, missing: str) -> None:
    gate = gate_for(lead, **{lane: place for lane, place in LANES.items() if lane != missing})
    with pytest.raises(WanggeError, match="E6082") as why:
        actions.activate_checkpoint(checkpoint=gate, by=lead, purpose="register")
    assert missing.removesuffix("_at") in why.value.text()
    gate.refresh_from_db()
    assert gate.active_at is None and Client().get(reverse("gate_check", args=[gate.code])).status_code == 404
    answer = client_of(lead, "register").post(reverse("checkpoint_activate", args=[gate.pk]))
    assert answer.status_code == 400 and "E6082" in answer.content.decode()


def test_a_gate_with_its_lanes_has_a_page_until_its_day(lead: User) -> None:
    gate = gate_for(lead, **LANES)
    actions.activate_checkpoint(checkpoint=gate, by=lead, purpose="register")
    text = Client().get(reverse("gate_check", args=[gate.code])).content.decode()
    assert all(place in text for place in LANES.values()) and URGENT in text
    Checkpoint.objects.update(until=timezone.localdate() - dt.timedelta(days=1))
    assert Client().get(reverse("gate_check", args=[gate.code])).status_code == 404
    Checkpoint.objects.update(until=timezone.localdate())
    actions.close_checkpoint(checkpoint=gate, by=lead, purpose="register")
    assert Client().get(reverse("gate_check", args=[gate.code])).status_code == 404


def everything() -> dict[str, int]:
    return {m._meta.label: m.objects.count() for m in apps.get_models() if m._meta.managed}


def test_a_check_writes_nothing_and_changes_no_colour(somebody: Person, lead: User) -> None:
    """871 of Zhengzhou's 1,317 turned red by scanning. Here the server is not even asked."""
    gate = gate_for(lead, **LANES)
    actions.activate_checkpoint(checkpoint=gate, by=lead, purpose="register")
    _, answer = enter(give(somebody, lead))
    text, before, colour = code_of(answer), everything(), queries.colour_now(somebody.pk, timezone.now())
    for _ in range(20):
        check(text)
        page = Client()
        page.get(reverse("gate_check", args=[gate.code]))
        page.get(reverse("gate_keys"))
        assert page.post(reverse("gate_keys"), {"code": text}).status_code == 405
        page.get(reverse("gate_check", args=[gate.code]), {"code": text})
    assert everything() == before and queries.colour_now(somebody.pk, timezone.now()) == colour


def test_what_a_gate_keeps_says_nothing_of_anybody(somebody: Person, lead: User) -> None:
    enter(give(somebody, lead))
    said = Client().get(reverse("gate_keys")).json()
    assert set(said) == {"keys", "list", "now"} and len(said["keys"]) == 2 and somebody.pk not in str(said)


def test_without_an_emergency_there_are_no_passes(somebody: Person, lead: User) -> None:
    slip, gate = give(somebody, lead), gate_for(lead, **LANES)
    holder = queries.holder_by_slip(slip)
    Emergency.objects.update(phase="ended")
    with pytest.raises(WanggeError, match="E6083"):
        actions.issue_pass(holder=holder, kind="phone", by=resident_user(), purpose="own")
    with pytest.raises(WanggeError, match="E6083"):
        actions.activate_checkpoint(checkpoint=gate, by=lead, purpose="register")
    assert "E6083" in enter(slip)[1].content.decode()


def test_the_list_of_withdrawn_passes_costs_one_query_and_says_what_one_by_one_says(
    lead: User, django_assert_num_queries: Any
) -> None:
    people = Person.objects.filter(household__grid_code__startswith=lead.area_code).order_by("pk")[:12]
    colours: dict[str, tuple[str, int]] = {}
    for i, person in enumerate(people):
        slip = give(person, lead)
        actions.issue_pass(holder=queries.holder_by_slip(slip), kind="phone", by=resident_user(), purpose="own")
        if i % 4:
            colours[person.pk] = (("blue", "yellow", "red")[i % 3], i % 2 - 1)
    grade_by_batch(colours)
    now = timezone.now()
    with django_assert_num_queries(1):
        found = set(queries.withdrawn_ids(now))
    slow = {
        bytes(row.pass_id)
        for row in IssuedPass.objects.all()
        if queries.colour_now(row.holder.person_id, now).colour != row.colour
    }
    assert found == slow and 0 < len(slow) < 12
