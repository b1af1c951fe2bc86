from __future__ import annotations

from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal


class FormFile(models.Model):
    """A file that a form names: a picture, a CSV of choices. Lists of people are never stored here: they are made for each device."""

    id = internal(models.BigAutoField(primary_key=True), Retention.WORK)
    version = internal(models.ForeignKey("forms.FormVersion", models.CASCADE, related_name="files"), Retention.WORK)
    name = internal(models.CharField(max_length=200), Retention.WORK)
    data = internal(models.BinaryField(), Retention.WORK)
    md5 = internal(models.CharField(max_length=32), Retention.WORK)

    class Meta:
        ordering = ("name",)
        constraints = (models.UniqueConstraint(fields=["version", "name"], name="one_file_of_a_name"),)
