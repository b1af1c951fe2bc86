"""The number on the page is the number in the database, with its denominator, inside the reader's area."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from django.urls import reverse

from wangge_server.audit.models import Event
from wangge_server.dispatch.models import Lead, Task
from wangge_server.exposure.models import Case
from wangge_server.feedback.models import Coverage, Outcome
from wangge_server.geography.models import Area
from wangge_server.intake.models import Batch
from wangge_server.registry.models import Household
from wangge_server.risk.models import Grade

OUTSIDE = ("non_residential", "demolished")
CONFIRMED = ("occupied_confirmed", "vacant_confirmed")


def test_board_counts_doors_with_their_denominator(sign_in: Any) -> None:
    context = sign_in("commander").get(reverse("board")).context
    frame = Coverage.objects.exclude(state__in=OUTSIDE).count()
    confirmed = Coverage.objects.filter(state__in=CONFIRMED).count()
    assert (context["head"]["number"], context["head"]["of"]) == (confirmed, frame)
    assert context["whole"]["unconfirmed"] == frame - confirmed
    assert sum(row["frame"] for row in context["rows"]) == frame


def test_board_keeps_what_nobody_could_place_in_a_line_of_its_own(sign_in: Any) -> None:
    rows = sign_in("commander").get(reverse("board")).context["rows"]
    lost = [row for row in rows if row["code"] is None]
    n_lost = Lead.objects.filter(task__grid_code__isnull=True).count()
    assert sum(row["leads"] for row in rows) == Lead.objects.count()
    assert sum(row["leads"] for row in lost) == n_lost


def test_leads_are_outcomes_and_open_ones(sign_in: Any) -> None:
    kept = sign_in("commander").get(reverse("board")).context["kept"]
    assert kept["leads"] == Lead.objects.count() > 0
    assert kept["outcomes"] == Outcome.objects.count()
    assert kept["difference"] == 0


def test_unknown_is_not_zero(sign_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from wangge_server.insight import queries

    for summary, shown in (
        ({}, None),
        ({"missed": None}, None),
        ({"missed": 12}, 12),
        ({"missed": {"low": 7, "high": 20}}, 7),
    ):
        run = {"finished_at": None, **summary}
        monkeypatch.setattr(queries, "last_run", lambda run=run: run if False else {**run, "finished_at": _now()})
        cards = sign_in("commander").get(reverse("board")).context["cards"]
        assert cards[3]["value"] == shown


def _now() -> Any:
    from django.utils import timezone

    return timezone.now()


def test_drilling_down_stays_inside_the_readers_area(sign_in: Any, users: Any) -> None:
    client, own = sign_in("street_lead"), users["street_lead"].area_code
    other = Area.objects.filter(kind="street").exclude(code=own).values_list("code", flat=True).first()
    assert other
    assert client.get(reverse("board"), {"in": other}).status_code == 404
    assert client.get(reverse("board"), {"in": own[:6]}).status_code == 404
    assert client.get(reverse("board"), {"in": "440305' OR 1=1"}).status_code == 404
    page = client.get(reverse("board"))
    assert (
        page.context["whole"]["frame"]
        == Coverage.objects.exclude(state__in=OUTSIDE).filter(grid_code__startswith=own).count()
    )
    assert page.context["kept"]["leads"] == Lead.objects.filter(task__grid_code__startswith=own).count()


@pytest.mark.parametrize("level", [6, 9, 12])
def test_each_level_adds_up_to_the_one_above(level: int, sign_in: Any) -> None:
    client, code = (
        sign_in("commander"),
        Area.objects.filter(kind="grid").order_by("code").values_list("code", flat=True)[0],
    )
    context = client.get(reverse("board"), {"in": code[:level]}).context
    assert (
        context["whole"]["frame"]
        == Coverage.objects.exclude(state__in=OUTSIDE).filter(grid_code__startswith=code[:level]).count()
    )


def test_grids_of_the_map_carry_the_same_figures(sign_in: Any) -> None:
    client = sign_in("commander")
    body = json.loads(client.get(reverse("grids_geojson")).content)
    assert len(body["features"]) == Area.objects.filter(kind="grid").count()
    assert (
        sum(f["properties"]["frame"] for f in body["features"]) == Coverage.objects.exclude(state__in=OUTSIDE).count()
    )
    first = body["features"][0]["properties"]
    assert set(first) == {"code", "label", "share", "frame", "confirmed", "open", "overdue", "url"}
    assert body["features"][0]["geometry"]["type"] in ("Polygon", "MultiPolygon")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_export_holds_counts_only_and_is_recorded(form: str, sign_in: Any) -> None:
    before = Event.objects.filter(verb="export").count()
    response = sign_in("commander").get(reverse("board"), {"export": form})
    assert "attachment" in response["Content-Disposition"]
    assert Event.objects.filter(verb="export").count() == before + 1
    if form == "csv":
        rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
        assert sum(int(row[3]) for row in rows[1:]) == Coverage.objects.exclude(state__in=OUTSIDE).count()
        names = set(Household.objects.values_list("people__name", flat=True)) - {""}  # nobody named them
        assert not names & {cell for row in rows for cell in row}


def test_an_export_cannot_carry_a_formula() -> None:
    from wangge_server.base.export import _plain

    assert _plain("=1+1") == "'=1+1"
    assert _plain("@cmd") == "'@cmd"
    assert (_plain("南头街道"), _plain(3), _plain(None)) == ("南头街道", 3, "")


def test_intake_rows_are_good_or_held(sign_in: Any) -> None:
    cards = sign_in("clerk").get(reverse("batches")).context["cards"]
    assert cards[0]["value"] == cards[1]["value"] + cards[2]["value"] + cards[3]["value"] > 0
    assert cards[0]["value"] == sum(Batch.objects.filter(state="read").values_list("n_rows", flat=True))


def test_held_rows_say_where_and_what_to_do(sign_in: Any) -> None:
    batch = Batch.objects.filter(n_held__gt=0).order_by("-n_held")[0]
    context = sign_in("clerk").get(reverse("batch", args=[batch.pk])).context
    assert sum(row["n"] for row in context["by_code"]) == batch.n_held == context["ledger"]["count"]
    one = batch.held.order_by("line")[0]
    assert context["ledger"]["rows"][0]["cells"][0] == one.line
    table = list(
        csv.reader(
            io.StringIO(sign_in("clerk").get(reverse("batch_held", args=[batch.pk])).content.decode("utf-8-sig"))
        )
    )
    assert len(table) == batch.n_held + 1


def test_a_reader_without_held_rows_sees_counts_only(sign_in: Any) -> None:
    batch = Batch.objects.filter(n_held__gt=0).order_by("-n_held")[0]
    client = sign_in("commander")
    page = client.get(reverse("batch", args=[batch.pk]))
    assert page.context["ledger"] is None
    assert sum(row["n"] for row in page.context["by_code"]) == batch.n_held
    assert client.get(reverse("batch_held", args=[batch.pk])).status_code == 403


def test_judgement_counts_are_the_grades_in_force(sign_in: Any, district: Any) -> None:
    context = sign_in("judge_health").get(reverse("judgement")).context
    for card, tier in zip(context["cards"], ("red", "yellow", "blue"), strict=True):
        assert card["value"] == Grade.objects.filter(grade=tier, expires_on__gte=district.as_of).count()
    assert context["ledger"]["count"] == Grade.objects.filter(expires_on__gte=district.as_of).count()


def test_dispatch_counts_envelopes_not_people(sign_in: Any) -> None:
    context = sign_in("commander").get(reverse("dispatch")).context
    assert context["head"]["of"] == Task.objects.count() > 0
    assert context["head"]["number"] == Task.objects.filter(closed_at__isnull=False).count()
    assert context["cards"][3]["value"] == Task.objects.filter(worker_id__isnull=True).count()


def test_cases_are_all_there(sign_in: Any) -> None:
    context = sign_in("cdc").get(reverse("cases")).context
    assert context["ledger"]["count"] == Case.objects.count() > 0


def test_the_protocol_speaks_in_words(sign_in: Any) -> None:
    assert "covid-2026-10" in sign_in("commander").get(reverse("protocol")).content.decode()
    assert "发病前" in sign_in("commander").get(reverse("protocol_version", args=["covid-2026-10"])).content.decode()


def test_pages_are_cut_at_fifty_and_the_count_is_true(sign_in: Any) -> None:
    client = sign_in("judge_health")
    first = client.get(reverse("judgement")).context["ledger"]
    assert len(first["rows"]) == min(50, first["count"])
    last = client.get(reverse("judgement"), {"page": first["pages"]}).context["ledger"]
    assert len(last["rows"]) == first["count"] - 50 * (first["pages"] - 1)
    for nonsense in ("0", "-1", "999999", "x", "9" * 30):
        assert client.get(reverse("judgement"), {"page": nonsense}).status_code == 200
