from __future__ import annotations

from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal, sensitive
from wangge_server.resident.models.poster import new_id


class PassHolder(models.Model):
    """Somebody who may show a pass: the slip in their hand, of which we keep only the digest. No account, no phone needed."""

    id = internal(models.UUIDField(primary_key=True, default=new_id, editable=False), Retention.EVENT)
    emergency = internal(models.ForeignKey("emergency.Emergency", models.CASCADE, related_name="+"), Retention.EVENT)
    person = sensitive(models.ForeignKey("registry.Person", models.CASCADE, related_name="+"))
    slip_digest = internal(models.CharField(max_length=64, unique=True), Retention.EVENT)
    given_by = internal(models.ForeignKey("accounts.User", models.PROTECT, related_name="+"), Retention.EVENT)
    given_at = internal(models.DateTimeField(auto_now_add=True), Retention.EVENT)
    ended_at = internal(models.DateTimeField(null=True), Retention.EVENT)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=["emergency", "person"], condition=models.Q(ended_at=None), name="one_slip_of_a_person"
            ),
        )


class IssuedPass(models.Model):
    """A pass that was signed, kept until it expires so that it can be taken back. Where it is shown is written nowhere."""

    id = internal(models.UUIDField(primary_key=True, default=new_id, editable=False), Retention.EVENT)
    pass_id = internal(models.BinaryField(max_length=10, unique=True), Retention.EVENT)
    holder = sensitive(models.ForeignKey("resident.PassHolder", models.CASCADE, related_name="passes"))
    colour = sensitive(models.CharField(max_length=6))
    kind = internal(models.CharField(max_length=5), Retention.EVENT)  # phone, paper, proxy
    relation = internal(models.CharField(max_length=10, default=""), Retention.EVENT)  # proxy: who shows it
    issued_at = internal(models.DateTimeField(), Retention.EVENT)
    expires_at = internal(models.DateTimeField(db_index=True), Retention.EVENT)
    withdrawn_at = internal(models.DateTimeField(null=True), Retention.EVENT)
    by = internal(models.ForeignKey("accounts.User", models.PROTECT, related_name="+"), Retention.EVENT)

    class Meta:
        ordering = ("-id",)
