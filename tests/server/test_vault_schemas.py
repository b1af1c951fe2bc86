"""Base register and event vault are two schemas; daily life never writes into the second (R15), tried with it locked."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone
from vault_lock import locked

from wangge_server.dispatch.models import Lead
from wangge_server.registry.actions import record_check
from wangge_server.registry.models import Household, HouseholdCheck, Person
from wangge_server.registry.queries import homes_in
from wangge_server.vault import schemas
from wangge_server.vault.queries import event_models


def where() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename, schemaname FROM pg_tables WHERE schemaname IN ('public', 'event')")
        return dict(cursor.fetchall())


def test_every_table_lies_with_its_vault(district: Any) -> None:
    event = {model._meta.db_table for model in event_models()}
    assert event and event == {table for table, schema in where().items() if schema == "event"}


def test_a_table_that_changes_its_vault_moves_and_keeps_its_rows(district: Any) -> None:
    n = Lead.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE event.dispatch_lead SET SCHEMA public")
        cursor.execute("ALTER TABLE public.registry_person SET SCHEMA event")
    schemas.settle()
    assert (where()["dispatch_lead"], where()["registry_person"]) == ("event", "public")
    assert Lead.objects.count() == n > 0


def test_whoever_has_the_register_alone_does_not_know_the_event_vault(district: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE of_the_register")
        cursor.execute("GRANT USAGE ON SCHEMA public TO of_the_register")
        cursor.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO of_the_register")
        cursor.execute("SET LOCAL ROLE of_the_register")
        assert Person.objects.exists()
        with pytest.raises(ProgrammingError), transaction.atomic():
            Lead.objects.exists()
        cursor.execute("RESET ROLE")


def test_the_lock_holds(district: Any) -> None:
    lead = Lead.objects.first()
    assert lead is not None
    with locked(), pytest.raises(ProgrammingError, match="locked"), transaction.atomic():
        lead.save()
    lead.save()


def test_a_check_at_the_door_never_writes_into_the_event_vault(users: dict[str, Any]) -> None:
    lead = users["community_lead"]
    home = Household.objects.filter(grid_code__startswith=lead.area_code, n_people__gte=2).order_by("pk").first()
    assert home is not None
    members = [{"person_id": one.person_id, "what": "here", "kind": ""} for one in homes_in(home.household_id)]
    with locked():
        record_check(household=home, members=members, result="changed", method="visit", on=timezone.localdate(),
                     by=lead, purpose="register")  # fmt: skip
    assert HouseholdCheck.objects.filter(household=home).exists()
