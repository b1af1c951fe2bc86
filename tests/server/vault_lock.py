"""The event vault locked by the database, for tests of daily life that must never write into it (R15)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from wangge_server.vault.queries import event_models


@contextmanager
def locked() -> Iterator[None]:
    """Until the block ends, the database refuses every row that anybody would write into the event vault."""
    names = [model._meta.db_table for model in event_models()]
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION event_locked() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'the event vault is locked'; END $$"
        )
        for name in names:
            cursor.execute(
                f'CREATE TRIGGER aa_locked BEFORE INSERT OR UPDATE OR DELETE ON event."{name}"'
                " FOR EACH STATEMENT EXECUTE FUNCTION event_locked()"
            )
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION event_locked CASCADE")
