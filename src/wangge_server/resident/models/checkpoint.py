from __future__ import annotations

from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal
from wangge_server.resident.models.poster import new_id

LANES = ("paper_at", "proxy_at", "register_at")


class Checkpoint(models.Model):
    """A place that asks for passes, on which basis, until when, and where the three lanes without a code are."""

    id = internal(models.UUIDField(primary_key=True, default=new_id, editable=False), Retention.EVENT)
    code = internal(models.CharField(max_length=12, unique=True), Retention.EVENT)
    place = internal(models.CharField(max_length=80), Retention.EVENT)
    area_code = internal(models.CharField(max_length=15, db_index=True), Retention.EVENT)
    basis = internal(models.CharField(max_length=200), Retention.EVENT)
    until = internal(models.DateField(), Retention.EVENT)
    paper_at = internal(models.CharField(max_length=80, blank=True), Retention.EVENT)
    proxy_at = internal(models.CharField(max_length=80, blank=True), Retention.EVENT)
    register_at = internal(models.CharField(max_length=80, blank=True), Retention.EVENT)
    made_by = internal(models.ForeignKey("accounts.User", models.PROTECT, related_name="+"), Retention.EVENT)
    made_at = internal(models.DateTimeField(auto_now_add=True), Retention.EVENT)
    active_at = internal(models.DateTimeField(null=True), Retention.EVENT)
    closed_at = internal(models.DateTimeField(null=True), Retention.EVENT)

    class Meta:
        ordering = ("-id",)
