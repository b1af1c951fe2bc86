from __future__ import annotations

from django.db import models
from django.db.models.functions import Cast, Now

from wangge.dictionary import Retention
from wangge_server.base.fields import internal

# The transaction that wrote the row: what a phone has not yet seen is what later transactions wrote.
WRITTEN_BY: models.Expression = Cast(
    Cast(models.Func(function="pg_current_xact_id", output_field=models.TextField()), models.TextField()),
    models.BigIntegerField(),
)


class Gone(models.Model):
    """An envelope that left a worker: handed to somebody else or taken back. Written by the database itself.

    Whom it left may still send what was seen behind that door: such work is taken, and counts where the door lies now.
    """

    id = internal(models.BigAutoField(primary_key=True), Retention.EVENT)
    worker_id = internal(models.CharField(max_length=40), Retention.EVENT)
    task_id = internal(models.CharField(max_length=40), Retention.EVENT)
    changed = internal(models.BigIntegerField(db_default=WRITTEN_BY), Retention.EVENT)
    grid_code = internal(models.CharField(max_length=15, null=True), Retention.EVENT)  # where the door lay until then
    left_at = internal(models.DateTimeField(db_default=Now()), Retention.EVENT)
    handover = internal(
        models.ForeignKey("dispatch.Handover", models.CASCADE, null=True, related_name="gone"), Retention.EVENT
    )

    class Meta:
        indexes = (
            models.Index(fields=["worker_id", "changed"], name="gone_since"),
            models.Index(fields=["task_id", "worker_id"], name="gone_from"),
        )
