"""The living register: dated homes, births, deaths and moves, the monthly check, ids that lead on."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest
from django.urls import reverse
from django.utils import timezone

from wangge.base.errors import WanggeError
from wangge.tables.shapes import LINK
from wangge_server.accounts.actions import system_user
from wangge_server.audit.models import Event
from wangge_server.jobs.actions import start_run
from wangge_server.jobs.tasks import carry, think
from wangge_server.registry import queries
from wangge_server.registry.actions import record_check
from wangge_server.registry.models import Household, LifeEvent, Merge, Person, Residence
from wangge_server.registry.sync import changed_ids

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(users: dict[str, Any]) -> Any:
    return users["community_lead"]


@pytest.fixture
def home(lead: Any) -> Household:
    """A household of at least two in the lead's community."""
    found = (
        Household.objects.filter(grid_code__startswith=lead.area_code, n_people__gte=2).order_by("household_id").first()
    )
    assert found is not None
    return found


def here(household: Household) -> list[dict[str, Any]]:
    return [
        {"person_id": one.person_id, "what": "here", "kind": ""} for one in queries.homes_in(household.household_id)
    ]


def check(household: Household, lead: Any, members: list[dict[str, Any]], **given: Any) -> Any:
    same = {"result": "changed", "method": "visit", "on": timezone.localdate(), "by": lead, "purpose": "register"}
    return record_check(household=household, members=members, **(same | given))


def living() -> int:
    return Residence.objects.filter(to_on=None).count()


def test_everybody_of_a_run_lives_somewhere_exactly_once(district: Any) -> None:
    assert living() == Person.objects.count() > 0
    assert Household.objects.filter(n_people=0).count() == 0
    assert sum(Household.objects.values_list("n_people", flat=True)) == living()


def test_all_as_known_confirms_what_was_asked_and_nothing_else(home: Household, lead: Any) -> None:
    before = living()
    check(home, lead, here(home), result="as_known")
    home.refresh_from_db()
    today = timezone.localdate()
    assert (home.checked_on, living()) == (today, before)
    for person in queries.members([home.household_id]):
        assert person.asked_on == dict.fromkeys(
            ("person.name", "person.phone", "person.address", "person.relation_to_head"), today.isoformat()
        )
    assert Event.objects.filter(verb="record_check", about=home.household_id).count() == 1


@pytest.mark.parametrize("result", ["nobody_home", "refused"])
def test_nobody_spoke_so_nothing_is_confirmed(home: Household, lead: Any, result: str) -> None:
    made = check(home, lead, [], result=result)
    home.refresh_from_db()
    assert (made.result, home.checked_on) == (result, None)


def test_a_death_a_birth_and_a_move_are_dated_and_add_up(home: Household, lead: Any) -> None:
    people, before, n = here(home), living(), home.n_people
    people[0] |= {"what": "died", "on": timezone.localdate() - dt.timedelta(days=3)}
    people[1] |= {"what": "moved_away", "on": timezone.localdate()}
    child = {"event": "born", "on": timezone.localdate() - dt.timedelta(days=9), "kind": "permanent",
             "values": {"name": "张小小", "birth_date": timezone.localdate() - dt.timedelta(days=9)}}  # fmt: skip
    made = check(home, lead, people, newcomers=[child])
    home.refresh_from_db()
    assert (living(), home.n_people, made.n_people) == (before - 1, n - 1, n - 1)
    assert sorted(LifeEvent.objects.values_list("kind", flat=True)) == ["born", "died", "moved_away"]
    assert {one.ended for one in queries.left_from(home.household_id)} == {"died", "moved_away"}
    assert set(queries.gone()["person_id"].to_pylist()) == {people[0]["person_id"], people[1]["person_id"]}


def test_who_does_not_live_there_cannot_be_settled_and_nothing_is_stored(home: Household, lead: Any) -> None:
    other = Person.objects.exclude(household=home).first()
    assert other is not None
    before = living()
    with pytest.raises(WanggeError) as caught:
        check(
            home,
            lead,
            [here(home)[0] | {"what": "died", "on": timezone.localdate()}, {"person_id": other.pk, "what": "here"}],
        )
    assert (caught.value.code, living(), LifeEvent.objects.count()) == ("E3101", before, 0)


