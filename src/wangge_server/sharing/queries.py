"""Reads about shares. Whoever calls passes the filter of the gate."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from wangge import policy
from wangge_server.accounts.queries import accounts
from wangge_server.emergency.queries import IN_FORCE
from wangge_server.sharing.life import OPEN, ShareFacts, datasets, failed, share_clock, share_moves
from wangge_server.sharing.models import Share, SharedPerson, ShareNotice, ShareReceipt

SMALLEST, BASE = 8, 5  # as in publication: what is smaller is redacted, the rest rounded


def reach_of(user: Any, relation: str) -> Q:
    """The shares somebody may see: all; else those of their unit on either side, and those that wait for their role."""
    if relation == "all":
        return Q()
    owned = [code for code, row in datasets().items() if row["owner"] == user.role]
    unit = user.unit_code or "-"
    return Q(grantee_unit=unit) | Q(grantor_unit=unit) | Q(dataset__in=owned, state="requested")


def shares_in(within: Q) -> QuerySet[Share]:
    """Shares with who answers for them, newest first."""
    rows = Share.objects.filter(within)
    return rows.select_related("grantee_officer", "grantor_officer", "requested_by", "approved_by", "emergency")


def share_in(within: Q, pk: UUID) -> Share | None:
    """One share within reach, or None: outside it does not exist for the reader."""
    return shares_in(within).filter(pk=pk).first()


def counts_of(within: Q) -> dict[str, int]:
    """Shares by state. -> {state: n}"""
    rows = Share.objects.filter(within).values("state").annotate(n=Count("pk")).order_by("state")
    return {row["state"]: row["n"] for row in rows}


def to_clock() -> QuerySet[Share]:
    """Shares of which something may still come."""
    return Share.objects.filter(state__in=OPEN)


def facts_for(share: Share, by: Any, today: dt.date, *, purpose: str = "", words: str = "") -> ShareFacts:
    """What the guards look at, for this share and whoever acts."""
    return ShareFacts(
        today=today, begins_on=share.begins_on, ends_on=share.ends_on, running=share.emergency.phase in IN_FORCE,
        last_on=share.emergency.ends_on or share.emergency.review_on, basis=share.basis, words=words, owner=datasets()[share.dataset]["owner"] == by.role,
        apart=not_apart(share, by), grantee=bool(by.unit_code) and share.grantee_unit == by.unit_code,
        same_purpose=share.purpose == purpose, n_reads=share.n_reads, max_reads=share.max_reads, max_rows=share.max_rows,
    )  # fmt: skip


def not_apart(share: Share, by: Any) -> str:
    """Why `by` cannot be the next to agree: E8004 for one who asked, receives or agreed, E8005 for one of their department."""
    mine = policy.Signer(str(by.pk or ""), by.unit_code)
    before = [share.requested_by, share.grantee_officer, *([share.grantor_officer] if share.grantor_officer else [])]
    found = [policy.second("share.approve", policy.Signer(str(one.pk), one.unit_code), mine) for one in before]
    causes = {one.cause for one in found if not one.holds}
    return "" if not causes else "E8004" if "same_person" in causes else "E8005"


def acts_for(share: Share, verbs: Iterable[str], facts: ShareFacts) -> list[tuple[Any, str]]:
    """What somebody with these verbs could do now. -> [(move, number of the refusal, empty where nothing is against it)]

    Words are said with the act, so their absence is nothing against it.
    """
    ways = [m for m in share_moves().values() if share.state in m.come_from and m.who in verbs]
    return [(m, next((n for g in m.guards if g != "words" and (n := failed(g, facts))), "")) for m in ways]


def due_now(share: Share, facts: ShareFacts) -> str:
    """What the clock would do to this share now."""
    return share_clock(share.state, facts)


def officers_of(unit: str) -> list[Any]:
    """Who of a unit may answer for a share."""
    return list(accounts().filter(unit_code=unit, is_active=True)) if unit else []


def receipts_of(share: Share) -> QuerySet[ShareReceipt]:
    """Every use, the newest first."""
    return ShareReceipt.objects.filter(share=share).select_related("by")


def open_notices(share: Share) -> QuerySet[ShareNotice]:
    """Corrections nobody of the receiving unit has confirmed."""
    return ShareNotice.objects.filter(share=share, confirmed_at=None)


def notices_of(share: Share) -> QuerySet[ShareNotice]:
    """Corrections that were sent after what was given."""
    return ShareNotice.objects.filter(share=share).select_related("confirmed_by")


def n_notices(within: Q) -> int:
    """Corrections that wait to be confirmed, of the shares within reach."""
    return ShareNotice.objects.filter(share__in=Share.objects.filter(within), confirmed_at=None).count()


def given_before(share: Share) -> dict[str, SharedPerson]:
    """Whom the share carried so far and not taken back. -> {person_id: line}"""
    return {row.person_id: row for row in SharedPerson.objects.filter(share=share, gone_at=None)}


def shares_with(person_id: str) -> list[dict[str, Any]]:
    """Shares that carried somebody's data: for the person. -> [{share, first given at, elements}], newest first"""
    rows = SharedPerson.objects.filter(person_id=person_id).select_related("share", "share__grantee_officer")
    return [{"share": row.share, "at": row.at, "elements": row.share.fields} for row in rows.order_by("-share_id")]


def public_register() -> list[dict[str, Any]]:
    """Shares in aggregate, for anybody: by dataset, purpose and basis how many, how often used, how many rows.

    Rows under eight are redacted and the rest rounded to five, as in any publication. Nobody who asked is named.
    -> [{dataset, purpose, basis, n, active, reads, rows, elements}]; rows None: redacted
    """
    key = ("dataset", "purpose", "basis")
    shares = Share.objects.exclude(state__in=("requested", "granted", "refused", "withdrawn"))
    found = {tuple(row[k] for k in key): row for row in shares.values(*key).order_by(*key).annotate(
        n=Count("pk"), active=Count("pk", filter=Q(state="active")), reads=Sum("n_reads"))}  # fmt: skip
    given = ShareReceipt.objects.values(*(f"share__{k}" for k in key)).annotate(rows=Sum("n_rows")).order_by()
    rows = {tuple(row[f"share__{k}"] for k in key): row["rows"] for row in given}
    elements: dict[tuple[Any, ...], set[str]] = {}
    for *parts, fields in shares.values_list(*key, "fields"):
        elements.setdefault(tuple(parts), set()).update(fields)
    return [row | {"rows": shown(rows.get(at, 0)), "elements": sorted(elements[at])} for at, row in found.items()]


def shown(n: int) -> int | None:
    """A count as the public sees it: zero is zero, one to seven is redacted, the rest is rounded to five."""
    if n == 0:
        return 0
    return BASE * ((n + BASE // 2) // BASE) if n >= SMALLEST else None
