"""OpenRosa as ODK Collect speaks it: keys, form list, manifest, own grid's list, submissions of every kind."""

from __future__ import annotations

import base64
import csv
import datetime as dt
import hashlib
import io
import json
import re
import zlib
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.server.form_books import book, without
from tests.server.form_people import PASSWORD, client_of, person

from wangge.base.errors import WanggeError
from wangge_server.audit.models import Event
from wangge_server.emergency.models import Emergency
from wangge_server.forms import queries
from wangge_server.forms.actions import issue_device, publish_form, retire_form, revoke_device, upload_form
from wangge_server.forms.models import Device, FormVersion, Reply, Submission, SubmissionFile
from wangge_server.geography.models import Dwelling
from wangge_server.registry.models import Household

MINE, THEIRS = "440305099001001", "440305099001002"  # of no district that other tests make
TODAY = dt.date(2026, 11, 23)


@pytest.fixture
def worker(db: None) -> Any:
    homes = ((MINE, "h-mine-1", "101"), (MINE, "h-mine-2", "102"), (THEIRS, "h-theirs", "901"))
    for grid, household, room in homes:
        door = Dwelling.objects.create(dwelling_id=f"d-{room}", grid_code=grid, compound="示例小区", building="1", room=room,
                                       kind="home", crs="wgs84", framed_on=TODAY)  # fmt: skip
        Household.objects.create(household_id=household, n_people=2, dwelling=door, grid_code=grid, how="test")
    person("grid_worker", "other", grids=[THEIRS])
    return person("grid_worker", "mine", grids=[MINE])


def publish(version: str = "1", survey: Any = None, until: dt.timedelta = dt.timedelta(days=30)) -> FormVersion:
    by = person("data_officer")
    data = book(version=version) if survey is None else book(survey, version=version)
    made = upload_form(data=data, file_name="走访.xlsx", for_purpose="register", until=timezone.localdate() + until,
                       lang="zh-hans", by=by, purpose="register")  # fmt: skip
    publish_form(version=made, by=by, purpose="register")
    return made


def key_for(user: Any, purpose: str = "register", days: int = 30) -> str:
    return issue_device(name="测试机", user=user, for_purpose=purpose, days=days, by=person("data_officer"), purpose="register")[1]  # fmt: skip


@pytest.fixture
def form(worker: Any) -> FormVersion:
    return publish()


@pytest.fixture
def key(worker: Any) -> str:
    return key_for(worker)


def at(key: str, rest: str) -> str:
    return f"/v1/key/{key}/projects/1/{rest}"


def filled(instance: str = "uuid:1", household: str = "h-mine-1", *, version: str = "1", people: str = "", more: str = "",
           meta: str = "", form_id: str = "household_visit") -> bytes:  # fmt: skip
    people = people or "<person><name>陈晓岚</name><age>41</age><phone>13800000000</phone><temp>36.5</temp></person>"
    return (f'<data id="{form_id}" version="{version}" xmlns:orx="http://openrosa.org/xforms"><household>{household}</household>{people}{more}'
            f"<orx:meta><orx:instanceID>{instance}</orx:instanceID>{meta}</orx:meta></data>").encode()  # fmt: skip


def post(key: str, raw: bytes, **files: bytes) -> Any:
    parts = {name.replace("_", "."): SimpleUploadedFile(name.replace("_", "."), data) for name, data in files.items()}
    return Client().post(at(key, "submission"), {"xml_submission_file": SimpleUploadedFile("s.xml", raw), **parts})


def names(text: bytes, tag: str) -> list[str]:
    return [node.text or "" for node in ET.fromstring(text).iter() if node.tag.endswith(tag)]  # noqa: S314 - our own


