from __future__ import annotations

from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal


class Verdict(models.Model):
    """What one person said of a group, or of some of its people. It binds every later run until it is undone.

    `sides` names one row of each person: [[list, batch, row], …]. Two valid numbers need a second person.
    """

    id = internal(models.BigAutoField(primary_key=True), Retention.REGISTER)
    group = internal(models.ForeignKey("identity.Group", models.CASCADE, related_name="verdicts"), Retention.REGISTER)
    says = internal(models.CharField(max_length=9), Retention.REGISTER)  # same, different
    sides = internal(models.JSONField(), Retention.REGISTER)
    needs_two = internal(models.BooleanField(), Retention.REGISTER)
    by = internal(models.ForeignKey("accounts.User", models.PROTECT, related_name="+"), Retention.REGISTER)
    at = internal(models.DateTimeField(auto_now_add=True), Retention.REGISTER)
    second_by = internal(
        models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+"), Retention.REGISTER
    )
    second_at = internal(models.DateTimeField(null=True), Retention.REGISTER)
    undone_by = internal(
        models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+"), Retention.REGISTER
    )
    undone_at = internal(models.DateTimeField(null=True), Retention.REGISTER)

    class Meta:
        ordering = ("id",)
