"""The installation after one run of the way: what is stored adds up, twice is once, nothing half-written stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.conf import settings
from django.db.models import CharField
from django.db.models.functions import Cast

from wangge import way
from wangge.base.errors import WanggeError
from wangge_server.accounts.actions import system_user
from wangge_server.accounts.models import User
from wangge_server.config import rehearse
from wangge_server.config.install import install, receive_lists
from wangge_server.dispatch.models import Lead, Task
from wangge_server.exposure.models import Exposure
from wangge_server.feedback.models import Coverage, Outcome, Recheck
from wangge_server.feedback.queries import balance
from wangge_server.geography.models import Area, Dwelling
from wangge_server.intake.actions import MOST_TRIES, confirm_as_mapped, read_batch, receive_file
from wangge_server.intake.models import Batch, HeldRow
from wangge_server.intake.queries import batch_counts
from wangge_server.jobs.actions import start_run
from wangge_server.jobs.models import Run
from wangge_server.jobs.tasks import carry, run_way
from wangge_server.jobs.tasks import read_batch as read_batch_job
from wangge_server.registry.models import Household, Link, Person
from wangge_server.risk.models import Grade

MODELS = (Person, Household, Link, Grade, Exposure, Task, Lead, Coverage, Area, Dwelling, Outcome)


def census() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in MODELS}


def test_rows_in_are_good_or_held(district: Any) -> None:
    counts = batch_counts()
    assert counts["n_rows"] == counts["n_good"] + counts["n_held"] > 10_000
    assert HeldRow.objects.count() == counts["n_held"]
    for batch in Batch.objects.all():
        assert batch.n_rows == batch.n_good + batch.n_held, batch.list_name


def test_the_server_finds_what_the_library_finds(district: Any, tiny: Path) -> None:
    """Thinking is one, remembering is another: the same lists give the same people, grades and envelopes."""
    walked = way.run(way.open_folder(tiny, key=settings.IDENTITY_KEY))
    assert set(Person.objects.values_list("person_id", flat=True)) == set(walked.people.column("person_id").to_pylist())
    grades = dict(Grade.objects.values_list("person_id", "grade"))
    assert grades == {r["person_id"]: r["grade"] for r in walked.grades.to_pylist()}
    assert set(Task.objects.values_list("task_id", flat=True)) == set(walked.tasks.column("task_id").to_pylist())


def test_banned_columns_are_dropped_and_recorded(district: Any) -> None:
    batch = Batch.objects.get(list_name="police")
    assert list(batch.report["dropped"]) == ["民族"]


def test_every_graded_person_is_a_lead_and_no_household_has_two_envelopes(district: Any) -> None:
    assert Lead.objects.count() == Grade.objects.count() > 10
    households = list(Task.objects.values_list("household_id", flat=True))
    assert len(households) == len(set(households))
    assert Grade.objects.filter(rules=[]).count() == 0
    assert Coverage.objects.count() == Dwelling.objects.count()


def test_a_second_run_changes_nothing(district: Any) -> None:
    before, by = census(), system_user()
    carry(start_run(emergency=district, by=by, purpose="administration"))
    assert census() == before


def test_a_second_installation_of_the_same_folder_changes_nothing(district: Any, tiny: Path) -> None:
    before, batches = census(), Batch.objects.count()
    install(tiny, "test", None)
    assert receive_lists(tiny) == []
    assert (census(), Batch.objects.count()) == (before, batches)


def test_a_list_caught_between_receipt_and_confirmation_is_not_lost(
    district: Any, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from wangge_server.config import install as room

    def cut(**_given: Any) -> Any:
        raise SystemExit("the power is cut")

    before = Batch.objects.count()
    Batch.objects.update(digest=Cast("id", CharField()))  # as if these files had never come
    with monkeypatch.context() as power, pytest.raises(SystemExit):
        power.setattr(room, "confirm_as_mapped", cut)
        receive_lists(tiny)
    fresh = receive_lists(tiny)
    assert len(fresh) == before > 1
    assert {batch.state for batch in fresh} == {"confirmed"}


def test_the_same_file_twice_is_E1005(district: Any, tiny: Path) -> None:
    file = tiny / "lists" / "police.csv"
    with pytest.raises(WanggeError, match="E1005"):
        receive_file(
            list_name="police",
            file_name="police.csv",
            data=file.read_bytes(),
            by=system_user(),
            purpose="administration",
        )


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.xlsx", b"%PDF-1.7 not a workbook", "E1001"),
        ("b.csv", b"", "E1002"),
        ("c.csv", "甲,乙,丙\n1,2,3\n".encode("gb18030"), "E1003"),
        ("e.csv", "姓名\n张三\n".encode("utf-16"), "E1008"),
        (
            "d.csv",
            ("户籍登记\n序号,姓名,出生日期\n" + "".join(f"{i},张{i % 9}三,不详\n" for i in range(50))).encode(
                "gb18030"
            ),
            "E1006",
        ),
    ],
)
def test_bad_files_are_refused_whole_with_a_number(district: Any, name: str, data: bytes, code: str) -> None:
    before = batch_counts()
    by = system_user()
    batch = receive_file(list_name="police", file_name=name, data=data, by=by, purpose="administration")
    batch = confirm_as_mapped(batch=batch, by=by, purpose="administration")
    read = read_batch(batch=batch, by=by, purpose="administration")
    assert (read.state, read.error_code) == ("refused", code)
    assert batch_counts() == before


def test_a_run_that_dies_stores_nothing_and_says_so(district: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The transaction is one: a failure at its last step takes everything of the run with it."""
    from wangge_server.jobs import actions

    Exposure.objects.all().delete()
    before = census()

    def die(**given: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(actions, "load_coverage", die)
    run = start_run(emergency=district, by=system_user(), purpose="administration")
    with pytest.raises(OSError, match="disk full"):
        run_way(str(run.pk))
    assert census() == before
    assert Run.objects.get(pk=run.pk).state == "failed"
    monkeypatch.undo()
    again = start_run(emergency=district, by=system_user(), purpose="administration")
    assert run_way(str(again.pk)) == "done"
    assert Exposure.objects.count() > before["Exposure"]


def test_visits_settle_leads_and_the_line_stays_balanced(district: Any) -> None:
    assert balance() == {
        "leads": Lead.objects.count(),
        "outcomes": 0,
        "open": Lead.objects.count(),
        "withdrawn": 0,
        "difference": 0,
    }
    accepted = rehearse.visit_doors(seed=1)
    after = balance()
    assert accepted > 0
    assert after["outcomes"] > 0 and after["difference"] == 0 and after["open"] == after["leads"] - after["outcomes"]
    full = Outcome.objects.filter(outcome="full", lead__task__dwelling_id__isnull=False)
    doors = set(full.values_list("lead__task__dwelling_id", flat=True))
    assert (
        Coverage.objects.filter(dwelling_id__in=doors, state="occupied_confirmed", method="visit").count()
        == len(doors)
        > 0
    )
    drawn, done = rehearse.check_again(seed=1)
    assert drawn == min(30, after["outcomes"]) and 0 < done <= drawn
    assert not Recheck.objects.filter(by__role="grid_worker").exists()


def test_ground_is_loaded_whole(district: Any, tiny: Path) -> None:
    assert Dwelling.objects.count() == pq.read_metadata(tiny / "dwellings.parquet").num_rows
    assert Area.objects.filter(kind="grid", shape__isnull=False).count() > 3


def test_visits_cannot_be_recorded_once_the_emergency_ended(district: Any) -> None:
    """What ends with the emergency ends for actions too, not only for pages."""
    from wangge_server.emergency.models import Emergency
    from wangge_server.feedback.submit_actions import take_answers

    worker = Task.objects.filter(worker_id__isnull=False).first()
    assert worker is not None
    user = User.objects.get(username=worker.worker_id)
    assert take_answers(answers=[], by=user, purpose="visit") == []
    Emergency.objects.filter(pk=district.pk).update(phase="ended")
    with pytest.raises(WanggeError, match="E8002"):
        take_answers(answers=[], by=user, purpose="visit")


def test_person_ids_are_keyed_by_the_installation(district: Any, tiny: Path) -> None:
    """The shipped key opens nothing here: ids made with it are not the installation's."""
    walked = way.run(way.open_folder(tiny))
    theirs = set(walked.people.column("person_id").to_pylist())
    assert not theirs & set(Person.objects.values_list("person_id", flat=True))


def test_a_file_that_keeps_stopping_the_reader_is_set_aside(district: Any) -> None:
    """The reader's process dies in the middle: nothing says so but the count of readings begun."""
    from wangge_server.intake.actions import begin_reading

    by, data = system_user(), ("户籍登记\n户号,姓名,出生日期\n1,张三,19900101\n").encode("gb18030")
    batch = receive_file(list_name="police", file_name="p.csv", data=data, by=by, purpose="administration")
    batch = confirm_as_mapped(batch=batch, by=by, purpose="administration")
    for _ in range(MOST_TRIES):
        begin_reading(batch=batch, by=by, purpose="administration")  # and here the process would be gone
    assert Batch.objects.get(pk=batch.pk).state == "reading"
    assert read_batch_job(str(batch.pk)) == "refused"
    assert Batch.objects.get(pk=batch.pk).error_code == "E1014"


def test_a_file_read_at_the_second_try_is_read(district: Any) -> None:
    from wangge_server.intake.actions import begin_reading

    by, data = system_user(), ("户籍登记\n户号,姓名,出生日期\n1,李四,19900101\n").encode("gb18030")
    batch = receive_file(list_name="police", file_name="q.csv", data=data, by=by, purpose="administration")
    batch = confirm_as_mapped(batch=batch, by=by, purpose="administration")
    begin_reading(batch=batch, by=by, purpose="administration")
    assert read_batch_job(str(batch.pk)) == "read"


def test_a_job_that_stands_in_the_queue_twice_reads_once(district: Any) -> None:
    """After a kill a job is taken up again and may have been asked for anew: the second finds nothing left to do."""
    before = Batch.objects.get(list_name="health")
    for _ in range(5):
        assert read_batch_job(str(before.pk)) == "read"
    after = Batch.objects.get(pk=before.pk)
    assert (after.state, after.n_tries, after.read_at) == ("read", before.n_tries, before.read_at)
