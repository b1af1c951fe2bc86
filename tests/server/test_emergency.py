"""An emergency: drafted by one, signed by another department; phases by two; nothing hangs on one that is not in force."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from emergency_people import NOON, ON, TODAY, in_force, moved, pair, peace, said

from wangge.base.errors import WanggeError
from wangge.tables.shapes import ATTRIBUTE, CASE, EXPOSURE, GRADE, LEAD, TASK
from wangge_server.accounts.actions import system_user
from wangge_server.audit.models import Event
from wangge_server.dispatch.actions import sign_tasks
from wangge_server.emergency import actions, life
from wangge_server.emergency.models import Emergency, EmergencyMove
from wangge_server.emergency.queries import current_emergency, current_phase
from wangge_server.exposure.actions import load_exposures
from wangge_server.jobs.actions import start_run
from wangge_server.risk.cell_actions import propose_batch

DAY = dt.timedelta(days=1)
AS = {"purpose": "administration"}


@pytest.fixture
def who(db: None) -> Any:
    with time_machine.travel(NOON, tick=False):
        peace()
        yield pair()


def refused(number: str, do: Any, /, **given: Any) -> None:
    with pytest.raises(WanggeError) as error:
        do(**given)
    assert error.value.code == number


def test_a_draft_is_nobodys_emergency_and_two_departments_put_it_in_force(who: Any) -> None:
    made = actions.draft_emergency(said=said(), by=who["first"], **ON)
    assert (made.phase, current_emergency(), current_phase()) == ("draft", None, "peace")
    refused("E8004", actions.sign_emergency, code=made.pk, act="sign", said={}, by=who["first"], **ON)
    refused("E8005", actions.sign_emergency, code=made.pk, act="sign", said={}, by=who["same"], **ON)
    assert current_phase() == "peace"
    made = actions.sign_emergency(code=made.pk, act="sign", said={}, by=who["second"], **ON)
    assert (made.phase, current_phase()) == ("active", "active")
    assert [(m.act, m.by_id, m.unit_code) for m in EmergencyMove.objects.filter(emergency=made)] == [
        ("draft", who["first"].pk, "command-a"), ("sign", who["second"].pk, "health-a")]  # fmt: skip
    assert list(Event.objects.filter(about=made.pk, kind="write").order_by("id").values_list("verb", flat=True)) == [
        "draft_emergency", "sign_emergency"]  # fmt: skip
    # What was signed is kept as it stood.
    assert EmergencyMove.objects.get(emergency=made, act="sign").said["document_no"] == "演习〔2026〕9号"


@pytest.mark.parametrize(
    "lacking", ["name", "legal_basis", "document_no", "protocol", "starts_on", "review_on", "level"]
)
def test_a_declaration_that_leaves_something_out_is_refused(who: Any, lacking: str) -> None:
    refused("E5101", actions.draft_emergency, said=said(**{lacking: None}), by=who["first"], **ON)
    assert not Emergency.objects.filter(name=said()["name"]).exists()


@pytest.mark.parametrize(
    "dates",
    [{"review_on": TODAY}, {"review_on": TODAY - DAY}, {"starts_on": TODAY + 40 * DAY}, {"ends_on": TODAY},
     {"ends_on": TODAY - DAY}],
)  # fmt: skip
def test_dates_that_do_not_fit_are_refused(who: Any, dates: dict[str, Any]) -> None:
    refused("E5102", actions.draft_emergency, said=said(**dates), by=who["first"], **ON)


def test_a_draft_that_grew_old_cannot_be_signed(who: Any) -> None:
    made = actions.draft_emergency(said=said(), by=who["first"], **ON)
    with time_machine.travel(NOON + 31 * DAY, tick=False):
        refused("E5102", actions.sign_emergency, code=made.pk, act="sign", said={}, by=who["second"], **ON)


def test_only_the_drafter_changes_or_withdraws_a_draft(who: Any) -> None:
    made = actions.draft_emergency(said=said(), by=who["first"], **ON)
    refused("E5103", actions.change_draft, code=made.pk, said=said(level="I"), by=who["same"], **ON)
    made = actions.change_draft(code=made.pk, said=said(level="I"), by=who["first"], **ON)
    assert made.level == "I"
    refused("E5103", actions.ask_of_emergency, code=made.pk, act="withdraw", said={}, by=who["same"], **ON)
    made = actions.ask_of_emergency(code=made.pk, act="withdraw", said={}, by=who["first"], **ON)
    assert (made.phase, current_phase()) == ("withdrawn", "peace")
    refused("E5100", actions.sign_emergency, code=made.pk, act="sign", said={}, by=who["second"], **ON)
    signed = in_force(who)
    refused("E5100", actions.change_draft, code=signed.pk, said=said(level="I"), by=who["first"], **ON)


def test_phases_move_only_by_two(who: Any) -> None:
    code = in_force(who).pk
    refused("E5106", actions.ask_of_emergency, code=code, act="ask_wind_down", said={}, by=who["first"], **ON)
    refused("E5100", actions.ask_of_emergency, code=code, act="ask_end", said={"words": "x"}, by=who["first"], **ON)
    refused("E5108", actions.sign_emergency, code=code, act="agree", said={}, by=who["second"], **ON)
    actions.ask_of_emergency(code=code, act="ask_wind_down", said={"words": "会商意见"}, by=who["first"], **ON)
    assert current_phase() == "active"
    refused("E5107", actions.ask_of_emergency, code=code, act="ask_review", by=who["first"],
            said={"words": "x", "until": TODAY + 60 * DAY}, **ON)  # fmt: skip
    refused("E8004", actions.sign_emergency, code=code, act="agree", said={}, by=who["first"], **ON)
    refused("E8005", actions.sign_emergency, code=code, act="agree", said={}, by=who["same"], **ON)
    assert actions.sign_emergency(code=code, act="agree", said={}, by=who["second"], **ON).phase == "wind_down"
    assert moved(who, code, "ask_resume").phase == "active"
    assert moved(who, code, "ask_wind_down").phase == "wind_down"
    assert moved(who, code, "ask_end").phase == "ended"
    assert current_phase() == "ended"
    refused("E5100", actions.ask_of_emergency, code=code, act="ask_resume", said={"words": "x"}, by=who["first"], **ON)


def test_what_was_asked_may_be_declined_or_taken_back(who: Any) -> None:
    code = in_force(who).pk
    ask = {"code": code, "act": "ask_wind_down", "said": {"words": "会商意见"}, "by": who["first"], **ON}
    actions.ask_of_emergency(**ask)
    refused("E5106", actions.sign_emergency, code=code, act="decline", said={}, by=who["second"], **ON)
    declined = actions.sign_emergency(code=code, act="decline", said={"words": "仍有新增"}, by=who["second"], **ON)
    assert (declined.phase, declined.asked) == ("active", "")
    actions.ask_of_emergency(**ask)
    refused("E5103", actions.ask_of_emergency, code=code, act="drop", said={}, by=who["same"], **ON)
    assert actions.ask_of_emergency(code=code, act="drop", said={}, by=who["first"], **ON).asked == ""


def test_one_emergency_at_a_time(who: Any) -> None:
    first = in_force(who)
    other = actions.draft_emergency(said=said(name="另一项"), by=who["first"], **ON)
    refused("E5104", actions.sign_emergency, code=other.pk, act="sign", said={}, by=who["second"], **ON)
    moved(who, first.pk, "ask_wind_down")
    moved(who, first.pk, "ask_end")
    assert actions.sign_emergency(code=other.pk, act="sign", said={}, by=who["second"], **ON).phase == "active"
    assert current_emergency() == other


def test_a_review_that_passed_is_shown_plainly_until_two_people_extend_it(who: Any) -> None:
    code = in_force(who).pk
    client = Client()
    with time_machine.travel(NOON + 30 * DAY, tick=False):
        client.force_login(who["first"], backend="django.contrib.auth.backends.ModelBackend")
        assert "复审日已过" not in client.get(reverse("emergencies")).content.decode()
    with time_machine.travel(NOON + 31 * DAY, tick=False):
        client.force_login(who["first"], backend="django.contrib.auth.backends.ModelBackend")
        for page in ("emergencies", "home"):
            assert "复审日已过" in client.get(reverse(page), follow=True).content.decode()
        assert "已过 1 天" in client.get(reverse("emergency", args=[code])).content.decode()
        refused("E5102", actions.ask_of_emergency, code=code, act="ask_review", by=who["first"],
                said={"words": "续", "until": TODAY + 31 * DAY}, **ON)  # fmt: skip
        later = moved(who, code, "ask_review", until=TODAY + 61 * DAY)
        assert (later.phase, later.review_on) == ("active", TODAY + 61 * DAY)
        assert "复审日已过" not in client.get(reverse("emergencies")).content.decode()


@pytest.mark.parametrize("phase", ["draft", "withdrawn", "ended", ""])
def test_nothing_hangs_on_an_emergency_that_is_not_in_force(who: Any, phase: str) -> None:
    """Exposures, batches, envelopes and runs ask the same question; the machine itself is refused."""
    code, machine = in_force(who).pk, {"by": system_user(), **AS}
    hangs = (
        (load_exposures, {"emergency": code, "cases": CASE.empty(), "exposures": EXPOSURE.empty()}),
        (propose_batch, {"emergency": code, "as_of": TODAY, "grades": GRADE.empty(), "exposures": EXPOSURE.empty(),
                         "attributes": ATTRIBUTE.empty()}),
        (sign_tasks, {"emergency": code, "batch_id": uuid.uuid4(), "leads": LEAD.empty(), "tasks": TASK.empty(),
                      "signed_at": timezone.now()}),
        (start_run, {"emergency": Emergency.objects.get(pk=code)}),
    )  # fmt: skip
    for do, given in hangs:
        do(**given, **machine)
    Emergency.objects.update(phase=phase)
    for do, given in hangs:
        refused("E5105", do, **given, **machine)


def test_judgement_needs_one_in_force_and_declaring_one_does_not(who: Any) -> None:
    """The gate: judges see nothing in peace; the same person signs a declaration for another purpose."""
    made = actions.draft_emergency(said=said(), by=who["first"], **ON)
    client = Client()
    client.force_login(who["second"], backend="django.contrib.auth.backends.ModelBackend")

    def status(name: str, purpose: str) -> int:
        session = client.session
        session["purpose"] = purpose
        session.save()
        return client.get(reverse(name)).status_code

    assert [status("judgement", "judgement"), status("emergencies", "command")] == [403, 200]
    assert client.post(reverse("emergency_sign", args=[made.pk, "sign"])).status_code == 302
    assert status("judgement", "judgement") == 200


def test_the_pages_from_the_form_to_the_signature(who: Any) -> None:
    client = Client()
    client.force_login(who["first"], backend="django.contrib.auth.backends.ModelBackend")
    given = {k: "" if v is None else str(v) for k, v in said().items()}
    wrong = client.post(reverse("emergency_new"), given | {"review_on": "2026-02-31"})
    assert (
        wrong.status_code == 400 and "E5101" in wrong.content.decode() and "演习〔2026〕9号" in wrong.content.decode()
    )
    assert client.post(reverse("emergency_new"), given | {"area_code": "110101"}).status_code == 400  # not one's ground
    drafted = client.post(reverse("emergency_new"), given, follow=True)
    assert "草稿" in drafted.content.decode()
    made = Emergency.objects.get(phase="draft")
    own = client.get(reverse("emergency", args=[made.pk])).content.decode()
    assert reverse("emergency_sign", args=[made.pk, "sign"]) not in own and "E8004" in own
    assert '<span class="wg-emergency is-none">' in own  # a draft is not what the header shows
    assert client.post(reverse("emergency_sign", args=[made.pk, "sign"])).status_code == 403
    assert client.post(reverse("emergency_ask", args=[made.pk, "sign"])).status_code == 404  # no act of that verb
    changed = client.post(reverse("emergency_change", args=[made.pk]), given | {"level": "II"}, follow=True)
    assert "Ⅱ级" in changed.content.decode()


def test_the_table_of_phases_is_sound() -> None:
    table = life.terms()
    for move in life.moves():
        assert {*move.come_from, move.to} <= {*table["phase"], "", "asked"}
        assert set(move.guards) <= set(life.GUARDS) and move.who in ("draft", "sign")
        # Whatever puts in force, or takes out of force, is for a second person of another department.
        if move.to == "asked" or (life.in_force(move.to) and not any(life.in_force(p) for p in move.come_from)):
            assert {"other_person", "other_department"} <= set(move.guards), move.act
    assert [p for p in table["phase"] if life.in_force(p)] == ["active", "wind_down"]
