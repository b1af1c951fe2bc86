"""The grade of one person, rule by rule, without any engine: what an appeal, a page and the phone ask.

Says the same as `grade` on the same exposures; a test holds the two together on many thousand random rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from wangge.risk.shelf import GRADES, Rule, rules
from wangge.tables import Protocol

BEIJING = dt.timezone(dt.timedelta(hours=8))
EARLIEST = dt.datetime.min.replace(tzinfo=dt.UTC)


def grade_person(exposures: Iterable[Mapping[str, Any]], protocol: Protocol, as_of: dt.date) -> dict[str, Any] | None:
    """One person's exposures as rows of EXPOSURE -> a row of GRADE, or None: no evidence, no grade."""
    held: dict[str, list[dict[str, Any]]] = {}
    person = None
    for exposure in exposures:
        person = exposure["person_id"]
        for rule in rules():
            facts = facts_of(exposure, rule, protocol, as_of)
            if facts is not None and rule.of_one(facts) is True:
                held.setdefault(rule.name, []).append({**exposure, **facts})
    said = [(rule, held[rule.name]) for rule in rules() if rule.name in held]
    return _row(person, said, protocol, as_of) if said else None


def facts_of(exposure: Mapping[str, Any], rule: Rule, protocol: Protocol, as_of: dt.date) -> dict[str, Any] | None:
    """What a rule may read of this exposure on that day; None while it has not happened yet."""
    first_on, last_on = (_day(exposure[name]) for name in ("first_at", "last_at"))
    begun_on = first_on or last_on
    if begun_on is not None and begun_on > as_of:
        return None
    days_since = None if last_on is None else (as_of - last_on).days
    return {**exposure, "last_on": last_on, "days_since": days_since, "limit_days": protocol.expiry_days[rule.grade]}


def _day(moment: dt.datetime | None) -> dt.date | None:
    return None if moment is None else moment.astimezone(BEIJING).date()


def _weight(facts: Mapping[str, Any]) -> tuple[int, float, str]:
    """The longest, then the latest: which exposure of a rule speaks for it."""
    minutes = -1 if facts["overlap_minutes"] is None else facts["overlap_minutes"]
    return (-minutes, -(facts["last_at"] or EARLIEST).timestamp(), facts["evidence"] or "")


def _ends(facts: Mapping[str, Any]) -> dt.date:
    """The last day on which this exposure still counts."""
    return facts["last_on"] + dt.timedelta(days=facts["limit_days"])  # type: ignore[no-any-return]


def _told(rule: Rule, facts: Mapping[str, Any]) -> str:
    names = {"days_since": "last_on"}
    return " ".join(f"{names.get(f, f)}={_text(facts[names.get(f, f)])}" for f in rule.facts)


def _text(value: Any) -> str:
    return "-" if value is None else str(value)


def _row(
    person: Any, said: list[tuple[Rule, list[dict[str, Any]]]], protocol: Protocol, as_of: dt.date
) -> dict[str, Any]:
    strongest = min(GRADES.index(rule.grade) for rule, _ in said)
    own = [facts for rule, found in said for facts in found if GRADES.index(rule.grade) == strongest]
    return {
        "person_id": person,
        "grade": GRADES[strongest],
        "rules": [rule.name for rule, _ in said],
        "facts": [min((_weight(f), _told(rule, f)) for f in found)[1] for rule, found in said],
        "evidence": min(said[0][1], key=_weight)["evidence"],
        "protocol": f"{protocol.name}-{protocol.version}",
        "as_of": as_of,
        "expires_on": max(map(_ends, own)),
        "next_on": min(_ends(facts) for rule, found in said for facts in found),
    }
