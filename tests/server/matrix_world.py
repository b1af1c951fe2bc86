"""A small world for the matrix: one reader a role, and of everything with an address one near, one in reach, one beyond.

`assigned`: in a grid of the grid worker; `area`: in the readers' community, another worker's grid; `elsewhere`: another
community. `own` and `foreign`: a unit's. Every person carries needles: values that stand nowhere else.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils import timezone

from wangge_server.accounts.models import User
from wangge_server.dispatch.models import Lead, Task, Worker
from wangge_server.emergency.models import Emergency
from wangge_server.exposure.models import Case
from wangge_server.feedback.models import Recheck
from wangge_server.forms.models import Campaign, CampaignDoor, DepartmentForm, Device, Form, FormVersion
from wangge_server.identity.models import Group, GroupRow, Verdict
from wangge_server.intake.models import Batch, ColumnMapping
from wangge_server.publish.models import Release
from wangge_server.registry.models import Household, Person, Residence
from wangge_server.resident.models import Poster
from wangge_server.risk.cell_queries import in_force
from wangge_server.risk.models import Appeal, AppealMove, Grade
from wangge_server.sharing.models import Share

RELATIONS = ("assigned", "area", "elsewhere")
DAY = dt.date(1931, 3, 1)


@dataclass
class World:
    """Readers by role, ids by kind and relation, needles by relation and element."""

    readers: dict[str, User] = field(default_factory=dict)
    ids: dict[str, dict[str, str]] = field(default_factory=dict)
    needles: dict[str, dict[str, str]] = field(default_factory=dict)


def build(roles: list[str]) -> World:
    """Make the world inside the caller's transaction, on the installed tiny district."""
    world = World()
    worker, grids = _ground()
    for role in roles:
        reader = worker if role == "grid_worker" else User.objects.filter(role=role).order_by("username").first()
        reader = reader or User(username=f"matrix-{role}", name=f"matrix-{role}", role=role)
        reader.area_code, reader.unit_code = grids["assigned"][:12], f"u-{role}"
        reader.reports_to = ""
        reader.save()
        world.readers[role] = reader
    for number, relation in enumerate(RELATIONS):
        _people(world, relation, grids[relation], number, worker)
    _units(world)
    _everybodys(world, worker)
    _shares(world, grids["assigned"])
    return world


def _ground() -> tuple[User, dict[str, str]]:
    """A worker with work, one of their grids, another grid of the community, and one far away."""
    busy = Task.objects.filter(worker_id__isnull=False, grid_code__isnull=False).order_by("task_id").first()
    assert busy is not None
    worker = User.objects.get(username=busy.worker_id)
    own = set(Worker.objects.filter(user=worker).values_list("grid_code", flat=True))
    near = str(busy.grid_code)
    all_grids = sorted(Worker.objects.values_list("grid_code", flat=True).distinct())
    mid = next((g for g in all_grids if g[:12] == near[:12] and g not in own), near[:12] + "998")
    far = next((g for g in reversed(all_grids) if g[:12] != near[:12]), "110101001001001")
    return worker, {"assigned": near, "area": mid, "elsewhere": far}


def _put(world: World, kind: str, relation: str, pk: Any) -> None:
    world.ids.setdefault(kind, {})[relation] = str(pk)


