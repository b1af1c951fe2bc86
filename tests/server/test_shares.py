"""A share: two agree, only what was agreed to is given, every use leaves its receipt, and it ends by itself."""

from __future__ import annotations

import base64
import datetime as dt
import json
from typing import Any

import pytest
import time_machine
from appeal_people import NOON, grade_row, sign, ungraded
from appeal_people import file as file_appeal
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from share_people import SEEN, cast, in_force, read, requested, terms, work

from wangge.audit.keys import verify
from wangge.base.errors import WanggeError
from wangge_server.accounts.models import User
from wangge_server.audit.models import Event
from wangge_server.audit.sealed import installation_key
from wangge_server.emergency.models import Emergency
from wangge_server.jobs.tasks import keep_share_clock
from wangge_server.registry.models import Person
from wangge_server.resident import pass_actions
from wangge_server.risk import appeal_actions
from wangge_server.risk.appeal_queries import receipts_of
from wangge_server.sharing import actions, queries
from wangge_server.sharing.models import Share, ShareReceipt


@pytest.fixture
def clock(district: Any) -> Any:
    with time_machine.travel(NOON, tick=False) as traveller:
        Emergency.objects.update(review_on=NOON.date() + dt.timedelta(days=30))
        yield traveller


@pytest.fixture
def who(clock: Any) -> dict[str, User]:
    return cast()


def refused(number: str, act: Any) -> None:
    with pytest.raises(WanggeError, match=number):
        act()


def test_two_of_other_departments_agree_and_the_owner_first(who: dict[str, User]) -> None:
    share = requested(who)
    refused("E8206", lambda: actions.grant_share(share_id=share.pk, **work(who["second"])))
    refused("E8005", lambda: actions.grant_share(share_id=share.pk, **work(who["colleague"])))
    share = actions.grant_share(share_id=share.pk, **work(who["owner_people"]))
    assert share.state == "granted" and share.grantor_officer == who["owner_people"]
    refused("E8004", lambda: actions.approve_share(share_id=share.pk, **work(who["owner_people"])))
    refused("E8005", lambda: actions.approve_share(share_id=share.pk, **work(who["colleague"])))
    refused("E8200", lambda: read(share, who["asker"]))
    share = actions.approve_share(share_id=share.pk, **work(who["second"]))
    assert share.state == "active" and [m.act for m in share.moves.all()] == ["request", "grant", "approve", "begin"]


def test_what_cannot_be_asked_for(who: dict[str, User]) -> None:
    ask = lambda **more: lambda: requested(who, **more)  # noqa: E731
    refused("E8201", ask(fields=["person.id_number"]))  # not granted to the CDC for this purpose
    refused("E8201", ask(fields=["grade"]))  # not in this dataset
    refused("E8201", ask(fields=[]))
    refused("E8201", ask(pseudonymised=["person.sex"]))
    refused("E8201", ask(dataset="nothing"))
    refused("E8202", ask(basis=" "))
    refused("E8203", ask(ends_on=timezone.localdate() - dt.timedelta(days=1)))
    refused("E8203", ask(ends_on=Emergency.objects.get().review_on + dt.timedelta(days=1)))
    refused("E8212", ask(max_rows=5001))
    refused("E8211", ask(emergency=None))
    refused("E8213", ask(area_code="110101"))
    refused("E8204", lambda: actions.request_share(terms=terms(), officer=who["outsider"], **work(who["asker"])))
    refused("E8002", lambda: actions.request_share(terms=terms(), officer=who["second"], **work(who["second"])))


def test_only_granted_elements_are_given_and_absent_is_absent(who: dict[str, User]) -> None:
    share = in_force(who, fields=["person.name", "person.phone"], pseudonymised=["person.phone"])
    given = read(share, who["asker"])
    known = {p.name: p for p in Person.objects.filter(household__grid_code=share.area_code)}
    assert given["rows"] and {frozenset(row) for row in given["rows"]} == {
        frozenset({"ref", "person.name", "person.phone"})
    }
    assert {row["person.name"] for row in given["rows"]} == set(known)
    text = json.dumps(given, ensure_ascii=False)
    assert not any(
        p.pk in text or (p.phone and p.phone in text) or (p.id_number and p.id_number in text) for p in known.values()
    )
    # The gate that grants less gives less, whatever the share says.
    less = read(share, who["asker"], granted=SEEN - {"person.phone"})
    assert {frozenset(row) for row in less["rows"]} == {frozenset({"ref", "person.name"})}
    assert less["elements"] == ["person.name"]


