"""Writes of campaigns: proposed with their price, approved by a second person, reported from the doors, taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from wangge import forms, insight
from wangge.base.errors import WanggeError
from wangge.dictionary import elements as dictionary
from wangge_server.base.actions import action, note
from wangge_server.forms import campaign_queries as queries
from wangge_server.forms.models import Campaign, CampaignDoor, CampaignReply
from wangge_server.policy.second import must_be_second
from wangge_server.registry.actions import record_check
from wangge_server.registry.door_actions import COLUMNS, found_households, take_values
from wangge_server.registry.queries import homes_of_dwellings

# feedback/apps.py puts its writer here when Django starts: the ledger stands downstream of this room.
confirm_units: Callable[..., int] | None = None
FOUND = {
    "occupied": "occupied_confirmed",
    "vacant": "vacant_confirmed",
    "not_a_home": "non_residential",
    "gone": "demolished",
}
SAID = ("answered", "refused", "not_known")


@action("campaign.propose")
def propose_campaign(*, draft: queries.Draft, names: dict[str, str], by: Any, purpose: str) -> Campaign:
    """Store what was priced, if workers have the time for it (E3870, E3871 otherwise) and it lies on the proposer's ground."""
    _on_own_ground(draft.area_code, by)
    forms.refuse_if_over(draft.price, names)
    made = Campaign.objects.create(
        kind=draft.kind, profile=draft.profile, purpose=draft.purpose, area_code=draft.area_code, elements=list(draft.elements),
        starts_on=draft.starts_on, due_on=draft.due_on, price=_as_shown(draft.price), proposed_by=by,
    )  # fmt: skip
    note(about=str(made.pk), doors=draft.price.doors, questions=round(draft.price.questions), area=draft.area_code)
    return made


def _on_own_ground(area: str, by: Any) -> None:
    if not by.area_code or not area.startswith(by.area_code):
        raise WanggeError("E8002")


def _as_shown(price: forms.Price) -> dict[str, Any]:
    return {
        "doors": price.doors, "questions": round(price.questions), "minutes": round(price.minutes), "days": price.days,
        "days_needed": price.days_needed, "grids": price.grids.to_pylist(),
    }  # fmt: skip


@action("campaign.approve")
def approve_campaign(*, campaign: Campaign, today: dt.date, by: Any, purpose: str) -> int:
    """A second person starts it (E3873 for the proposer): the doors are laid out by day, from the gaps as they are today.

    -> doors. E3874 where it is not waiting; E3870 where meanwhile there is no time for it.
    """
    campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
    _must_be(campaign, "proposed")
    must_be_second("campaign.approve", campaign.proposed_by, by, same_person="E3873")
    _on_own_ground(campaign.area_code, by)
    given = queries.draft(campaign.kind, campaign.profile, campaign.area_code, campaign.starts_on, campaign.due_on, today=today,
                          dropped=[e for e in dictionary() if e not in campaign.elements])  # fmt: skip
    forms.refuse_if_over(given.price)
    doors = _doors(campaign, given, today)
    CampaignDoor.objects.bulk_create(doors, batch_size=5000)
    campaign.state, campaign.approved_by, campaign.approved_at = "running", by, timezone.now()
    campaign.save(update_fields=["state", "approved_by", "approved_at"])
    note(about=str(campaign.pk), doors=len(doors))
    return len(doors)


def _doors(campaign: Campaign, given: queries.Draft, today: dt.date) -> list[CampaignDoor]:
    places = queries.places_of(campaign.area_code, campaign.kind)
    share = float(forms.budget()["census_share_of_day" if campaign.kind == "census" else "share_of_day"])
    plan = forms.lay_out(
        given.questions, places, queries.workers_of(campaign.area_code), share=share, load=queries.load_of(campaign.area_code, today),
        starts_on=max(campaign.starts_on, today), due_on=campaign.due_on,
    )  # fmt: skip
    units = dict(zip(places["door_id"].to_pylist(), places["dwelling_id"].to_pylist(), strict=True))
    census = campaign.kind == "census"
    return [
        CampaignDoor(
            campaign=campaign, door_id=row["door_id"], household_id=None if census else row["door_id"],
            dwelling_id=units.get(row["door_id"]), grid_code=row["grid_code"], worker_id=row["worker_id"],
            planned_on=row["planned_on"], order=row["order"], minutes=row["minutes"], asks=given.asks.get(row["door_id"], []),
        )
        for row in plan.to_pylist()
    ]  # fmt: skip


