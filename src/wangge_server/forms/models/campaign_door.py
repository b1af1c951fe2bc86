from __future__ import annotations

from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal, personal, sensitive


class CampaignDoor(models.Model):
    """One door of a campaign's frame: what is asked there, by whom, on which day it was planned, and what came of it."""

    id = internal(models.BigAutoField(primary_key=True))
    campaign = internal(models.ForeignKey("forms.Campaign", models.CASCADE, related_name="doors"))
    door_id = personal(models.CharField(max_length=40))  # household_id; dwelling_id of a census
    household = personal(models.ForeignKey("registry.Household", models.SET_NULL, null=True, related_name="+"))
    dwelling = personal(models.ForeignKey("geography.Dwelling", models.SET_NULL, null=True, related_name="+"))
    grid_code = internal(models.CharField(max_length=15))
    worker_id = internal(models.CharField(max_length=40))  # whose round it is; any holder of the grid may go
    planned_on = internal(models.DateField())
    order = internal(models.IntegerField())
    minutes = internal(models.FloatField())
    asks = sensitive(
        models.JSONField(), Retention.REGISTER
    )  # [[person_id or "", element]]; empty for a census: the elements of the campaign
    state = sensitive(
        models.CharField(max_length=10, default="open"), Retention.REGISTER
    )  # open, confirmed, refused, recalled
    found = sensitive(
        models.CharField(max_length=20, blank=True), Retention.REGISTER
    )  # answered; states of the coverage ledger
    n_people = internal(models.IntegerField(null=True))
    tried = internal(models.IntegerField(default=0))  # how often nobody was at home
    settled_on = internal(models.DateField(null=True))
    settled_by = internal(models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+"))
    report_id = internal(models.UUIDField(null=True))  # made on the phone: a repeat is recognised

    class Meta:
        ordering = ("campaign", "worker_id", "order")
        constraints = (models.UniqueConstraint(fields=["campaign", "door_id"], name="a_door_once_a_campaign"),)
        indexes = (models.Index(fields=["grid_code", "state"], name="open_doors_of_a_grid"),)
