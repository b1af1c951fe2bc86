from __future__ import annotations

import uuid

from django.db import models

from wangge.base.ids import uuid7
from wangge.dictionary import Retention
from wangge_server.base.fields import internal


def new_id() -> uuid.UUID:
    return uuid7()


class Poster(models.Model):
    """A code on a wall: which form, for which place, on which basis, until when. Says nothing about anybody."""

    id = internal(models.UUIDField(primary_key=True, default=new_id, editable=False), Retention.WORK)
    code = internal(models.CharField(max_length=12, unique=True), Retention.WORK)  # in the address on the wall
    version = internal(models.ForeignKey("forms.FormVersion", models.PROTECT, related_name="+"), Retention.WORK)
    place = internal(models.CharField(max_length=80), Retention.WORK)  # a compound or an event, as people call it
    area_code = internal(models.CharField(max_length=15, db_index=True), Retention.WORK)
    basis = internal(models.CharField(max_length=200), Retention.WORK)
    closes_on = internal(models.DateField(), Retention.WORK)  # last day on which it takes registrations
    keep_until = internal(models.DateField(), Retention.WORK)  # after this day what was said is destroyed
    made_by = internal(models.ForeignKey("accounts.User", models.PROTECT, related_name="+"), Retention.WORK)
    made_at = internal(models.DateTimeField(auto_now_add=True), Retention.WORK)
    closed_at = internal(models.DateTimeField(null=True), Retention.WORK)
    # What remains when the registrations are gone: counts.
    forgotten_at = internal(models.DateTimeField(null=True), Retention.WORK)
    n_households = internal(models.IntegerField(default=0), Retention.WORK)
    n_people = internal(models.IntegerField(default=0), Retention.WORK)

    class Meta:
        ordering = ("-id",)
