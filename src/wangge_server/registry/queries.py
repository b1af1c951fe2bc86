"""Reads about people and households. Whoever calls passes the filter of the gate."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
from django.db import connection
from django.db.models import Count, F, Q, QuerySet, Sum

from wangge.tables.shapes import ATTRIBUTE, DECISION, GOOD_ROW, LINK, PERSON
from wangge.way import DOOR_LIST as DOOR
from wangge_server.base.bulk import copy_out
from wangge_server.registry.models import Household, HouseholdCheck, LifeEvent, Link, Merge, Person, Residence


def households_in(
    area: dict[str, Any],
    *,
    name: str = "",
    address: str = "",
    grid: str = "",
    lives: str = "",
    kind: str = "",
    unlocated: bool = False,
) -> QuerySet[Household]:
    """Households inside the reader's area: by the beginning of a member's name, a part of the address, their grid, their
    kind, or how somebody `lives` in them."""
    rows = Household.objects.filter(**area)
    if name:
        rows = rows.filter(pk__in=Person.objects.filter(name__startswith=name).values("household_id"))
    if grid:
        rows = rows.filter(grid_code=grid)
    if lives:
        rows = rows.filter(pk__in=Residence.objects.filter(to_on=None, kind=lives).values("household_id"))
    if kind:
        rows = rows.filter(_of_kind(kind))
    if unlocated:
        rows = rows.filter(grid_code__isnull=True)
    if address:
        rows = rows.filter(address__contains=address)
    return rows.select_related("dwelling").order_by("grid_code", "dwelling_id", "household_id")


def _of_kind(kind: str) -> Q:
    """Households of a kind. Where no list says one, the frame of dwellings knows a dormitory."""
    if kind == "unknown":
        return Q(kind=None) & ~Q(dwelling__kind="dormitory")
    return Q(kind=kind) | (Q(kind=None, dwelling__kind="dormitory") if kind == "dormitory" else Q())


def how_they_live(household_ids: list[str]) -> dict[str, dict[str, int]]:
    """How many live there permanently, boarding or floating. -> {household_id: {kind: n}}"""
    rows = Residence.objects.filter(household_id__in=household_ids, to_on=None)
    found: dict[str, dict[str, int]] = {}
    for row in rows.values("household_id", "kind").annotate(n=Count("pk")).order_by("household_id", "kind"):
        found.setdefault(row["household_id"], {})[row["kind"]] = row["n"]
    return found


def people_by_residence(area: dict[str, str]) -> dict[str, int]:
    """How many people of the area live there permanently, boarding, floating, or nobody says how. -> {kind: n}"""
    within = {f"household__{key}": value for key, value in area.items()}
    rows = Residence.objects.filter(to_on=None, **within).values("kind").annotate(n=Count("pk")).order_by("kind")
    return {row["kind"]: row["n"] for row in rows}


def household_in(area: dict[str, Any], household_id: str) -> Household | None:
    """One household inside the reader's area, or None: outside it does not exist for the reader."""
    return Household.objects.filter(household_id=household_id, **area).select_related("dwelling").first()


def members(household_ids: list[str]) -> QuerySet[Person]:
    """People a run put behind these doors: whom a visit asks for."""
    return Person.objects.filter(household_id__in=household_ids).order_by("household_id", "birth_date")


def people_by_id(person_ids: list[str]) -> list[Person]:
    """These people, in this order; ids nobody holds are left out."""
    found = Person.objects.in_bulk(person_ids)
    return [found[one] for one in person_ids if one in found]


def people_living_in(area: str) -> QuerySet[Person]:
    """Everybody some list holds now whose household stands in the area."""
    return Person.objects.filter(household__grid_code__startswith=area, is_listed=True).order_by("person_id")


def homes_in(household_id: str) -> QuerySet[Residence]:
    """Who lives there now, the eldest first."""
    rows = Residence.objects.filter(household_id=household_id, to_on=None).select_related("person")
    return rows.order_by(F("person__birth_date").asc(nulls_last=True), "person_id")


def left_from(household_id: str) -> QuerySet[Residence]:
    """Who lived there once, the latest first."""
    rows = Residence.objects.filter(household_id=household_id, to_on__isnull=False).select_related("person")
    return rows.order_by("-to_on", "person_id")


def person_in(area: dict[str, str], person_id: str) -> Person | None:
    """One person whose household stands inside the reader's area, or None."""
    within = {f"household__{key}": value for key, value in area.items()}
    return Person.objects.filter(person_id=person_id, **within).select_related("household__dwelling").first()


def people_born(area: dict[str, str], name: str, birth_date: dt.date) -> list[Person]:
    """People of the area with just this name and birth date: who says both is asking about themselves."""
    within = {f"household__{key}": value for key, value in area.items()}
    return list(Person.objects.filter(name=name, birth_date=birth_date, **within).order_by("person_id")[:10])


