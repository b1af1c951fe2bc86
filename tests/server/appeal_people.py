"""Made-up people with made-up grades, and those who may review them: what tests of appeals share."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa

from conftest import PASSPHRASE
from wangge.tables.shapes import ATTRIBUTE, EXPOSURE, GRADE, LEAD, TASK
from wangge_server.accounts.actions import system_user
from wangge_server.accounts.models import User
from wangge_server.config import rehearse
from wangge_server.dispatch.batch_actions import keep_plan
from wangge_server.emergency.models import Emergency
from wangge_server.jobs.shared import plan_of
from wangge_server.registry.models import Person
from wangge_server.resident.receipts import digest_of_receipt
from wangge_server.risk import appeal_actions as actions
from wangge_server.risk.cell_actions import propose_batch
from wangge_server.risk.cell_queries import proposed_grades
from wangge_server.risk.models import Appeal, Grade

NOON = dt.datetime(2026, 12, 1, 4, tzinfo=dt.UTC)
TODAY = NOON.date()
LIMIT = 14


def grade_row(
    person_id: str, colour: str = "red", *, rule: str = "close_contact_recent", last: dt.date = TODAY
) -> dict[str, Any]:
    ends = last + dt.timedelta(days=LIMIT)
    return {"person_id": person_id, "grade": colour, "rules": [rule], "evidence": "overlap:venue:95min", "protocol": "p 1",
            "facts": [f"category=close degree=1 last_on={last} limit_days={LIMIT}"], "as_of": TODAY, "expires_on": ends,
            "next_on": ends}  # fmt: skip


def sign(*rows: dict[str, Any], on: dt.date = TODAY) -> Any:
    """A batch of these grades with three signatures, and an envelope for each household."""
    batch = propose_batch(
        emergency=Emergency.objects.get().pk, as_of=on, grades=pa.Table.from_pylist(list(rows), schema=GRADE.schema),
        exposures=EXPOSURE.empty(), attributes=ATTRIBUTE.empty(), by=system_user(), purpose="administration",
    )  # fmt: skip
    assert batch is not None
    homes = dict(Person.objects.filter(pk__in=[r["person_id"] for r in rows]).values_list("pk", "household_id"))
    mark = str(batch.pk)[-8:]
    leads = [{"lead_id": f"l{mark}{r['person_id']}"[:40], "task_id": f"t{mark}{homes[r['person_id']]}"[:40], "grade": r["grade"],
              "person_id": r["person_id"], "household_id": homes[r["person_id"]]} for r in rows]  # fmt: skip
    doors = {row["task_id"]: row["household_id"] for row in leads}
    tasks = [{"task_id": task, "household_id": home, "grade": "red", "n_people": 1, "open_minutes": 15, "attempt_minutes": 120,
              "result_minutes": 1440} for task, home in sorted(doors.items())]  # fmt: skip
    planned = plan_of(pa.Table.from_pylist(leads, schema=LEAD.schema), pa.Table.from_pylist(tasks, schema=TASK.schema),
                      proposed_grades(batch.pk))  # fmt: skip
    keep_plan(batch_id=batch.pk, leads=planned[0], tasks=planned[1], by=system_user(), purpose="administration")
    return rehearse.sign_waiting(PASSPHRASE)


def file(person: Person, by: User, **given: Any) -> Appeal:
    words = {"channel": "phone", "words": "那天我在家。", "receipt_digest": digest_of_receipt(f"r{person.pk}{Appeal.objects.count()}"),
             "purpose": "visit"} | given  # fmt: skip
    return actions.file_appeal(person=person, emergency=Emergency.objects.get(), by=by, **words)


def grade_of(person: Person) -> str:
    found = Grade.objects.filter(person=person, valid_until=None).first()
    return found.grade if found else ""


def ungraded(n: int = 1) -> list[Person]:
    """People on whom nobody ever laid a grade."""
    homes = Person.objects.filter(household__grid_code__isnull=False)
    return list(homes.exclude(pk__in=Grade.objects.values("person_id")).order_by("pk")[:n])
