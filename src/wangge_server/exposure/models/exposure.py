from __future__ import annotations

from django.db import models

from wangge_server.base.fields import sensitive


class Exposure(models.Model):
    """Who shared a place and a time with a case. The machine proposes; the CDC confirms. Event vault."""

    exposure_id = sensitive(models.CharField(max_length=40, primary_key=True))
    emergency = sensitive(models.ForeignKey("emergency.Emergency", models.CASCADE))
    person = sensitive(models.ForeignKey("registry.Person", models.CASCADE, related_name="exposures"))
    source_id = sensitive(models.CharField(max_length=40))  # person_id of the case or first contact; zone id
    place_id = sensitive(models.CharField(max_length=60, null=True))
    place_kind = sensitive(models.CharField(max_length=20, null=True))
    first_at = sensitive(models.DateTimeField(null=True))
    last_at = sensitive(models.DateTimeField(null=True))
    overlap_minutes = sensitive(models.IntegerField(null=True))
    degree = sensitive(models.SmallIntegerField())
    category = sensitive(models.CharField(max_length=12))
    protocol = sensitive(models.CharField(max_length=60))
    evidence = sensitive(models.CharField(max_length=200))
