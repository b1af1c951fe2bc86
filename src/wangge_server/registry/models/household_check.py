from __future__ import annotations

from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal

RESULTS = ("as_known", "changed", "nobody_home", "refused")
SETTLED = ("as_known", "changed")
METHODS = ("visit", "phone", "paper")


class HouseholdCheck(models.Model):
    """One monthly check of one household. Due is whoever has no settled check this month: no list of duties to keep."""

    id = internal(models.BigAutoField(primary_key=True), Retention.REGISTER)
    household = internal(
        models.ForeignKey("registry.Household", models.CASCADE, related_name="checks"), Retention.REGISTER
    )
    checked_on = internal(models.DateField(db_index=True), Retention.REGISTER)
    method = internal(models.CharField(max_length=8), Retention.REGISTER)  # visit, phone, paper
    result = internal(models.CharField(max_length=12), Retention.REGISTER)  # as_known, changed, nobody_home, refused
    n_people = internal(models.IntegerField(), Retention.REGISTER)  # people living there after it
    by = internal(models.ForeignKey("accounts.User", models.PROTECT, related_name="+"), Retention.REGISTER)
    recorded_at = internal(models.DateTimeField(auto_now_add=True), Retention.REGISTER)

    class Meta:
        ordering = ("-checked_on", "-id")
