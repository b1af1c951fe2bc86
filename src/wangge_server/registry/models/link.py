from __future__ import annotations

from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal, personal


class Link(models.Model):
    """Which row of which list said so."""

    link_id = internal(models.CharField(max_length=60, primary_key=True), Retention.REGISTER)  # batch:row
    list_name = internal(models.CharField(max_length=40), Retention.REGISTER)
    batch = internal(models.CharField(max_length=40), Retention.REGISTER)  # intake.Batch, in hex
    row = internal(models.IntegerField(), Retention.REGISTER)
    # Two million rows a run, all of people of that same run: a check of each by the database costs a minute.
    person = personal(models.ForeignKey("registry.Person", models.CASCADE, related_name="links", db_constraint=False))
    evidence = internal(models.CharField(max_length=60), Retention.REGISTER)
