"""What dies with the emergency: which tables, which columns, which files, and a sample of what they say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, models

from wangge.dictionary import Retention, Sensitivity
from wangge.vault.needles import STEM
from wangge_server.vault.models import Sunset

# Movements and zones an emergency was judged by; the register needs neither.
EVENT_FILES = ("ground/visits.parquet", "ground/zones.parquet")
MOST_NEEDLES = 10_000
A_SENTENCE = (
    100  # a text column this wide holds what people said; narrower ones hold codes and ids, which the audit log names
)


def sunset_of(emergency: str) -> Sunset | None:
    """The end of this emergency's data, where one was proposed."""
    return Sunset.objects.filter(emergency_id=emergency).first()


def sunset_by_id(pk: Any) -> Sunset:
    """One sunset."""
    return Sunset.objects.select_related("emergency", "proposed_by", "approved_by").get(pk=pk)


def sunsets_carried() -> int:
    """How often the event vault was emptied here."""
    return Sunset.objects.filter(destroyed_at__isnull=False).count()


def event_models() -> list[type[models.Model]]:
    """Every model whose rows die with the emergency, by the retention its fields declare."""
    found = [model for model in apps.get_models() if _retentions(model) == {Retention.EVENT}]
    return sorted(found, key=lambda model: model._meta.db_table)


def mixed_models() -> list[type[models.Model]]:
    """Models that hold some columns of the event vault beside others: there should be none."""
    return [model for model in apps.get_models() if Retention.EVENT in _retentions(model) != {Retention.EVENT}]


def _retentions(model: type[models.Model]) -> set[Retention]:
    return {field.retention for field in model._meta.concrete_fields if hasattr(field, "retention")}


def event_rows() -> dict[str, int]:
    """Table -> rows, of the event vault."""
    return {model._meta.db_table: model._default_manager.count() for model in event_models()}


def event_files() -> list[Path]:
    """Files of the event vault that exist."""
    return [file for name in EVENT_FILES if (file := Path(settings.DATA) / name).exists()]


def told(limit: int = MOST_NEEDLES) -> list[str]:
    """A sample of what people said in the event vault, to look for afterwards: texts long enough not to be found by chance.

    Each once: a text that stands in many rows is a choice of a list and no needle.
    """
    found: dict[str, int] = {}
    for column in _told_columns():
        for value in _values(column, limit):
            found[value] = found.get(value, 0) + 1
    once = [value for value, n in found.items() if n == 1]
    return once[:limit]


def _told_columns() -> Iterator[Any]:
    for model in event_models():
        for field in model._meta.concrete_fields:
            sensitivity = getattr(field, "sensitivity", None)
            is_text = hasattr(field, "place") or (field.max_length or 0) >= A_SENTENCE
            if is_text and not field.primary_key and sensitivity is Sensitivity.SENSITIVE:
                yield field


def _values(field: Any, limit: int) -> Iterator[str]:
    rows = field.model._default_manager.order_by("-pk").values_list(field.name, flat=True)[:limit]
    for value in rows.iterator(chunk_size=2000):
        text = value if isinstance(value, str) else ""
        if len(text.encode()) >= STEM:
            yield text


def database_folder() -> Path | None:
    """Where the database keeps its files, if that is on this machine and may be read."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('data_directory', true)")
        found = cursor.fetchone()[0]
    folder = Path(found) if found else None
    return folder if folder is not None and (folder / "PG_VERSION").exists() else None
