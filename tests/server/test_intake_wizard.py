"""One file from its arrival to its last row: every step, what it refuses, and that nothing is lost on the way."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests.server.intake_books import HEADERS, book, person

from wangge.base.errors import WanggeError
from wangge_server.accounts.actions import system_user
from wangge_server.accounts.models import User
from wangge_server.audit.models import Event
from wangge_server.intake import files
from wangge_server.intake.actions import confirm_batch
from wangge_server.intake.models import Batch, ColumnMapping, FaultRow, HeldRow
from wangge_server.intake.queries import batch_counts, good_rows
from wangge_server.jobs.tasks import check_batch, read_batch

SAID = {
    "姓名": "姓名",
    "身份证号码": "证件号码",
    "出生年月日": "出生日期",
    "联系电话": "联系电话",
    "家庭住址": "person.address",
}


def send(client: Client, data: bytes, name: str = "名单.xlsx", list_name: str = "") -> Batch:
    """Upload and let the machine look at it."""
    answer = client.post(reverse("batch_upload"), {"list_name": list_name, "file": SimpleUploadedFile(name, data)})
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    batch = Batch.objects.order_by("-received_at", "-id")[0]
    check_batch(str(batch.pk))
    batch.refresh_from_db()
    return batch


def say(
    client: Client, batch: Batch, said: dict[str, str] | None = None, list_name: str = "health", mode: str = "add"
) -> Any:
    """Fill in the page of columns as a person would, and let the machine try it out."""
    page = client.get(reverse("batch_columns", args=[batch.pk]))
    posted = {f"col-{c['index']}": (said or SAID).get(c["header"], "") for c in page.context["columns"]}
    answer = client.post(reverse("batch_columns", args=[batch.pk]), posted | {"list_name": list_name, "mode": mode})
    check_batch(str(batch.pk))
    batch.refresh_from_db()
    return answer


def confirm(client: Client, batch: Batch) -> Batch:
    assert client.post(reverse("batch_confirm", args=[batch.pk])).status_code == 302
    read_batch(str(batch.pk))
    batch.refresh_from_db()
    return batch


def errors_of(client: Client, batch: Batch) -> openpyxl.Workbook:
    answer = client.get(reverse("batch_errors", args=[batch.pk]))
    assert answer.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(answer.content))


def data_of(made: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def messy() -> bytes:
    """Six good rows, one nobody is named in, one with an impossible date, one twice, one whose number is too short."""
    rows = [person(n) for n in range(6)]
    rows.append(person(6, 姓名="", 身份证号码="", 联系电话=""))
    rows.append(person(7, 出生年月日="1987-13-45"))
    rows.append(person(0))
    rows.append(person(8, 身份证号码="4403051977"))
    return book(rows)


def test_a_file_goes_from_upload_to_the_lake(sign_in: Any) -> None:
    client, before = sign_in("clerk"), batch_counts()
    batch = send(client, messy())
    assert batch.state == "previewed" and batch.n_rows is None
    assert client.get(reverse("batch", args=[batch.pk]))["Location"] == reverse("batch_table", args=[batch.pk])
    page = client.get(reverse("batch_table", args=[batch.pk]))
    assert page.context["seen"]["header_row"] == 3
    assert [line["n"] for line in page.context["lines"] if line["is_header"]] == [3]
    assert client.post(reverse("batch_table", args=[batch.pk]), {"sheet": "名单", "header_row": "3"})[
        "Location"
    ] == reverse("batch_columns", args=[batch.pk])
    columns = client.get(reverse("batch_columns", args=[batch.pk])).context["columns"]
    assert [c["header"] for c in columns if c["banned"]] == ["民族"]
    assert next(c for c in columns if c["banned"])["samples"] == []
    assert next(c for c in columns if c["header"] == "姓名")["text"] == "姓名"
    say(client, batch)
    assert batch.state == "checked"
    assert not files.lake_path(batch).exists(), "nothing goes into the lake before somebody confirms"
    assert batch_counts() == before
    assert batch.n_rows == 11
    assert batch.n_new + batch.n_update + batch.n_skip + batch.n_error == batch.n_rows
    assert batch.n_accepted + batch.n_faulty + batch.n_held == batch.n_rows
    assert (batch.n_new, batch.n_skip, batch.n_error) == (6, 2, 3)
    page = client.get(reverse("batch", args=[batch.pk]))
    assert [line["difference"] for line in page.context["sums"]] == [0, 0]
    assert page.context["ledger"]["count"] == 11
    confirm(client, batch)
    assert batch.state == "read" and pq.read_metadata(files.lake_path(batch)).num_rows == batch.n_good
    assert batch_counts()["n_rows"] == before["n_rows"] + 11
    events = {e.verb: e for e in Event.objects.filter(about=str(batch.pk), kind="write")}
    assert {"receive_file", "map_columns", "store_dry_run", "confirm_batch", "read_batch"} <= set(events)
    assert events["read_batch"].facts["banned"] == ["person.ethnicity"] and batch.report["dropped"].keys() == {"民族"}
    assert "测试" not in str([e.facts for e in events.values()]), "no value in the audit log"


def test_the_next_file_of_the_same_headers_needs_no_asking(sign_in: Any) -> None:
    client = sign_in("clerk")
    say(client, first := send(client, messy()))
    kept = ColumnMapping.objects.get(unit_code=first.unit_code, header_key=first.header_key)
    assert ["身份证号码", "person.id_number"] in kept.columns and ["民族", ""] in kept.columns
    second = send(client, book([person(n) for n in range(20, 24)]), "下月.xlsx")
    assert (second.state, second.list_name, second.n_new) == ("checked", "health", 4)
    kept.refresh_from_db()
    assert kept.n_uses == 1
    assert client.get(reverse("mappings")).context["mappings"][0]["n_uses"] == 1
    client.post(reverse("mapping_forget", args=[kept.pk]))
    assert send(client, book([person(30)]), "再下月.xlsx").state == "previewed"


def test_the_same_rows_again_are_skipped(sign_in: Any) -> None:
    client = sign_in("clerk")
    say(client, first := send(client, book([person(n) for n in range(5)])))
    confirm(client, first)
    again = send(client, book([person(n) for n in range(5)] + [person(9)], title="另一次导出"))
    assert (again.n_new, again.n_update, again.n_skip, again.n_error) == (1, 0, 6, 0)
    reasons = {r["reason"] for r in pq.read_table(files.rows_path(again)).to_pylist() if r["outcome"] == "skip"}
    assert reasons == {"seen", "E2005"}


def test_somebody_the_register_knows_is_an_update_or_nothing_new(sign_in: Any) -> None:
    from wangge_server.registry.models import Person

    known = list(
        Person.objects.exclude(id_number=None).exclude(phone=None).exclude(birth_date=None).order_by("person_id")[:2]
    )
    client = sign_in("clerk")
    rows = [[p.name, p.id_number, p.birth_date.isoformat(), p.phone, p.address, "", ""] for p in known]
    rows[1][3] = "13911112222"
    say(client, batch := send(client, book(rows)))
    lines = pq.read_table(files.rows_path(batch)).to_pylist()
    assert (batch.n_new, batch.n_update, batch.n_skip) == (0, 1, 2), [
        (r["outcome"], r["reason"], r["elements"]) for r in lines
    ]
    assert [(r["outcome"], r["reason"], r["elements"]) for r in lines[:2]] == [
        ("skip", "known", ""),
        ("update", "changed", "person.phone"),
    ]


def test_error_rows_come_back_mended_as_corrections(sign_in: Any) -> None:
    client, before = sign_in("clerk"), batch_counts()
    say(client, batch := send(client, messy()))
    confirm(client, batch)
    workbook = errors_of(client, batch)
    sheet = workbook.active
    assert [c.value for c in sheet[3]][: len(HEADERS)] == list(HEADERS), "the same layout"
    rows = list(sheet.iter_rows(min_row=4, values_only=True))
    assert len(rows) == batch.n_error == 3
    assert all(row[5] is None for row in rows), "cells of banned columns stay empty"
    assert all("#" in row[-1] for row in rows)
    assert Event.objects.filter(verb="export_errors").count() == 1
    # The clerk mends two of three, and sends that very file.
    sheet.cell(4, 1).value, sheet.cell(4, 2).value = "测试补上", person(6)[1]
    sheet.cell(5, 3).value = person(7)[2]
    second = send(client, data_of(workbook), "改好.xlsx")
    assert (second.state, second.mode, second.corrects_id, second.list_name) == (
        "checked",
        "correct",
        batch.pk,
        "health",
    )
    assert second.n_rows == 3 and second.n_error == 1
    confirm(client, second)
    batch.refresh_from_db()
    assert batch.n_moved_good + batch.n_moved_held == 3
    counts = batch_counts()
    assert counts["n_rows"] == counts["n_good"] + counts["n_held"] == before["n_rows"] + 11, "no row counts twice"
    assert good_rows().num_rows == counts["n_good"]
    # And the last one.
    workbook = errors_of(client, second)
    row = next(r for r in workbook.active.iter_rows(min_row=4))
    row[1].value = person(8)[1]
    third = send(client, data_of(workbook), "再改.xlsx")
    assert third.n_error == 0 and third.corrects_id == second.pk
    confirm(client, third)
    assert client.get(reverse("batch", args=[third.pk])).context["n_left"] == 0
    first = client.get(reverse("batch", args=[batch.pk])).context
    assert first["n_left"] == 0 and first["cards"][3]["tone"] == "good" and len(first["corrections"]) == 1
    assert client.get(reverse("batch_errors", args=[third.pk])).status_code == 404
    counts = batch_counts()
    assert counts["n_rows"] == before["n_rows"] + 11 and good_rows().num_rows == counts["n_good"]


def test_a_file_may_replace_the_lists_earlier_files(sign_in: Any) -> None:
    client, before = sign_in("clerk"), batch_counts()
    say(client, old := send(client, book([person(n) for n in range(5)])), list_name="civil")
    confirm(client, old)
    new = send(client, book([person(n) for n in range(3)], title="新表"))
    say(client, new, list_name="civil", mode="replace")
    theirs = Batch.objects.filter(list_name="civil", unit_code=new.unit_code, state="read").count()
    assert client.get(reverse("batch", args=[new.pk])).context["replaced"]["files"] == theirs >= 1
    confirm(client, new)
    old.refresh_from_db()
    assert (old.state, old.replaced_by_id) == ("replaced", new.pk)
    counts = batch_counts()
    assert good_rows().num_rows == counts["n_good"] and counts["n_rows"] <= before["n_rows"] + 4


def test_a_job_killed_in_the_middle_resumes(sign_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from wangge_server.intake import actions

    client = sign_in("clerk")
    say(client, batch := send(client, messy()))
    client.post(reverse("batch_confirm", args=[batch.pk]))

    def die(*_given: Any, **_more: Any) -> None:
        raise KeyboardInterrupt

    # The rows have moved into the lake, and then the power goes.
    monkeypatch.setattr(actions, "_note_counts", die)
    with pytest.raises(KeyboardInterrupt):
        read_batch(str(batch.pk))
    monkeypatch.undo()
    batch.refresh_from_db()
    assert batch.state == "reading" and not files.staged_path(batch).exists()
    assert read_batch(str(batch.pk)) == "read"
    batch.refresh_from_db()
    assert pq.read_metadata(files.lake_path(batch)).num_rows == batch.n_good
    assert HeldRow.objects.filter(batch=batch).values("row").distinct().count() == batch.n_held
    waits = FaultRow.objects.filter(batch=batch).exclude(code="E2008")
    assert waits.values("row").distinct().count() == batch.n_faulty


def test_a_dry_run_that_was_overtaken_is_not_stored(sign_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from wangge_server.jobs import dry_run

    client = sign_in("clerk")
    batch = send(client, messy())
    real = dry_run.read_and_check

    def meanwhile(one: Batch) -> Any:
        found = real(one)
        Batch.objects.filter(pk=one.pk).update(state="cancelled")
        return found

    monkeypatch.setattr(dry_run, "read_and_check", meanwhile)
    say(client, batch)
    assert batch.state == "cancelled" and batch.n_rows is None
    assert not files.staged_path(batch).exists()


def test_another_units_file_does_not_exist(sign_in: Any, users: dict[str, Any]) -> None:
    mine = send(sign_in("clerk"), messy())
    other = User.objects.create(
        username="clerk-of-others", role="clerk", name="别的单位", unit_code="other-unit", area_code="440305"
    )
    stranger = Client()
    stranger.force_login(other, backend="django.contrib.auth.backends.ModelBackend")
    for name in ("batch", "batch_state", "batch_table", "batch_columns", "batch_held", "batch_errors"):
        assert stranger.get(reverse(name, args=[mine.pk])).status_code == 404, name
    for name in ("batch_confirm", "batch_cancel", "batch_draft"):
        assert stranger.post(reverse(name, args=[mine.pk])).status_code == 404, name
    assert stranger.get(reverse("batches")).context["ledger"]["count"] == 0
    with pytest.raises(WanggeError, match="E8002"):
        confirm_batch(batch=mine, by=other, purpose="intake")
    assert mine.file_name not in stranger.get(reverse("batches")).content.decode()


def test_who_may_not_see_values_sees_none(sign_in: Any) -> None:
    client = sign_in("clerk")
    say(client, batch := send(client, messy()))
    own = client.get(reverse("batch", args=[batch.pk]) + "?outcome=error").content.decode()
    assert "1987-13-45" in own
    officer = (
        sign_in("data_officer", "intake").get(reverse("batch", args=[batch.pk]) + "?outcome=error").content.decode()
    )
    assert "E2" in officer and "1987-13-45" not in officer and "测试辛子" not in officer
    assert sign_in("data_officer", "intake").get(reverse("batch_errors", args=[batch.pk])).status_code == 404
    assert sign_in("commander", "command").get(reverse("batch_errors", args=[batch.pk])).status_code == 403


def test_steps_that_passed_say_so_and_change_nothing(sign_in: Any) -> None:
    client = sign_in("clerk")
    say(client, batch := send(client, messy()))
    confirm(client, batch)
    again = client.post(reverse("batch_confirm", args=[batch.pk]))
    assert again.status_code == 400 and "E1030" in again.content.decode()
    assert client.get(reverse("batch_columns", args=[batch.pk]))["Location"] == reverse("batch", args=[batch.pk])


def test_a_file_taken_back_may_come_again(sign_in: Any) -> None:
    client, data = sign_in("clerk"), messy()
    batch = send(client, data)
    assert client.post(reverse("batch_upload"), {"file": SimpleUploadedFile("b.xlsx", data)}).status_code == 400
    client.post(reverse("batch_cancel", args=[batch.pk]))
    batch.refresh_from_db()
    assert batch.state == "cancelled"
    assert send(client, data).pk != batch.pk


def test_what_is_half_said_is_not_lost(sign_in: Any) -> None:
    client = sign_in("clerk")
    batch = send(client, messy())
    assert (
        client.post(reverse("batch_draft", args=[batch.pk]), {"col-6": "职业", "list_name": "civil"}).status_code == 204
    )
    page = client.get(reverse("batch_columns", args=[batch.pk])).context
    assert next(c for c in page["columns"] if c["index"] == 6)["text"] == "职业" and page["list_name"] == "civil"


def test_a_word_the_dictionary_lacks_is_said_beside_its_column(sign_in: Any) -> None:
    client = sign_in("clerk")
    batch = send(client, messy())
    answer = say(client, batch, SAID | {"网络昵称": "没有这一项"})
    assert answer.status_code == 400 and "没有这一项" in answer.content.decode()
    assert batch.state == "previewed"
    answer = say(client, batch, SAID | {"网络昵称": "民族"})
    assert answer.status_code == 400, "a banned element cannot be chosen for another header"
    answer = say(client, batch, list_name="")
    assert answer.status_code == 400
    assert say(client, batch, {"姓名": ""}).status_code == 400


def test_another_header_row_is_looked_at_anew(sign_in: Any) -> None:
    client = sign_in("clerk")
    batch = send(client, book([person(n) for n in range(4)]))
    client.post(reverse("batch_table", args=[batch.pk]), {"sheet": "名单", "header_row": "4"})
    assert check_batch(str(batch.pk)) == "previewed"
    page = client.get(reverse("batch_table", args=[batch.pk]))
    assert page.context["seen"]["header_row"] == 4


def test_the_mapping_file_still_reads_what_it_names(sign_in: Any, tiny: Path) -> None:
    text = (tiny / "lists" / "health.csv").read_bytes()
    client = sign_in("clerk")
    batch = send(client, text + b"\n", "health-2.csv")
    assert (batch.state, batch.list_name, batch.by_file) == ("checked", "health", True)
    assert batch.n_new == 0 and batch.n_skip > 0
    lines = client.get(reverse("batch_columns", args=[batch.pk])).context["columns"]
    assert {line["how"] for line in lines if not line["banned"]} == {"kept"} and any(line["text"] for line in lines)


def test_a_file_too_big_is_e1031(sign_in: Any, settings: Any) -> None:
    settings.UPLOAD_LIMIT_MB = 0
    answer = sign_in("clerk").post(reverse("batch_upload"), {"file": SimpleUploadedFile("a.xlsx", messy())})
    assert answer.status_code == 400 and "E1031" in answer.content.decode()


def test_an_empty_list_to_fill_in(sign_in: Any) -> None:
    client = sign_in("clerk")
    sheet = openpyxl.load_workbook(
        io.BytesIO(client.get(reverse("list_template", args=["health"])).content)
    ).worksheets[0]
    assert "姓名" in [c.value for c in sheet[1]]
    say(client, send(client, messy()))
    sheet = openpyxl.load_workbook(
        io.BytesIO(client.get(reverse("list_template", args=["health"])).content)
    ).worksheets[0]
    assert [c.value for c in sheet[1]] == ["姓名", "身份证号码", "出生年月日", "联系电话", "家庭住址"]
    sheet.append(person(90)[:5])
    filled = send(client, data_of(sheet.parent), "空表填好.xlsx")
    assert (filled.state, filled.list_name, filled.n_new) == ("checked", "health", 1), "the empty list needs no asking"
    assert client.get(reverse("list_template", args=["no_such_list"])).status_code == 404


def test_a_file_nobody_can_read_is_refused_with_its_number(sign_in: Any) -> None:
    client = sign_in("clerk")
    batch = send(client, b"%PDF-1.7 not a workbook", "scan.xlsx")
    assert (batch.state, batch.error_code) == ("refused", "E1001")
    page = client.get(reverse("batch", args=[batch.pk]))
    assert page.status_code == 200 and "E1001" in page.content.decode()


def test_the_machine_alone_names_another_unit(sign_in: Any, users: dict[str, Any]) -> None:
    from wangge_server.intake.actions import receive_file

    with pytest.raises(WanggeError, match="E8002"):
        receive_file(
            list_name="", file_name="a.csv", data=b"a,b\n1,2\n", unit_code="x", by=users["clerk"], purpose="intake"
        )
    taken = receive_file(
        list_name="", file_name="a.csv", data=b"a,b\n1,2\n", unit_code="x", by=system_user(), purpose="administration"
    )
    assert taken.unit_code == "x"


def test_a_list_read_by_the_mapping_file_is_corrected_too(sign_in: Any) -> None:
    client = sign_in("clerk")
    found = Batch.objects.filter(state="read", n_faulty__gt=0).order_by("-n_faulty")[0]
    second = send(client, data_of(errors_of(client, found)), "改好.xlsx")
    assert (second.state, second.corrects_id, second.by_file) == ("checked", found.pk, True)
    before = batch_counts()
    confirm(client, second)
    assert batch_counts()["n_rows"] == before["n_rows"], "the same rows, still wrong: they only changed their place"
    assert good_rows().num_rows == batch_counts()["n_good"]


def test_a_hidden_sheet_is_listed_and_another_sheet_may_be_chosen(sign_in: Any) -> None:
    made = openpyxl.load_workbook(io.BytesIO(book([person(n) for n in range(3)])))
    other = made.create_sheet("附表")
    other.append(list(HEADERS))
    other.append(person(50))
    made.create_sheet("旧表").sheet_state = "hidden"
    client = sign_in("clerk")
    batch = send(client, data_of(made))
    seen = client.get(reverse("batch_table", args=[batch.pk])).context["seen"]
    assert [(s["name"], s["hidden"]) for s in seen["sheets"]] == [("名单", False), ("附表", False), ("旧表", True)]
    client.post(reverse("batch_table", args=[batch.pk]), {"sheet": "附表", "header_row": "3"})
    check_batch(str(batch.pk))
    say(client, Batch.objects.get(pk=batch.pk))
    batch.refresh_from_db()
    assert (batch.sheet, batch.header_row, batch.n_rows) == ("附表", 1, 1)


def test_a_text_file_says_its_encoding(sign_in: Any) -> None:
    lines = ["某单位名单", ",".join(HEADERS), *(",".join(map(str, person(n))) for n in range(60, 64))]
    client = sign_in("clerk")
    batch = send(client, "\r\n".join(lines).encode("gb18030"), "名单.csv")
    seen = client.get(reverse("batch_table", args=[batch.pk])).context["seen"]
    assert (seen["encoding"], seen["header_row"]) == ("gb18030", 2)
    say(client, batch)
    assert (batch.state, batch.n_new) == ("checked", 4)
    page = client.get(reverse("batch_errors", args=[batch.pk]))
    assert page.status_code == 404, "nothing is wrong: there is nothing to download"
