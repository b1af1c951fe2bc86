from __future__ import annotations

from django.db import models
from django.db.models.functions import Cast

from wangge.dictionary import Retention
from wangge_server.base.fields import internal

# The transaction that wrote the row: what a phone has not yet seen is what later transactions wrote.
WRITTEN_BY: models.Expression = Cast(
    Cast(models.Func(function="pg_current_xact_id", output_field=models.TextField()), models.TextField()),
    models.BigIntegerField(),
)


class Gone(models.Model):
    """An envelope that left a worker: handed to somebody else or taken back. Written by the database itself."""

    id = internal(models.BigAutoField(primary_key=True), Retention.EVENT)
    worker_id = internal(models.CharField(max_length=40), Retention.EVENT)
    task_id = internal(models.CharField(max_length=40), Retention.EVENT)
    changed = internal(models.BigIntegerField(db_default=WRITTEN_BY), Retention.EVENT)

    class Meta:
        indexes = (models.Index(fields=["worker_id", "changed"], name="gone_since"),)
