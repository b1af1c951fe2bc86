from __future__ import annotations

from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal


class Coverage(models.Model):
    """One dated state a dwelling unit: the ledger of 户不漏人."""

    dwelling = internal(
        models.OneToOneField("geography.Dwelling", models.CASCADE, primary_key=True, related_name="coverage"),
        Retention.REGISTER,
    )
    grid_code = internal(models.CharField(max_length=15, db_index=True), Retention.REGISTER)
    state = internal(models.CharField(max_length=24), Retention.REGISTER)
    roster_n = internal(models.IntegerField(null=True), Retention.REGISTER)
    roster_closed_on = internal(
        models.DateField(null=True), Retention.REGISTER
    )  # the household said: that is all of us
    confirmed_on = internal(models.DateField(null=True), Retention.REGISTER)
    method = internal(models.CharField(max_length=12, null=True), Retention.REGISTER)