def _people(world: World, relation: str, grid: str, number: int, worker: User) -> None:
    """A household of one in this relation, with everything that hangs on it."""
    needles = {
        "person.name": f"针尖{'甲乙丙'[number]}", "person.address": f"针线巷{number + 71}号", "person.phone": f"1390000739{number}",
        "person.birth_date": (DAY + dt.timedelta(number)).isoformat(), "person.id_number": f"11010119310301846{number}",
    }  # fmt: skip
    world.needles[relation] = needles
    home = Household.objects.create(household_id=f"matrix-h-{relation}", address=needles["person.address"], n_people=1,
                                    head_person_id=f"matrix-p-{relation}", grid_code=grid, how="exact")  # fmt: skip
    person = Person.objects.create(
        person_id=f"matrix-p-{relation}", household=home, name=needles["person.name"], id_number=needles["person.id_number"],
        birth_date=needles["person.birth_date"], sex="1", phone=needles["person.phone"], address=home.address,
        relation_to_head="self", n_rows=1, lists=[], is_listed=True,
    )  # fmt: skip
    Residence.objects.create(person=person, household=home, kind="permanent", source="lists")
    _put(world, "household", relation, home.pk)
    _put(world, "person", relation, person.pk)
    group = Group.objects.create(
        group_id=f"matrix-g-{relation}", reason="name", grid_code=grid, n_rows=1, turn=0, found_at=timezone.now()
    )
    GroupRow.objects.create(row_id=f"{group.pk}:1:1", group=group, list_name="x", batch="1", row=1, person_id=person.pk)
    _put(world, "group", relation, group.pk)
    _events(world, relation, grid, person, worker if relation == "assigned" else None)
    _grounded(world, relation, grid, worker)


def _events(world: World, relation: str, grid: str, person: Person, worker: User | None) -> None:
    some = Task.objects.order_by("task_id").first()
    assert some is not None
    case = Case.objects.create(
        case_id=f"matrix-c-{relation}", emergency=some.emergency, person=person, kind="confirmed"
    )
    _put(world, "case", relation, case.pk)
    now = timezone.now()
    task = Task.objects.create(
        task_id=f"matrix-t-{relation}", emergency=some.emergency, household=person.household, grid_code=grid, grade="red",
        worker_id=worker.username if worker else "matrix-other", n_people=1, order=1, signed_at=now, open_due=now,
        attempt_due=now, result_due=now,
    )  # fmt: skip
    batch = in_force(some.emergency_id)
    assert batch is not None  # a lead stands on a signed batch
    lead = Lead.objects.create(lead_id=f"matrix-l-{relation}", task=task, person=person, grade="red", batch=batch)
    Recheck.objects.create(lead=lead, drawn_at=now)
    _put(world, "appeal", relation, _appeal(relation, person, some.emergency, now).pk)
    _put(world, "task", relation, task.pk)
    _put(world, "lead", relation, lead.pk)


def _appeal(relation: str, person: Person, emergency: Any, now: dt.datetime) -> Appeal:
    """Somebody's open appeal. Whose the grade is does not matter here: no page tells a name from it."""
    by, grade = User.objects.get(username="community_lead"), Grade.objects.order_by("id").first()
    assert grade is not None
    appeal = Appeal.objects.create(
        emergency=emergency, person=person, grade=grade, state="submitted", channel="desk", receipt_digest=f"matrix-{relation}",
        filed_by=by, filed_at=now, acknowledge_due=now + dt.timedelta(hours=1), decide_due=now + dt.timedelta(hours=12),
    )  # fmt: skip
    AppealMove.objects.create(appeal=appeal, act="file", state="submitted", words="x", by=by, at=now)
    return appeal


def _grounded(world: World, relation: str, grid: str, worker: User) -> None:
    """What belongs to a place: campaign, door, poster, device."""
    today = timezone.localdate()
    campaign = Campaign.objects.create(
        kind="targeted", profile="living_alone_over_60", purpose="care", area_code=grid[:12], elements=[], starts_on=today,
        due_on=today, state="running", price={"doors": 1, "questions": 1, "minutes": 1, "days": 1, "days_needed": 1, "grids": []},
        proposed_by=worker,
    )  # fmt: skip
    door = CampaignDoor.objects.create(campaign=campaign, door_id=f"matrix-h-{relation}", household_id=f"matrix-h-{relation}",
                                       grid_code=grid, worker_id=worker.username, planned_on=today, order=1, minutes=1, asks=[])  # fmt: skip
    _put(world, "campaign", relation, campaign.pk)
    _put(world, "door", relation, door.pk)
    version = FormVersion.objects.filter(form_id="matrix").first() or _version(worker)
    poster = Poster.objects.create(code=f"mx{relation[:6]}", version=version, place="x", area_code=grid[:12], basis="x", made_by=worker,
                                   closes_on=today, keep_until=today + dt.timedelta(9))  # fmt: skip
    _put(world, "poster", relation, poster.pk)
    holder = User.objects.create(
        username=f"matrix-holder-{relation}", name="x", role="grid_worker", area_code=grid[:12], unit_code="x"
    )
    device = Device.objects.create(name="x", kind="device", key_digest=f"matrix-{relation}", user=holder, purpose="visit",
                                   issued_by=worker, expires_at=timezone.now() + dt.timedelta(1))  # fmt: skip
    _put(world, "device", relation, device.pk)


