from __future__ import annotations

from django.db import models

from wangge_server.base.fields import public


class Area(models.Model):
    """A dated piece of ground: district, street, community or grid."""

    code = public(models.CharField(max_length=15, primary_key=True))
    kind = public(models.CharField(max_length=12, db_index=True))
    name = public(models.CharField(max_length=80))
    parent_code = public(models.CharField(max_length=15, blank=True, db_index=True))
    valid_from = public(models.DateField())
    valid_to = public(models.DateField(null=True))
    changed_on = public(models.DateField(null=True))  # the day doors last came to it or left it
    crs = public(models.CharField(max_length=10))
    shape = public(models.JSONField(null=True))  # GeoJSON geometry in WGS84, simplified for the screen

    class Meta:
        ordering = ("code",)
