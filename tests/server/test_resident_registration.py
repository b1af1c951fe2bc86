"""Residents register themselves: purpose first, one household once, a receipt that corrects and withdraws, an end."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from form_books import book
from form_people import client_of, person

from wangge.base.errors import WanggeError
from wangge.forms.paper import paper_of
from wangge_server.accounts.actions import resident_user
from wangge_server.audit.models import Event
from wangge_server.config.demo_forms import hang_a_code
from wangge_server.forms.actions import publish_form, upload_form
from wangge_server.forms.models import Reply, Submission
from wangge_server.jobs.forgetting import forget_registered
from wangge_server.resident import actions, queries
from wangge_server.resident.models import Poster, Registration
from wangge_server.resident.receipts import digest_of_receipt, door_text, receipt_for, shown

pytestmark = pytest.mark.django_db
ZH, EN = "label::简体中文 (zh-Hans)", "label::English (en)"
SURVEY = [
    {"type": "note", "name": "why", ZH: "用于社区登记", EN: "For the register"},
    {"type": "begin_repeat", "name": "person", ZH: "家庭成员", EN: "Member"},
    {"type": "text", "name": "name", ZH: "姓名", EN: "Name", "required": "yes"},
    {"type": "integer", "name": "age", ZH: "年龄", EN: "Age", "constraint": ". >= 0 and . <= 120"},
    {"type": "select_one yesno", "name": "back", ZH: "是否外地返回", EN: "Back from elsewhere"},
    {"type": "end_repeat"},
]  # fmt: skip
TODAY = timezone.localdate()
OFFICER = {"purpose": "register"}


@pytest.fixture
def poster(db: None) -> Poster:
    officer = person("data_officer", area="440305")
    version = upload_form(data=book(SURVEY, form_id="self_register", form_title="返乡人员自主登记"), file_name="f.xlsx",
                          for_purpose="register", until=TODAY + dt.timedelta(days=60), lang="zh-hans", by=officer, **OFFICER)  # fmt: skip
    publish_form(version=version, by=officer, **OFFICER)
    version.refresh_from_db()
    return actions.open_poster(
        version=version, place="海颂园", area_code="440305001001", basis="应急指挥部〔2026〕8 号", by=person("community_lead"),
        closes_on=TODAY + dt.timedelta(days=7), keep_until=TODAY + dt.timedelta(days=30), **OFFICER,
    )  # fmt: skip


def xml(instance: str, *names: str, age: str = "41") -> bytes:
    people = "".join(f"<person><name>{name}</name><age>{age}</age><back>no</back></person>" for name in names)
    return f'<data id="self_register" version="1"><why/>{people}<meta><instanceID>uuid:{instance}</instanceID></meta></data>'.encode()


def send(
    client: Client, poster: Poster, body: bytes, room: str = "501", building: str = "3栋", unit: str = "２单元"
) -> Any:
    return client.post(reverse("resident_send", args=[poster.code]), {
        "xml_submission_file": SimpleUploadedFile("x.xml", body), "building": building, "unit": unit, "room": room})  # fmt: skip


def receipt_of(client: Client, poster: Poster) -> str:
    text = client.get(reverse("resident_done", args=[poster.code])).content.decode()
    return text.split('class="wg-receipt" translate="no">')[1].split("<")[0]


def hold(client: Client, receipt: str) -> Any:
    return client.post(reverse("resident_receipt"), {"receipt": receipt}, follow=True)


def test_purpose_basis_and_end_come_before_the_form(poster: Poster) -> None:
    text = Client().get(reverse("resident_poster", args=[poster.code])).content.decode()
    for words in ("基础登记", "应急指挥部〔2026〕8 号", "数据主管", str(poster.keep_until), "纸质表", "开始填写"):
        assert words in text
    assert text.index("应急指挥部") < text.index("开始填写")


def test_a_household_registers_and_gets_a_receipt(poster: Poster) -> None:
    client = Client()
    answer = send(client, poster, xml("a1", "陈晓岚", "陈果"))
    assert answer.status_code == 201, answer.content
    receipt = receipt_of(client, poster)
    assert receipt == shown(receipt_for("uuid:a1"))
    kept = Registration.objects.get()
    assert (kept.state, kept.door, kept.n_people) == ("taken", "3-2-501", 2)
    assert receipt.replace("-", "") not in "".join(map(str, Registration.objects.values_list().get()))
    assert Submission.objects.get().state == "accepted"
    event = Event.objects.filter(verb="register_household").get()
    assert "陈" not in str(event.facts) and "501" not in str(event.facts)


def test_nobody_else_sees_the_receipt(poster: Poster) -> None:
    send(Client(), poster, xml("a1", "陈晓岚"))
    assert Client().get(reverse("resident_done", args=[poster.code])).status_code == 302


def test_the_same_phone_again_adds_nothing(poster: Poster) -> None:
    client = Client()
    first = send(client, poster, xml("a1", "陈晓岚")), receipt_of(client, poster)
    again = send(client, poster, xml("a1", "陈晓岚")), receipt_of(client, poster)
    assert first[1] == again[1] and again[0].status_code == 201
    assert Registration.objects.count() == Submission.objects.count() == 1


def test_other_words_under_the_same_id_are_refused(poster: Poster) -> None:
    send(Client(), poster, xml("a1", "陈晓岚"))
    answer = send(Client(), poster, xml("a1", "别人"))
    assert answer.status_code == 422 and answer.json()["code"] == "E3840"
    assert queries.counts_of(poster) == (1, 1)


@pytest.mark.parametrize("second", [("3", "2", "501"), ("３号楼", "02", "501室"), (" 3幢", "2单元", "５０１号")])
def test_one_door_counts_once_and_nobody_is_turned_away(poster: Poster, second: tuple[str, str, str]) -> None:
    send(Client(), poster, xml("a1", "陈晓岚"))
    building, unit, room = second
    assert send(Client(), poster, xml("a2", "陈晓岚", "陈果"), room, building, unit).status_code == 201
    assert queries.counts_of(poster) == (1, 1)
    assert [one.door for one in queries.doubled(poster)] == ["3-2-501"]
    page = client_of(person("community_lead"), "register").get(reverse("poster", args=[poster.pk])).content.decode()
    assert "同一门牌登记了两次" in page and "陈晓岚" not in page


@pytest.mark.parametrize(
    ("parts", "door"),
    [(("", "", "12"), "12"), (("A座", "", "0301"), "A-301"), (("", "", " "), ""), (("0", "", "1"), "0-1")],
)
def test_doors(parts: tuple[str, str, str], door: str) -> None:
    assert door_text(*parts) == door


def test_without_a_door_it_is_said_and_nothing_is_taken(poster: Poster) -> None:
    answer = send(Client(), poster, xml("a1", "陈晓岚"), room="", building="", unit="")
    assert answer.json()["code"] == "E3892"
    assert not Registration.objects.exists() and not Submission.objects.exists()


def test_a_receipt_corrects(poster: Poster) -> None:
    client = Client()
    send(client, poster, xml("a1", "陈晓岚"))
    receipt = receipt_of(client, poster)
    other = Client()
    assert "更正" in hold(other, receipt.lower().replace("-", " ")).content.decode()
    assert send(other, poster, xml("a2", "陈晓岚", "陈果")).status_code == 201
    assert queries.counts_of(poster) == (1, 2)
    assert Submission.objects.count() == 1, "what was corrected is gone"
    assert hold(Client(), receipt).status_code == 400, "the earlier receipt no longer counts"
    assert hold(Client(), receipt_of(other, poster)).status_code == 200


def test_a_receipt_withdraws_and_the_words_are_gone(poster: Poster) -> None:
    client = Client()
    send(client, poster, xml("a1", "陈晓岚"))
    send(Client(), poster, xml("a2", "陈果"))
    hold(client, receipt_of(client, poster))
    assert "已经销毁" in client.post(reverse("resident_withdraw")).content.decode()
    assert "陈晓岚" not in Reply.objects.values_list("value", flat=True) and Submission.objects.count() == 1
    assert queries.counts_of(poster) == (1, 1), "the one that waited beside it counts now"


def test_a_wrong_receipt_tells_nothing(poster: Poster) -> None:
    assert "E3893" in hold(Client(), "0000-0000-0000-0000").content.decode()
    assert Client().post(reverse("resident_withdraw")).status_code == 302


def test_receipts_forgive_the_eye() -> None:
    assert digest_of_receipt("oil1-2345") == digest_of_receipt("0111 2345")
    assert digest_of_receipt("ＡＢＣ") == digest_of_receipt("a-b c")


def test_a_closed_code_takes_nothing_but_corrections_go_on(poster: Poster) -> None:
    client = Client()
    send(client, poster, xml("a1", "陈晓岚"))
    hold(client, receipt_of(client, poster))
    actions.close_poster(poster=poster, by=person("community_lead"), **OFFICER)
    assert send(Client(), poster, xml("b1", "别家"), room="601").json()["code"] == "E3890"
    assert send(client, poster, xml("a2", "陈晓岚", "陈果")).status_code == 201


def test_what_does_not_hold_is_kept_and_waits(poster: Poster) -> None:
    """A server that believes the phone believes anybody: an age of 300 is kept, does not count as an answer, and waits."""
    assert send(Client(), poster, xml("a1", "陈晓岚", age="300")).status_code == 201
    assert Submission.objects.get().state == "held"


def test_another_form_is_refused(poster: Poster) -> None:
    body = xml("a1", "陈晓岚").replace(b"self_register", b"another")
    assert send(Client(), poster, body).json()["code"] == "E3836"


def test_at_its_day_everything_is_destroyed_and_counts_remain(poster: Poster) -> None:
    send(Client(), poster, xml("a1", "陈晓岚", "陈果"))
    assert queries.to_forget(poster.keep_until) == []
    day_after = poster.keep_until + dt.timedelta(days=1)
    assert queries.to_forget(day_after) == [poster]
    assert (forget_registered(poster.keep_until), forget_registered(day_after)) == (0, 1)
    assert not any(model.objects.exists() for model in (Registration, Submission, Reply))
    poster.refresh_from_db()
    assert (poster.n_households, poster.n_people) == (1, 2)
    assert queries.to_forget(day_after) == []
    assert Client().get(reverse("resident_poster", args=[poster.code])).status_code == 404


def test_a_paper_is_typed_in_by_a_named_person(poster: Poster) -> None:
    lead = client_of(person("community_lead"), "register")
    answer = lead.post(reverse("poster_key", args=[poster.pk]), {
        "xml_submission_file": SimpleUploadedFile("x.xml", xml("p1", "陈晓岚")), "building": "1", "unit": "", "room": "101"})  # fmt: skip
    assert answer.status_code == 201
    kept = Registration.objects.get()
    assert (kept.method, kept.by.username) == ("paper", "test-community_lead")
    assert shown(receipt_for("uuid:p1")) in lead.get(reverse("poster_key", args=[poster.pk])).content.decode()


def test_the_paper_asks_what_the_phone_asks(poster: Poster) -> None:
    lines = paper_of(poster.version.xform.encode())
    assert [(line.kind, line.label, line.options) for line in lines] == [
        ("note", "用于社区登记", ()), ("repeat", "家庭成员", ()), ("write", "姓名", ()), ("write", "年龄", ()),
        ("one", "是否外地返回", ("是", "否"))]  # fmt: skip
    assert [line.label for line in paper_of(poster.version.xform.encode(), "en")][1:3] == ["Member", "Name"]
    page = (
        client_of(person("community_lead"), "register").get(reverse("poster_paper", args=[poster.pk])).content.decode()
    )
    assert page.count("姓名") == 4 and "□ 是" in page and poster.basis in page


def test_a_poster_of_another_area_does_not_exist(poster: Poster) -> None:
    stranger = client_of(person("community_lead", "far", area="440305002002"), "register")
    for name in ("poster", "poster_print", "poster_paper", "poster_key"):
        assert stranger.get(reverse(name, args=[poster.pk])).status_code == 404
    assert "海颂园" not in stranger.get(reverse("posters")).content.decode()


def test_the_poster_prints_its_code_and_its_other_ways(poster: Poster) -> None:
    page = (
        client_of(person("community_lead"), "register").get(reverse("poster_print", args=[poster.pk])).content.decode()
    )
    assert "<svg" in page and f"/r/{poster.code}/" in page and "不作通行之用" in page


@pytest.mark.parametrize(("closes", "keep"), [(-1, 30), (31, 30), (61, 90)])
def test_days_in_no_order_are_refused(poster: Poster, closes: int, keep: int) -> None:
    with pytest.raises(WanggeError, match="E3891"):
        actions.open_poster(
            version=poster.version, place="x", area_code="440305001001", basis="x", by=person("community_lead"),
            closes_on=TODAY + dt.timedelta(days=closes), keep_until=TODAY + dt.timedelta(days=keep), **OFFICER)  # fmt: skip


def test_a_resident_may_do_nothing_else(poster: Poster) -> None:
    with pytest.raises(WanggeError, match="E800"):
        actions.key_in(poster=poster, filled=actions.Filled(b"", {}, "1"), by=resident_user(), purpose="own")


def test_the_demo_hangs_a_code_for_two_departments_in_one_form(db: None) -> None:
    person("data_officer", area="440305"), person("community_lead")
    hang_a_code()
    poster = Poster.objects.get()
    text = Client().get(reverse("resident_poster", args=[poster.code])).content.decode()
    assert "姓名" in text and "登记人" not in text
    assert "体温" not in text, "the register may not ask for health; the clinic asks under a purpose of its own"
    lines = paper_of(poster.version.xform.encode())
    assert sum("电话" in line.label for line in lines) == 1, "asked once for both"


def test_the_form_page_opens_for_all_and_for_whoever_types_a_paper_in(poster: Poster) -> None:
    page = Client().get(reverse("resident_fill", args=[poster.code])).content.decode()
    assert f'data-form="/r/{poster.code}/form.xml"' in page and "楼栋" in page
    assert b"<h:html" in Client().get(reverse("resident_xform", args=[poster.code])).content
    keyed = (
        client_of(person("community_lead"), "register").get(reverse("poster_key", args=[poster.pk])).content.decode()
    )
    assert f'data-send="/posters/{poster.pk}/key/"' in keyed
    made = client_of(person("community_lead"), "register").get(reverse("poster_open")).content.decode()
    assert poster.version.title in made and str(poster.version.pk) in made
