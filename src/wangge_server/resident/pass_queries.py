"""Reads about passes and gates."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone

from wangge import risk
from wangge.base.errors import WanggeError
from wangge.risk.pass_code import settings as pass_settings
from wangge_server.emergency.queries import current_emergency
from wangge_server.registry.queries import households_in, members
from wangge_server.resident.models import LANES, Checkpoint, IssuedPass, PassHolder
from wangge_server.resident.pass_keys import key_of, public_keys
from wangge_server.resident.receipts import digest_of_receipt
from wangge_server.risk.queries import grades_in

RELATIONS = ("family", "neighbour", "worker")


def running_emergency() -> Any:
    """The emergency passes hang on. E6083 where none runs."""
    found = current_emergency()
    if found is None or found.phase not in ("active", "wind_down"):
        raise WanggeError("E6083")
    return found


def colour_now(person_id: str, now: dt.datetime) -> risk.Colour:
    """What the grades in force say of somebody, as far as a pass may know it."""
    rows = grades_in({"person_id": person_id}, timezone.localtime(now).date())
    return risk.colour_of([(row.grade, row.expires_on) for row in rows], now)


def holder_by_slip(typed: str) -> PassHolder | None:
    """Whoever has this slip."""
    return holder_by_digest(digest_of_receipt(typed))


def holder_by_digest(digest: str) -> PassHolder | None:
    """The holder under the digest of a slip, while the slip counts."""
    rows = PassHolder.objects.filter(slip_digest=digest, ended_at=None)
    return rows.select_related("emergency", "person").first()


def holder_of(person_id: str) -> PassHolder | None:
    """The slip of a person, where one is out."""
    return PassHolder.objects.filter(person_id=person_id, ended_at=None).select_related("emergency", "person").first()


def pass_of(holder: PassHolder, kind: str, now: dt.datetime) -> IssuedPass | None:
    """The newest pass that still counts and still says what the grades say."""
    found = holder.passes.filter(kind=kind, withdrawn_at=None, expires_at__gt=now).first()  # type: ignore[attr-defined]
    if found is None or found.colour != colour_now(holder.person_id, now).colour:
        return None
    return found  # type: ignore[no-any-return]


def text_of(issued: IssuedPass, word: str = "") -> str:
    """The pass as the text of a code, signed anew; what is signed is the same, bound to a gate's word or not."""
    key_id, key = key_of(timezone.localdate(issued.issued_at))
    return risk.sign(signed_words(issued), key, key_id, word)


def signed_words(issued: IssuedPass) -> risk.Pass:
    """What an issued pass says."""
    area = issued.holder.emergency.area_code[:6]
    start, end = issued.issued_at, issued.expires_at
    return risk.Pass(bytes(issued.pass_id), area, issued.colour, issued.kind, start, start, end)


def withdrawn_ids(now: dt.datetime) -> list[bytes]:
    """Passes that must not count though they have not expired: taken back, of an ended slip, or of another colour than now."""
    rows = IssuedPass.objects.filter(expires_at__gt=now).annotate(colour_today=_colour_today(now))
    void = Q(withdrawn_at__isnull=False) | Q(holder__ended_at__isnull=False) | ~Q(colour=F("colour_today"))
    return [bytes(pass_id) for pass_id in rows.filter(void).values_list("pass_id", flat=True)]


def _colour_today(now: dt.datetime) -> Case:
    """`colour_now` for many passes in one query, the strongest colour first."""
    given = pass_settings()
    strength, none = given["number"]["colour"], given["colour"]["none"]
    held = grades_in({}, timezone.localtime(now).date()).filter(person_id=OuterRef("holder__person_id"))
    cases = []
    for colour in sorted(strength, key=lambda name: -strength[name]):
        grades = [grade for grade, said in given["colour"].items() if said == colour]
        cases.append(When(Exists(held.filter(grade__in=grades)), then=Value(colour)))
    return Case(*cases, default=Value(none))


def what_gates_believe(now: dt.datetime) -> tuple[dict[bytes, bytes], bytes]:
    """Public keys, and the signed list of withdrawn passes."""
    today = timezone.localtime(now).date()
    key_id, key = key_of(today)
    return public_keys(today), risk.revocation_list(withdrawn_ids(now), now, key, key_id)


def people_named(area: dict[str, Any], name: str, most: int = 20) -> list[Any]:
    """People of the area whose name begins so."""
    homes = [home.pk for home in households_in(area, name=name)[:most]]
    return [one for one in members(homes) if one.name.startswith(name)][:most]


def checkpoints(area: str) -> QuerySet[Checkpoint]:
    """Gates of an area, newest first."""
    return Checkpoint.objects.filter(area_code__startswith=area)


def active_checkpoint(code: str, today: dt.date) -> Checkpoint | None:
    """A gate that may ask for passes today."""
    return Checkpoint.objects.filter(
        code=code.upper(), active_at__isnull=False, closed_at=None, until__gte=today
    ).first()


def lanes_missing(found: Checkpoint) -> list[str]:
    """Lanes nobody said the place of."""
    return [lane.removesuffix("_at") for lane in LANES if not getattr(found, lane).strip()]
