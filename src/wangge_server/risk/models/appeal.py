from __future__ import annotations

from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal, sensitive
from wangge_server.base.sealed import SealedText
from wangge_server.risk.models.batch import new_id


class Appeal(models.Model):
    """Somebody says that their grade is wrong. Its clocks begin with the filing; the moves tell what was said and done."""

    id = internal(models.UUIDField(primary_key=True, default=new_id, editable=False), Retention.EVENT)
    emergency = internal(models.ForeignKey("emergency.Emergency", models.CASCADE), Retention.EVENT)
    person = sensitive(models.ForeignKey("registry.Person", models.CASCADE, related_name="appeals"))
    grade = sensitive(models.ForeignKey("risk.Grade", models.CASCADE, related_name="appeals"))  # as it was appealed
    state = internal(models.CharField(max_length=12), Retention.EVENT)
    channel = internal(models.CharField(max_length=8), Retention.EVENT)
    relation = internal(models.CharField(max_length=10, default=""), Retention.EVENT)  # of a proxy to the person
    receipt_digest = internal(models.CharField(max_length=64, unique=True), Retention.EVENT)
    filed_by = internal(models.ForeignKey("accounts.User", models.PROTECT, related_name="+"), Retention.EVENT)
    filed_at = internal(models.DateTimeField(), Retention.EVENT)
    acknowledge_due = internal(models.DateTimeField(), Retention.EVENT)
    decide_due = internal(models.DateTimeField(db_index=True), Retention.EVENT)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=["emergency", "person"],
                condition=models.Q(state__in=["submitted", "acknowledged", "in_favour"]),
                name="one_open_appeal_of_a_person",
            ),
        )


class AppealMove(models.Model):
    """One act in an appeal: who, when, from where to where, with which reason and words. Appended, never changed."""

    id = internal(models.BigAutoField(primary_key=True), Retention.EVENT)
    appeal = internal(models.ForeignKey("risk.Appeal", models.CASCADE, related_name="moves"), Retention.EVENT)
    act = internal(models.CharField(max_length=12), Retention.EVENT)
    state = internal(models.CharField(max_length=12), Retention.EVENT)  # after it
    reason = internal(models.CharField(max_length=40, default=""), Retention.EVENT)
    words = sensitive(SealedText(blank=True))
    left = sensitive(models.CharField(max_length=6, default=""))  # the grade that was left, where the act lowered it
    by = internal(models.ForeignKey("accounts.User", models.PROTECT, related_name="+"), Retention.EVENT)
    at = internal(models.DateTimeField(), Retention.EVENT)

    class Meta:
        ordering = ("id",)


class AppealReceipt(models.Model):
    """That a correction reached somebody who had acted on the grade: an envelope, a pass, a share. Asked again until it did."""

    id = internal(models.BigAutoField(primary_key=True), Retention.EVENT)
    move = internal(models.ForeignKey("risk.AppealMove", models.CASCADE, related_name="receipts"), Retention.EVENT)
    receiver = internal(models.CharField(max_length=20), Retention.EVENT)
    effect = internal(models.JSONField(default=dict), Retention.EVENT)  # counts: what was withdrawn or changed there
    sent_at = internal(models.DateTimeField(), Retention.EVENT)
    confirmed_at = internal(models.DateTimeField(null=True), Retention.EVENT)
    tries = internal(models.IntegerField(default=1), Retention.EVENT)

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=["move", "receiver"], name="one_receipt_a_receiver"),)
