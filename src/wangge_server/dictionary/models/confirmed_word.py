from __future__ import annotations

from django.db import models

from wangge_server.base.fields import internal


class ConfirmedWord(models.Model):
    """What a person of one office said a header means. `key` is dictionary.match.question_key of header and choices."""

    id = internal(models.BigAutoField(primary_key=True))
    key = internal(models.CharField(max_length=220))
    header = internal(models.CharField(max_length=200))
    element = internal(models.CharField(max_length=80))
    office = internal(models.CharField(max_length=20, blank=True))
    confirmed_by = internal(models.ForeignKey("accounts.User", models.PROTECT, related_name="+"))
    confirmed_at = internal(models.DateTimeField())

    class Meta:
        ordering = ("key", "office")
        constraints = (models.UniqueConstraint(fields=("office", "key"), name="word_of_an_office"),)
