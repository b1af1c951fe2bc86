"""Reads about regions and handovers. Whoever calls passes the filter of the gate."""

from __future__ import annotations

import base64
import datetime as dt
import json
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet

from wangge_server.audit.sealed import installation_key
from wangge_server.sharing.bundle import OPEN, UNDER_WAY
from wangge_server.sharing.models import Arrival, Handover, Region


def own_key() -> str:
    """This installation's public key, base64: what other regions know it by."""
    return base64.b64encode(installation_key().public).decode()


def regions() -> QuerySet[Region]:
    """Every region ever trusted, by name."""
    return Region.objects.select_related("trusted_by")


def trusted(**by: Any) -> Region | None:
    """A region that is trusted now, or None."""
    return Region.objects.filter(ended_at=None, **by).first()


def handovers(within: dict[str, Any]) -> QuerySet[Handover]:
    """What we send, those that are still our task first."""
    rows = Handover.objects.filter(**within).select_related("region", "made_by", "person")
    return rows.order_by(F("closed_at").asc(nulls_first=True), "-id")


def handover_in(within: dict[str, Any], pk: UUID) -> Handover | None:
    """One of them within reach, or None."""
    return handovers(within).filter(pk=pk).first()


def n_open(within: dict[str, Any]) -> int:
    """Handovers that are still our task."""
    return Handover.objects.filter(**within, state__in=OPEN).count()


def due(now: dt.datetime) -> list[UUID]:
    """Handovers that want another try, or an answer."""
    return list(
        Handover.objects.filter(state__in=UNDER_WAY, next_try_at__lte=now)
        .order_by("next_try_at")
        .values_list("pk", flat=True)
    )


def handover_by_id(pk: UUID) -> Handover | None:
    """For the job, which sees everything."""
    return Handover.objects.select_related("region").filter(pk=pk).first()


def arrivals() -> QuerySet[Arrival]:
    """Who was handed over to us, newest first."""
    return Arrival.objects.select_related("region", "decided_by")


def said_in(one: Handover | Arrival) -> dict[str, Any]:
    """The bundle as it was signed."""
    found: dict[str, Any] = json.loads(str(one.bundle))
    return found
