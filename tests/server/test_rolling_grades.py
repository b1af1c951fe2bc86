"""Rolling on the server: only the people touched are graded anew, and the whole of it is what grading everybody gives."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import pyarrow as pa
import pytest
import time_machine
from django.utils import timezone

from conftest import PASSPHRASE
from wangge import risk
from wangge.exposure import protocol_for
from wangge.tables.shapes import ATTRIBUTE, CASE, EXPOSURE, LEAD, TASK
from wangge_server.accounts.actions import system_user
from wangge_server.config import rehearse
from wangge_server.dispatch.batch_actions import keep_plan
from wangge_server.exposure.actions import load_exposures
from wangge_server.exposure.models import Exposure
from wangge_server.exposure.queries import begun_between, exposure_table
from wangge_server.jobs.actions import roll_grades, start_run
from wangge_server.jobs.models import Run
from wangge_server.jobs.rolling import rolled
from wangge_server.jobs.tasks import end_expired_grades, roll_grades_on
from wangge_server.registry.models import Person
from wangge_server.risk import cell_queries as cell
from wangge_server.risk.cell_actions import propose_batch
from wangge_server.risk.models import Batch, Grade

AS = {"purpose": "administration"}


def load(emergency: Any, exposures: pa.Table) -> dict[str, int]:
    """As a run does: all exposures there are now."""
    return load_exposures(emergency=emergency.pk, cases=CASE.empty(), exposures=exposures, by=system_user(), **AS)


def whole(emergency: Any, on: dt.date) -> pa.Table:
    return risk.grade(exposure_table(emergency.pk), protocol_for(on), on)


def propose(emergency: Any, on: dt.date, grades: pa.Table) -> Batch:
    batch = propose_batch(emergency=emergency.pk, as_of=on, grades=grades, exposures=EXPOSURE.empty(), attributes=ATTRIBUTE.empty(),
                          by=system_user(), **AS)  # fmt: skip
    assert batch is not None
    keep_plan(batch_id=batch.pk, leads=LEAD.empty(), tasks=TASK.empty(), by=system_user(), **AS)
    return batch


def exposure(person: str, category: str, last: dt.datetime, **given: Any) -> dict[str, Any]:
    return {"person_id": person, "case_id": "c1", "place_id": "v1", "place_kind": "venue", "first_at": last - dt.timedelta(minutes=95),
            "last_at": last, "overlap_minutes": 95, "degree": {"secondary": 2}.get(category, 1), "category": category,
            "protocol": "covid-2026-10", "evidence": f"overlap:venue:{last:%d}min"} | given  # fmt: skip


def test_what_is_stored_grades_as_what_was_traced(district: Any) -> None:
    newest = cell.newest(district.pk)
    assert newest is not None
    assert whole(district, newest.as_of).num_rows > 50
    assert whole(district, newest.as_of).equals(cell.said_in(newest).sort_by("person_id"))


@pytest.mark.parametrize("seed", range(4))
def test_rolling_equals_the_whole_and_asks_the_touched_only(district: Any, seed: int) -> None:
    """Corrections, new contacts and days that pass, in any mixture."""
    draw, on = random.Random(seed), cell.newest(district.pk).as_of  # type: ignore[union-attr]
    everybody = list(Person.objects.order_by("pk").values_list("pk", flat=True))
    for _ in range(5):
        now = exposure_table(district.pk).to_pylist()
        gone, corrected = draw.sample(now, 2), draw.sample(now, 2)
        fresh = [exposure(draw.choice(everybody), draw.choice(["close", "secondary", "general"]),
                          dt.datetime.combine(on + dt.timedelta(draw.randint(-9, 2)), dt.time(5), dt.UTC)) for _ in range(4)]  # fmt: skip
        kept = [row for row in now if row not in gone and row not in corrected]
        after = [*kept, *({**row, "last_at": row["first_at"], "overlap_minutes": 1} for row in corrected), *fresh]
        loaded = load(district, pa.Table.from_pylist(after, schema=EXPOSURE.schema))
        touched = {row["person_id"] for row in [*gone, *corrected, *fresh]}
        assert loaded["touched"] <= len(touched) and Exposure.objects.count() == len(
            {tuple(sorted(map(str, r.items()))) for r in after}
        )
        day = on + dt.timedelta(days=draw.randint(0, 3))
        before = cell.said_in(cell.newest(district.pk))  # type: ignore[arg-type]
        asked = touched | set(risk.due(before, day).to_pylist()) | set(begun_between(district.pk, on, day))
        found = rolled(district.pk, day, touched)
        assert not found.whole and found.n_asked == len(asked) < len(everybody) / 10
        assert found.grades.equals(whole(district, day))
        propose(district, day, found.grades)
        on = day


def test_a_roll_that_forgets_one_of_them_is_caught(district: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    on = cell.newest(district.pk).as_of + dt.timedelta(days=4)  # type: ignore[union-attr]
    assert rolled(district.pk, on).n_asked > 0
    monkeypatch.setattr(risk, "due", lambda grades, as_of: pa.array([], pa.string()))
    assert not rolled(district.pk, on).grades.equals(whole(district, on))


def test_a_correction_takes_back_what_no_list_says_any_more(district: Any) -> None:
    before = exposure_table(district.pk)
    again = load(district, before)
    assert (again["came"], again["went"], again["touched"]) == (0, 0, 0) and again["exposures"] == before.num_rows
    done = load(district, before.slice(3))
    assert done["went"] == 3 and exposure_table(district.pk).num_rows == before.num_rows - 3


def test_a_run_after_the_newest_batch_means_the_whole(district: Any) -> None:
    newest = cell.newest(district.pk)
    assert newest is not None
    run = start_run(emergency=district, by=system_user(), **AS)
    Run.objects.filter(pk=run.pk).update(state="done", finished_at=timezone.now())
    found = rolled(district.pk, newest.as_of)
    assert found.whole and found.grades.equals(whole(district, newest.as_of))


@pytest.fixture
def both(district: Any) -> tuple[str, dt.date]:
    """Somebody red until one day and yellow until a later one, signed. -> person_id, red's last day"""
    on = cell.newest(district.pk).as_of  # type: ignore[union-attr]
    person = Person.objects.exclude(pk__in=Grade.objects.values("person_id")).order_by("pk")[0].pk
    limit = protocol_for(on).expiry_days
    last = dt.datetime.combine(on, dt.time(4), dt.UTC)
    red = exposure(person, "close", last - dt.timedelta(days=limit["red"] - 1))  # red ends tomorrow
    yellow = exposure(person, "secondary", last)
    load(
        district,
        pa.concat_tables([exposure_table(district.pk), pa.Table.from_pylist([red, yellow], schema=EXPOSURE.schema)]),
    )
    propose(district, on, rolled(district.pk, on, [person]).grades)
    rehearse.sign_waiting(PASSPHRASE)
    assert Grade.objects.get(person_id=person, valid_until=None).grade == "red"
    return person, on + dt.timedelta(days=1)