def test_a_device_fetches_its_forms_and_the_hashes_agree(form: FormVersion, key: str) -> None:
    listed = Client().get(at(key, "formList"), headers={"X-OpenRosa-Version": "1.0"})
    assert (
        listed.status_code == 200
        and listed["X-OpenRosa-Version"] == "1.0"
        and listed["Content-Type"].startswith("text/xml")
    )
    assert listed["Date"] and listed["Content-Language"] and int(listed["X-OpenRosa-Accept-Content-Length"]) > 10**6
    assert names(listed.content, "formID") == ["household_visit"]
    (url,), (digest,), (manifest,) = (names(listed.content, tag) for tag in ("downloadUrl", "hash", "manifestUrl"))
    xform = Client().get(url.removeprefix("http://testserver"))
    assert f"md5:{hashlib.md5(xform.content, usedforsecurity=False).hexdigest()}" == digest
    media = Client().get(manifest.removeprefix("http://testserver")).content
    assert b'<mediaFile type="entityList"><filename>households.csv</filename>' in media
    (file,), (digest,) = names(media, "downloadUrl"), names(media, "hash")
    rows = Client().get(file.removeprefix("http://testserver")).content
    assert f"md5:{hashlib.md5(rows, usedforsecurity=False).hexdigest()}" == digest
    assert Client().get(at(key, "formList?formID=other")).content.count(b"<xform>") == 0


def test_a_device_gets_the_list_of_its_own_grid_and_never_anothers(form: FormVersion, worker: Any) -> None:
    where = "forms/household_visit/versions/1/attachments/households.csv"
    mine = Client().get(at(key_for(worker), where)).content.decode()
    theirs = Client().get(at(key_for(person("grid_worker", "other")), where)).content.decode()
    assert [row["name"] for row in csv.DictReader(io.StringIO(mine))] == ["h-mine-1", "h-mine-2"]
    assert [row["name"] for row in csv.DictReader(io.StringIO(theirs))] == ["h-theirs"]
    assert mine.splitlines()[0].startswith("name,label,__version") and "901" not in mine
    read = Event.objects.filter(kind="read", verb="entity_list").order_by("id").first()
    assert read is not None and sorted(read.facts["ids"]) == ["h-mine-1", "h-mine-2"] and read.purpose == "register"


def test_a_grid_that_changes_hands_changes_the_list_at_once(form: FormVersion, worker: Any, key: str) -> None:
    worker.holdings.all().update(grid_code=THEIRS)
    rows = Client().get(at(key, "forms/household_visit/versions/1/attachments/households.csv")).content.decode()
    assert "h-theirs" in rows and "h-mine" not in rows


def test_forms_of_another_purpose_do_not_exist_for_a_device(form: FormVersion, worker: Any) -> None:
    Emergency.objects.update(phase="ended")  # whether other tests declared one or not
    with pytest.raises(WanggeError, match="E8002"):
        key_for(worker, "publication")
    Device.objects.create(name="x", kind="device", key_digest=hashlib.sha256(b"k").hexdigest(), user=worker, purpose="visit",
                          issued_by=worker, expires_at=timezone.now() + dt.timedelta(days=1))  # fmt: skip
    assert Client().get(at("k", "formList")).status_code == 403  # no emergency: the purpose has ended


def test_head_is_204_and_post_is_201_then_202_then_409(form: FormVersion, key: str) -> None:
    head = Client().head(at(key, "submission"))
    assert (
        head.status_code == 204
        and head["X-OpenRosa-Version"] == "1.0"
        and int(head["X-OpenRosa-Accept-Content-Length"])
    )
    first = post(key, filled())
    assert first.status_code == 201 and b"submit_success" in first.content
    assert post(key, filled()).status_code == 202
    other = post(key, filled(people="<person><name>别人</name></person>"))
    assert other.status_code == 409 and b"E3840" in other.content and "别人".encode() not in other.content
    assert post(key, filled(people="<person><name>别人</name></person>")).status_code == 409
    assert sorted(Submission.objects.values_list("state", flat=True)) == ["accepted", "conflict"]
    kept = Submission.objects.get(state="accepted")
    assert bytes(kept.xml) == filled() and kept.grid_code == MINE and kept.device is not None
    assert Event.objects.filter(verb="receive_submission", about=str(kept.pk)).count() == 2


