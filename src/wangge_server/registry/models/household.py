from __future__ import annotations

from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal, personal

KINDS = ("family", "collective", "dormitory", "care_home")


class Household(models.Model):
    """People who live behind one door as one household, and where that door is - or why nobody can say."""

    household_id = personal(models.CharField(max_length=40, primary_key=True))
    address = personal(models.CharField(max_length=300, null=True))
    n_people = internal(models.IntegerField(), Retention.REGISTER)
    head_person_id = personal(models.CharField(max_length=40, null=True))
    dwelling = personal(models.ForeignKey("geography.Dwelling", models.SET_NULL, null=True, related_name="households"))
    grid_code = personal(models.CharField(max_length=15, null=True, db_index=True))
    kind = personal(models.CharField(max_length=12, null=True))  # one of KINDS; null: no list says
    how = internal(models.CharField(max_length=20), Retention.REGISTER)
    reason = internal(models.CharField(max_length=40, null=True), Retention.REGISTER)
    checked_on = internal(models.DateField(null=True), Retention.REGISTER)  # newest settled monthly check

    class Meta:
        indexes = (models.Index(fields=["grid_code", "checked_on"], name="due_by_grid"),)