@action("campaign.stop")
def withdraw_campaign(*, campaign: Campaign, by: Any, purpose: str) -> int:
    """Take it back: doors nobody settled are recalled, what was answered stays. -> doors recalled; E3874 where it is over."""
    campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)
    _must_be(campaign, "proposed", "running")
    _on_own_ground(campaign.area_code, by)
    recalled = CampaignDoor.objects.filter(campaign=campaign, state="open").update(state="recalled")
    campaign.state, campaign.ended_by, campaign.ended_at = "withdrawn", by, timezone.now()
    campaign.save(update_fields=["state", "ended_by", "ended_at"])
    note(about=str(campaign.pk), recalled=recalled)
    return recalled


def _must_be(campaign: Campaign, *states: str) -> None:
    if campaign.state not in states:
        raise WanggeError("E3874", state=campaign.state)


# ---- from the doors --------------------------------------------------------------------------------------


@action("door.record")
def take_reports(
    *, reports: Sequence[Mapping[str, Any]], today: dt.date, by: Any, purpose: str
) -> list[dict[str, Any]]:
    """What a worker met at doors of the own grids, many at once. Each is taken, the same as before, or refused by itself.

    A report: {id, door, result, on, replies: [{person_id, element, said, value}], people: [values]}. Results of targeted visits:
    answered, refused, nobody_home; of a census: occupied, vacant, not_a_home, gone, refused, nobody_home.
    """
    mine = queries.doors_for(queries.grids_of(by), purpose).filter(pk__in=[r["door"] for r in reports])
    doors = {door.pk: door for door in mine.select_for_update(of=("self",))}
    answers, taken = [], []
    for report in reports:
        state, code = _judge(doors.get(report["door"]), report, today)
        answers.append({"id": str(report["id"]), "state": state} | ({"code": code} if code else {}))
        if state == "taken":
            taken.append((doors[report["door"]], report))
            _settle(doors[report["door"]], report, by)
    CampaignDoor.objects.bulk_update(
        [door for door, _ in taken],
        ["state", "found", "n_people", "tried", "settled_on", "settled_by", "report_id"],
        batch_size=1000,
    )
    same = {"by": by, "purpose": purpose}
    _keep_replies(
        [(d, r) for d, r in taken if d.campaign.kind == "targeted" and r["result"] in ("answered", "refused")], same
    )
    _keep_census([(d, r) for d, r in taken if d.campaign.kind == "census" and r["result"] in (*FOUND, "refused")], same)
    note(taken=len(taken), refused=sum(a["state"] == "refused" for a in answers))
    return answers


def _judge(door: CampaignDoor | None, report: Mapping[str, Any], today: dt.date) -> tuple[str, str]:
    if door is None:
        return "refused", "E3875"
    if door.report_id is not None and door.report_id == UUID(str(report["id"])):
        return "same", ""
    if door.state != "open":
        return "refused", "E3874"
    results = (
        (*FOUND, "refused", "nobody_home") if door.campaign.kind == "census" else ("answered", "refused", "nobody_home")
    )
    if report["result"] not in results or not door.campaign.starts_on <= report["on"] <= today:
        return "refused", "E3882"
    if (report["result"] == "answered" and not report.get("replies")) or (
        report["result"] == "occupied" and not _named(report)
    ):
        return "refused", "E3882"
    return ("taken", "") if all(_fits(door, row) for row in report.get("replies", ())) else ("refused", "E3878")


def _named(report: Mapping[str, Any]) -> bool:
    people = report.get("people") or ()
    return bool(people) and all(one.get("name") or one.get("person_id") for one in people)


def _fits(door: CampaignDoor, row: Mapping[str, Any]) -> bool:
    """Asked at this door (or what follows a yes), and answered as the element can be."""
    asked = {tuple(pair) for pair in door.asks} | {("", element) for element in follow_ups(door)}
    if (row.get("person_id") or "", row["element"]) not in asked or row["said"] not in SAID:
        return False
    return row["said"] != "answered" or fits_type(row["element"], row.get("value"))


def follow_ups(door: CampaignDoor) -> list[str]:
    """What care needs to know where the first question of a profile is answered with a yes; volunteered, never required."""
    if door.campaign.kind != "targeted":
        return []
    asked = {element for _person, element in door.asks}
    chosen = insight.profile(door.campaign.profile)
    return (
        [e for e in chosen.asks if e.startswith("care.") and e not in asked and e in door.campaign.elements]
        if asked & set(chosen.first)
        else []
    )