def test_every_use_leaves_a_receipt_and_its_entries(who: dict[str, User], sign_in: Any) -> None:
    share = in_force(who)
    given = read(share, who["asker"])
    receipt = ShareReceipt.objects.get(pk=given["receipt"])
    assert receipt.n_rows == len(given["rows"]) and receipt.by == who["asker"]
    write, seen = (Event.objects.filter(verb="read_share", kind=kind).get() for kind in ("write", "read"))
    assert write.facts["receipt"] == str(receipt.pk) and seen.facts["n"] == receipt.n_rows == len(seen.facts["ids"])
    assert seen.facts["elements"] == ["person.name", "person.phone"]
    for role, purpose in (("cdc", "judgement"), ("data_officer", "administration"), ("auditor", "audit")):
        page = sign_in(role, purpose).get(reverse("share", args=[share.pk]))
        assert receipt.digest[:12] in page.content.decode(), role
    other = Client()
    other.force_login(who["outsider"], backend="django.contrib.auth.backends.ModelBackend")
    assert other.get(reverse("share", args=[share.pk])).status_code == 404
    refused("E8205", lambda: read(share, who["outsider"]))
    refused("E8210", lambda: read(share, who["stray"]))


def test_a_refused_read_counts_nothing(who: dict[str, User]) -> None:
    share = in_force(who, max_rows=1)
    refused("E8209", lambda: read(share, who["asker"]))
    share.refresh_from_db()
    assert share.n_reads == 0 and not share.receipts.exists() and not share.people.exists()


def test_it_is_used_up(who: dict[str, User]) -> None:
    share = in_force(who, max_reads=2)
    read(share, who["asker"])
    read(share, who["asker"])
    share.refresh_from_db()
    assert share.state == "exhausted"
    refused("E8200", lambda: read(share, who["asker"]))


def test_a_second_before_and_after_its_last_day(who: dict[str, User], clock: Any) -> None:
    share = in_force(who, begins_on=timezone.localdate() + dt.timedelta(days=1))
    assert share.state == "approved"
    refused("E8200", lambda: read(share, who["asker"]))
    midnight = timezone.make_aware(dt.datetime.combine(share.begins_on, dt.time()))
    clock.move_to(midnight - dt.timedelta(seconds=1))
    refused("E8200", lambda: read(share, who["asker"]))
    clock.move_to(midnight)
    assert read(share, who["asker"])["rows"]
    last = timezone.make_aware(dt.datetime.combine(share.ends_on, dt.time(23, 59, 59)))
    clock.move_to(last)
    assert keep_share_clock(0)["expire"] == 0 and read(share, who["asker"])["rows"]
    clock.move_to(last + dt.timedelta(seconds=1))
    refused("E8200", lambda: read(share, who["asker"]))
    assert keep_share_clock(0) == {"expire": 1, "begin": 0, "use_up": 0}


def test_it_ends_with_the_emergency_by_itself(who: dict[str, User]) -> None:
    share, waiting = in_force(who), requested(who)
    Emergency.objects.update(phase="ended")
    refused("E8002", lambda: read(share, who["asker"]))
    refused("E8200", lambda: actions.grant_share(share_id=waiting.pk, **work(who["owner_people"])))
    assert keep_share_clock(0)["expire"] == 2
    assert set(Share.objects.values_list("state", flat=True)) == {"expired"}


def test_who_answers_and_the_auditor_stop_it_at_once(who: dict[str, User]) -> None:
    first, second = in_force(who), in_force(who)
    refused("E8202", lambda: actions.revoke_share(share_id=first.pk, words=" ", **work(who["auditor"])))
    actions.revoke_share(share_id=first.pk, words="用途已经达到", **work(who["owner_people"]))
    actions.revoke_share(share_id=second.pk, words="审计停止", **work(who["auditor"]))
    for share in (first, second):
        refused("E8200", lambda share=share: read(share, who["asker"]))


def test_changes_since_the_last_read(who: dict[str, User]) -> None:
    share = in_force(who)
    whole = read(share, who["asker"])
    people = Person.objects.filter(household__grid_code=share.area_code).order_by("pk")
    moved, called = people[0], people[1]
    refs = {row["ref"]: row for row in whole["rows"]}
    moved.is_listed = False
    moved.save(update_fields=["is_listed"])
    called.phone = "13900001111"
    called.save(update_fields=["phone"])
    changes = read(share, who["asker"], "changes")
    assert [row["person.phone"] for row in changes["rows"]] == ["13900001111"]
    assert len(changes["gone"]) == 1 and changes["gone"][0] in refs and changes["rows"][0]["ref"] in refs
    again = read(share, who["asker"], "changes")
    assert again["rows"] == [] and again["gone"] == []


def test_refs_of_two_shares_cannot_be_joined(who: dict[str, User]) -> None:
    first, second = read(in_force(who), who["asker"]), read(in_force(who), who["asker"])
    assert not {row["ref"] for row in first["rows"]} & {row["ref"] for row in second["rows"]}


