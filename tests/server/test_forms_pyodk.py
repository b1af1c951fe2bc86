"""pyodk, ODK's own client of Central, against the real server on the loopback: its calls are made as its users make them."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests
from django.conf import settings
from django.db import connection
from pyodk.client import Client
from pyodk.errors import PyODKError
from tests.server.form_people import PASSWORD, person
from tests.server.test_forms_openrosa import MINE, filled, key_for, publish

from wangge_server.dispatch.models import Worker
from wangge_server.forms.models import Submission
from wangge_server.registry.models import Household


@pytest.fixture
def served(transactional_db: None) -> Iterator[str]:
    """The product's own server (granian) on a free port, on the tests' database."""
    Household.objects.create(household_id="h-mine-1", n_people=2, address="示例小区1栋101", grid_code=MINE, how="test")
    person("grid_worker", "mine", grids=[MINE])
    publish()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "1",
               "--blocking-threads", "2", "--no-ws", "--log-level", "error", "wangge_server.config.wsgi:application"]  # fmt: skip
    one = connection.settings_dict
    address = f"postgresql://{quote(one['USER'])}:{quote(one['PASSWORD'])}@{'' if one['HOST'].startswith('/') else one['HOST']}"
    address += f"{':' + one['PORT'] if one['PORT'] else ''}/{one['NAME']}?host={quote(one['HOST'], safe='')}"
    src = Path(settings.ROOM).parents[0]
    env = os.environ | {"DATABASE_URL": address, "WANGGE_DATA": str(settings.DATA), "PYTHONPATH": str(src),
                        "DJANGO_SETTINGS_MODULE": "wangge_server.config.settings"}  # fmt: skip
    with subprocess.Popen(command, env=env) as server:
        try:
            _wait(base, server)
            yield base
        finally:
            server.terminate()


def _wait(base: str, server: Any) -> None:
    for _ in range(300):
        assert server.poll() is None, "the server did not start"
        with contextlib.suppress(requests.ConnectionError):
            if requests.get(f"{base}/v1/projects/1/formList", timeout=5).status_code == 401:
                return
        time.sleep(0.1)
    raise AssertionError("the server did not answer")


def client(base: str, folder: Path, name: str, password: str = PASSWORD) -> Client:
    config = folder / f"{name}.toml"
    config.write_text(
        f'[central]\nbase_url = "{base}"\nusername = "{name}"\npassword = "{password}"\ndefault_project_id = 1\n'
    )
    return Client(config_path=config, cache_path=folder / f"{name}-cache.toml")


def test_pyodk_does_its_work(served: str, tmp_path: Path) -> None:
    with client(served, tmp_path, "mine@register") as odk:
        assert [(one.xmlFormId, one.version, one.name) for one in odk.forms.list()] == [
            ("household_visit", "1", "入户走访登记")
        ]
        assert odk.forms.get("household_visit").state == "open"
        photo = tmp_path / "a.jpg"
        photo.write_bytes(b"\xff\xd8" + b"x" * 40_000)
        made = odk.submissions.create(form_id="household_visit", xml=filled("uuid:py-1", more="<photo>a.jpg</photo>").decode(),
                                      attachments=[photo])  # fmt: skip
        assert made.instanceId == "uuid:py-1" and made.reviewState is None
        assert made.attachments and [(one.name, one.exists) for one in made.attachments] == [("a.jpg", True)]
        assert bytes(Submission.objects.get().files.get().data) == photo.read_bytes()
        table = odk.submissions.get_table(form_id="household_visit", expand="*", count=True)
        assert table["@odata.count"] == 1
        row = table["value"][0]
        assert (row["__id"], row["household"], row["person"][0]["name"], "age" in row["person"][0]) == (
            "uuid:py-1",
            "h-mine-1",
            "陈晓岚",
            False,
        )
        turns = odk.submissions.get_table(form_id="household_visit", table_name="Submissions.person")["value"]
        assert [(one["name"], one["__Submissions-id"]) for one in turns] == [("陈晓岚", "uuid:py-1")]
        assert "person@odata.navigationLink" in odk.submissions.get_table(form_id="household_visit")["value"][0]
        edit = filled("uuid:py-2", meta="<orx:deprecatedID>uuid:py-1</orx:deprecatedID>").decode()
        odk.submissions.edit(form_id="household_visit", instance_id="uuid:py-1", xml=edit)
        assert {one.instanceId: one.reviewState for one in odk.submissions.list(form_id="household_visit")} == {
            "uuid:py-1": "edited", "uuid:py-2": None}  # fmt: skip
        with pytest.raises(PyODKError, match="E3838"):
            odk.submissions.create(form_id="household_visit", xml="<!DOCTYPE a [<!ENTITY b 'c'>]><data>&b;</data>")
        with pytest.raises(PyODKError, match="E3840"):
            odk.submissions.create(form_id="household_visit", xml=filled("uuid:py-2", "x").decode())
    with client(served, tmp_path, "mine@register", "wrong password") as odk, pytest.raises(PyODKError, match="401"):
        odk.submissions.session.headers.pop("Authorization", None)
        (tmp_path / "mine@register-cache.toml").unlink()
        odk.forms.list()


def test_collect_does_its_work_over_the_wire(served: str) -> None:
    """The calls of ODK Collect, as it makes them: settings address, form list, HEAD, then the post with its files."""
    base = f"{served}/v1/key/{key_for(Worker.objects.get().user)}/projects/1"
    headers = {"X-OpenRosa-Version": "1.0", "User-Agent": "org.odk.collect.android/v2026.1"}
    assert "household_visit" in requests.get(f"{base}/formList", headers=headers, timeout=20).text
    head = requests.head(f"{base}/submission", params={"deviceID": "collect:1"}, headers=headers, timeout=20)
    assert head.status_code == 204 and head.headers["X-OpenRosa-Version"] == "1.0" and head.headers["Date"]
    parts = {
        "xml_submission_file": ("s.xml", filled("uuid:c-1", more="<photo>b.jpg</photo>"), "text/xml"),
        "b.jpg": ("b.jpg", b"\xff\xd8", "image/jpeg"),
    }
    answers = [requests.post(f"{base}/submission", files=parts, headers=headers, timeout=20) for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 202]
    assert Submission.objects.get().files.count() == 1