def fits_type(element: str, value: object) -> bool:
    """Whether a value can be an answer to this element."""
    text, kind = str(value or ""), dictionary()[element].type
    if kind == "yes_no":
        return text in ("yes", "no")
    if element == "person.residence_kind":
        return text in ("permanent", "boarding", "floating")
    if kind == "date":
        try:
            return dt.date(1900, 1, 1) <= dt.date.fromisoformat(text) <= timezone.localdate()
        except ValueError:
            return False
    if element == "person.phone":
        return text.isdecimal() and 5 <= len(text) <= 15
    return 0 < len(text.strip()) <= 80


def _settle(door: CampaignDoor, report: Mapping[str, Any], by: Any) -> None:
    door.report_id, result = UUID(str(report["id"])), report["result"]
    if result == "nobody_home":
        door.tried += 1
        return
    door.state = "refused" if result == "refused" else "confirmed"
    door.found = FOUND.get(result, result)
    door.n_people = len(report["people"]) if result == "occupied" else None
    door.settled_on, door.settled_by = report["on"], by


def _keep_replies(settled: list[tuple[CampaignDoor, Mapping[str, Any]]], same: dict[str, Any]) -> None:
    """Answers, refusals and don't-knows; a refusal at the door is one of every question."""
    kept = []
    for door, report in settled:
        rows = report.get("replies", ())
        if report["result"] == "refused":
            rows = [{"person_id": p, "element": e, "said": "refused"} for p, e in door.asks]
        kept += [
            CampaignReply(door=door, household=door.household, person_id=row.get("person_id") or None, element=row["element"],
                          said=row["said"], value=row.get("value") if row["said"] == "answered" else None,
                          collected_on=report["on"], by=same["by"])
            for row in rows
        ]  # fmt: skip
        values: dict[str, dict[str, Any]] = {}
        for row in rows:
            column = row["element"].removeprefix("person.")
            if row["said"] == "answered" and row.get("person_id") and column in (*COLUMNS, "residence_kind"):
                values.setdefault(row["person_id"], {})[column] = row["value"]
        if values:
            take_values(household=door.household, values=values, on=report["on"], **same)
    CampaignReply.objects.bulk_create(kept)


def _keep_census(settled: list[tuple[CampaignDoor, Mapping[str, Any]]], same: dict[str, Any]) -> None:
    """The ledger gets every unit; the register gets who lives there. A census writes to no event vault (R15)."""
    if not settled:
        return
    units = [{"dwelling_id": d.dwelling_id, "grid_code": d.grid_code, "state": d.found, "roster_n": d.n_people, "on": r["on"]}
             for d, r in settled]  # fmt: skip
    if confirm_units is None:
        raise RuntimeError("the coverage ledger is not installed")
    confirm_units(units=units, **same)
    lived = [(d, r) for d, r in settled if r["result"] == "occupied"]
    known = homes_of_dwellings([str(d.dwelling_id) for d, _ in lived])
    fresh = [
        {"dwelling": d.dwelling, "people": r["people"], "on": r["on"]} for d, r in lived if d.dwelling_id not in known
    ]
    if fresh:
        found_households(doors=fresh, **same)
    for door, report in lived:
        if door.dwelling_id in known:
            _keep_known(known[str(door.dwelling_id)], report, same)


def _keep_known(household: Any, report: Mapping[str, Any], same: dict[str, Any]) -> None:
    """A household the register knows: who is still there, and who is new. Who is not named stays as known."""
    people = report["people"]
    record_check(
        household=household, result="changed", method="visit", on=report["on"],
        members=[{"person_id": p["person_id"], "what": "here"} for p in people if p.get("person_id")],
        newcomers=[{"event": "moved_in", "on": p.get("since"), "kind": p.get("kind"), "values": p} for p in people if not p.get("person_id")],
        **same,
    )  # fmt: skip


FOLLOW_DOORS = """
UPDATE forms_campaigndoor c SET grid_code = d.grid_code FROM geography_dwelling d
WHERE d.grid_code = %s AND c.state = 'open' AND c.grid_code <> d.grid_code
  AND d.dwelling_id = coalesce(c.dwelling_id, (SELECT h.dwelling_id FROM registry_household h WHERE h.household_id = c.household_id))
"""


@action("grid.redivide")
def rehome_campaign_doors(*, grid: str, by: Any, purpose: str) -> int:
    """Doors still to be asked follow the doors that came to a grid: its holders may go there. -> how many"""
    with connection.cursor() as cursor:
        cursor.execute(FOLLOW_DOORS, [grid])
        moved = int(cursor.rowcount)
    note(n=moved)
    return moved
