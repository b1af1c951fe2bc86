"""Pages that show people: only what the purpose grants, only inside the area, each reading on record."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from wangge import policy
from wangge_server.audit.models import Event
from wangge_server.exposure.models import Case
from wangge_server.registry.models import Household, Person
from wangge_server.risk.models import Grade


@pytest.fixture
def home(users: Any) -> Household:
    """A household in the community lead's area whose people have a phone and a number."""
    rows = Household.objects.filter(
        grid_code__startswith=users["community_lead"].area_code, people__phone__isnull=False
    )
    return rows.filter(people__id_number__isnull=False, n_people__gte=2).distinct().order_by("household_id")[0]


def reads() -> int:
    return Event.objects.filter(kind="read").count()


def without_ids(response: Any, pk: str) -> str:
    """The page without the address asked for and without its token: two such pages must be the same."""
    return re.sub(r'value="\w{64}"', "", response.content.decode().replace(pk, ""))


def test_nobody_is_listed_until_something_is_asked(sign_in: Any) -> None:
    before = reads()
    page = sign_in("data_officer", "register").get(reverse("register"))
    assert page.context["ledger"] is None
    assert reads() == before


def test_a_search_never_stands_in_an_address(sign_in: Any, home: Household) -> None:
    client, name = sign_in("data_officer", "register"), home.people.order_by("person_id")[0].name
    response = client.post(reverse("register"), {"name": name, "address": ""})
    assert (response.status_code, response["Location"]) == (302, reverse("register"))
    page = client.get(reverse("register"))
    wanted = Household.objects.filter(people__name__startswith=name).distinct().count()
    assert page.context["ledger"]["count"] == wanted > 0
    assert not [row["url"] for row in page.context["ledger"]["rows"] if name in row["url"]]


def test_a_list_of_households_is_one_reading(sign_in: Any, home: Household) -> None:
    before = reads()
    page = sign_in("data_officer", "register").get(reverse("register"), {"grid": home.grid_code})
    event = Event.objects.filter(kind="read").first()
    assert reads() == before + 1
    assert event is not None
    assert event.facts["n"] == len(page.context["ledger"]["rows"])
    assert all(str(one).isascii() for one in event.facts["ids"])


def test_a_household_shows_its_people_and_is_one_reading(sign_in: Any, home: Household) -> None:
    before = reads()
    page = sign_in("community_lead", "register").get(reverse("household", args=[home.household_id]))
    text = page.content.decode()
    assert page.status_code == 200
    assert reads() == before + 1
    assert Event.objects.filter(kind="read", about=home.household_id).count() == 1
    for person in home.people.all():
        assert person.name in text


def test_numbers_are_masked_and_absent_where_not_granted(sign_in: Any, home: Household) -> None:
    lead = sign_in("community_lead", "register").get(reverse("household", args=[home.household_id])).content.decode()
    officer = sign_in("data_officer", "register").get(reverse("household", args=[home.household_id])).content.decode()
    assert "证件号码" in officer  # granted, but masked
    assert "证件号码" not in lead  # not granted: not there at all
    for person in home.people.all():
        for secret in (person.id_number, person.phone):
            if secret:
                assert secret not in lead
                assert secret not in officer
        if person.id_number:
            assert person.id_number[-4:] not in lead


def test_a_household_outside_the_area_does_not_exist(sign_in: Any, users: Any) -> None:
    own = users["community_lead"].area_code
    other = (
        Household.objects.filter(grid_code__isnull=False).exclude(grid_code__startswith=own).order_by("household_id")[0]
    )
    before = reads()
    client = sign_in("community_lead", "register")
    outside, nowhere = (client.get(reverse("household", args=[pk])) for pk in (other.household_id, "h-no-such"))
    assert (outside.status_code, nowhere.status_code) == (404, 404)
    assert without_ids(outside, other.household_id) == without_ids(nowhere, "h-no-such")
    assert reads() == before