def led_to(person_id: str) -> str:
    """The id that an id became, over as many merges as there were; empty where it became none."""
    seen = {person_id}
    found = ""
    while step := Merge.objects.filter(old_person_id=found or person_id, kind="merge").order_by("-id").first():
        if step.new_person_id in seen:
            return ""
        found = step.new_person_id
        seen.add(found)
    return found


def homes_of(person: Person) -> QuerySet[Residence]:
    """Where somebody lived, the newest first."""
    return person.residences.select_related("household__dwelling").order_by("-id")


def events_of(person: Person) -> QuerySet[LifeEvent]:
    """Births, moves and deaths told at the door."""
    return person.events.order_by("-on", "-id")


def checks_of(household_id: str) -> QuerySet[HouseholdCheck]:
    """Monthly checks of one household, the newest first."""
    return HouseholdCheck.objects.filter(household_id=household_id).select_related("by")


def due_in(area: dict[str, str], month: dt.date, *, grid: str = "", done: bool = False) -> QuerySet[Household]:
    """Households with somebody in them that nobody settled since the first of the month, the longest unseen first."""
    rows = Household.objects.filter(**area, n_people__gt=0)
    rows = rows.filter(checked_on__gte=month) if done else rows.filter(Q(checked_on=None) | Q(checked_on__lt=month))
    if grid:
        rows = rows.filter(grid_code=grid)
    return rows.select_related("dwelling").order_by(F("checked_on").asc(nulls_first=True), "grid_code", "dwelling_id")


def checks_by_grid(area: dict[str, str], month: dt.date) -> list[dict[str, Any]]:
    """How far the month's check has come, grid by grid. -> [{grid_code, households, done}]"""
    rows: QuerySet[Any, Any] = Household.objects.filter(**area, n_people__gt=0, grid_code__isnull=False).values(
        "grid_code"
    )
    return list(
        rows.annotate(households=Count("pk"), done=Count("pk", filter=Q(checked_on__gte=month))).order_by("grid_code")
    )


def attribute_rows() -> pa.Table:
    """Which lists name a person, and where the ID number was first registered: for the guard against abuse, for no rule. -> ATTRIBUTE"""
    return copy_out(
        """SELECT DISTINCT person_id, 'list', list_name FROM registry_link l
             WHERE EXISTS (SELECT FROM registry_person p WHERE p.person_id = l.person_id)
           UNION ALL SELECT person_id, 'registered_area', left(id_number, 6) FROM registry_person WHERE length(id_number) = 18
           ORDER BY 1, 2, 3""",
        ATTRIBUTE.schema,
    )


def gone() -> pa.Table:
    """People who died or moved away: no list that still holds them makes them somebody to visit. -> person_id"""
    return copy_out(
        """SELECT person_id FROM registry_person p WHERE NOT EXISTS
             (SELECT 1 FROM registry_residence r WHERE r.person_id = p.person_id AND r.to_on IS NULL)
           AND EXISTS (SELECT 1 FROM registry_lifeevent e WHERE e.person_id = p.person_id
             AND (e.kind = 'died' OR e.kind = 'moved_away' AND (p.confirmed_on IS NULL OR p.confirmed_on <= e.on)))""",
        pa.schema([("person_id", pa.string())]),
    )


def door_rows() -> pa.Table:
    """What the monthly checks were told, as rows of a list. -> GOOD_ROW"""
    names = ("name", "id_number", "birth_date", "sex", "phone", "address", "relation_to_head", "collected_on")
    told = pa.schema([("row", pa.int32()), *((name, GOOD_ROW.schema.field(name).type) for name in names)])
    rows = copy_out(f"SELECT id, {', '.join(names)} FROM registry_doorrow ORDER BY id", told)
    same = {"list": pa.repeat(DOOR, rows.num_rows), "batch": pa.repeat(DOOR, rows.num_rows)}
    lacking = {name: pa.nulls(rows.num_rows, GOOD_ROW.schema.field(name).type)
               for name in GOOD_ROW.schema.names if name not in (*told.names, *same)}  # fmt: skip
    return GOOD_ROW.hand_over(pa.table({**same, **{n: rows.column(n) for n in told.names}, **lacking}))


def links_of(person_ids: list[str]) -> dict[str, list[Any]]:
    """Which row of which list said so. -> {person_id: [{list_name, row, evidence}]}"""
    rows = Link.objects.filter(person_id__in=person_ids).order_by("list_name", "row")
    found: dict[str, list[Any]] = {}
    for row in rows.values("person_id", "list_name", "row", "evidence"):
        found.setdefault(row["person_id"], []).append(row)
    return found


def batches_naming(person_ids: list[str], lists: list[str]) -> list[tuple[str, str]]:
    """Which files of these lists name these people. -> [(person_id, batch in hex)]"""
    rows = Link.objects.filter(person_id__in=person_ids, list_name__in=lists)
    return list(rows.order_by("person_id", "batch").values_list("person_id", "batch").distinct())


def lists_of(person_id: str) -> list[Any]:
    """From how many rows of which lists somebody is known. -> [{list_name, n}], most first"""
    rows = Link.objects.filter(person_id=person_id).values("list_name").annotate(n=Count("pk"))
    return list(rows.order_by("-n", "list_name"))


