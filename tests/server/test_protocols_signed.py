"""Protocols: two people of different departments sign a version; versions follow each other; unsigned ones judge nobody."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import pyarrow as pa
import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from emergency_people import NOON, ON, in_force, pair, peace, user

from wangge.base.errors import WanggeError
from wangge.exposure import protocol_texts
from wangge.tables.shapes import CASE, EXPOSURE
from wangge_server.accounts.actions import system_user
from wangge_server.accounts.key_actions import make_signing_key
from wangge_server.emergency import protocol_actions as actions
from wangge_server.emergency.models import ProtocolVersion
from wangge_server.emergency.protocol_queries import answers
from wangge_server.exposure.actions import load_exposures

PASS = {"passphrase": "two people of a test"}
OLD, NEW = protocol_texts()["covid-2026-01"], protocol_texts()["covid-2026-10"]


@pytest.fixture
def who(db: None) -> Any:
    with time_machine.travel(NOON, tick=False):
        peace()
        found = pair() | {"cdc": user("p-cdc", "cdc", "cdc-a"), "same": user("p-same", "judge_health", "cdc-a")}
        for name in ("cdc", "same", "second"):
            make_signing_key(by=found[name], **PASS, **ON)
        yield found


def refused(number: str, do: Any, /, **given: Any) -> None:
    with pytest.raises(WanggeError) as error:
        do(**given)
    assert error.value.code == number


def signed(who: dict[str, Any], text: str) -> ProtocolVersion:
    made = actions.propose_protocol(text=text, by=who["cdc"], **PASS, **ON)
    return actions.sign_protocol(label=made.label, digest=made.digest, by=who["second"], **PASS, **ON)


def dated(text: str, version: str, start: str, end: str) -> str:
    """The same protocol for other days."""
    lines = []
    for line in text.splitlines():
        key = line.split(" =")[0]
        new = {"version": f'version = "{version}"', "start": f"start = {start}", "end": f"end = {end}"}
        lines.append(new.get(key, line))
    return "\n".join(lines) + "\n"


def test_two_people_of_two_departments_with_their_keys(who: Any) -> None:
    made = actions.propose_protocol(text=NEW, by=who["cdc"], **PASS, **ON)
    assert made.in_force_at is None
    sign = {"label": made.label, "digest": made.digest} | ON
    refused("E8004", actions.sign_protocol, by=who["cdc"], **PASS, **sign)
    refused("E8005", actions.sign_protocol, by=who["same"], **PASS, **sign)
    refused("E8011", actions.sign_protocol, by=who["second"], passphrase="another one here", **sign)
    refused("E5113", actions.sign_protocol, by=who["second"], label=made.label, digest="0" * 64, **PASS, **ON)
    assert answers("covid", dt.date(2026, 11, 1), 1)[0]["label"] == ""
    actions.sign_protocol(by=who["second"], **PASS, **sign)
    assert answers("covid", dt.date(2026, 11, 1), 1)[0]["label"] == "covid-2026-10"
    refused("E5113", actions.withdraw_protocol, label=made.label, by=who["cdc"], **ON)
    refused("E5113", actions.propose_protocol, text=NEW, by=who["cdc"], **PASS, **ON)
    refused("E5112", actions.propose_protocol, text=protocol_texts()["covid-2020"], by=who["cdc"], **PASS, **ON)


def test_a_text_changed_after_the_first_signature_is_not_signed(who: Any) -> None:
    made = actions.propose_protocol(text=NEW, by=who["cdc"], **PASS, **ON)
    text = NEW.replace("lookback_days = 4", "lookback_days = 9")
    digest = hashlib.sha256(text.encode()).hexdigest()
    ProtocolVersion.objects.filter(pk=made.pk).update(text=text, digest=digest)
    refused("E5111", actions.sign_protocol, label=made.label, digest=digest, by=who["second"], **PASS, **ON)


def test_two_versions_in_one_month_answer_their_own_days(who: Any) -> None:
    signed(who, dated(NEW, "a", "2026-11-01", "2026-11-16"))
    signed(who, dated(NEW, "b", "2026-11-17", "2026-12-31"))
    found = {row["day"].day: row["label"] for row in answers("covid", dt.date(2026, 11, 1), 30)}
    assert (found[1], found[16], found[17], found[30]) == ("covid-a", "covid-a", "covid-b", "covid-b")
    client = Client()
    client.force_login(who["cdc"], backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["purpose"] = "command"
    session.save()
    text = client.get(reverse("protocol"), {"month": "2026-11"}).content.decode()
    assert text.index("2026-11-01 起") < text.index("2026-11-17 起")
    assert client.get(reverse("protocol"), {"month": "nonsense"}).status_code == 200
    words = client.get(reverse("protocol_version", args=["covid-b"])).content.decode()
    for word in ("发病前 4 天", "观察期：密切接触", "永远不会自行升级", "p-cdc"):
        assert word in words


@pytest.mark.parametrize(
    ("start", "end", "number"),
    [("2026-11-18", "2026-12-31", "E5026"), ("2026-11-16", "2026-12-31", "E5013"), ("2026-11-17", "2026-12-31", "")],
)
def test_a_gap_or_an_overlap_between_versions_is_refused(who: Any, start: str, end: str, number: str) -> None:
    signed(who, dated(NEW, "a", "2026-11-01", "2026-11-16"))
    if number:
        refused(number, signed, who=who, text=dated(NEW, "b", start, end))
        assert ProtocolVersion.objects.filter(in_force_at__isnull=False).count() == 1
    else:
        assert signed(who, dated(NEW, "b", start, end)).in_force_at is not None


def test_nobody_is_judged_by_a_protocol_nobody_signed(who: Any) -> None:
    code = in_force(who).pk
    row = dict.fromkeys(EXPOSURE.schema.names) | {
        "person_id": "nobody", "case_id": "x", "degree": 1, "category": "close", "protocol": "covid-2026-10", "evidence": "e"}  # fmt: skip
    given = {"emergency": code, "cases": CASE.empty(), "by": system_user(), "purpose": "administration",
             "exposures": pa.Table.from_pylist([row], schema=EXPOSURE.schema)}  # fmt: skip
    refused("E5110", load_exposures, **given)
    signed(who, NEW.replace("share_cap = 0.05", "share_cap = 0.06"))  # signed, and not what lies on the shelf
    refused("E5111", load_exposures, **given)
