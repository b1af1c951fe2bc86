from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models

from wangge.base.ids import uuid7
from wangge.dictionary import Retention
from wangge_server.base.fields import internal, sensitive


def new_id() -> uuid.UUID:
    return uuid7()


class Batch(models.Model):
    """A day's grades as proposed, with one number over them. Nothing of it counts before three seats signed that number."""

    id = internal(models.UUIDField(primary_key=True, default=new_id, editable=False), Retention.EVENT)
    emergency = internal(models.ForeignKey("emergency.Emergency", models.CASCADE), Retention.EVENT)
    as_of = internal(models.DateField(), Retention.EVENT)
    digest = internal(models.CharField(max_length=64, db_index=True), Retention.EVENT)
    counts = internal(models.JSONField(), Retention.EVENT)  # people by grade: what the signers sign beside the number
    changes = internal(models.JSONField(), Retention.EVENT)  # came, stronger, weaker, other, same, ended
    checked = internal(
        ArrayField(models.CharField(max_length=40)), Retention.EVENT
    )  # attributes the guard could look at
    alarms = sensitive(models.JSONField())  # what explains the batch better than epidemiology
    state = internal(models.CharField(max_length=12, default="proposed"), Retention.EVENT)
    proposed_at = internal(models.DateTimeField(), Retention.EVENT)
    expires_at = internal(models.DateTimeField(), Retention.EVENT)
    signed_at = internal(models.DateTimeField(null=True), Retention.EVENT)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=["emergency"], condition=models.Q(state="proposed"), name="one_batch_waits_at_a_time"
            ),
        )


class Proposed(models.Model):
    """One person's grade as a batch proposes it. Written once, never changed."""

    proposed_id = sensitive(models.CharField(max_length=90, primary_key=True))  # batch:person
    batch = internal(models.ForeignKey("risk.Batch", models.CASCADE, related_name="rows"), Retention.EVENT)
    person = sensitive(models.ForeignKey("registry.Person", models.CASCADE, related_name="+"))
    grade = sensitive(models.CharField(max_length=6))
    rules = sensitive(ArrayField(models.CharField(max_length=60)))
    facts = sensitive(ArrayField(models.CharField(max_length=300)))
    evidence = sensitive(models.CharField(max_length=200))
    protocol = sensitive(models.CharField(max_length=60))
    as_of = sensitive(models.DateField())
    expires_on = sensitive(models.DateField())
    next_on = sensitive(models.DateField())
    change = sensitive(models.CharField(max_length=10, db_index=True))  # came, stronger, weaker, other, same
    before = sensitive(models.CharField(max_length=6))  # the grade in force when this was proposed; empty: none


class GuardAnswer(models.Model):
    """Who answered for an attribute that stopped a batch, and with which reason of the closed list."""

    batch = internal(models.ForeignKey("risk.Batch", models.CASCADE, related_name="answers"), Retention.EVENT)
    attribute = internal(models.CharField(max_length=40), Retention.EVENT)
    value = sensitive(models.CharField(max_length=200))
    reason = internal(models.CharField(max_length=40), Retention.EVENT)
    by = internal(models.ForeignKey("accounts.User", models.PROTECT, related_name="+"), Retention.EVENT)
    at = internal(models.DateTimeField(auto_now_add=True), Retention.EVENT)
    id = internal(models.BigAutoField(primary_key=True), Retention.EVENT)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["batch", "attribute", "value"], name="one_answer_an_attribute"),)


class Recall(models.Model):
    """A signed batch taken back: asked for by one, agreed to by another of another department."""

    batch = internal(
        models.OneToOneField("risk.Batch", models.CASCADE, primary_key=True, related_name="recall"), Retention.EVENT
    )
    reason = internal(models.CharField(max_length=40), Retention.EVENT)
    asked_by = internal(models.ForeignKey("accounts.User", models.PROTECT, related_name="+"), Retention.EVENT)
    asked_at = internal(models.DateTimeField(auto_now_add=True), Retention.EVENT)
    agreed_by = internal(
        models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+"), Retention.EVENT
    )
    agreed_at = internal(models.DateTimeField(null=True), Retention.EVENT)
    effect = internal(models.JSONField(default=dict), Retention.EVENT)  # grades gone, leads withdrawn, outcomes kept
