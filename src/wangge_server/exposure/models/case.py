from __future__ import annotations

from django.db import models

from wangge_server.base.fields import sensitive


class Case(models.Model):
    """A case as the CDC reports it. Event vault."""

    case_id = sensitive(models.CharField(max_length=80, primary_key=True))  # emergency:person
    emergency = sensitive(models.ForeignKey("emergency.Emergency", models.CASCADE))
    person = sensitive(models.ForeignKey("registry.Person", models.CASCADE, related_name="cases"))
    kind = sensitive(models.CharField(max_length=20, null=True))
    onset_on = sensitive(models.DateField(null=True))
    sampled_on = sensitive(models.DateField(null=True))
    isolated_on = sensitive(models.DateField(null=True))
    listed_at = sensitive(models.DateTimeField(null=True))  # its list came in; null: no list says
    found_at = sensitive(models.DateTimeField(null=True))  # a run first stored whom it met
