"""Reads for campaigns: the gap map of an area, what asking would cost, how far a campaign has come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import pyarrow as pa
from django.db.models import Count, Q, QuerySet

from wangge import forms, insight
from wangge.base.errors import WanggeError
from wangge.frame import query
from wangge.tables.shapes import CAMPAIGN_DOOR, DWELLING, FACT, LOCATED, PERSON, REPLY, WORKER
from wangge_server.base.bulk import copy_out
from wangge_server.forms.models import Campaign, CampaignDoor, CampaignReply
from wangge_server.forms.queries import with_opened

# dispatch/apps.py puts its reader here when Django starts: this room stands upstream of the workers.
holdings: Callable[[str], list[dict[str, Any]]] | None = None
SHOWN_FIRST = "living_alone_over_60"  # where an address names no profile
ASKER = "grid_worker"  # who stands at the door
KNOWN_OF_PEOPLE = ("name", "birth_date", "sex", "phone", "relation_to_head")


class GapMap(NamedTuple):
    """PROFILED, GAP, LOCATED and PERSON of one area."""

    held: pa.Table
    found: pa.Table
    located: pa.Table
    people: pa.Table


class Draft(NamedTuple):
    """What a campaign would ask and cost, before it is one."""

    kind: str
    profile: str
    purpose: str
    area_code: str
    elements: tuple[str, ...]
    starts_on: dt.date
    due_on: dt.date
    questions: pa.Table
    asks: dict[str, list[list[str]]]
    price: forms.Price


# ---- the gap map -----------------------------------------------------------------------------------------


def _below(area: str) -> str:
    """The area as it may stand in our own SQL: digits only."""
    if area and not area.isdecimal():
        raise WanggeError("E8002")
    return area


LIVING = """FROM registry_residence r JOIN registry_person p USING (person_id) JOIN registry_household h ON h.household_id = r.household_id
  WHERE r.to_on IS NULL AND coalesce(h.grid_code, '') LIKE '{area}%'"""


def people_of(area: str) -> tuple[pa.Table, pa.Table]:
    """Who lives below `area`: PERSON with what profiles read, and person_id with the day of arrival where it was told."""
    rows = copy_out(
        f"SELECT r.person_id, r.household_id, p.birth_date, p.sex, r.from_on {LIVING.format(area=_below(area))} ORDER BY 1",
        pa.schema([("person_id", pa.string()), ("household_id", pa.string()), ("birth_date", pa.date32()), ("sex", pa.string()),
                   ("from_on", pa.date32())]),
    )  # fmt: skip
    lacking = {f.name: pa.nulls(rows.num_rows, f.type) for f in PERSON.schema if f.name not in rows.column_names}
    people = pa.table({**{name: rows[name] for name in rows.column_names if name != "from_on"}, **lacking})
    return PERSON.hand_over(people), rows.select(["person_id", "from_on"]).filter(rows["from_on"].is_valid())


def facts_of(area: str) -> pa.Table:
    """Which elements the register knows of whom, and when each was last confirmed at a door: no values. -> FACT"""
    parts = [
        f"""SELECT r.person_id, 'person.{name}', greatest((p.asked_on->>'person.{name}')::date
            {", p.confirmed_on" if name == "name" else ""}) {LIVING.format(area=_below(area))}
            AND {"p.name <> ''" if name == "name" else f"p.{name} IS NOT NULL"}"""
        for name in KNOWN_OF_PEOPLE
    ]
    parts.append(
        f"""SELECT r.person_id, 'person.residence_kind', (p.asked_on->>'person.residence_kind')::date
            {LIVING.format(area=_below(area))} AND r.kind <> 'unknown'"""
    )
    schema = pa.schema([("person_id", pa.string()), ("element", pa.string()), ("collected_on", pa.date32())])
    rows = copy_out(" UNION ALL ".join(parts), schema)
    same: dict[str, Any] = {"believed": pa.repeat(True, rows.num_rows), "batch": pa.repeat("", rows.num_rows)}
    lacking = {f.name: pa.nulls(rows.num_rows, f.type) for f in FACT.schema if f.name not in (*schema.names, *same)}
    return FACT.hand_over(pa.table({**{n: rows[n] for n in schema.names}, **same, **lacking}))


def replies_of(area: str) -> pa.Table:
    """What households below `area` answered at campaigns, and in forms that name their household. -> REPLY"""
    inside = f"JOIN registry_household h USING (household_id) WHERE coalesce(h.grid_code, '') LIKE '{_below(area)}%'"
    told = copy_out(
        f"SELECT household_id, person_id, element, said, value, collected_on FROM forms_campaignreply {inside}",
        REPLY.schema,
    )
    filled = copy_out(
        f"""SELECT household_id, NULL, element, said, CASE WHEN said = 'answered' THEN encode(value, 'hex') END, collected_on
            FROM forms_reply {inside} AND subject = '' AND element LIKE 'care.%'""",
        REPLY.schema,
    )
    both = pa.concat_tables([told, with_opened(filled)])
    return REPLY.hand_over(both.sort_by([("household_id", "ascending"), ("element", "ascending")]))


def located_of(area: str) -> pa.Table:
    """Households below `area` with their grid. -> LOCATED"""
    return LOCATED.hand_over(copy_out(
        f"""SELECT household_id, dwelling_id, grid_code, how, reason FROM registry_household
            WHERE coalesce(grid_code, '') LIKE '{_below(area)}%' ORDER BY 1""", LOCATED.schema))  # fmt: skip


def gap_map(area: str, today: dt.date, names: Sequence[str] = ()) -> GapMap:
    """The gap map of one area, for all profiles or some of them."""
    people, homes = people_of(area)
    replies = replies_of(area)
    held = insight.profiled(people, replies, today, names=names, homes=homes)
    return GapMap(held, insight.gaps(held, facts_of(area), replies, today), located_of(area), people)


# ---- the price -------------------------------------------------------------------------------------------


def workers_of(area: str) -> pa.Table:
    """Who holds the grids below `area`. -> WORKER"""
    rows = holdings(area) if holdings else []
    names = WORKER.schema.names
    return WORKER.hand_over(pa.Table.from_pylist([{n: row[n] for n in names} for row in rows], schema=WORKER.schema))


def grids_of(user: Any, area: str = "") -> list[str]:
    """Grids this user holds."""
    rows = holdings(area) if holdings else []
    return sorted({row["grid_code"] for row in rows if row["user_id"] == user.pk})


def load_of(area: str, today: dt.date) -> pa.Table:
    """What running campaigns take of each worker's day until their deadlines. -> worker_id, minutes_a_day"""
    return query(
        "SELECT worker_id, sum(minutes / greatest(1, days))::DOUBLE AS minutes_a_day FROM open GROUP BY 1 ORDER BY 1",
        open=copy_out(
            f"""SELECT d.worker_id, sum(d.minutes) AS minutes,
                       (c.due_on - greatest(c.starts_on, date '{today:%Y-%m-%d}') + 1) * 6 / 7 AS days
                FROM forms_campaigndoor d JOIN forms_campaign c ON c.id = d.campaign_id
                WHERE c.state = 'running' AND d.state = 'open' AND d.grid_code LIKE '{_below(area)}%' GROUP BY c.id, d.worker_id""",
            pa.schema([("worker_id", pa.string()), ("minutes", pa.float64()), ("days", pa.int64())]),
        ),
    )