def heads_of(households: list[Household]) -> dict[str, str]:
    """Names of the heads of these households. -> {person_id: name}"""
    ids = [one.head_person_id for one in households if one.head_person_id]
    return dict(Person.objects.filter(person_id__in=ids).values_list("person_id", "name"))


def register_counts(area: dict[str, str]) -> dict[str, Any]:
    """How many households and people, and how many doors nobody can name."""
    rows = Household.objects.filter(**area)
    return {
        "households": rows.count(),
        "people": rows.aggregate(n=Sum("n_people"))["n"] or 0,
        "unlocated": rows.filter(grid_code__isnull=True).count(),
        "confirmed": rows.filter(people__confirmed_on__isnull=False).distinct().count(),
    }


def households_without_building(area: str) -> list[tuple[str, str, int]]:
    """Households whose compound is known and whose building is not in the frame: (id, address, people).

    With area "" also those whose compound lies in no single grid; nobody can say in which area they are.
    """
    rows = Household.objects.filter(reason="no_such_building", address__isnull=False)
    rows = rows.filter(grid_code__startswith=area) if area else rows
    return [(pk, address or "", n) for pk, address, n in rows.values_list("household_id", "address", "n_people")]


def households_by_grid(area: str) -> dict[str, int]:
    """How many households stand in each grid below `area`. -> {grid_code: n}"""
    rows = Household.objects.filter(grid_code__startswith=area).values("grid_code").annotate(n=Count("pk"))
    return {row["grid_code"]: row["n"] for row in rows if row["grid_code"]}


def door_decisions() -> pa.Table:
    """Who was asked at the door is known: each such row belongs to its person, whatever changed in it. -> DECISION"""
    return copy_out(
        """SELECT 'door', 'door', d.id, a.list_name, a.batch, a.row, 'same' FROM registry_doorrow d
           JOIN LATERAL (SELECT list_name, batch, row FROM registry_link l
                         WHERE l.person_id = d.person_id AND l.link_id <> 'door:' || d.id
                         ORDER BY l.list_name = 'door', l.link_id LIMIT 1) a ON true ORDER BY d.id""",
        DECISION.schema,
    )


def links_table(person_id: str) -> pa.Table:
    """Rows that belong to one person. -> LINK"""
    found = Link.objects.filter(person_id=person_id).values_list("list_name", "batch", "row", "person_id", "evidence")
    rows = [dict(zip(LINK.schema.names, row, strict=True)) for row in found]
    return LINK.hand_over(pa.Table.from_pylist(rows, schema=LINK.schema))


def person_row(person: Person) -> pa.Table:
    """What is believed of one person. -> PERSON"""
    names = [name for name in PERSON.schema.names if name not in ("household_id", "lists")]
    row = {name: getattr(person, name) for name in names} | {"household_id": person.household_id, "lists": person.lists}
    return PERSON.hand_over(pa.Table.from_pylist([row], schema=PERSON.schema))


def door_rows_of(person: Person) -> pa.Table:
    """What was said of one person at the door. -> GOOD_ROW"""
    names = ("name", "id_number", "birth_date", "sex", "phone", "address", "relation_to_head", "collected_on")
    said = [{"list": DOOR, "batch": DOOR, "row": row.pop("id"), **row} for row in person.door_rows.values("id", *names)]
    return GOOD_ROW.hand_over(pa.Table.from_pylist(said, schema=GOOD_ROW.schema))


def all_links() -> pa.Table:
    """Every row of every list with its person. -> LINK"""
    return copy_out("SELECT list_name, batch, row, person_id, evidence FROM registry_link", LINK.schema)


def homes_of_dwellings(dwelling_ids: list[str]) -> dict[str, Household]:
    """Households with somebody in them behind these doors, the largest where there are several. -> {dwelling_id: Household}"""
    rows = Household.objects.filter(dwelling_id__in=dwelling_ids, n_people__gt=0).order_by("n_people", "household_id")
    return {str(one.dwelling_id): one for one in rows}


def households_by_id(household_ids: list[str]) -> QuerySet[Household]:
    """These households with their doors."""
    return Household.objects.filter(household_id__in=household_ids).select_related("dwelling")


def lying_elsewhere(shown: list[tuple[str, str, str]]) -> list[tuple[str, int]]:
    """How many of the people and households shown live outside the ground of whoever saw them, as far as it is known.

    shown: (account, its area, person_id or household_id). -> [(account, n)], most first
    """
    if not shown:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.who, count(*) FROM unnest(%s::text[], %s::text[], %s::text[]) AS s(who, area, id)"
            " LEFT JOIN registry_person p ON p.person_id = s.id"
            " JOIN registry_household h ON h.household_id = coalesce(p.household_id, s.id)"
            " WHERE h.grid_code IS NOT NULL AND NOT starts_with(h.grid_code, s.area) GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 50",
            [list(part) for part in zip(*shown, strict=True)],
        )
        return cursor.fetchall()
