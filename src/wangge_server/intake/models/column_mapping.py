from __future__ import annotations

from django.db import models

from wangge_server.base.fields import internal


class ColumnMapping(models.Model):
    """What one unit said the columns of one set of headers mean. The next file with these headers needs no asking."""

    id = internal(models.BigAutoField(primary_key=True))
    unit_code = internal(models.CharField(max_length=20, blank=True))
    list_name = internal(models.CharField(max_length=40))
    header_key = internal(models.CharField(max_length=80))
    columns = internal(models.JSONField(default=list))  # [[header, element], …] in order; "" leaves a column unread
    confirmed_by = internal(models.ForeignKey("accounts.User", models.PROTECT, related_name="+"))
    confirmed_at = internal(models.DateTimeField())
    n_uses = internal(models.IntegerField(default=0))
    used_at = internal(models.DateTimeField(null=True))

    class Meta:
        ordering = ("list_name", "-confirmed_at")
        constraints = (
            models.UniqueConstraint(fields=("unit_code", "list_name", "header_key"), name="mapping_of_a_header_set"),
        )
