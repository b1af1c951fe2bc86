"""Writes about people and households: what a run found, and what was said at the door."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
from django.db import connection
from django.utils import timezone

from wangge.base.errors import WanggeError
from wangge.base.ids import stable_id, uuid7
from wangge.frame import query
from wangge_server.base.actions import action, note
from wangge_server.base.bulk import copy_in, upsert, with_constants
from wangge_server.registry.models import DoorRow, Household, HouseholdCheck, LifeEvent, Link, Merge, Person, Residence
from wangge_server.registry.models.household_check import SETTLED
from wangge_server.registry.queries import DOOR, all_links
from wangge_server.registry.sync import changed_ids, gone_links

ASKED = ("person.name", "person.phone", "person.address", "person.relation_to_head")  # what a check confirms
RESIDENCE_KIND = "person.residence_kind"  # confirmed only where somebody said it
VALUES = ("name", "id_number", "birth_date", "sex", "phone", "relation_to_head")


@action("run.carry")
def load_register(
    *,
    people: pa.Table,
    households: pa.Table,
    residences: pa.Table,
    located: pa.Table,
    links: pa.Table,
    by: Any,
    purpose: str,
) -> dict[str, int]:
    """Bring the register up to date: households with their doors, people, where and how they live, which row said so.

    An id that is no longer what it was leaves a row in Merge; who moved keeps the earlier home as a dated fact.
    """
    doors = query(
        """SELECT household_id, h.address, n_people, head_person_id, kind, dwelling_id, grid_code, coalesce(how, 'none') AS how, reason
           FROM households h LEFT JOIN located USING (household_id)""",
        households=households,
        located=located,
    )
    before = all_links()
    merges = changed_ids(before, links)
    rows = query(
        "SELECT batch || ':' || row AS link_id, list AS list_name, batch, row, person_id, evidence FROM links ORDER BY 1",
        links=links,
    )
    at = people.column_names.index("name")
    loaded = {
        "households": upsert(Household, doors),
        # A number without a name is a person too; the name stands empty until somebody asks.
        "people": upsert(Person, people.set_column(at, "name", people["name"].fill_null(""))),
        "links": upsert(Link, rows),
    }
    Link.objects.filter(link_id__in=gone_links(before, links)).delete()
    loaded["merged"] = _follow(merges)
    loaded |= _settle_homes(timezone.localdate())
    loaded["kinds"] = _settle_kinds(residences)
    note(**loaded)  # type: ignore[arg-type]
    return loaded


def _follow(merges: pa.Table) -> int:
    """Keep what people settled about an id that became another one; the empty record stays so that the id leads on."""
    if not merges.num_rows:
        return 0
    last = Merge.objects.order_by("-id").values_list("id", flat=True).first() or 0
    with connection.cursor() as cursor:
        copy_in(cursor, Merge._meta.db_table, with_constants(merges, {"at": timezone.now()}))
        for sentence in (_CARRIED, _LEFT, *_HANDED_ON, _ASKED_ON, _EMPTIED):
            cursor.execute(sentence, {"last": last})
    return merges.num_rows


_MERGED = "m.id > %(last)s AND m.kind = 'merge' AND"
# The home of an id that is no more goes on under the new id, unless that has one of its own; what is known of it first.
_CARRIED = f"""UPDATE registry_residence r SET person_id = c.new_person_id FROM
    (SELECT DISTINCT ON (m.new_person_id) o.id, m.new_person_id FROM registry_merge m, registry_residence o
     WHERE {_MERGED} o.person_id = m.old_person_id AND o.to_on IS NULL
       AND NOT EXISTS (SELECT 1 FROM registry_residence n WHERE n.person_id = m.new_person_id AND n.to_on IS NULL)
     ORDER BY m.new_person_id, o.kind = 'unknown', o.id) c WHERE c.id = r.id"""
_LEFT = f"""DELETE FROM registry_residence r USING registry_merge m
    WHERE {_MERGED} r.person_id = m.old_person_id AND r.to_on IS NULL"""
_HANDED_ON = tuple(
    f"UPDATE {table} r SET person_id = m.new_person_id FROM registry_merge m WHERE {_MERGED} r.person_id = m.old_person_id"
    for table in ("registry_residence", "registry_lifeevent", "registry_doorrow")
)
_ASKED_ON = f"""UPDATE registry_person n SET asked_on = o.asked_on FROM registry_merge m, registry_person o
    WHERE {_MERGED} n.person_id = m.new_person_id AND o.person_id = m.old_person_id AND n.asked_on IS NULL"""
_EMPTIED = f"""UPDATE registry_person o SET name = '', id_number = NULL, birth_date = NULL, sex = NULL, phone = NULL,
        address = NULL, relation_to_head = NULL FROM registry_merge m WHERE {_MERGED} o.person_id = m.old_person_id"""
# Five sentences about people and homes, each over the whole register at once.
# A run knows what lists say; that somebody was asked at the door without a change is known here alone.
_ASKED = """UPDATE registry_person SET confirmed_on = (asked_on->>'person.name')::date
    WHERE (asked_on->>'person.name')::date > coalesce(confirmed_on, '-infinity')"""
_UNLISTED = """UPDATE registry_person p SET is_listed = held.yes FROM
    (SELECT q.person_id, EXISTS (SELECT 1 FROM registry_link l WHERE l.person_id = q.person_id) AS yes FROM registry_person q) held
    WHERE held.person_id = p.person_id AND p.is_listed <> held.yes"""
_SAME_DOOR = """UPDATE registry_residence r SET household_id = p.household_id
    FROM registry_person p, registry_household a, registry_household b
    WHERE r.to_on IS NULL AND p.person_id = r.person_id AND p.household_id <> r.household_id
      AND a.household_id = r.household_id AND b.household_id = p.household_id
      AND (a.dwelling_id = b.dwelling_id OR a.address = b.address)"""
_MOVED = """UPDATE registry_residence r SET to_on = greatest(%(on)s, r.from_on),
        ended = CASE WHEN p.is_listed THEN 'moved_within' ELSE 'corrected' END
    FROM registry_person p
    WHERE r.to_on IS NULL AND p.person_id = r.person_id
      AND (NOT p.is_listed OR p.household_id <> r.household_id
           AND (r.source <> 'door' OR p.confirmed_on > r.from_on))"""
_AT_HOME = """INSERT INTO registry_residence (person_id, household_id, kind, from_on, source, ended, recorded_at)
    SELECT p.person_id, p.household_id, coalesce(last.kind, 'unknown'), last.to_on, 'lists', '', now()
    FROM registry_person p
    LEFT JOIN LATERAL (SELECT kind, to_on FROM registry_residence r WHERE r.person_id = p.person_id
                       ORDER BY id DESC LIMIT 1) last ON true
    WHERE p.is_listed AND NOT EXISTS (SELECT 1 FROM registry_residence r WHERE r.person_id = p.person_id AND r.to_on IS NULL)
      AND NOT EXISTS (SELECT 1 FROM registry_lifeevent e WHERE e.person_id = p.person_id
                      AND (e.kind = 'died' OR e.kind = 'moved_away' AND (p.confirmed_on IS NULL OR p.confirmed_on <= e.on)))"""
_ROSTER = """UPDATE registry_household h SET n_people = living.n FROM
    (SELECT q.household_id, count(r.id) AS n FROM registry_household q
     LEFT JOIN registry_residence r ON r.household_id = q.household_id AND r.to_on IS NULL GROUP BY 1) living
    WHERE living.household_id = h.household_id AND h.n_people <> living.n"""


def _settle_homes(today: dt.date) -> dict[str, int]:
    """Where everybody lives after a run. -> rows touched by each sentence"""
    touched = {}
    with connection.cursor() as cursor:
        for name, sentence in (("asked", _ASKED), ("unlisted", _UNLISTED), ("same_door", _SAME_DOOR), ("moved", _MOVED),
                               ("at_home", _AT_HOME), ("roster", _ROSTER)):  # fmt: skip
            cursor.execute(sentence, {"on": today})
            touched[name] = cursor.rowcount
    return touched


# What a list says of somebody's residence counts until somebody asks at the door, and again when a later list says it.
_KINDS = """UPDATE registry_residence r SET kind = l.kind FROM listed_kinds l, registry_person p
    WHERE l.person_id = r.person_id AND r.to_on IS NULL AND p.person_id = r.person_id AND r.kind <> l.kind
      AND (p.asked_on->>'person.residence_kind' IS NULL OR (p.asked_on->>'person.residence_kind')::date < l.said_on)"""


def _settle_kinds(residences: pa.Table) -> int:
    """How everybody lives, as lists say it. -> homes whose kind changed"""
    if not residences.num_rows:
        return 0
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE listed_kinds (person_id text, kind text, said_on date) ON COMMIT DROP")
        copy_in(cursor, "listed_kinds", residences)
        cursor.execute("ANALYZE listed_kinds")
        cursor.execute(_KINDS)
        changed = cursor.rowcount
        cursor.execute("DROP TABLE listed_kinds")
    return changed


# ---- the monthly check -----------------------------------------------------------------------------------


@action("check.record")
def record_check(
    *,
    household: Household,
    result: str,
    method: str,
    on: dt.date,
    members: Sequence[Mapping[str, Any]] = (),
    newcomers: Sequence[Mapping[str, Any]] = (),
    by: Any,
    purpose: str,
) -> HouseholdCheck:
    """What was said at one door on one day, whole or not at all.

    `members`: {person_id, what: here|changed|moved_away|died, on, kind, values}. `newcomers`: {event: born|moved_in, on,
    kind, values}. Raises E3101 (not living here), E3102 (a day that cannot be).
    """
    today = timezone.localdate()
    _no_later_than(on, today)
    check = HouseholdCheck.objects.create(
        household=household, checked_on=on, method=method, result=result, n_people=household.n_people, by=by
    )
    for row in members:
        _settle_member(check, row)
    for row in newcomers:
        _welcome(check, row)
    check.n_people = Residence.objects.filter(household=household, to_on=None).count()
    check.save(update_fields=["n_people"])
    household.n_people = check.n_people
    if result in SETTLED and (household.checked_on is None or household.checked_on < on):
        household.checked_on = on
    household.save(update_fields=["n_people", "checked_on"])
    note(about=household.household_id, result=result, members=len(members), newcomers=len(newcomers))
    return check


def _settle_member(check: HouseholdCheck, row: Mapping[str, Any]) -> None:
    home = (
        Residence.objects.select_for_update()
        .filter(person_id=row["person_id"], household=check.household, to_on=None)
        .first()
    )
    if home is None:
        raise WanggeError("E3101")
    if row["what"] in ("moved_away", "died"):
        _end(home, check, row["what"], row.get("on") or check.checked_on)
        return
    if row.get("kind") and row["kind"] != home.kind:
        home.kind = row["kind"]
        home.save(update_fields=["kind"])
    if row["what"] == "changed":
        _say(check, home.person, row["values"])
    _confirm(home.person, check.checked_on, _also(row))


def _end(home: Residence, check: HouseholdCheck, why: str, on: dt.date) -> None:
    _no_later_than(on, check.checked_on)
    if home.from_on and on < home.from_on:
        raise WanggeError("E3102")
    home.to_on, home.ended = on, why
    home.save(update_fields=["to_on", "ended"])
    LifeEvent.objects.create(person=home.person, kind=why, on=on, check_made=check)


def _welcome(check: HouseholdCheck, row: Mapping[str, Any]) -> Person:
    """Somebody no list knows yet: a record of their own at once; the next run joins it to what lists say."""
    on = row.get("on") or check.checked_on
    _no_later_than(on, check.checked_on)
    person = Person.objects.create(
        person_id=stable_id("p", uuid7()), household=check.household, n_rows=1, lists=[DOOR], confirmed_on=check.checked_on,
        address=check.household.address, **{name: row["values"].get(name) or None for name in VALUES if name != "name"},
        name=row["values"]["name"],
    )  # fmt: skip
    Residence.objects.create(
        person=person, household=check.household, kind=row.get("kind") or "unknown", from_on=on, source="door"
    )
    LifeEvent.objects.create(person=person, kind=row["event"], on=on, check_made=check)
    _row(check, person)
    _confirm(person, check.checked_on, _also(row))
    return person


def _also(row: Mapping[str, Any]) -> tuple[str, ...]:
    """What was answered beside ASKED; 不清楚 is no answer."""
    return (RESIDENCE_KIND,) if row.get("kind") not in (None, "", "unknown") else ()


def _say(check: HouseholdCheck, person: Person, values: Mapping[str, Any]) -> None:
    """New values from the door: on the record now, and a row that the next run believes for its day."""
    for name in VALUES:
        if values.get(name):
            setattr(person, name, values[name])
    person.confirmed_on = max(person.confirmed_on or check.checked_on, check.checked_on)
    person.save()
    _row(check, person)


def _row(check: HouseholdCheck, person: Person) -> None:
    row = DoorRow.objects.create(
        person=person, check_made=check, address=check.household.address, collected_on=check.checked_on,
        **{name: getattr(person, name) for name in VALUES},
    )  # fmt: skip
    Link.objects.create(
        link_id=f"{DOOR}:{row.pk}", list_name=DOOR, batch=DOOR, row=row.pk, person=person, evidence="door"
    )


def _confirm(person: Person, on: dt.date, also: tuple[str, ...] = ()) -> None:
    """The day on which each asked element was last said to be right. A later day stays."""
    known = dict(person.asked_on or {})
    day = on.isoformat()
    person.asked_on = known | {element: max(known.get(element, day), day) for element in (*ASKED, *also)}
    person.confirmed_on = max(person.confirmed_on or on, on)
    person.save(update_fields=["asked_on", "confirmed_on"])


def _no_later_than(on: dt.date, last: dt.date) -> None:
    if on > last or on < dt.date(1900, 1, 1):
        raise WanggeError("E3102")


FOLLOW_DOORS = """
UPDATE registry_household h SET grid_code = d.grid_code FROM geography_dwelling d
WHERE h.dwelling_id = d.dwelling_id AND d.grid_code = %s AND h.grid_code IS DISTINCT FROM d.grid_code
"""


@action("grid.redivide")
def rehome_households(*, grid: str, by: Any, purpose: str) -> int:
    """Households follow the doors that came to a grid. -> how many"""
    with connection.cursor() as cursor:
        cursor.execute(FOLLOW_DOORS, [grid])
        moved = int(cursor.rowcount)
    note(n=moved)
    return moved