def draft(
    kind: str,
    profile: str,
    area: str,
    starts_on: dt.date,
    due_on: dt.date,
    *,
    dropped: Sequence[str] = (),
    today: dt.date,
) -> Draft:
    """What a campaign would ask below `area` and what that would cost: nothing is stored.

    E3872 with nothing to ask, E3877 for an unknown profile, E3879 for a deadline that cannot be.
    """
    questions, asks, order = _census(area) if kind == "census" else _targeted(profile, area, today)
    order = tuple(one for one in order if one not in dropped)
    kept = pa.compute.is_in(questions["element"], value_set=pa.array(order, pa.string()))
    questions = questions.filter(kept)
    asks = {door: left for door, rows in asks.items() if (left := [row for row in rows if row[1] not in dropped])}
    days = (due_on - max(starts_on, today)).days + 1
    share = float(forms.budget()["census_share_of_day" if kind == "census" else "share_of_day"])
    cost = forms.price(questions, workers_of(area), days, order=order, load=load_of(area, today), share=share)
    purpose = "register" if kind == "census" else "care"
    return Draft(
        kind, "" if kind == "census" else profile, purpose, area, order, starts_on, due_on, questions, asks, cost
    )


def _targeted(profile: str, area: str, today: dt.date) -> tuple[pa.Table, dict[str, list[list[str]]], tuple[str, ...]]:
    """Only the gaps of one profile, for care."""
    chosen = insight.profile(profile)
    known = gap_map(area, today, [profile])
    gaps = insight.to_ask(known.found, role=ASKER, purpose="care")
    doors = insight.targeted(known.found, role=ASKER, purpose="care").to_pylist()
    asks = {
        row["household_id"]: [list(pair) for pair in zip(row["people"], row["elements"], strict=True)] for row in doors
    }
    return forms.gap_questions(gaps, known.located), asks, tuple(dict.fromkeys((*chosen.first, *chosen.asks)))


