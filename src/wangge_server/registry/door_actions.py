"""Writes of what campaigns learn at doors: values of people the register knows, and households it did not know."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from wangge.base.ids import stable_id, uuid7
from wangge_server.base.actions import action, note
from wangge_server.registry.models import DoorRow, Household, HouseholdCheck, Link, Person, Residence
from wangge_server.registry.queries import DOOR

COLUMNS = ("name", "birth_date", "sex", "phone", "relation_to_head")


@action("door.record")
def take_values(
    *, household: Household, values: Mapping[str, Mapping[str, Any]], on: dt.date, by: Any, purpose: str
) -> int:
    """{person_id: {column: value}} of people living there: on the record now, and a row that the next run believes for its day.

    Only what was asked is dated; nothing else counts as confirmed. -> people
    """
    rows = Residence.objects.filter(household=household, to_on=None, person_id__in=list(values)).select_related(
        "person"
    )
    homes = list(rows.order_by("person_id"))
    if not homes:
        return 0
    check = HouseholdCheck.objects.create(
        household=household, checked_on=on, method="visit", result="changed", n_people=household.n_people, by=by
    )
    for home in homes:
        _set(home, values[home.person_id], on)
    _rows([(check, home.person) for home in homes])
    note(about=household.household_id, people=len(homes))
    return len(homes)


def _set(home: Residence, said: Mapping[str, Any], on: dt.date) -> None:
    person = home.person
    columns = [column for column in said if column in COLUMNS]
    for column in columns:
        setattr(person, column, said[column])
    person.asked_on = (person.asked_on or {}) | {f"person.{column}": on.isoformat() for column in said}
    person.save(update_fields=[*columns, "asked_on"])
    if "residence_kind" in said:
        home.kind = said["residence_kind"]
        home.save(update_fields=["kind"])


@action("door.record")
def found_households(*, doors: Sequence[Mapping[str, Any]], by: Any, purpose: str) -> dict[str, str]:
    """Households a census found behind doors nobody lived behind as far as known: {dwelling, people: [values], on}.

    -> {dwelling_id: household_id}. Each person gets a record at once; the next run joins it to what lists say.
    """
    homes = [
        Household(household_id=stable_id("h", uuid7()), address=str(door["dwelling"]), n_people=len(door["people"]),
                  dwelling_id=door["dwelling"].pk, grid_code=door["dwelling"].grid_code, how="full", checked_on=door["on"])
        for door in doors
    ]  # fmt: skip
    people = [
        (home, door["on"], Person(
            person_id=stable_id("p", uuid7()), household=home, n_rows=1, lists=[DOOR], confirmed_on=door["on"], address=home.address,
            asked_on={f"person.{name}": door["on"].isoformat() for name in (*COLUMNS, "address")},
            **{name: row.get(name) or None for name in COLUMNS if name != "name"}, name=row["name"]), row)
        for home, door in zip(homes, doors, strict=True) for row in door["people"]
    ]  # fmt: skip
    for home, _on, person, row in people:
        if row.get("relation_to_head") == "head":
            home.head_person_id = person.person_id
    Household.objects.bulk_create(homes)
    Person.objects.bulk_create([person for _home, _on, person, _row in people])
    Residence.objects.bulk_create([
        Residence(person=person, household=home, kind=row.get("kind") or "unknown", from_on=row.get("since"), source="door")
        for home, _on, person, row in people])  # fmt: skip
    checks = HouseholdCheck.objects.bulk_create([
        HouseholdCheck(household=home, checked_on=door["on"], method="visit", result="changed", n_people=home.n_people, by=by)
        for home, door in zip(homes, doors, strict=True)])  # fmt: skip
    made = {check.household_id: check for check in checks}
    _rows([(made[home.household_id], person) for home, _on, person, _row in people])
    note(households=len(homes), people=len(people))
    return {str(home.dwelling_id): home.household_id for home in homes}


def _rows(told: Sequence[tuple[HouseholdCheck, Person]]) -> None:
    """One row of the list `door` a person, and its link, so that the next run reads what was told."""
    rows = DoorRow.objects.bulk_create([
        DoorRow(person=person, check_made=check, address=check.household.address, collected_on=check.checked_on,
                id_number=person.id_number, **{name: getattr(person, name) for name in COLUMNS})
        for check, person in told])  # fmt: skip
    Link.objects.bulk_create([
        Link(link_id=f"{DOOR}:{row.pk}", list_name=DOOR, batch=DOOR, row=row.pk, person_id=row.person_id, evidence="door")
        for row in rows])  # fmt: skip
