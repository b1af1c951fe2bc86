from __future__ import annotations

from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal, personal
from wangge_server.resident.models.poster import new_id

STATES = ("taken", "doubled", "replaced", "withdrawn")


class Registration(models.Model):
    """One household's own registration. Its holder has a receipt; we keep only the receipt's digest."""

    id = internal(models.UUIDField(primary_key=True, default=new_id, editable=False), Retention.EVENT)
    poster = internal(
        models.ForeignKey("resident.Poster", models.PROTECT, related_name="registrations"), Retention.EVENT
    )
    submission_id = internal(models.UUIDField(null=True), Retention.EVENT)
    instance_id = internal(models.CharField(max_length=120, unique=True), Retention.EVENT)
    # taken: counts; doubled: another one of the same door counts, somebody asks there; replaced: corrected; withdrawn
    state = internal(models.CharField(max_length=10), Retention.EVENT)
    method = internal(models.CharField(max_length=6, default="phone"), Retention.EVENT)  # phone, paper
    door = personal(models.CharField(max_length=60), Retention.EVENT)
    door_digest = internal(models.CharField(max_length=64), Retention.EVENT)
    n_people = internal(models.IntegerField(default=0), Retention.EVENT)
    receipt_digest = internal(models.CharField(max_length=64, unique=True), Retention.EVENT)
    replaces = internal(models.ForeignKey("self", models.SET_NULL, null=True, related_name="+"), Retention.EVENT)
    by = internal(models.ForeignKey("accounts.User", models.PROTECT, related_name="+"), Retention.EVENT)
    at = internal(models.DateTimeField(auto_now_add=True), Retention.EVENT)
    changed_at = internal(models.DateTimeField(null=True), Retention.EVENT)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=["poster", "door_digest"], condition=models.Q(state="taken"), name="one_registration_of_a_door"
            ),
        )
