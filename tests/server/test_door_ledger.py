"""户不漏人: the ledger is closed once a day, its proofs stand alone, and a community sees every door of its own."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.utils import timezone

from wangge.audit.verifier import check_door, read_key
from wangge_server.accounts.actions import system_user
from wangge_server.accounts.models import User
from wangge_server.audit.actions import seal_all
from wangge_server.audit.sealed import head_lines, installation_key
from wangge_server.feedback import ledger_queries as doors
from wangge_server.feedback.actions import confirm_units, load_coverage
from wangge_server.feedback.ledger_actions import close_ledger
from wangge_server.feedback.models import Coverage, LedgerRoot, LedgerRow

DAY = dt.date(2026, 11, 24)


@pytest.fixture
def by(district: Any) -> User:
    return system_user()


def close(by: User, on: dt.date = DAY) -> int:
    rows = close_ledger(on=on, by=by, purpose="administration")
    seal_all(installation_key(), timezone.now())
    return rows


def open_door() -> Coverage:
    return Coverage.objects.exclude(state__in=(*doors.CONFIRMED, *doors.OUTSIDE)).order_by("dwelling_id").first()  # type: ignore[return-value]


def test_every_unit_of_the_frame_stands_under_a_root_once(by: User) -> None:
    n = close(by)
    assert n == Coverage.objects.count() == LedgerRow.objects.count()
    assert sum(LedgerRoot.objects.values_list("size", flat=True)) == n
    assert close(by) == 0 and LedgerRow.objects.count() == n  # once a day
    assert close(by, DAY + dt.timedelta(1)) == 0  # nothing changed
    assert LedgerRoot.objects.filter(on=DAY + dt.timedelta(1)).count() == LedgerRoot.objects.filter(on=DAY).count()


def test_every_proof_of_a_grid_fits_and_stands_in_the_log(by: User) -> None:
    close(by)
    grid = str(LedgerRow.objects.values_list("grid_code", flat=True).first())
    key = installation_key().public
    for unit in LedgerRow.objects.filter(grid_code=grid).values_list("dwelling_id", flat=True):
        report = check_door(doors.proof_of(unit) or {}, key=key)
        assert (report.problems, report.in_log, report.row["unit"]) == ([], True, unit)


def test_a_change_is_a_new_row_that_names_the_one_before(by: User, users: dict[str, Any]) -> None:
    close(by)
    unit = open_door()
    before = doors.proof_of(unit.pk) or {}
    seen = {
        "dwelling_id": unit.pk,
        "grid_code": unit.grid_code,
        "state": "occupied_confirmed",
        "roster_n": 3,
        "on": DAY,
    }
    confirm_units(units=[seen], by=users["grid_worker"], purpose="register")
    assert close(by, DAY + dt.timedelta(1)) == 1
    new, old = doors.history_of(unit.pk)
    assert (bytes(new.prev or b""), new.state, new.roster_closed_on) == (bytes(old.hash), "occupied_confirmed", DAY)
    after = doors.proof_of(unit.pk) or {}
    assert check_door(after).problems == [] and after["root"] != before["root"]
    # Who kept yesterday's root sees that today's proof is under another one.
    assert check_door(after, root=read_key(before["root"])).problems == ["door_root"]


def test_a_row_changed_in_the_database_no_longer_fits(by: User) -> None:
    close(by)
    row = LedgerRow.objects.order_by("id").first()
    assert row is not None
    LedgerRow.objects.filter(pk=row.pk).update(state="demolished")
    assert "door_path" in check_door(doors.proof_of(row.dwelling_id) or {}).problems


def test_the_community_sees_its_doors_and_takes_the_proof_home(by: User, sign_in: Any, users: dict[str, Any]) -> None:
    close(by)
    lead = users["community_lead"]
    own = Coverage.objects.filter(grid_code__startswith=lead.area_code).order_by("dwelling_id").first()
    other = Coverage.objects.exclude(grid_code__startswith=lead.area_code).order_by("dwelling_id").first()
    client = sign_in("community_lead", "register")
    page = client.get("/ledger/?state=all").content.decode()
    assert (str(own and own.dwelling) in page and "至少" in page) or "还不能估计" in page
    assert own is not None and other is not None
    assert client.get(f"/ledger/door/{own.pk}/").status_code == 200
    taken = json.loads(client.get(f"/ledger/door/{own.pk}/door.json").content)
    assert check_door(taken, key=installation_key().public).in_log
    printed = client.get(f"/ledger/door/{own.pk}/print/").content.decode()
    assert taken["root"] in printed and "<svg" in printed
    assert taken["root"] in client.get("/ledger/roots/print/").content.decode()
    for path in ("", "door.json", "print/"):
        assert client.get(f"/ledger/door/{other.pk}/{path}").status_code == 404
    assert head_lines()


def test_no_percentage_where_the_frame_is_old_or_a_fifth_is_open(sign_in: Any, district: Any) -> None:
    from wangge_server.geography.models import Dwelling

    Dwelling.objects.update(framed_on=timezone.localdate() - dt.timedelta(days=181))
    assert "底数已超过 180 天" in sign_in("commander").get("/ledger/").content.decode()
    Dwelling.objects.update(framed_on=timezone.localdate())
    Coverage.objects.exclude(state__in=doors.OUTSIDE).update(state="occupied_confirmed")
    assert "100.0%" in sign_in("commander").get("/ledger/").content.decode()


def test_those_who_see_no_ground_do_not_open_it(sign_in: Any, district: Any) -> None:
    assert sign_in("clerk").get("/ledger/").status_code == 403
    assert load_coverage.permission == "run.carry"
