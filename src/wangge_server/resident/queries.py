"""Reads about posters and what residents registered themselves."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from wangge_server.geography.queries import n_dwellings
from wangge_server.resident.models import Poster, Registration
from wangge_server.resident.receipts import digest_of_receipt

TAKEN = Q(registrations__state="taken")


def posters(area: str) -> QuerySet[Poster]:
    """Posters of an area, newest first, with what they brought so far."""
    rows = Poster.objects.filter(area_code__startswith=area).select_related("version__form", "made_by")
    return rows.annotate(
        taken=Count("registrations", filter=TAKEN), doubled=Count("registrations", filter=Q(registrations__state="doubled")),
        people=Sum("registrations__n_people", filter=TAKEN, default=0),
    )  # fmt: skip


def poster_by_id(pk: Any, area: str) -> Poster | None:
    """One poster of an area with its counts."""
    return posters(area).filter(pk=pk).first()


def poster_by_code(code: str) -> Poster | None:
    """The poster on the wall."""
    return Poster.objects.filter(code=code.upper()).select_related("version__form").first()


def counts_of(poster: Poster) -> tuple[int, int]:
    """Households and people that count so far."""
    rows = Registration.objects.filter(poster=poster, state="taken")
    return rows.count(), rows.aggregate(n=Sum("n_people", default=0))["n"]


def is_open(poster: Poster, today: dt.date) -> bool:
    """Whether it still takes registrations."""
    version = poster.version
    collected = version.state == "published" and version.until >= today
    return poster.closed_at is None and poster.closes_on >= today and collected


def frame_of(poster: Poster) -> int:
    """Dwelling units of the poster's place; of its whole area where the place is no compound of the frame. 0: unknown."""
    return n_dwellings(poster.area_code, poster.place) or n_dwellings(poster.area_code)


def registration_by_receipt(typed: str) -> Registration | None:
    """The registration whose holder has this receipt."""
    return registration_by_digest(digest_of_receipt(typed))


def registration_by_digest(digest: str) -> Registration | None:
    """The registration under the digest of a receipt."""
    rows = Registration.objects.filter(receipt_digest=digest)
    return rows.select_related("poster__version__form").first()


def registration_by_instance(instance_id: str) -> Registration | None:
    """The registration that came with this id."""
    return Registration.objects.filter(instance_id=instance_id).select_related("poster").first()


def doubled(poster: Poster) -> QuerySet[Registration]:
    """Doors that were registered more than once: somebody asks there."""
    return Registration.objects.filter(poster=poster, state="doubled").order_by("door", "at")


def to_forget(today: dt.date) -> list[Poster]:
    """Posters whose day has come."""
    return list(Poster.objects.filter(keep_until__lt=today, forgotten_at=None))
