"""Corrections of corrections, zipped sets sent back, and what goes after thirty days. No row is lost, none counts twice."""

from __future__ import annotations

import datetime as dt
import io
import os
import shutil
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import openpyxl
import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from tests.server.intake_books import HEADERS, book, person
from tests.server.test_intake_wizard import SAID, confirm, data_of, errors_of, messy, say, send

from wangge.base.errors import WanggeError
from wangge.base.progress import Progress
from wangge_server.accounts.actions import system_user
from wangge_server.audit.models import Event
from wangge_server.intake import files
from wangge_server.intake.actions import confirm_batch
from wangge_server.intake.models import Batch, FaultRow, HeldRow
from wangge_server.intake.queries import batch_counts, good_rows, kept_files, rows_at
from wangge_server.jobs.forgetting import forget_files, forget_spent
from wangge_server.jobs.tasks import read_batch, think
from wangge_server.registry.models import Person

pytestmark = pytest.mark.django_db
MONTH = dt.timedelta(days=30, minutes=1)


def adds_up(before: dict[str, int], rows: int) -> None:
    """Rows in all, each in one place; the lake holds what the counts say."""
    counts = batch_counts()
    assert counts["n_rows"] == counts["n_good"] + counts["n_held"] == before["n_rows"] + rows
    assert good_rows().num_rows == counts["n_good"]
    assert 0 <= counts["n_faulty"] <= counts["n_good"]


def names_like(start: str) -> list[str]:
    return sorted(n for n in good_rows().column("name").to_pylist() if n and n.startswith(start))


def mended(workbook: openpyxl.Workbook, name: str) -> bytes:
    """The first row gets a name of its own and a number: it was refused for lack of both."""
    workbook.active.cell(4, 1).value, workbook.active.cell(4, 2).value = name, person(6)[1]
    return data_of(workbook)


def test_a_second_correction_replaces_the_first(sign_in: Any) -> None:
    client, before = sign_in("clerk"), batch_counts()
    say(client, batch := send(client, messy()))
    confirm(client, batch)
    old = errors_of(client, batch)
    first = confirm(client, send(client, mended(old, "测更正甲"), "改好.xlsx"))
    adds_up(before, 11)
    second = confirm(client, send(client, mended(old, "测更正乙"), "又改.xlsx"))
    assert first.corrects_id == second.corrects_id == batch.pk
    assert names_like("测更正") == ["测更正乙"]
    adds_up(before, 11)
    first.refresh_from_db()
    assert first.n_moved_good + first.n_moved_held == first.n_rows == len(first.moved_rows)
    assert set(HeldRow.objects.filter(batch=batch).values_list("corrected_in", flat=True)) <= {second.pk, None}


def test_a_correction_of_the_first_file_replaces_a_correction_of_a_correction(sign_in: Any) -> None:
    client, before = sign_in("clerk"), batch_counts()
    say(client, batch := send(client, messy()))
    confirm(client, batch)
    old = errors_of(client, batch)
    first = confirm(client, send(client, data_of(old), "没有改.xlsx"))
    deeper = errors_of(client, first)
    third = confirm(client, send(client, mended(deeper, "测更正丙"), "改好.xlsx"))
    assert third.corrects_id == first.pk and names_like("测更正") == ["测更正丙"]
    last = confirm(client, send(client, mended(old, "测更正丁"), "再改.xlsx"))
    assert last.corrects_id == batch.pk and names_like("测更正") == ["测更正丁"]
    adds_up(before, 11)
    third.refresh_from_db()
    assert third.moved_rows == list(range(1, third.n_rows + 1))


def test_numbers_that_nobody_asked_about_are_no_answers(sign_in: Any) -> None:
    """Somebody drags the reason column down: other rows of the file stay where they are."""
    client, before = sign_in("clerk"), batch_counts()
    say(client, batch := send(client, messy()))
    confirm(client, batch)
    workbook = errors_of(client, batch)
    last = workbook.active.max_column
    for line, number in ((4, 1), (5, 999)):
        workbook.active.cell(line, last).value = f"(#{number})"
    second = confirm(client, send(client, mended(workbook, "测更正戊"), "改.xlsx"))
    assert len(second.answers) == 1
    adds_up(before, 11 + 2)


def test_a_later_list_may_speak_of_later_days(district: Any, sign_in: Any) -> None:
    """The emergency was declared with a day; lists go on coming, each judged by the day it came."""
    today = timezone.localdate()
    assert district.as_of < today
    headers = (*HEADERS[:5], "登记日期")
    rows = [[*person(n)[:5], day.isoformat()] for n, day in enumerate((today, today + dt.timedelta(days=1)), 30)]
    client = sign_in("clerk")
    batch = send(client, book(rows, headers))
    say(client, batch, SAID | {"登记日期": "登记日期"})
    assert [(one.line, one.code) for one in FaultRow.objects.filter(batch=batch)] == [(5, "E2004")]


