"""The rows of a share: only its elements, only those the reader's role is granted for its purpose, only the rows of its filter."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from wangge import policy, risk
from wangge_server.registry.queries import people_living_in
from wangge_server.risk.queries import grades_in
from wangge_server.sharing.models import Share

COLUMNS = ("name", "sex", "birth_date", "phone", "address", "relation_to_head", "id_number")


def elements_of(share: Share, role: str, granted: frozenset[str]) -> list[str]:
    """Elements this reader gets: of the share, granted at the gate, and granted by the table. The others are absent."""
    table = policy.elements_for(role, share.purpose)
    return [name for name in share.fields if name in granted and name in table]


def rows_of(share: Share, elements: list[str], today: dt.date, area: str) -> dict[str, dict[str, Any]]:
    """What the share gives of each person now, inside the reader's own ground too. -> {person_id: {ref, element: value}}"""
    within = share.area_code if share.area_code.startswith(area) else area
    if not within.startswith(share.area_code):
        return {}
    source = _graded(share, within, today) if share.dataset == "graded_people" else _people(share, within)
    return {row["person_id"]: _row(share, row, elements) for row in source}


def count_of(share: Share, today: dt.date) -> int:
    """How many rows the filter meets now: for who agrees, in a number, before anything is given."""
    source = (
        _graded(share, share.area_code, today) if share.dataset == "graded_people" else _people(share, share.area_code)
    )
    return source.count()


def _people(share: Share, within: str) -> QuerySet[Any, Any]:
    rows = people_living_in(within)
    rows = rows.filter(confirmed_on__gte=share.since) if share.since else rows
    return rows.values("person_id", *COLUMNS)


def _graded(share: Share, within: str, today: dt.date) -> QuerySet[Any, Any]:
    rows = grades_in({"person__household__grid_code__startswith": within}, today).filter(
        emergency_id=share.emergency_id
    )
    rows = rows.filter(grade__in=share.grades) if share.grades else rows
    rows = rows.filter(as_of__gte=share.since) if share.since else rows
    return rows.values("person_id", "grade", "rules", *(f"person__{name}" for name in COLUMNS))


def _row(share: Share, row: dict[str, Any], elements: list[str]) -> dict[str, Any]:
    given: dict[str, Any] = {"ref": token(share, "person", row["person_id"])}
    for name in elements:
        value = _value(row, name)
        if value is not None and name in share.pseudonymised:
            value = token(share, name, str(value))
        given[name] = value.isoformat() if isinstance(value, dt.date) else value
    return given


def _value(row: dict[str, Any], name: str) -> Any:
    if name == "grade.reason":
        return risk.explain(row["rules"][0]) if row["rules"] else None
    column = name.removeprefix("person.")
    return row[column] if column in row else row[f"person__{column}"]


def token(share: Share, what: str, value: str) -> str:
    """The same value is the same token within one share, and says nothing in any other."""
    return _keyed(share, f"{what}\x1f{value}")[:24]


def digest_of(share: Share, row: dict[str, Any]) -> str:
    """Tells whether a row changed; without the installation's key it tells nothing of the row."""
    return _keyed(share, json.dumps(row, sort_keys=True, ensure_ascii=False))[:32]


def _keyed(share: Share, text: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), f"share:{share.pk}\x1f{text}".encode(), hashlib.sha256).hexdigest()
