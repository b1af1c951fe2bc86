from __future__ import annotations

from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal, personal, sensitive


class DoorRow(models.Model):
    """What was said of one person at the door, as a row of the list `door`: the next linking reads it like any list."""

    id = internal(models.BigAutoField(primary_key=True), Retention.REGISTER)
    person = personal(models.ForeignKey("registry.Person", models.CASCADE, related_name="door_rows"))
    check_made = internal(
        models.ForeignKey("registry.HouseholdCheck", models.PROTECT, related_name="rows"), Retention.REGISTER
    )
    name = personal(models.CharField(max_length=80))
    id_number = sensitive(models.CharField(max_length=30, null=True), Retention.REGISTER)
    birth_date = personal(models.DateField(null=True))
    sex = personal(models.CharField(max_length=1, null=True))
    phone = personal(models.CharField(max_length=30, null=True))
    address = personal(models.CharField(max_length=300, null=True))
    relation_to_head = personal(models.CharField(max_length=20, null=True))
    collected_on = internal(models.DateField(), Retention.REGISTER)

    class Meta:
        ordering = ("id",)