def test_when_red_is_over_the_yellow_that_goes_on_is_laid_before_the_cell(
    district: Any, both: tuple[str, dt.date]
) -> None:
    person, red_until = both
    midnight = timezone.make_aware(dt.datetime.combine(red_until + dt.timedelta(days=1), dt.time()))
    for seconds, wanted in ((-1, "red"), (0, "yellow"), (1, "yellow")):
        with time_machine.travel(midnight + dt.timedelta(seconds=seconds), tick=False):
            on = timezone.localdate()
            grades = {row["person_id"]: row["grade"] for row in rolled(district.pk, on).grades.to_pylist()}
            assert grades[person] == wanted
    with time_machine.travel(midnight, tick=False):
        end_expired_grades(0)
        done = roll_grades_on(0)
        waits = cell.waiting()
        assert waits is not None and done["proposed"] == sum(waits.counts.values()) > 0
        row = waits.rows.get(person_id=person)  # type: ignore[attr-defined]
        assert (row.grade, row.change, row.before) == ("yellow", "came", "")
        assert not Grade.objects.filter(
            person_id=person, valid_until=None
        ).exists()  # nothing counts before it is signed
        assert (
            roll_grades_on(0) == {"asked": 0, "proposed": 0} and cell.waiting() == waits
        )  # signatures under way are not thrown away
        rehearse.sign_waiting(PASSPHRASE)
        assert Grade.objects.get(person_id=person, valid_until=None).grade == "yellow"
        assert roll_grades_on(0)["proposed"] == 0


def test_nothing_is_proposed_where_time_changed_nothing(district: Any) -> None:
    on = cell.newest(district.pk).as_of  # type: ignore[union-attr]
    n = Batch.objects.count()
    assert (
        roll_grades(emergency=district, as_of=on, by=system_user(), **AS)["proposed"] == 0
        and Batch.objects.count() == n
    )