def test_the_terms_are_signed(who: dict[str, User]) -> None:
    share = in_force(who)
    signature, key = base64.b64decode(share.signature), installation_key().public
    assert verify(key, actions.message_of(share), signature)
    share.max_reads += 1
    assert not verify(key, actions.message_of(share), signature)


def test_a_correction_travels_to_every_receiver_and_is_confirmed(who: dict[str, User], sign_in: Any) -> None:
    person, lead = ungraded()[0], User.objects.get(username="community_lead")
    sign(grade_row(person.pk))
    share = in_force(
        who, dataset="graded_people", fields=["person.name", "grade"], area_code=person.household.grid_code[:12]
    )
    given = read(share, who["asker"])
    ref = next(row["ref"] for row in given["rows"] if row["person.name"] == person.name)
    appeal = file_appeal(person, lead)
    same: dict[str, Any] = {"appeal_id": appeal.pk, "by": who["outsider"], "purpose": "judgement"}
    appeal_actions.acknowledge_appeal(**same)
    appeal_actions.correct_appeal(**same, reason="not_there", words="认错人了。")
    told = {r.receiver: r for r in receipts_of(appeal)}
    assert told["share"].confirmed_at and told["share"].effect == {"notices": 1}
    notice = queries.open_notices(share).get()
    assert notice.ref == ref and notice.left == ""
    assert ref in read(share, who["asker"], "changes")["gone"]
    client = sign_in("cdc", "judgement")
    assert "待接收单位确认" in client.get(reverse("share", args=[share.pk])).content.decode()
    refused("E8205", lambda: actions.confirm_notices(share_id=share.pk, **work(who["outsider"])))
    client.post(reverse("share_confirm", args=[share.pk]))
    assert not queries.open_notices(share).exists()


def test_the_person_sees_it_in_their_ledger(who: dict[str, User]) -> None:
    share = in_force(who)
    read(share, who["asker"])
    person = Person.objects.filter(household__grid_code=share.area_code).order_by("pk")[0]
    lead = User.objects.get(username="community_lead")
    slip = pass_actions.give_slip(person=person, by=lead, purpose="register")
    client = Client()
    client.post(reverse("pass"), {"slip": slip})
    text = client.get(reverse("mine")).content.decode()
    assert "共享给了谁" in text and share.basis in text and "疾控审定" in text
    assert person.name not in text


def test_the_public_register_names_nobody_and_no_small_count(who: dict[str, User]) -> None:
    share = in_force(who)
    given = read(share, who["asker"])
    (row,) = queries.public_register()
    assert (row["n"], row["active"], row["reads"]) == (1, 1, 1)
    assert row["rows"] == queries.shown(len(given["rows"]))
    assert [queries.shown(n) for n in (0, 1, 7, 8, 12, 13)] == [0, None, None, 10, 10, 15]
    text = Client().get(reverse("share_register")).content.decode()
    assert share.basis in text and who["asker"].name not in text and "cdc-unit" not in text
    requested(who, basis="没有批准")
    assert "没有批准过" not in Client().get(reverse("share_register")).content.decode()
    assert len(queries.public_register()) == 1


def test_by_its_pages(who: dict[str, User], sign_in: Any) -> None:
    """Asked for, agreed to twice and read by clicks alone; a file says whose it is."""
    asker, given = sign_in("cdc", "judgement"), terms()
    form = {"dataset": "people", "fields_asked": given["fields"], "area_code": given["area_code"], "max_rows": 5000, "max_reads": 2,
            "begins_on": given["begins_on"], "ends_on": given["ends_on"], "basis": given["basis"], "reason": given["reason"],
            "officer": who["asker"].pk}  # fmt: skip
    answer = asker.post(reverse("share_new"), form)
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    share = Share.objects.get()
    page = reverse("share", args=[share.pk])
    assert asker.post(reverse("share_read", args=[share.pk])).status_code == 403
    sign_in("data_officer", "administration").post(reverse("share_approve", args=[share.pk, "grant"]))
    sign_in("commander", "command").post(reverse("share_approve", args=[share.pk, "approve"]))
    assert "读取为文件" in asker.get(page).content.decode()
    shown = asker.post(reverse("share_read", args=[share.pk]), {"kind": "whole", "format": "page"})
    person = Person.objects.filter(household__grid_code=share.area_code).order_by("pk")[0]
    assert person.name in shown.content.decode()
    file = asker.post(reverse("share_read", args=[share.pk]), {"kind": "changes", "format": "file"})
    body = json.loads(file.content)
    assert body["rows"] == [] and body["terms"]["onward"] is False and body["terms"]["grantee"] == "cdc-unit"
    share.refresh_from_db()
    assert share.state == "exhausted"
