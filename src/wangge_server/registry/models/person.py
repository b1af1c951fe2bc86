from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal, personal, sensitive


class Person(models.Model):
    """One person, one record."""

    person_id = personal(models.CharField(max_length=40, primary_key=True))
    household = personal(models.ForeignKey("registry.Household", models.PROTECT, related_name="people"))
    name = personal(models.CharField(max_length=80, db_index=True))
    id_number = sensitive(models.CharField(max_length=30, null=True, db_index=True), Retention.REGISTER)
    birth_date = personal(models.DateField(null=True))
    sex = personal(models.CharField(max_length=1, null=True))
    phone = personal(models.CharField(max_length=30, null=True))
    address = personal(models.CharField(max_length=300, null=True))
    relation_to_head = personal(models.CharField(max_length=20, null=True))
    n_rows = internal(models.IntegerField(), Retention.REGISTER)
    lists = internal(ArrayField(models.CharField(max_length=40)), Retention.REGISTER)
    confirmed_on = internal(models.DateField(null=True), Retention.REGISTER)
    asked_on = internal(
        models.JSONField(null=True), Retention.REGISTER
    )  # element -> day it was last confirmed at a door
    is_listed = internal(
        models.BooleanField(db_default=True), Retention.REGISTER
    )  # false: no list holds the person now