def _census(area: str) -> tuple[pa.Table, dict[str, list[list[str]]], tuple[str, ...]]:
    """Every unit of the frame; how many live there as the register knows."""
    roster = copy_out(
        f"""SELECT dwelling_id, sum(n_people) AS n_people FROM registry_household
            WHERE dwelling_id IS NOT NULL AND coalesce(grid_code, '') LIKE '{_below(area)}%' GROUP BY 1""",
        pa.schema([("dwelling_id", pa.string()), ("n_people", pa.int64())]),
    )
    return forms.census_questions(frame_of(area), roster), {}, tuple(forms.budget()["census"]["elements"])


def frame_of(area: str) -> pa.Table:
    """Units of the frame below `area` that are no known offices or shops. -> DWELLING"""
    columns = ", ".join(DWELLING.schema.names)
    return copy_out(
        f"""SELECT {columns} FROM geography_dwelling WHERE kind <> 'non_residential' AND grid_code LIKE '{_below(area)}%'
            ORDER BY dwelling_id""",
        DWELLING.schema,
    )


def places_of(area: str, kind: str) -> pa.Table:
    """Where each door stands, for the walking order: door_id, dwelling_id, compound, building, unit, room."""
    key = "d.dwelling_id" if kind == "census" else "h.household_id"
    other = "" if kind == "census" else "JOIN registry_household h USING (dwelling_id)"
    names = ("door_id", "dwelling_id", "compound", "building", "unit", "room")
    return copy_out(
        f"SELECT {key}, d.dwelling_id, compound, building, unit, room FROM geography_dwelling d {other} WHERE d.grid_code LIKE '{_below(area)}%'",
        pa.schema([(name, pa.string()) for name in names]),
    )


# ---- campaigns -------------------------------------------------------------------------------------------


def campaigns_in(area: str) -> QuerySet[Campaign]:
    """Campaigns inside the reader's area, newest first, with how far they came."""
    rows = Campaign.objects.filter(area_code__startswith=area).select_related("proposed_by", "approved_by", "ended_by")
    return rows.annotate(
        n_doors=Count("doors"), n_done=Count("doors", filter=Q(doors__state__in=("confirmed", "refused")))
    )


def campaign_in(area: str, pk: UUID) -> Campaign | None:
    """One campaign inside the reader's area, or None."""
    return campaigns_in(area).filter(pk=pk).first()


def doors_table(campaign: Campaign) -> pa.Table:
    """The campaign's frame as it stands. -> CAMPAIGN_DOOR"""
    return CAMPAIGN_DOOR.hand_over(copy_out(
        f"""SELECT d.door_id, d.grid_code, coalesce(g.compound || g.building, '') AS place, planned_on, d.state, tried, settled_on
            FROM forms_campaigndoor d LEFT JOIN geography_dwelling g USING (dwelling_id)
            WHERE campaign_id = '{UUID(str(campaign.pk))}' AND d.state <> 'recalled' ORDER BY d.id""", CAMPAIGN_DOOR.schema))  # fmt: skip


def doors_for(grids: Sequence[str], purpose: str) -> QuerySet[CampaignDoor]:
    """Doors of running campaigns of a purpose in these grids, in walking order."""
    rows = CampaignDoor.objects.filter(grid_code__in=grids, campaign__state="running", campaign__purpose=purpose)
    return rows.select_related("campaign", "household", "dwelling").order_by("planned_on", "order", "pk")


def said_of(households: Sequence[str]) -> QuerySet[CampaignReply]:
    """What these households answered at campaigns, newest first."""
    return CampaignReply.objects.filter(household_id__in=list(households)).order_by("-collected_on", "-id")


def listed(profile: str, area: str, today: dt.date) -> list[dict[str, Any]]:
    """Who stands in one profile below `area`, by door: household_id, person_id, holds, grid_code. For care alone; not ranked."""
    known = gap_map(area, today, [profile])
    return query(
        """SELECT household_id, person_id, holds, grid_code FROM held LEFT JOIN located USING (household_id)
           ORDER BY grid_code NULLS LAST, dwelling_id, household_id, person_id""",
        held=known.held, located=known.located,
    ).to_pylist()  # fmt: skip
