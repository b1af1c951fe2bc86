from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from wangge_server.base.fields import sensitive


class Grade(models.Model):
    """Red, yellow or blue: its rules, its evidence, its end. Event vault. No evidence, no row."""

    grade_id = sensitive(models.CharField(max_length=80, primary_key=True))  # emergency:person
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