def test_a_day_that_cannot_be_is_refused(home: Household, lead: Any) -> None:
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    for given, members in (
        (tomorrow, here(home)),
        (timezone.localdate(), [here(home)[0] | {"what": "died", "on": tomorrow}]),
    ):
        with pytest.raises(WanggeError) as caught:
            check(home, lead, members, on=given)
        assert caught.value.code == "E3102"


def test_what_was_said_at_the_door_is_in_the_next_run_and_the_dead_are_not(
    district: Any, home: Household, lead: Any
) -> None:
    from wangge.base.progress import Progress

    people, day = here(home), timezone.localdate()
    people[0] |= {"what": "died", "on": day}
    people[1] |= {"what": "changed", "values": {"phone": "13900001234"}}
    child = {"event": "born", "kind": "permanent", "values": {"name": "张小小", "birth_date": day}}
    check(home, lead, people, newcomers=[child], on=day)
    walked = think(district.as_of, Progress())
    by_id = {row["person_id"]: row for row in walked.people.to_pylist()}
    assert people[0]["person_id"] not in by_id
    assert by_id[people[1]["person_id"]]["phone"] == "13900001234"
    door = [row for row in walked.links.to_pylist() if row["list"] == "door"]
    assert len(door) == 2
    assert walked.rows_in == walked.good.num_rows + walked.held.num_rows


def carried(district: Any, lead: Any) -> None:
    """A whole run, stored."""
    carry(start_run(emergency=district, by=system_user(), purpose="administration"))


def test_another_run_keeps_what_was_said_at_the_door(district: Any, home: Household, lead: Any) -> None:
    """Asked today, after the day the demo's data speak of: a death, a new name of somebody without a number, a yes."""
    people = here(home)
    nameless = Person.objects.filter(pk__in=[one["person_id"] for one in people[1:]]).first()
    assert nameless is not None
    people[0] |= {"what": "died", "on": timezone.localdate()}
    next(one for one in people if one["person_id"] == nameless.pk).update(what="changed", values={"name": "欧阳新名"})
    check(home, lead, people)
    before = living()
    carried(district, lead)
    renamed = Person.objects.get(pk=nameless.pk)
    assert (renamed.name, renamed.confirmed_on) == ("欧阳新名", timezone.localdate())
    assert Person.objects.filter(name="欧阳新名").count() == 1
    assert not Residence.objects.filter(person_id=people[0]["person_id"], to_on=None).exists()
    assert (living(), Merge.objects.count()) == (before, 0)


def test_a_yes_at_the_door_outlives_the_next_run(district: Any, home: Household, lead: Any) -> None:
    check(home, lead, here(home), result="as_known")
    carried(district, lead)
    days = {one.person.confirmed_on for one in queries.homes_in(home.household_id)}
    assert days == {timezone.localdate()}


def test_a_newcomer_whom_a_list_knows_becomes_one_person_and_keeps_the_home(
    district: Any, home: Household, lead: Any
) -> None:
    """Somebody of another household moved in: the next run finds the number in the lists, and one record is left."""
    known = Person.objects.filter(id_number__regex=r"^[0-9]{17}[0-9X]$").exclude(household=home).first()
    assert known is not None
    values = {"name": known.name, "id_number": known.id_number, "birth_date": known.birth_date}
    check(home, lead, here(home), newcomers=[{"event": "moved_in", "kind": "floating", "values": values}])
    made = Person.objects.get(lists=["door"])
    carried(district, lead)
    merge = Merge.objects.get(old_person_id=made.pk)
    assert (merge.new_person_id, merge.kind) == (known.pk, "merge")
    made.refresh_from_db()
    assert (made.name, made.id_number) == ("", None)
    assert Residence.objects.filter(person=known, to_on=None).count() == 1
    assert LifeEvent.objects.get().person_id == known.pk
    assert Residence.objects.filter(person=made).count() == 0


