"""Forms are brought in as workbooks: errors stand at their cell, drafts are looked at, versions go out and are retired."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.server.form_books import EN, SURVEY, ZH, book, without
from tests.server.form_people import client_of, person

from wangge.base.errors import WanggeError
from wangge_server.audit.models import Event
from wangge_server.forms import queries
from wangge_server.forms.actions import publish_form, retire_form, upload_form
from wangge_server.forms.models import FormVersion


def soon() -> str:
    return (timezone.localdate() + dt.timedelta(days=30)).isoformat()


def send(client: Client, data: bytes, name: str = "走访.xlsx", purpose: str = "register", until: str = "") -> Any:
    file = SimpleUploadedFile(name, data)
    return client.post(reverse("form_upload"), {"file": file, "purpose": purpose, "until": until or soon()})


@pytest.fixture
def officer(db: None) -> Client:
    return client_of(person("data_officer"), "register")


def only_version() -> FormVersion:
    return FormVersion.objects.get()


def test_a_workbook_becomes_a_draft_with_its_elements(officer: Client) -> None:
    response = send(officer, book())
    version = only_version()
    assert response.status_code == 302 and response["Location"] == reverse("form_version", args=[version.pk])
    assert (version.form_id, version.version, version.state, version.form.purpose) == (
        "household_visit",
        "1",
        "draft",
        "register",
    )
    assert (
        version.elements["/data/person/name"] == "person.name"
        and version.elements["/data/person/phone"] == "person.phone"
    )
    assert Event.objects.filter(verb="upload_form", about=str(version.pk)).count() == 1
    page = officer.get(response["Location"]).content.decode()
    assert "姓名" in page and "households.csv" in page and "发布给设备" in page


@pytest.mark.parametrize(
    ("survey", "words"),
    [
        ([*SURVEY, {"type": "text", "name": "n", ZH: "重复", EN: "Twice"}], ("E3831", "survey", "第 13 行", "出现了两次")),
        ([*SURVEY, {"type": "text", "name": "x", ZH: "甲", EN: "A", "relevant": "${nobody} = 1"}], ("E3831", "第 13 行", "relevant", "nobody")),
        ([*SURVEY, {"type": "text", "name": "a", ZH: "甲", EN: "A", "relevant": "${b} = 1"},
          {"type": "text", "name": "b", ZH: "乙", EN: "B", "relevant": "${a} = 1"}], ("E3833", "a → b → a")),
        ([*SURVEY, {"type": "text", "name": "q", ZH: "您属于哪个民族", EN: "Group"}], ("E3834", "您属于哪个民族")),
        ([*SURVEY, {"type": "begin_group", "name": "g", ZH: "组", EN: "G"}], ("E3831", "没有对应的结束")),
        ([{"foo": "text", "bar": "x"}], ("E383",)),
    ],
    ids=["same name twice", "unknown reference", "circle", "banned in other words", "group without end", "no header"],
)  # fmt: skip
def test_what_is_wrong_stands_at_its_cell(officer: Client, survey: Any, words: tuple[str, ...]) -> None:
    response = send(officer, book(survey))
    text = response.content.decode()
    assert response.status_code == 400
    assert [word for word in words if word not in text] == []
    assert FormVersion.objects.count() == 0


def test_5000_columns_are_too_many(officer: Client) -> None:
    wide = [{**SURVEY[2], **{f"c{i}": "x" for i in range(5000)}}]
    response = send(officer, book(wide))
    assert response.status_code == 400 and "E3832" in response.content.decode()


def test_what_is_no_workbook_is_refused_with_its_number(officer: Client) -> None:
    for data in (b"", b"PK\x03\x04 broken", b"\x00" * 5000):
        response = send(officer, data)
        assert response.status_code == 400
    assert "E3830" in send(officer, b"PK\x03\x04 broken").content.decode()


def test_a_form_is_for_one_purpose_and_a_date_within_a_year(officer: Client) -> None:
    assert send(officer, book(), until="2020-01-01").status_code == 400
    assert send(officer, book(), purpose="publication").status_code == 400
    assert send(officer, book()).status_code == 302
    assert "E3847" in send(officer, book(version="2"), purpose="visit").content.decode()


def test_the_same_again_changes_nothing_and_other_contents_need_a_version(db: None) -> None:
    by = person("data_officer")

    def bring(data: bytes) -> FormVersion:
        day = timezone.localdate() + dt.timedelta(days=9)
        return upload_form(data=data, file_name="a.xlsx", for_purpose="register", until=day, lang="zh-hans",
                           by=by, purpose="register")  # fmt: skip

    first = bring(book())
    assert bring(book(without("photo"))).pk == first.pk  # a draft may be brought anew
    publish_form(version=only_version(), by=by, purpose="register")
    assert bring(book(without("photo"))).pk == first.pk
    with pytest.raises(WanggeError, match="E3835"):
        bring(book())
    second = bring(book(version="2"))
    assert second.pk != first.pk
    publish_form(version=second, by=by, purpose="register")
    today = timezone.localdate()
    assert [v.version for v in queries.collected("register", today)] == ["2"]
    assert queries.collected("visit", today) == []
    assert queries.collected("register", today + dt.timedelta(days=10)) == []
    retire_form(version=second, by=by, purpose="register")
    assert [v.version for v in queries.collected("register", today)] == ["1"]


def test_a_form_that_names_a_file_waits_for_it(officer: Client) -> None:
    survey = [*SURVEY, {"type": "select_one_from_file streets.csv", "name": "street", ZH: "街道", EN: "Street"}]
    send(officer, book(survey))
    version = only_version()
    refused = officer.post(reverse("form_publish", args=[version.pk]))
    assert (
        refused.status_code == 400 and "E3848" in refused.content.decode() and "streets.csv" in refused.content.decode()
    )
    for name in ("other.csv", "streets.csv"):
        officer.post(
            reverse("form_add_file", args=[version.pk]), {"file": SimpleUploadedFile(name, b"name,label\n1,x\n")}
        )
    assert list(queries.files_of(version)) == ["streets.csv"]
    assert officer.post(reverse("form_publish", args=[version.pk])).status_code == 302
    assert only_version().state == "published"


def test_the_preview_shows_the_form_and_no_real_household(officer: Client) -> None:
    send(officer, book())
    version = only_version()
    page = officer.get(reverse("form_preview", args=[version.pk])).content.decode()
    assert f'data-form="{reverse("form_xform", args=[version.pk])}"' in page
    xml = officer.get(reverse("form_xform", args=[version.pk]))
    assert xml["Content-Type"].startswith("text/xml") and b'id="household_visit"' in xml.content
    rows = officer.get(reverse("form_file", args=[version.pk, "households.csv"])).content.decode()
    assert "示例小区" in rows and rows.count("\n") == 3


@pytest.mark.parametrize("name", ["form_publish", "form_retire", "form_add_file"])
def test_who_may_not_publish_is_refused(name: str, officer: Client) -> None:
    send(officer, book())
    response = client_of(person("community_lead"), "register").post(reverse(name, args=[only_version().pk]))
    assert response.status_code == 403 and "E8002" in response.content.decode()
    assert only_version().state == "draft"
