from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal


class Redivision(models.Model):
    """Doors changed their grid on one day: a grid was split, merged into another, or gave some of its doors away."""

    id = internal(models.UUIDField(primary_key=True), Retention.REGISTER)
    kind = internal(models.CharField(max_length=8), Retention.REGISTER)  # split, merge, move
    source = internal(models.CharField(max_length=15, db_index=True), Retention.REGISTER)
    target = internal(models.CharField(max_length=15, db_index=True), Retention.REGISTER)
    buildings = internal(ArrayField(models.CharField(max_length=120), default=list), Retention.REGISTER)
    n_doors = internal(models.IntegerField(), Retention.REGISTER)
    reason = internal(models.CharField(max_length=200), Retention.REGISTER)
    at = internal(models.DateTimeField(), Retention.REGISTER)
    by = internal(models.ForeignKey("accounts.User", models.PROTECT, related_name="+"), Retention.REGISTER)
