from __future__ import annotations

from django.db import models

from wangge.dictionary import Retention
from wangge_server.base.fields import internal


class Dwelling(models.Model):
    """A dwelling unit of the frame: the denominator of coverage. Holds no person."""

    dwelling_id = internal(models.CharField(max_length=40, primary_key=True), Retention.REGISTER)
    grid_code = internal(models.CharField(max_length=15, db_index=True), Retention.REGISTER)
    compound = internal(models.CharField(max_length=80), Retention.REGISTER)
    building = internal(models.CharField(max_length=20), Retention.REGISTER)
    unit = internal(models.CharField(max_length=20, blank=True), Retention.REGISTER)
    room = internal(models.CharField(max_length=20), Retention.REGISTER)
    kind = internal(models.CharField(max_length=20), Retention.REGISTER)
    lon = internal(models.FloatField(null=True), Retention.REGISTER)
    lat = internal(models.FloatField(null=True), Retention.REGISTER)
    crs = internal(models.CharField(max_length=10), Retention.REGISTER)
    framed_on = internal(models.DateField(), Retention.REGISTER)

    def __str__(self) -> str:
        unit = f"{self.unit}单元" if self.unit else ""
        return f"{self.compound}{self.building}栋{unit}{self.room}"
