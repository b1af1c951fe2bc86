from __future__ import annotations

from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal, personal


class Merge(models.Model):
    """A person id that is no longer what it was. Old addresses and papers still lead to the right person."""

    id = internal(models.BigAutoField(primary_key=True), Retention.REGISTER)
    old_person_id = personal(models.CharField(max_length=40, db_index=True))
    new_person_id = personal(models.CharField(max_length=40))
    kind = internal(models.CharField(max_length=6), Retention.REGISTER)  # merge, split
    evidence = internal(models.CharField(max_length=60), Retention.REGISTER)
    at = internal(models.DateTimeField(auto_now_add=True), Retention.REGISTER)

    class Meta:
        ordering = ("id",)
