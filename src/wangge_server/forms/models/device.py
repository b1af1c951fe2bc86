from __future__ import annotations

from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal
from wangge_server.forms.models.form_version import new_id


class Device(models.Model):
    """A key by which a machine client comes in: bound to one account and one purpose. Only its digest is kept."""

    id = internal(models.UUIDField(primary_key=True, default=new_id, editable=False), Retention.WORK)
    name = internal(models.CharField(max_length=80), Retention.WORK)
    kind = internal(models.CharField(max_length=8), Retention.WORK)  # device: in the address; session: signed in
    key_digest = internal(models.CharField(max_length=64, unique=True), Retention.WORK)
    user = internal(models.ForeignKey("accounts.User", models.PROTECT, related_name="devices"), Retention.WORK)
    purpose = internal(models.CharField(max_length=40), Retention.WORK)
    issued_by = internal(models.ForeignKey("accounts.User", models.PROTECT, related_name="+"), Retention.WORK)
    issued_at = internal(models.DateTimeField(auto_now_add=True), Retention.WORK)
    expires_at = internal(models.DateTimeField(), Retention.WORK)
    revoked_by = internal(
        models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+"), Retention.WORK
    )
    revoked_at = internal(models.DateTimeField(null=True), Retention.WORK)

    class Meta:
        ordering = ("-id",)
