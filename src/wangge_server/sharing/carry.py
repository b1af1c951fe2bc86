"""Carries bundles to other regions: outside any transaction, since the other side may take its time. Killed anywhere, call it again."""

from __future__ import annotations

import datetime as dt
import json
import urllib.error
import urllib.request
from typing import Any
from uuid import UUID

from wangge.base.errors import WanggeError
from wangge_server.accounts.actions import system_user
from wangge_server.audit.sealed import installation_key
from wangge_server.base.system import AS_SYSTEM
from wangge_server.sharing import region_queries as queries
from wangge_server.sharing.bundle import BUNDLE, must_be_safe, sealed
from wangge_server.sharing.region_actions import note_failure, take_receipt

INBOX, SECONDS, MOST_BYTES = "/regions/inbox/", 10, 100_000


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """People's data go where the data officer said, and nowhere else."""

    def redirect_request(self, *_args: Any) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}))


def carry_handovers(now: dt.datetime) -> int:
    """Try every handover that is due. -> how many were answered"""
    return sum(carry(pk, now) for pk in queries.due(now))


def carry(pk: UUID, now: dt.datetime) -> bool:
    """Send one, whatever its next try; a failure is noted and tried again. -> whether it was answered"""
    found = queries.handover_by_id(pk)
    if found is None or found.region.ended_at is not None:
        return False
    same: dict[str, Any] = {"handover_id": pk, "now": now, "by": system_user(), "purpose": AS_SYSTEM}
    try:
        raw = _post(found.region.address + INBOX, sealed(BUNDLE, "bundle", queries.said_in(found), installation_key()))
        take_receipt(raw=raw, **same)
    except WanggeError as why:
        note_failure(number=why.code, **same)
        return False
    return True


def _post(url: str, body: bytes) -> bytes:
    """E8257 where nobody is reached or the other side refuses, E8254 for an address without HTTPS."""
    must_be_safe(url)
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})  # noqa: S310 - must_be_safe looked at it
    try:
        with _opener.open(request, timeout=SECONDS) as answer:
            return bytes(answer.read(MOST_BYTES))
    except urllib.error.HTTPError as why:
        raise WanggeError("E8257", reason=_number(why)) from why
    except (OSError, ValueError) as why:
        raise WanggeError("E8257", reason=type(why).__name__) from why


def _number(why: urllib.error.HTTPError) -> str:
    """The other side's own number, where it gave one."""
    try:
        return str(json.loads(why.read(2000))["code"])[:8]
    except (OSError, ValueError, KeyError, TypeError):
        return str(why.code)