def test_answers_are_kept_under_their_elements_with_where_they_come_from(form: FormVersion, key: str) -> None:
    post(key, filled(more="<n>1</n>"))
    said = {(row.element, row.subject): (row.said, row.value, row.household_id) for row in Reply.objects.all()}
    assert said[("person.name", "person/1")] == ("answered", "陈晓岚", "h-mine-1")
    assert said[("person.phone", "person/1")] == ("answered", "13800000000", "h-mine-1")
    table = queries.said_at_doors(timezone.localdate()).to_pylist()
    assert {(row["form_id"], row["form_version"], row["purpose"], row["by"]) for row in table} == {
        ("household_visit", "1", "register", "mine")
    }


def test_what_does_not_hold_is_kept_and_waits(form: FormVersion, key: str) -> None:
    bad = "<person><name></name><age>300</age><needs>food flying</needs><temp>38</temp></person>"
    answer = post(key, filled(household="h-theirs", people=bad, more="<surprise>1</surprise>"))
    assert answer.status_code == 202 and b"E384" in answer.content
    held = Submission.objects.get()
    codes = {problem["code"] for problem in held.problems}
    assert codes == {"E3841", "E3843", "E3844", "E3845"} and held.state == "held"
    assert (
        "/data/household" in {p["path"] for p in held.problems}
    ) and Reply.objects.count() == 0  # another grid's household
    assert "surprise" not in str(held.problems) and "300" not in str(held.problems)


def test_an_edit_takes_the_place_of_what_it_corrects(form: FormVersion, key: str, worker: Any) -> None:
    post(key, filled("uuid:1"))
    edit = filled(
        "uuid:2", people="<person><name>陈晓兰</name></person>", meta="<orx:deprecatedID>uuid:1</orx:deprecatedID>"
    )
    assert post(key, edit).status_code == 201
    assert list(Submission.objects.order_by("id").values_list("instance_id", "state")) == [
        ("uuid:1", "replaced"),
        ("uuid:2", "accepted"),
    ]
    assert [row.value for row in Reply.objects.filter(element="person.name")] == ["陈晓兰"]
    again = filled("uuid:3", meta="<orx:deprecatedID>uuid:1</orx:deprecatedID>")
    assert post(key, again).status_code == 202  # corrected already: waits
    foreign = filled("uuid:4", "h-theirs", meta="<orx:deprecatedID>uuid:2</orx:deprecatedID>")
    assert post(key_for(person("grid_worker", "other")), foreign).status_code == 202
    assert Submission.objects.get(instance_id="uuid:2").state == "accepted"
    assert set(Submission.objects.filter(state="held").values_list("instance_id", flat=True)) == {"uuid:3", "uuid:4"}


def test_unknown_and_retired_versions_are_kept_for_review(form: FormVersion, key: str) -> None:
    unknown = post(key, filled("uuid:u", version="99"))
    assert unknown.status_code == 202 and b"E3836" in unknown.content
    assert b"E3836" in post(key, filled("uuid:f", form_id="never_seen")).content
    retire_form(version=form, by=person("data_officer"), purpose="register")
    retired = post(key, filled("uuid:r"))
    assert retired.status_code == 202 and b"E3837" in retired.content
    assert Submission.objects.filter(state="held").count() == 3 and Reply.objects.count() == 0
    assert Client().get(at(key, "forms/household_visit/versions/1.xml")).status_code == 404
    assert Client().get(at(key, "formList")).content.count(b"<xform>") == 0


def test_once_the_version_is_here_what_waited_is_checked_again(form: FormVersion, key: str) -> None:
    post(key, filled("uuid:u", version="2"))
    waiting = Submission.objects.get()
    officer = client_of(person("data_officer"), "register")
    review = reverse("submission_review", args=[waiting.pk])
    refused = officer.post(review, {"verdict": "again"})
    assert refused.status_code == 400 and "E3836" in refused.content.decode()
    publish("2", without("photo"))
    assert officer.post(review, {"verdict": "again"}).status_code == 302
    assert Submission.objects.get().state == "accepted" and {"person.name", "person.phone"} <= set(
        Reply.objects.values_list("element", flat=True)
    )
    assert client_of(person("community_lead"), "register").post(review, {"verdict": "refuse"}).status_code == 403


