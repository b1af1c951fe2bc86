"""A resident's own ledger: what is held, who read it, with proofs that a stranger's program checks."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from wangge.audit import verifier
from wangge_server.accounts.models import User
from wangge_server.audit.actions import seal_all, write_event
from wangge_server.audit.sealed import installation_key
from wangge_server.registry.models import Person
from wangge_server.resident import pass_actions as actions


@pytest.fixture
def lead(users: dict[str, Any]) -> User:
    return users["community_lead"]  # type: ignore[no-any-return]


@pytest.fixture
def somebody(lead: User) -> Person:
    found = Person.objects.filter(household__grid_code__startswith=lead.area_code).order_by("person_id").first()
    assert found is not None
    return found


@pytest.fixture
def client(somebody: Person, lead: User) -> Client:
    slip = actions.give_slip(person=somebody, by=lead, purpose="register")
    seen, other = somebody.pk, Person.objects.exclude(pk=somebody.pk).order_by("pk")[0].pk
    for ids in ([seen], [seen, other], [other]):
        about = ids[0] if len(ids) == 1 else ""
        facts = {"n": len(ids), "ids": ids}
        write_event(
            by=lead, purpose="visit", verb="door", permission="task.open", about=about, facts=facts, kind="read"
        )
    seal_all(installation_key(), timezone.now())
    made = Client()
    made.post(reverse("pass"), {"slip": slip})
    return made


def test_it_says_who_read_and_shows_no_value(client: Client, somebody: Person) -> None:
    text = client.get(reverse("mine")).content.decode()
    assert "谁看过" in text and "入户核查" in text and "名单共 2 人" in text
    for value in (somebody.pk, somebody.name, somebody.id_number, somebody.phone, somebody.address):
        assert not value or value not in text


def test_without_a_slip_there_is_nothing(db: None) -> None:
    for name in ("mine", "mine_proofs"):
        assert Client().get(reverse(name)).status_code == 302


def test_a_stranger_checks_the_proofs(client: Client, somebody: Person, tmp_path: Path) -> None:
    file = tmp_path / "mine.json"
    file.write_bytes(client.get(reverse("mine_proofs")).content)
    alone = Path(verifier.__file__)  # one file, run as one file
    done = subprocess.run(
        [sys.executable, "-I", str(alone), "--mine", file.name], cwd=tmp_path, capture_output=True, text=True
    )
    told = json.loads(done.stdout)
    assert (done.returncode, told["ok"], told["problems"]) == (0, True, [])
    assert told["entries"] >= 2


def test_whom_else_a_list_named_is_not_told(client: Client, somebody: Person) -> None:
    text = client.get(reverse("mine_proofs")).content.decode()
    given = json.loads(text)
    assert any("entry" in one for one in given["entries"]) and any("entry" not in one for one in given["entries"])
    for other in Person.objects.exclude(pk=somebody.pk).values_list("pk", flat=True):
        assert other not in text


@pytest.mark.parametrize("what", ["entry", "leaf", "path", "position", "head"])
def test_what_was_altered_does_not_fit(client: Client, what: str) -> None:
    given = json.loads(client.get(reverse("mine_proofs")).content)
    one = next(row for row in given["entries"] if "entry" in row and row["path"])
    if what == "entry":
        one["entry"] = one["entry"].replace("visit", "other")
    elif what == "position":
        one["position"] += 1
    elif what == "path":
        one["path"] = one["path"][:-1]
    elif what == "leaf":
        one["leaf"] = given["entries"][-1]["leaf"] if one is not given["entries"][-1] else given["entries"][0]["leaf"]
    else:
        parts = given["head"].split()
        parts[2] = str(int(parts[2]) + 1)
        given["head"] = " ".join(parts)
    assert verifier.check_mine(given).problems
