from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal, sensitive


class Grade(models.Model):
    """Red, yellow or blue: its rules, its evidence, its end. Event vault. No evidence, no row.

    Written once: a grade that ends keeps its row, with the instant and the act; the database refuses any other change.
    """

    id = internal(models.BigAutoField(primary_key=True), Retention.EVENT)
    emergency = sensitive(models.ForeignKey("emergency.Emergency", models.CASCADE))
    batch = sensitive(
        models.ForeignKey("risk.Batch", models.CASCADE, related_name="grades")
    )  # the signed one it stands on
    person = sensitive(models.ForeignKey("registry.Person", models.CASCADE, related_name="grades"))
    grade = sensitive(models.CharField(max_length=6, db_index=True))
    rules = sensitive(ArrayField(models.CharField(max_length=60)))
    facts = sensitive(ArrayField(models.CharField(max_length=300)))  # what each rule read
    evidence = sensitive(models.CharField(max_length=200))
    protocol = sensitive(models.CharField(max_length=60))
    as_of = sensitive(models.DateField())
    expires_on = sensitive(models.DateField())
    next_on = sensitive(models.DateField())  # after it some of its evidence no longer counts
    valid_from = sensitive(models.DateTimeField())
    made_by = internal(models.CharField(max_length=8), Retention.EVENT)  # batch, recall, appeal
    valid_until = sensitive(models.DateTimeField(null=True))  # null: in force
    ended_by = internal(models.CharField(max_length=8, default=""), Retention.EVENT)  # batch, recall, appeal, expiry
    ended_ref = internal(models.CharField(max_length=40, default=""), Retention.EVENT)  # the batch or appeal that did

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=["emergency", "person"], condition=models.Q(valid_until=None), name="one_grade_in_force"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_until=None, ended_by="")
                | models.Q(valid_until__isnull=False, ended_by__in=["batch", "recall", "appeal", "expiry"]),
                name="a_grade_ends_by_an_act",
            ),
        )