def test_who_died_is_not_merged_into_whoever_gets_a_row() -> None:
    """An id that still holds a row is somebody, whether or not that person is still to be visited."""
    rows = [{"list": "a", "batch": "b", "row": row, "person_id": "dead", "evidence": "id"} for row in (1, 2)]
    now = [rows[0], rows[1] | {"person_id": "other"}]
    found = changed_ids(*(pa.Table.from_pylist(some, schema=LINK.schema) for some in (rows, now)))
    assert found.column("kind").to_pylist() == ["split"]


def test_an_id_nobody_holds_any_more_leads_on() -> None:
    def links(*rows: tuple[int, str]) -> pa.Table:
        given = [{"list": "a", "batch": "b", "row": row, "person_id": who, "evidence": "id"} for row, who in rows]
        return pa.Table.from_pylist(given, schema=LINK.schema)

    found = changed_ids(links((1, "p1"), (2, "p2"), (3, "p2")), links((1, "p2"), (2, "p2"), (3, "p3")))
    assert [(r["old_person_id"], r["new_person_id"], r["kind"]) for r in found.to_pylist()] == [
        ("p1", "p2", "merge"), ("p2", "p3", "split")]  # fmt: skip


def test_an_old_address_of_a_person_leads_to_the_new_one(sign_in: Any, home: Household) -> None:
    one = queries.homes_in(home.household_id)[0].person
    Merge.objects.create(old_person_id="pold", new_person_id="pmid", kind="merge", evidence="id")
    Merge.objects.create(old_person_id="pmid", new_person_id=one.person_id, kind="merge", evidence="id")
    client = sign_in("community_lead", "register")
    answer = client.get(reverse("person", args=["pold"]))
    assert (answer.status_code, answer["Location"]) == (302, reverse("person", args=[one.person_id]))


def test_the_worker_checks_own_grids_only(sign_in: Any, users: dict[str, Any]) -> None:
    from wangge_server.dispatch.queries import grids_of

    worker = users["grid_worker"]
    own = Household.objects.filter(grid_code__in=grids_of(worker), n_people__gt=0).first()
    other = Household.objects.filter(n_people__gt=0).exclude(grid_code__in=grids_of(worker)).first()
    assert own is not None and other is not None
    client = sign_in("grid_worker", "register")
    assert client.get(reverse("checks")).status_code == 200
    assert client.get(reverse("check", args=[own.household_id])).status_code == 200
    assert client.get(reverse("check", args=[other.household_id])).status_code == 404
    assert client.get(reverse("household", args=[own.household_id])).status_code == 403


def test_a_check_by_the_form_and_what_the_form_says_when_it_is_wrong(sign_in: Any, home: Household) -> None:
    client, url = sign_in("community_lead", "register"), reverse("check", args=[home.household_id])
    people = here(home)
    given = {"result": "changed", "method": "visit", "on": timezone.localdate().isoformat()}
    for i, one in enumerate(people):
        given |= {f"m{i}-person_id": one["person_id"], f"m{i}-what": "here"}
    for i in range(4):
        given |= {f"n{i}-event": "moved_in", f"n{i}-kind": "unknown"}
    wrong = client.post(url, given | {"m0-what": "died"})
    assert wrong.status_code == 200 and "请写明日期" in wrong.content.decode()
    assert LifeEvent.objects.count() == 0
    right = client.post(
        url, given | {"m0-what": "died", "m0-on": timezone.localdate().isoformat(), "n0-name": "李新来"}
    )
    assert right.status_code == 302
    assert sorted(LifeEvent.objects.values_list("kind", flat=True)) == ["died", "moved_in"]


def test_the_person_page_shows_sources_and_age_and_only_what_is_granted(sign_in: Any, home: Household) -> None:
    one = queries.homes_in(home.household_id)[0].person
    page = sign_in("community_lead", "register").get(reverse("person", args=[one.person_id])).content.decode()
    assert one.name in page and "证件号码" not in page
    assert "第" in page and "行" in page
    assert (
        "证件号码" in sign_in("data_officer", "register").get(reverse("person", args=[one.person_id])).content.decode()
    )
    assert sign_in("commander").get(reverse("person", args=[one.person_id])).status_code == 403