def test_what_a_later_list_says_is_fresher(district: Any, sign_in: Any) -> None:
    known = Person.objects.filter(id_number__regex=r"^[0-9]{17}[0-9X]$", phone__isnull=False).first()
    assert known is not None
    row = [
        known.name,
        known.id_number,
        known.birth_date,
        "13911112222",
        known.address,
        timezone.localdate().isoformat(),
    ]
    client = sign_in("clerk")
    batch = send(client, book([row], (*HEADERS[:5], "登记日期")))
    say(client, batch, SAID | {"登记日期": "登记日期"})
    confirm(client, batch)
    walked = think(district.as_of, Progress())
    assert next(p for p in walked.people.to_pylist() if p["person_id"] == known.pk)["phone"] == "13911112222"


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, data in members.items():
            pack.writestr(name.replace("__", "."), data)
    return out.getvalue()


def test_a_zipped_set_comes_back_mended(sign_in: Any) -> None:
    """Two villages in a zip, of which one wrote CSV; the error rows come back as a zip and go in again."""
    client, before = sign_in("clerk"), batch_counts()
    bad = person(21, 姓名="", 身份证号码="", 联系电话="")
    east = book([person(20), bad, person(22)])
    worse = person(24, 出生年月日="1990-02-30")
    west = book([person(23), worse])
    batch = send(client, zipped(东村__xlsx=east, 西村__xlsx=west), "各村名单.zip")
    say(client, batch)
    assert (batch.n_rows, batch.n_error) == (7, 2)
    confirm(client, batch)
    answer = client.get(reverse("batch_errors", args=[batch.pk]))
    assert answer["Content-Type"] == "application/zip"
    assert unquote(answer["Content-Disposition"]).endswith("各村名单-错误行.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as pack:
        names = pack.namelist()
        books = {name: openpyxl.load_workbook(io.BytesIO(pack.read(name))) for name in names}
    assert names == ["东村.xlsx", "西村.xlsx"]
    books["东村.xlsx"].active.cell(4, 1).value, books["东村.xlsx"].active.cell(4, 2).value = "测东村", person(21)[1]
    books["西村.xlsx"].active.cell(4, 3).value = person(24)[2]
    again = send(client, zipped(**{n.replace(".", "__"): data_of(one) for n, one in books.items()}), "改好的各村.zip")
    assert (again.state, again.corrects_id, again.n_rows, again.n_error) == ("checked", batch.pk, 2, 0)
    confirm(client, again)
    assert names_like("测东村") == ["测东村"]
    assert client.get(reverse("batch", args=[batch.pk])).context["n_left"] == 0
    adds_up(before, 7)


def test_one_member_of_a_set_comes_back_too(sign_in: Any) -> None:
    client, before = sign_in("clerk"), batch_counts()
    bad = person(21, 姓名="", 身份证号码="", 联系电话="")
    batch = send(client, zipped(东村__xlsx=book([person(20), bad]), 西村__xlsx=book([person(23)])), "各村.zip")
    say(client, batch)
    confirm(client, batch)
    answer = client.get(reverse("batch_errors", args=[batch.pk]))
    again = send(client, answer.content, "原样.zip")
    assert (again.corrects_id, again.n_rows) == (batch.pk, 1)
    confirm(client, again)
    adds_up(before, 5)


# ---- thirty days ------------------------------------------------------------------------------------------


@pytest.fixture
def own_folder(district: Any, settings: Any, tmp_path: Path) -> Path:
    """A data folder of the test's own: what is deleted on the disk no transaction brings back."""
    settings.DATA = shutil.copytree(settings.DATA, tmp_path / "data", ignore=shutil.ignore_patterns("pg"))
    return Path(settings.DATA)


def stale(*batches: Batch) -> None:
    """Files as old as their batches: the sweep leaves alone what was just written."""
    for batch in batches:
        for path in files.own_files(batch):
            if path.exists():
                os.utime(path, (1, 1))


def test_after_thirty_days_only_counts_stay(own_folder: Path, sign_in: Any) -> None:
    client, before = sign_in("clerk"), batch_counts()
    say(client, batch := send(client, messy()))
    confirm(client, batch)
    first = confirm(client, send(client, mended(errors_of(client, batch), "测更正甲"), "改好.xlsx"))
    kept, lake = batch_counts(), good_rows().num_rows
    stale(batch, first)
    with time_machine.travel(timezone.now() + MONTH, tick=False):
        n = forget_spent(timezone.now())
    assert n == Batch.objects.exclude(forgotten_at=None).count() >= 2
    assert batch_counts() == kept and good_rows().num_rows == lake, "rows that moved do not come back"
    assert not HeldRow.objects.exists() and not FaultRow.objects.exists()
    assert not any(path.exists() for one in (batch, first) for path in files.own_files(one))
    batch.refresh_from_db()
    assert (batch.state, len(batch.digest), batch.n_rows) == ("read", 64, 11)
    adds_up(before, 11)
    assert rows_at([(first.pk.hex, 1)]).num_rows == 1, "a person's page still finds who said what"
    event = Event.objects.filter(verb="forget_batch", about=str(batch.pk)).get()
    assert event.facts["held"] + event.facts["faults"] >= 3 and event.facts["digest"] == batch.digest


def test_a_page_says_what_went_and_offers_nothing_that_is_gone(own_folder: Path, sign_in: Any) -> None:
    client = sign_in("clerk")
    say(client, batch := send(client, messy()))
    confirm(client, batch)
    forget_spent(timezone.now() + MONTH)
    page = client.get(reverse("batch", args=[batch.pk]))
    assert page.status_code == 200
    text = page.content.decode()
    assert "原文件和逐行结果已于" in text and "下载错误行" not in text and "已更正" not in text
    assert client.get(reverse("batch_errors", args=[batch.pk])).status_code == 404


def test_a_day_too_early_nothing_goes(own_folder: Path, sign_in: Any) -> None:
    client = sign_in("clerk")
    say(client, batch := send(client, messy()))
    stale(batch)
    assert forget_spent(timezone.now() + dt.timedelta(days=29, hours=23)) == 0
    assert files.upload_path(batch).exists() and files.staged_path(batch).exists()


def test_what_nobody_confirmed_expires_and_may_come_again(own_folder: Path, sign_in: Any) -> None:
    client, data = sign_in("clerk"), messy()
    say(client, batch := send(client, data))
    stale(batch)
    forget_spent(timezone.now() + MONTH)
    batch.refresh_from_db()
    assert batch.state == "expired" and not files.upload_path(batch).exists()
    with pytest.raises(WanggeError) as caught:
        confirm_batch(batch=batch, by=batch.received_by, purpose="intake")
    assert caught.value.code == "E1030"
    assert client.get(reverse("batch", args=[batch.pk])).status_code == 200
    assert send(client, data).state == "checked", "the same bytes, and the mapping is remembered"


def test_a_batch_that_is_being_loaded_is_left_alone(own_folder: Path, sign_in: Any) -> None:
    client = sign_in("clerk")
    say(client, batch := send(client, messy()))
    Batch.objects.filter(pk=batch.pk).update(state="reading")
    stale(batch)
    forget_spent(timezone.now() + MONTH)
    batch.refresh_from_db()
    assert batch.state == "reading" and files.upload_path(batch).exists()


@pytest.mark.parametrize("state", ["confirmed", "reading", "read"])
def test_when_the_data_end_nothing_waits_to_be_read(state: str, own_folder: Path, sign_in: Any) -> None:
    client = sign_in("clerk")
    say(client, batch := send(client, messy()))
    Batch.objects.filter(pk=batch.pk).update(state=state)
    forget_files(timezone.now() + dt.timedelta(seconds=1))
    batch.refresh_from_db()
    assert batch.forgotten_at is not None and not any(path.exists() for path in files.own_files(batch))
    assert batch.state == ("read" if state == "read" else "expired")
    assert read_batch(str(batch.pk)) == batch.state, "a job that is still in the queue finds nothing to do"


def test_the_same_file_sent_again_keeps_its_bytes(own_folder: Path, sign_in: Any) -> None:
    """Taken back and sent again later: two batches, one file on the disk, which the younger needs."""
    client, data = sign_in("clerk"), messy()
    client.post(reverse("batch_cancel", args=[send(client, data).pk]))
    younger = send(client, data)
    Batch.objects.filter(pk=younger.pk).update(received_at=timezone.now() + dt.timedelta(days=20))
    stale(younger)
    forget_spent(timezone.now() + MONTH)
    assert files.upload_path(younger).exists()


def test_what_a_kill_left_is_swept_and_what_is_new_is_not(own_folder: Path, sign_in: Any) -> None:
    folder = own_folder / "uploads"
    old, new = folder / "dead.csv", folder / "new.csv"
    for path in (old, new):
        path.write_text("x")
    os.utime(old, (1, 1))
    assert old not in kept_files()
    forget_spent(timezone.now())
    assert not old.exists() and new.exists()
    new.unlink()


def test_only_the_machine_forgets(own_folder: Path, sign_in: Any, users: dict[str, Any]) -> None:
    from wangge_server.intake.actions import forget_batch

    client = sign_in("clerk")
    batch = send(client, messy())
    with pytest.raises(WanggeError):
        forget_batch(batch=batch, before=timezone.now() + MONTH, by=users["clerk"], purpose="intake")
    with pytest.raises(WanggeError):
        forget_batch(batch=batch, before=timezone.now() + MONTH, by=users["data_officer"], purpose="administration")
    forget_batch(batch=batch, before=timezone.now() + MONTH, by=system_user(), purpose="administration")