HOSTILE = {
    "not xml": b"hello", "empty": b"", "cut": b"<data id='household_visit'><meta>", "binary": b"\x00\xff" * 50,
    "doctype": b"<!DOCTYPE a [<!ENTITY b 'c'>]><data id='household_visit'>&b;</data>",
    "bomb": b"<!DOCTYPE a [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]><data>&b;</data>",
    "outside": b"<!DOCTYPE a SYSTEM 'file:///etc/passwd'><data id='household_visit'/>",
    "deep": b"<a>" * 5000 + b"</a>" * 5000, "wide": b"<data>" + b"<a/>" * 210_000 + b"</data>",
    "no id": b"<data><meta><instanceID>uuid:1</instanceID></meta></data>",
    "no instance": b"<data id='household_visit' version='1'/>",
    "id with newline": b"<data id='household_visit'><meta><instanceID>a\nb</instanceID></meta></data>",
    "long id": b"<data id='household_visit'><meta><instanceID>" + b"x" * 500 + b"</instanceID></meta></data>",
    "wrong encoding": "<?xml version='1.0' encoding='utf-8'?><data id='甲'/>".encode("gb18030"),
    "unknown encoding": b"<?xml version='1.0' encoding='klingon'?><data/>",
    "utf-16 doctype": "<?xml version='1.0' encoding='utf-16'?><!DOCTYPE a [<!ENTITY b 'c'>]><data>&b;</data>".encode("utf-16"),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_xml_is_400_with_a_number(kind: str, key: str) -> None:
    response = post(key, HOSTILE[kind])
    assert response.status_code == 400 and re.search(rb"E383[89]", response.content)
    assert Submission.objects.count() == 0


def test_a_foreign_root_and_a_null_byte_are_no_500(form: FormVersion, key: str) -> None:
    odd = b'<other id="household_visit" version="1"><meta><instanceID>uuid:o</instanceID></meta></other>'
    assert post(key, odd).status_code == 202
    assert Submission.objects.get().problems[0]["code"] == "E3841"
    assert (
        Client().post(at(key, "submission"), b"garbage", content_type="multipart/form-data; boundary=x").status_code
        == 400
    )
    assert Client().post(at(key, "submission"), {}).status_code == 400
    assert Client().get(at(key, "submission")).status_code == 405
    assert Client().get(at(key, "formList"), headers={"Content-Length": "999999999"}).status_code == 413


def test_files_come_in_several_posts_and_are_added(form: FormVersion, key: str) -> None:
    raw = filled(more="<photo>a.jpg</photo>")
    assert post(key, raw, a_jpg=b"\xff\xd8one").status_code == 201
    assert post(key, raw, b_jpg=b"two", a_jpg=b"other").status_code == 202
    assert {f.name: bytes(f.data) for f in SubmissionFile.objects.all()} == {"a.jpg": b"\xff\xd8one", "b.jpg": b"two"}


def test_no_key_a_wrong_one_an_old_one_and_a_withdrawn_one_open_nothing(form: FormVersion, key: str) -> None:
    for wrong in ("nobody", key[:-1], key + "x"):
        refused = Client().get(at(wrong, "formList"))
        assert refused.status_code == 401 and b"E3849" in refused.content and "Basic" in refused["WWW-Authenticate"]
    device = Device.objects.get()
    assert key not in str(vars(device)) and device.key_digest == hashlib.sha256(key.encode()).hexdigest()
    Device.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    assert Client().get(at(key, "formList")).status_code == 401
    Device.objects.update(expires_at=timezone.now() + dt.timedelta(days=1))
    assert Client().get(at(key, "formList")).status_code == 200
    revoke_device(device=Device.objects.get(), by=person("data_officer"), purpose="register")
    assert Client().get(at(key, "formList")).status_code == 401
    assert post(key, filled()).status_code == 401 and Submission.objects.count() == 0


def test_a_browser_session_is_no_way_in(form: FormVersion, worker: Any) -> None:
    browser = client_of(worker, "register")
    assert browser.get("/v1/projects/1/formList").status_code == 401
    assert (
        browser.post(
            "/v1/projects/1/submission", {"xml_submission_file": SimpleUploadedFile("s.xml", filled())}
        ).status_code
        == 401
    )


def basic(name: str, password: str = PASSWORD) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


def test_name_and_password_open_the_same_door(form: FormVersion, worker: Any) -> None:
    listed = Client().get("/v1/projects/1/formList", headers=basic("mine@register"))
    assert listed.status_code == 200 and names(listed.content, "downloadUrl")[0].endswith(
        "/v1/projects/1/forms/household_visit/versions/1.xml"
    )
    assert Client().get("/v1/projects/1/formList", headers=basic("mine@publication")).status_code == 403
    assert Client().get("/v1/projects/1/formList", headers=basic("mine@register", "wrong")).status_code == 401
    assert Client().get("/v1/projects/1/formList", headers={"Authorization": "Basic ???"}).status_code == 401
    assert Client().get("/v1/projects/2/formList", headers=basic("mine@register")).status_code == 404


def test_a_clerk_may_not_collect(form: FormVersion, db: None) -> None:
    person("clerk")
    assert Client().get("/v1/projects/1/formList", headers=basic("test-clerk@intake")).status_code == 403


def test_the_code_is_shown_once_and_collect_can_read_it(form: FormVersion, worker: Any) -> None:
    lead = client_of(person("community_lead"), "register")
    said = {"name": "红米 1", "user": worker.pk, "purpose": "register", "days": 30}
    page = lead.post(reverse("device_issue"), said).content.decode()
    assert "<svg" in page
    address = re.search(r"http://testserver(/v1/key/[\w-]+/projects/1)", page)
    assert address and Client().get(f"{address[1]}/formList").status_code == 200
    listed = lead.get(reverse("devices")).content.decode()
    assert "红米 1" in listed and address[1] not in listed
    from wangge_server.forms.keys import collect_settings

    text = collect_settings("https://x/v1/key/k/projects/1", "红米 1")
    assert (
        json.loads(zlib.decompress(base64.b64decode(text)))["general"]["server_url"] == "https://x/v1/key/k/projects/1"
    )
    stranger = person("grid_worker", "far", area="440306001001")
    assert lead.post(reverse("device_issue"), said | {"user": stranger.pk}).status_code == 400
    with pytest.raises(WanggeError, match="E8002"):
        issue_device(
            name="x", user=stranger, for_purpose="register", days=1, by=person("community_lead"), purpose="register"
        )


def test_submissions_are_seen_by_the_holders_of_their_purpose_only(form: FormVersion, key: str) -> None:
    post(key, filled())
    one = Submission.objects.get()
    page = reverse("submission", args=[one.pk])
    officer = client_of(person("data_officer"), "register").get(page).content.decode()
    assert "陈晓岚" in officer and "13800000000" in officer
    assert client_of(person("data_officer"), "administration").get(page).status_code == 403
    assert client_of(person("community_lead", "far-lead", area="440306001001"), "register").get(page).status_code == 404
    assert client_of(person("grid_worker", "other"), "register").get(page).status_code == 404
    Submission.objects.update(purpose="visit")
    assert client_of(person("data_officer"), "register").get(page).status_code == 404
    assert Event.objects.filter(kind="read", verb="submission").count() == 1


def test_an_element_that_is_not_granted_is_absent(form: FormVersion, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    post(key, filled())
    FormVersion.objects.update(elements=form.elements | {"/data/person/phone": "person.email"})
    page = client_of(person("data_officer"), "register").get(reverse("submission", args=[Submission.objects.get().pk]))
    assert "陈晓岚" in page.content.decode() and "13800000000" not in page.content.decode()


def test_nobody_settles_their_own_submission(form: FormVersion, key: str) -> None:
    post(key, filled(household="h-theirs"))
    Submission.objects.update(by=person("data_officer"))
    one, officer = Submission.objects.get(), client_of(person("data_officer"), "register")
    refused = officer.post(reverse("submission_review", args=[one.pk]), {"verdict": "accept"})
    assert refused.status_code == 400 and "E8004" in refused.content.decode()
    assert Submission.objects.get().state == "held"
