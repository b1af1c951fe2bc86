from __future__ import annotations

from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal


class Sight(models.Model):
    """What was laid before a signer: a digest of everything their role may see of the batch, and how much it was."""

    id = internal(models.BigAutoField(primary_key=True), Retention.EVENT)
    batch = internal(models.ForeignKey("risk.Batch", models.CASCADE, related_name="sights"), Retention.EVENT)
    by = internal(models.ForeignKey("accounts.User", models.PROTECT, related_name="+"), Retention.EVENT)
    digest = internal(models.CharField(max_length=64), Retention.EVENT)
    n_rows = internal(models.IntegerField(), Retention.EVENT)
    columns = internal(models.JSONField(), Retention.EVENT)
    at = internal(models.DateTimeField(auto_now_add=True), Retention.EVENT)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["batch", "by", "digest"], name="the_same_sight_once"),)


class Signature(models.Model):
    """One seat's signature over a batch's number. Three of different seats, people and units put a batch in force."""

    id = internal(models.BigAutoField(primary_key=True), Retention.EVENT)
    batch = internal(models.ForeignKey("risk.Batch", models.CASCADE, related_name="signatures"), Retention.EVENT)
    seat = internal(models.CharField(max_length=40), Retention.EVENT)
    by = internal(models.ForeignKey("accounts.User", models.PROTECT, related_name="+"), Retention.EVENT)
    unit_code = internal(models.CharField(max_length=20), Retention.EVENT)  # the signer's unit on that day
    key = internal(models.ForeignKey("accounts.SigningKey", models.PROTECT, related_name="+"), Retention.EVENT)
    sight = internal(models.ForeignKey("risk.Sight", models.PROTECT, related_name="+"), Retention.EVENT)
    signature = internal(models.BinaryField(), Retention.EVENT)
    at = internal(models.DateTimeField(auto_now_add=True), Retention.EVENT)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["batch", "seat"], name="a_seat_signs_once"),
            models.UniqueConstraint(fields=["batch", "by"], name="a_person_signs_once"),
            models.UniqueConstraint(fields=["batch", "unit_code"], name="a_unit_signs_once"),
        )
