from __future__ import annotations

from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal, personal


class GroupRow(models.Model):
    """One row of a group; the values stay in the lists."""

    row_id = internal(models.CharField(max_length=110, primary_key=True), Retention.REGISTER)  # group:batch:row
    group = internal(models.ForeignKey("identity.Group", models.CASCADE, related_name="rows"), Retention.REGISTER)
    list_name = internal(models.CharField(max_length=40), Retention.REGISTER)
    batch = internal(models.CharField(max_length=40), Retention.REGISTER)
    row = internal(models.IntegerField(), Retention.REGISTER)
    person_id = personal(models.CharField(max_length=40))
