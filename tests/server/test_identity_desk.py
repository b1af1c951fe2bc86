"""The review desk: what the machine could not tell, a person says; two for two numbers; undo; every grid its turn."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from django.urls import reverse
from django.utils import timezone

from wangge.base.errors import WanggeError
from wangge.base.progress import Progress
from wangge.tables.shapes import LOCATED, PERSON, REVIEW
from wangge_server.accounts.actions import system_user
from wangge_server.identity import actions, queries
from wangge_server.identity.models import Group, Verdict
from wangge_server.identity.words import marked, places_apart
from wangge_server.jobs.tasks import think
from wangge_server.registry.models import Link, Person

pytestmark = pytest.mark.django_db
RUN = {"purpose": "administration"}


def put(groups: dict[str, list[Link]]) -> None:
    """These rows stand in doubt, as a run hands them over."""
    rows = [
        {"group_id": name, "list": link.list_name, "batch": link.batch, "row": link.row, "person_id": link.person_id,
         "reason": "name+phone"} for name, links in groups.items() for link in links]  # fmt: skip
    people = Person.objects.filter(pk__in=[row["person_id"] for row in rows]).select_related("household")
    persons = [{"person_id": one.pk, "household_id": one.household_id} for one in people]
    located = [{"household_id": one.household_id, "grid_code": one.household.grid_code} for one in people]
    actions.load_review(
        review=pa.Table.from_pylist(rows, schema=REVIEW.schema), people=pa.Table.from_pylist(persons, schema=PERSON.schema),
        located=pa.Table.from_pylist(located, schema=LOCATED.schema), by=system_user(), **RUN,
    )  # fmt: skip


def two_people(district: Any, *, numbers: bool = False) -> list[Link]:
    """One row each of two people of one grid."""
    rows = Link.objects.filter(person__household__grid_code__isnull=False).exclude(list_name="door")
    if numbers:
        rows = rows.filter(person__id_number__regex=r"^\d{17}[\dX]$")
    first = rows.order_by("link_id").first()
    assert first is not None
    other = (
        rows.filter(person__household__grid_code=first.person.household.grid_code).exclude(person=first.person).first()
    )
    assert other is not None
    return [first, other]


@pytest.fixture
def officer(users: dict[str, Any]) -> Any:
    return users["data_officer"]


def settle(says: str, by: Any, numbers: int = 0) -> Verdict:
    group = Group.objects.get(pk="g1")
    people = [row.person_id for row in queries.rows_of(group)]
    return actions.settle(group=group, says=says, people=people, numbers=numbers, by=by, purpose="register")


def test_same_joins_them_in_the_next_run_and_undo_parts_them_again(district: Any, officer: Any) -> None:
    pair = two_people(district)
    put({"g1": pair})

    def ids() -> set[str]:
        rows = {(r["batch"], r["row"]): r["person_id"] for r in think(district.as_of, Progress()).links.to_pylist()}
        return {rows[(one.batch, one.row)] for one in pair}

    assert len(ids()) == 2
    verdict = settle("same", officer)
    assert len(ids()) == 1
    actions.undo(verdict=verdict, by=officer, purpose="register")
    assert len(ids()) == 2


def test_two_numbers_need_two_people(district: Any, officer: Any, users: dict[str, Any]) -> None:
    put({"g1": two_people(district, numbers=True)})
    verdict = settle("same", officer, numbers=2)
    assert (Group.objects.get().state, queries.decisions().num_rows) == ("second", 0)
    with pytest.raises(WanggeError) as caught:
        actions.second(verdict=verdict, agrees=True, by=officer, purpose="register")
    assert caught.value.code == "E3202"
    actions.second(verdict=verdict, agrees=True, by=users["community_lead"], purpose="register")
    assert (Group.objects.get().state, queries.decisions().num_rows) == ("settled", 1)


def test_the_second_person_may_say_no(district: Any, officer: Any, users: dict[str, Any]) -> None:
    put({"g1": two_people(district)})
    verdict = settle("same", officer, numbers=2)
    actions.second(verdict=verdict, agrees=False, by=users["community_lead"], purpose="register")
    assert (Group.objects.get().state, queries.decisions().num_rows) == ("open", 0)


def test_different_needs_one_and_a_settled_group_cannot_be_settled_again(district: Any, officer: Any) -> None:
    put({"g1": two_people(district)})
    settle("different", officer, numbers=2)
    assert queries.decisions().column("verdict").to_pylist() == ["different"]
    with pytest.raises(WanggeError) as caught:
        settle("same", officer)
    assert caught.value.code == "E3201"


def test_a_new_run_keeps_what_was_settled_and_drops_what_it_no_longer_doubts(district: Any, officer: Any) -> None:
    pair = two_people(district)
    put({"g1": pair, "g2": pair})
    settle("different", officer)
    put({"g1": pair})
    assert dict(Group.objects.values_list("group_id", "state")) == {"g1": "settled", "g2": "gone"}


def test_every_grid_gets_its_turn(district: Any) -> None:
    grids = list(
        Person.objects.exclude(household__grid_code=None).values_list("household__grid_code", flat=True).distinct()[:2]
    )
    links = [list(Link.objects.filter(person__household__grid_code=grid)[:4]) for grid in grids]
    put({f"a{i}": [links[0][i], links[0][i + 1]] for i in range(3)} | {"b0": links[1][:2]})
    order = [one.grid_code for one in queries.groups_in({})]
    assert set(order[:2]) == set(grids)
    assert len(order) == 4


def test_the_desk_by_hand(sign_in: Any, district: Any) -> None:
    put({"g1": two_people(district), "g2": two_people(district)})
    client = sign_in("data_officer", "register")
    page = client.get(reverse("desk")).content.decode()
    assert "并档复核" in page
    start = client.get(reverse("desk_next"))
    assert start["Location"] == reverse("desk_group", args=["g1"])
    group = client.get(start["Location"]).content.decode()
    assert 'data-hotkey="s"' in group and "<mark>" in group
    later = client.post(reverse("desk_settle", args=["g1"]), {"what": "later"}, follow=True)
    assert later.redirect_chain[-1][0] == reverse("desk_group", args=["g2"])
    client.post(reverse("desk_settle", args=["g2"]), {"what": "different"})
    assert dict(Group.objects.values_list("group_id", "state")) == {"g1": "later", "g2": "settled"}
    verdict = Verdict.objects.get()
    client.post(reverse("desk_undo", args=[verdict.pk]))
    assert Group.objects.get(pk="g2").state == "open"
    assert client.post(reverse("desk_settle", args=["g2"]), {"what": "nonsense"}).status_code == 404


def test_a_group_outside_the_area_does_not_exist(sign_in: Any, users: dict[str, Any], district: Any) -> None:
    put({"g1": two_people(district)})
    Group.objects.update(grid_code="999999999999999")
    assert sign_in("community_lead", "register").get(reverse("desk_group", args=["g1"])).status_code == 404
    assert sign_in("grid_worker", "register").get(reverse("desk")).status_code == 403


def test_ten_thousand_waiting_groups_cost_no_more_questions_than_ten(
    sign_in: Any, district: Any, django_assert_max_num_queries: Any
) -> None:
    """How long it takes is measured in bench/register.py; here: the page asks the database a fixed number of things."""
    now = timezone.now()
    Group.objects.bulk_create(
        [Group(group_id=f"g{i}", reason="name+birth", grid_code=f"{i % 900:015}", n_rows=2, turn=i // 900, found_at=now)
         for i in range(10_000)])  # fmt: skip
    client = sign_in("data_officer", "register")
    client.get(reverse("desk"))
    with django_assert_max_num_queries(25):
        page = client.get(reverse("desk")).content.decode()
    assert page.count('data-key="g') == 50


@pytest.mark.parametrize(
    ("values", "seen"),
    [
        (
            ["王晓明", "王小明"],
            [[("王", False), ("晓", True), ("明", False)], [("王", False), ("小", True), ("明", False)]],
        ),
        (["王晓明", None], [[("王晓明", False)], None]),
        (["a", "ab"], [[("a", True)], [("ab", True)]]),
    ],
)
def test_what_differs_is_marked(values: list[str | None], seen: list[Any]) -> None:
    assert marked(values) == seen


def test_numbers_are_compared_without_being_shown() -> None:
    assert places_apart(["110101199003070118", "110101199003070128"]) == "证件号第 17 位不同"
    assert places_apart(["1", "1"]) == ""