def _version(worker: User) -> FormVersion:
    """A published form with one question."""
    xml = (
        '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head><h:title>m</h:title><model>'
        '<instance><data id="matrix" version="1"><q/></data></instance><bind nodeset="/data/q" type="string"/></model></h:head>'
        '<h:body><input ref="/data/q"><label>q</label></input></h:body></h:html>'
    )
    form = Form.objects.create(form_id="matrix", title="matrix", purpose="register")
    return FormVersion.objects.create(
        form=form, version="1", title="matrix", state="published", until=timezone.localdate() + dt.timedelta(9), xform=xml,
        md5="0" * 32, source_name="matrix.xlsx", source=b"", uploaded_by=worker, published_by=worker, published_at=timezone.now(),
    )  # fmt: skip


def _units(world: World) -> None:
    """Files and mappings: of the clerk's unit, of the data officer's, and of somebody else's."""
    for relation, unit in (("own", "u-clerk"), ("foreign", "u-of-others")):
        by = world.readers["clerk"]
        batch = Batch.objects.create(
            file_name=f"针包{relation}.csv",
            digest=f"matrix-{relation}",
            unit_code=unit,
            received_by=by,
            state="refused",
        )
        mapping = ColumnMapping.objects.create(
            unit_code=unit, list_name="x", header_key="x", confirmed_by=by, confirmed_at=timezone.now()
        )
        _put(world, "batch", relation, batch.pk)
        _put(world, "mapping", relation, mapping.pk)


def _everybodys(world: World, worker: User) -> None:
    """What has no place: a release, a run, versions of forms, a department's form, a verdict."""
    from wangge_server.jobs.models import Run

    release = Release.objects.create(purpose="public", measure="coverage", level="district", verdict="released", state="proposed",
                                     proposed_by=worker)  # fmt: skip
    _put(world, "release", "all", release.pk)
    _put(world, "run", "all", Run.objects.values_list("pk", flat=True).first())
    _put(world, "version", "all", FormVersion.objects.values_list("pk", flat=True).get(form_id="matrix"))
    form = DepartmentForm.objects.create(form_id="matrix", number=1, title="x", department="x", for_purpose="register", file_name="x",
                                         digest="x", uploaded_by=worker)  # fmt: skip
    _put(world, "department_form", "all", form.pk)
    verdict = Verdict.objects.create(
        group_id="matrix-g-assigned", says="different", sides=[], needs_two=False, by=worker
    )
    _put(world, "verdict", "foreign", verdict.pk)


def _shares(world: World, area: str) -> None:
    """Shares in force: one of the readers' CDC, one of another unit."""
    emergency = Emergency.objects.exclude(phase="ended").first()
    assert emergency is not None
    today, by = timezone.localdate(), world.readers["cdc"]
    for relation, unit in (("own", by.unit_code), ("foreign", "u-of-others")):
        share = Share.objects.create(
            emergency=emergency, dataset="people", purpose="judgement", basis="x", reason="x", fields=["person.name", "person.phone"],
            pseudonymised=[], area_code=area[:12], grades=[], max_rows=5000, max_reads=400, begins_on=today, state="active",
            ends_on=today + dt.timedelta(9), grantee_unit=unit, grantee_officer=by, grantor_unit="u-grantor",
            grantor_officer=world.readers["data_officer"], requested_by=by, requested_at=timezone.now(),
        )  # fmt: skip
        _put(world, "share", relation, share.pk)


NOWHERE = {"uuid": str(UUID(int=1)), "int": "999999999", "str": "nowhere", "slug": "nowhere"}
