"""Departments hand in their forms as they are; the console shows what repeats, what is refused, and the union form."""

from __future__ import annotations

import io
import json
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pyxform.xls2xform import convert
from tests.server.form_people import client_of, person

from wangge_server.audit.models import Event
from wangge_server.forms import queries
from wangge_server.forms.models import DepartmentForm


@pytest.fixture
def clerk(db: None) -> Client:
    return client_of(person("clerk"), "intake")


def paper(*labels: str, title: str = "居民登记") -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    page.append([title])
    page.append(list(labels))
    page.append(["测试甲", *["x"] * (len(labels) - 1)])
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def send(
    client: Client, data: bytes, department: str = "民政局", name: str = "登记表.xlsx", purpose: str = "register"
) -> Any:
    given = {"file": SimpleUploadedFile(name, data), "department": department, "purpose": purpose}
    return client.post(reverse("department_form_add"), given)


def page(client: Client, name: str, *args: Any) -> str:
    response = client.get(reverse(name, args=args))
    assert response.status_code == 200
    return str(response.content.decode())


def test_two_departments_see_what_both_ask(clerk: Client) -> None:
    send(clerk, paper("姓名", "电话", "性别"))
    send(clerk, paper("姓名", "联系电话", "现住址"), department="公安局")
    shown = page(clerk, "department_forms")
    assert "民政局" in shown and "公安局" in shown and "重复提问 2 次" in shown
    bill = queries.harmonised("peace").bill
    assert (bill["asks"], bill["distinct"]) == (6, 4)
    union = page(clerk, "union_form")
    assert union.count("公安局、民政局") == 2


def test_rows_of_people_are_not_kept(clerk: Client) -> None:
    send(clerk, paper("姓名", "电话"))
    row = DepartmentForm.objects.get()
    assert "测试甲" not in json.dumps(row.questions, ensure_ascii=False) + row.title
    assert Event.objects.filter(verb="add_department_forms").count() == 1


def test_a_refused_register_and_a_dropped_column_are_told(clerk: Client) -> None:
    send(clerk, paper("姓名", "电话", title="上访人员台账"))
    send(clerk, paper("姓名", "电话", "民族", "性别", "现住址"), department="公安局")
    refused, useful = DepartmentForm.objects.order_by("pk")
    assert "E3820" in page(clerk, "department_form", refused.pk)
    assert "不收集民族" in page(clerk, "department_form", useful.pk)
    assert "不收" in page(clerk, "department_forms")


def test_versions_are_kept_and_their_changes_shown(clerk: Client) -> None:
    send(clerk, paper("姓名", "返回省市"))
    send(clerk, paper("姓名", "返回省市"))
    assert DepartmentForm.objects.count() == 1
    send(clerk, paper("姓名", "返回省份", "返回市"))
    newest = queries.department_forms()[0]
    assert newest.number == 2
    assert "拆分：返回省市 -&gt; 返回省份、返回市" in page(clerk, "department_form", newest.pk)


def test_what_cannot_be_read_is_told_by_its_number(clerk: Client) -> None:
    response = send(clerk, paper("姓名", "电话", "电话"))
    assert response.status_code == 400 and "E3811" in response.content.decode()
    assert send(clerk, b"x", name="a.pdf").status_code == 400
    assert DepartmentForm.objects.count() == 0


def test_each_purpose_has_its_own_union_form(clerk: Client) -> None:
    send(clerk, paper("姓名", "体温"), purpose="register")
    response = clerk.get(reverse("union_book", args=["register"]))
    made = convert(io.BytesIO(response.content), file_type=".xlsx", validate=False)
    assert "/data/member/part_person/person_name" in made.xform and "temperature" not in made.xform
    assert clerk.get(reverse("union_book", args=["visit"])).status_code == 404
    report = clerk.get(reverse("union_report")).content.decode()
    assert "一表通：表格合并报告" in report


def test_a_withdrawn_form_asks_nothing_and_stays_on_record(clerk: Client) -> None:
    send(clerk, paper("姓名", "电话"))
    clerk.post(reverse("department_form_withdraw", args=[queries.department_forms()[0].pk]))
    assert queries.department_forms() == [] and DepartmentForm.objects.count() == 1


def test_who_may_not_upload_gets_no_door(clerk: Client) -> None:
    lead = client_of(person("community_lead"), "register")
    assert lead.get(reverse("department_forms")).status_code == 200
    assert send(lead, paper("姓名", "电话")).status_code in (403, 404)
    worker = client_of(person("grid_worker"), "register")
    assert worker.get(reverse("department_forms")).status_code in (403, 404)
