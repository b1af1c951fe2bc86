"""The Merkle tree over the events, as it lies in the database. Only the sealer writes here; nothing is ever changed.

DO_NOTHING: it is the database that refuses to delete an event, by its trigger and its foreign keys.
"""

from __future__ import annotations

from django.db import models

from wangge.dictionary import Retention
from wangge_server.audit.models.event import Event
from wangge_server.base.fields import internal


class Pending(models.Model):
    """An event that stands in no tree yet. A trigger puts it here in the transaction of the event; sealing takes it out."""

    event = internal(
        models.OneToOneField(Event, models.DO_NOTHING, primary_key=True, related_name="+"), Retention.AUDIT
    )


class Leaf(models.Model):
    """Which event stands at which position, counted from 0, and its hash (32 bytes)."""

    position = internal(models.BigIntegerField(primary_key=True), Retention.AUDIT)
    event = internal(models.OneToOneField(Event, models.DO_NOTHING, related_name="leaf"), Retention.AUDIT)
    hash = internal(models.BinaryField(max_length=32), Retention.AUDIT)


class Node(models.Model):
    """Hash of a complete subtree of 2^level leaves, level 1 and up; `ends` is the number of leaves up to its end."""

    id = internal(models.BigAutoField(primary_key=True), Retention.AUDIT)
    level = internal(models.SmallIntegerField(), Retention.AUDIT)
    index = internal(models.BigIntegerField(), Retention.AUDIT)
    ends = internal(models.BigIntegerField(), Retention.AUDIT)
    hash = internal(models.BinaryField(max_length=32), Retention.AUDIT)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["level", "index"], name="one_node_a_spot"),)


class Head(models.Model):
    """A signed head: `line` is what is given to witnesses, the other columns say the same for queries."""

    size = internal(models.BigIntegerField(primary_key=True), Retention.AUDIT)
    at = internal(models.DateTimeField(), Retention.AUDIT)
    root = internal(models.BinaryField(max_length=32), Retention.AUDIT)
    line = internal(models.CharField(max_length=400), Retention.AUDIT)

    class Meta:
        ordering = ("-size",)
