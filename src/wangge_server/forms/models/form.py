from __future__ import annotations

from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal


class Form(models.Model):
    """A form by its own id, over all its versions. Its purpose never changes: merging forms never merges purposes."""

    form_id = internal(models.CharField(max_length=80, primary_key=True), Retention.WORK)
    title = internal(models.CharField(max_length=200), Retention.WORK)
    purpose = internal(models.CharField(max_length=40), Retention.WORK)
    made_at = internal(models.DateTimeField(auto_now_add=True), Retention.WORK)

    class Meta:
        ordering = ("form_id",)

    def __str__(self) -> str:
        return self.form_id