@pytest.mark.parametrize(
    "element", ["person.name", "person.sex", "person.birth_date", "person.phone", "person.relation_to_head"]
)
def test_an_element_not_granted_is_absent(
    element: str, sign_in: Any, home: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = home.people.filter(phone__isnull=False, birth_date__isnull=False).order_by("person_id")[0]
    label = {"person.name": one.name, "person.sex": ">性别<", "person.birth_date": one.birth_date.isoformat(),
             "person.phone": one.phone[-4:], "person.relation_to_head": ">与户主关系<"}[element]  # fmt: skip
    real = policy.decide

    def without(role: str, purpose: str, permission: str, phase: str = "active") -> policy.Decision:
        decision = real(role, purpose, permission, phase)
        return policy.Decision(decision.verdict, decision.relation, decision.elements - {element}, decision.why)

    address = reverse("household", args=[home.household_id])
    client = sign_in("data_officer", "register")
    assert label in client.get(address).content.decode()
    monkeypatch.setattr(policy, "decide", without)
    assert label not in client.get(address).content.decode()


def test_the_register_knows_nothing_of_health(sign_in: Any, users: Any) -> None:
    grade = Grade.objects.filter(person__household__grid_code__isnull=False).order_by("person_id")[0]
    text = (
        sign_in("data_officer", "register").get(reverse("household", args=[grade.person.household_id])).content.decode()
    )
    for word in ("密切接触", "次密接", "确诊", "红色", "建议等级", "wg-grade"):
        assert word not in text


@pytest.mark.parametrize(("role", "named", "reasons"), [("judge_health", True, True), ("judge_telecom", False, False)])
def test_judgement_shows_names_only_where_granted(role: str, named: bool, reasons: bool, sign_in: Any) -> None:
    before = reads()
    page = sign_in(role).get(reverse("judgement"))
    text = page.content.decode()
    name = Grade.objects.order_by("person_id")[0].person.name
    assert (page.context["ledger"] is not None) == named
    assert reads() == before + named
    if not named:
        assert name not in text
        assert not any(
            person in text for person in Person.objects.filter(grades__isnull=False).values_list("name", flat=True)
        )


def test_a_case_lists_who_met_them_and_is_one_reading(sign_in: Any) -> None:
    case = Case.objects.order_by("case_id")[0]
    before = reads()
    page = sign_in("cdc").get(reverse("case", args=[case.case_id]))
    assert page.status_code == 200
    assert reads() == before + 1
    assert case.person.name not in page.content.decode().split("</title>")[0]  # titles stay in the browser's history


def test_a_case_does_not_exist_for_others(sign_in: Any, users: Any) -> None:
    case = Case.objects.order_by("case_id")[0]
    assert sign_in("judge_police").get(reverse("case", args=[case.case_id])).status_code == 403
    assert sign_in("cdc").get(reverse("case", args=["no-such:case"])).status_code == 404
    home = case.person.household.grid_code
    if home:
        users["cdc"].area_code = "999999"
        users["cdc"].save()
        assert sign_in("cdc").get(reverse("case", args=[case.case_id])).status_code == 404


@pytest.mark.parametrize("role", ["commander", "street_lead", "community_lead", "medic", "community_police"])
def test_middle_tiers_never_get_rows(role: str, sign_in: Any) -> None:
    """No name, no household and no worker on the pages of the tiers between the cell and the door."""
    client = sign_in(role)
    text = "".join(client.get(reverse(page)).content.decode() for page in ("board", "dispatch", "grids"))
    graded = set(Person.objects.filter(grades__isnull=False).values_list("name", flat=True))
    assert not {name for name in graded if len(name) > 2 and name in text}
    assert "w440305" not in text


def test_people_page_has_no_password(sign_in: Any, users: Any) -> None:
    text = sign_in("auditor").get(reverse("people")).content.decode()
    assert users["commander"].username in text
    assert "argon2" not in text


def test_audit_shows_ids_and_counts_never_values(sign_in: Any, home: Household) -> None:
    sign_in("data_officer", "register").get(reverse("household", args=[home.household_id]))
    text = sign_in("auditor").get(reverse("audit"), {"kind": "read"}).content.decode()
    assert home.household_id in text
    assert not [p.name for p in home.people.all() if p.name in text]
