from __future__ import annotations

from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal, sensitive
from wangge_server.base.sealed import SealedText
from wangge_server.sharing.models.share import new_id


class Region(models.Model):
    """Another installation we hand people over to or take them from, known by its public key."""

    id = internal(models.UUIDField(primary_key=True, default=new_id, editable=False), Retention.AUDIT)
    name = internal(models.CharField(max_length=60, unique=True), Retention.AUDIT)
    public_key = internal(models.CharField(max_length=44, unique=True), Retention.AUDIT)
    address = internal(models.CharField(max_length=200), Retention.AUDIT)
    trusted_by = internal(models.ForeignKey("accounts.User", models.PROTECT, related_name="+"), Retention.AUDIT)
    trusted_at = internal(models.DateTimeField(auto_now_add=True), Retention.AUDIT)
    ended_at = internal(models.DateTimeField(null=True), Retention.AUDIT)

    class Meta:
        ordering = ("name",)


class Handover(models.Model):
    """Somebody we hand over: our task until the other side's person accepts. Event vault."""

    id = internal(models.UUIDField(primary_key=True, default=new_id, editable=False), Retention.EVENT)
    emergency = internal(models.ForeignKey("emergency.Emergency", models.CASCADE, related_name="+"), Retention.EVENT)
    region = internal(models.ForeignKey("sharing.Region", models.PROTECT, related_name="handovers"), Retention.EVENT)
    person = sensitive(models.ForeignKey("registry.Person", models.CASCADE, related_name="+"))
    bundle = sensitive(SealedText())  # as it was signed: every try sends the same bytes
    digest = internal(models.CharField(max_length=64), Retention.EVENT)
    state = internal(models.CharField(max_length=12), Retention.EVENT)
    made_by = internal(models.ForeignKey("accounts.User", models.PROTECT, related_name="+"), Retention.EVENT)
    made_at = internal(models.DateTimeField(), Retention.EVENT)
    expires_at = internal(models.DateTimeField(), Retention.EVENT)
    tries = internal(models.IntegerField(default=0), Retention.EVENT)  # since the last answer
    next_try_at = internal(models.DateTimeField(), Retention.EVENT)
    fault = internal(models.CharField(max_length=8, default=""), Retention.EVENT)  # number of what went wrong last
    receipt = sensitive(SealedText(blank=True))  # the other side's last, signed
    words = sensitive(SealedText(blank=True))  # why refused, or kept
    closed_at = internal(models.DateTimeField(null=True), Retention.EVENT)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(state__in=["waiting", "arrived"]), name="a_person_is_on_one_way"
            ),
        )


class Arrival(models.Model):
    """Somebody another region hands over to us: once, whatever is sent how often; accepted by a person. Event vault."""

    id = internal(models.UUIDField(primary_key=True, editable=False), Retention.EVENT)  # the bundle's own number
    region = internal(models.ForeignKey("sharing.Region", models.PROTECT, related_name="arrivals"), Retention.EVENT)
    bundle = sensitive(SealedText())
    digest = internal(models.CharField(max_length=64), Retention.EVENT)
    state = internal(models.CharField(max_length=12), Retention.EVENT)
    arrived_at = internal(models.DateTimeField(), Retention.EVENT)
    decided_by = internal(
        models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+"), Retention.EVENT
    )
    decided_at = internal(models.DateTimeField(null=True), Retention.EVENT)
    words = sensitive(SealedText(blank=True))

    class Meta:
        ordering = ("-arrived_at",)
