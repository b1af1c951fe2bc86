"""The coverage ledger as it was sworn: rows that are only added, and the root of each grid's rows on a day."""

from __future__ import annotations

from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal


class LedgerRow(models.Model):
    """What the ledger said of one unit from a day on; a correction is a new row that names the one before by its hash."""

    id = internal(models.BigAutoField(primary_key=True), Retention.REGISTER)
    dwelling = internal(
        models.ForeignKey("geography.Dwelling", models.CASCADE, related_name="ledger_rows"), Retention.REGISTER
    )
    grid_code = internal(models.CharField(max_length=15, db_index=True), Retention.REGISTER)
    area_version = internal(models.CharField(max_length=10), Retention.REGISTER)  # the day since which the grid is so
    on = internal(models.DateField(), Retention.REGISTER)
    state = internal(models.CharField(max_length=24), Retention.REGISTER)
    roster_n = internal(models.IntegerField(null=True), Retention.REGISTER)
    roster_closed_on = internal(models.DateField(null=True), Retention.REGISTER)
    confirmed_on = internal(models.DateField(null=True), Retention.REGISTER)
    method = internal(models.CharField(max_length=12, null=True), Retention.REGISTER)
    by = internal(models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+"), Retention.REGISTER)
    evidence = internal(models.CharField(max_length=64), Retention.REGISTER)  # hash of the answer behind it, or empty
    prev = internal(models.BinaryField(max_length=32, null=True), Retention.REGISTER)
    hash = internal(models.BinaryField(max_length=32), Retention.REGISTER)

    class Meta:
        indexes = (models.Index(fields=["dwelling", "-id"], name="ledger_newest"),)


class LedgerRoot(models.Model):
    """The root over the newest row of every unit of a grid on a day; it stands in the audit log too."""

    id = internal(models.BigAutoField(primary_key=True), Retention.REGISTER)
    grid_code = internal(models.CharField(max_length=15), Retention.REGISTER)
    on = internal(models.DateField(), Retention.REGISTER)
    size = internal(models.IntegerField(), Retention.REGISTER)
    root = internal(models.BinaryField(max_length=32), Retention.REGISTER)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["grid_code", "on"], name="one_root_a_grid_and_day"),)
