"""Two vaults on the server: sealed columns, which key, and the steps of the end. The byte search runs in tests/faults."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from wangge import vault
from wangge.audit.keys import InstallationKey
from wangge.base.errors import WanggeError
from wangge.dictionary import Retention
from wangge_server.accounts.key_actions import make_signing_key
from wangge_server.accounts.models import User
from wangge_server.dispatch.models import Lead
from wangge_server.emergency.models import Emergency
from wangge_server.field.models import Answer
from wangge_server.forms.models import Reply, Submission
from wangge_server.registry.models import Person
from wangge_server.vault import actions, keys, queries
from wangge_server.vault.models import Sunset
from wangge_server.vault.words import TABLES

SAID = "高血压，需代购降压药"
PASSPHRASE = "of a test only"


@pytest.fixture(autouse=True)
def own_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Keys of this test alone: destroying them ends nothing else."""
    monkeypatch.setattr(settings, "KEYS", tmp_path / "keys")
    keys.ring.cache_clear()
    yield
    keys.ring.cache_clear()


@pytest.fixture
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of this test alone."""
    monkeypatch.setattr(settings, "DATA", tmp_path)
    (tmp_path / "ground").mkdir()
    (tmp_path / "ground" / "visits.parquet").write_bytes(b"movements")
    (tmp_path / "lake" / "good").mkdir(parents=True)
    rows = pa.table({"name": ["张三", "李四"], "case_kind": ["confirmed", None], "trip_seat": pa.nulls(2, pa.string())})
    pq.write_table(rows, tmp_path / "lake" / "good" / "one.parquet")
    return tmp_path


def person(role: str) -> User:
    found = User.objects.filter(role=role).first()
    assert found is not None
    return found


def submission(worker: User) -> Submission:
    made = Submission.objects.create(
        instance_id="uuid:1",
        form_id="a",
        purpose="visit",
        state="accepted",
        xml=b"<a>secret answer</a>",
        digest="0",
        by=worker,
    )
    Reply.objects.create(
        submission=made, path="/a/b", subject="", element="care.medicine", said="answered", value=SAID,
        collected_on=dt.date(2026, 3, 1),
    )  # fmt: skip
    return made


def stored(table: str, column: str) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT "{column}" FROM "{table}"')
        return bytes(cursor.fetchone()[0])


def test_a_sealed_column_reads_as_written_and_lies_sealed(district: Any) -> None:
    made = submission(person("grid_worker"))
    assert Reply.objects.get(submission=made).value == SAID
    assert bytes(Submission.objects.get(pk=made.pk).xml) == b"<a>secret answer</a>"
    for table, column, plain in (("forms_reply", "value", SAID.encode()), ("forms_submission", "xml", b"secret")):
        assert plain not in stored(table, column)


def test_a_sealed_column_cannot_be_searched(district: Any) -> None:
    with pytest.raises(FieldError, match="sealed"):
        Reply.objects.filter(value=SAID).exists()
    with pytest.raises(FieldError, match="sealed"):
        Reply.objects.filter(value__contains="药").exists()


def test_sealed_bytes_moved_to_another_column_do_not_open(district: Any) -> None:
    submission(person("grid_worker"))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE forms_submission SET xml = (SELECT value FROM forms_reply LIMIT 1)")
    with pytest.raises(WanggeError, match="E8605"):
        Submission.objects.get(instance_id="uuid:1")


def test_each_vault_has_a_key_of_its_own(district: Any) -> None:
    event, register = keys.key_for(Retention.EVENT), keys.key_for(Retention.REGISTER)
    assert (event.scope, register.scope) == (district.code, "register")
    assert event.key_id != register.key_id
    ended(district)
    assert keys.key_for(Retention.EVENT).scope == "peace-0"


def test_every_table_that_goes_has_a_name_for_people() -> None:
    assert {model._meta.db_table for model in queries.event_models()} == set(TABLES)


def ended(district: Any) -> Emergency:
    Emergency.objects.filter(pk=district.pk).update(phase="ended")
    return Emergency.objects.get(pk=district.pk)


def test_the_end_needs_the_end_and_two_people_of_two_units(district: Any) -> None:
    officer, auditor = person("data_officer"), person("auditor")
    with pytest.raises(WanggeError, match="E8610"):
        actions.propose_sunset(emergency=district, reason="-", by=officer, purpose="administration")
    district = ended(district)
    made = actions.propose_sunset(emergency=district, reason="-", by=officer, purpose="administration")
    again = actions.propose_sunset(emergency=district, reason="other", by=officer, purpose="administration")
    assert (again.pk, again.reason) == (made.pk, "-")
    auditor.unit_code = officer.unit_code
    auditor.save()
    made.refresh_from_db()
    with pytest.raises(WanggeError, match="E8005"):
        actions.approve_sunset(sunset=made, now=timezone.now(), by=auditor, purpose="audit")
    with pytest.raises(WanggeError, match=r"E8002|E8003"):
        actions.approve_sunset(sunset=made, now=timezone.now(), by=officer, purpose="administration")


def approved(district: Any) -> Sunset:
    made = actions.propose_sunset(
        emergency=ended(district), reason="-", by=person("data_officer"), purpose="administration"
    )
    return actions.approve_sunset(sunset=made, now=timezone.now(), by=person("auditor"), purpose="audit")


SYSTEM = {"purpose": "administration"}


def test_the_key_goes_and_every_row_of_the_event_vault_with_it(district: Any, own_data: Path) -> None:
    submission(person("grid_worker"))
    sealed, people = stored("forms_reply", "value"), Person.objects.count()
    assert Lead.objects.exists()
    by = User.objects.get(role="system")
    made = approved(district)
    with pytest.raises(WanggeError, match="E8612"):  # nothing is destroyed before a sample is kept to look for
        actions.destroy_event_vault(sunset=made, now=timezone.now(), by=by, **SYSTEM)
    assert actions.keep_needles(sunset=made, by=by, **SYSTEM) > 0
    done = actions.destroy_event_vault(sunset=made, now=timezone.now(), by=by, **SYSTEM)
    assert done.before["dispatch_lead"] > 0
    assert not any(queries.event_rows().values())
    assert (Person.objects.count(), Answer.objects.count()) == (people, 0)
    with pytest.raises(WanggeError, match="E8602"):
        vault.unseal(keys.ring(), sealed, "forms_reply.value")
    assert not (own_data / "ground" / "visits.parquet").exists()
    lake = pq.read_table(own_data / "lake" / "good" / "one.parquet")
    assert (lake["name"].to_pylist(), lake["case_kind"].null_count) == (["张三", "李四"], 2)
    assert done.files_removed == 2
    assert keys.key_for(Retention.EVENT).scope == "peace-1"  # peacetime goes on under a key of its own


def head() -> str:
    return InstallationKey(bytes(32)).sign_head(3, timezone.now(), bytes(32)).line()


def test_only_the_two_who_answer_for_it_sign(district: Any) -> None:
    made = approved(district)
    plain = vault.Certificate("x", district.code, "-", "-", "-", {"a": [3, 0]}, 0, {"k": "s"}, head(), 5, 0, 1, 1, [])
    Sunset.objects.filter(pk=made.pk).update(state="searched", certificate=dataclasses.asdict(plain))
    officer, auditor = person("data_officer"), person("auditor")
    other = User.objects.create(username="other", name="丙", role="auditor", unit_code="elsewhere")
    same: dict[str, Any] = {"sunset": made, "now": timezone.now()}
    with pytest.raises(WanggeError, match="E8611"):
        actions.sign_certificate(passphrase=PASSPHRASE, by=other, purpose="audit", **same)
    with pytest.raises(WanggeError, match="E8020"):  # no key of one's own
        actions.sign_certificate(passphrase=PASSPHRASE, by=officer, purpose="administration", **same)
    make_signing_key(passphrase=PASSPHRASE, by=officer, purpose="administration")
    with pytest.raises(WanggeError, match="E8011"):
        actions.sign_certificate(passphrase="another one", by=officer, purpose="administration", **same)
    first = actions.sign_certificate(passphrase=PASSPHRASE, by=officer, purpose="administration", **same)
    assert (first.state, first.certified_at) == ("searched", None)
    make_signing_key(passphrase=PASSPHRASE, by=auditor, purpose="audit")
    done = actions.sign_certificate(passphrase=PASSPHRASE, by=auditor, purpose="audit", **same)
    assert (done.state, vault.check(vault.read(json.dumps(done.certificate)))) == ("certified", [])


def test_two_people_sign_on_the_page(district: Any, sign_in: Any) -> None:
    made = approved(district)
    plain = vault.Certificate("x", district.code, "-", "-", "-", {"a": [3, 0]}, 0, {"k": "s"}, head(), 5, 0, 1, 1, [])
    Sunset.objects.filter(pk=made.pk).update(state="searched", certificate=dataclasses.asdict(plain))
    officer, auditor = sign_in("data_officer", "administration"), sign_in("auditor", "audit")
    assert 'action="/sunset/key/"' in officer.get("/sunset/").content.decode()
    assert 'action="/sunset/sign/"' not in officer.get("/sunset/").content.decode()
    for client in (officer, auditor):
        client.post("/sunset/key/", {"passphrase": PASSPHRASE})
        assert 'action="/sunset/sign/"' in client.get("/sunset/").content.decode()
        client.post("/sunset/sign/", {"passphrase": PASSPHRASE})
        assert 'action="/sunset/sign/"' not in client.get("/sunset/").content.decode()
    kept = vault.read(officer.get("/sunset/certificate.json").content.decode())
    assert vault.check(kept) == []
    assert all(vault.fingerprint(one.public) in officer.get("/sunset/").content.decode() for one in kept.signatures)


def test_the_page_leads_two_people_through_it(district: Any, sign_in: Any) -> None:
    ended(district)
    client = sign_in("data_officer", "administration")
    page = client.get("/sunset/")
    assert page.status_code == 200
    assert "应急结束" in client.post("/sunset/propose/", {"reason": "应急结束"}, follow=True).content.decode()
    assert client.post("/sunset/approve/").status_code == 403  # not among what this role may do
    client = sign_in("auditor", "audit")
    assert client.post("/sunset/approve/").status_code == 302
    assert Sunset.objects.get().state == "approved"
    assert ProcrastinateJob.objects.filter(task_name="carry_sunset").count() == 1
    assert client.get("/sunset/certificate.json").status_code == 404
    Sunset.objects.update(state="certified", certificate={"format": "x"})
    kept = client.get("/sunset/certificate.json")
    assert (kept.json(), "attachment" in kept["Content-Disposition"]) == ({"format": "x"}, True)


def test_others_are_refused(district: Any, sign_in: Any) -> None:
    client = sign_in("grid_worker")
    for path in ("/sunset/", "/sunset/certificate.json"):
        assert client.get(path).status_code == 403
