"""Numbers typed wrongly: counted by connection and hour, so that nobody tries many, and nobody is followed."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from wangge import risk
from wangge.base.errors import WanggeError
from wangge_server.accounts.actions import resident_user
from wangge_server.audit.actions import write_event
from wangge_server.audit.queries import n_with
from wangge_server.resident.receipts import digest_of_address

WRONG = "wrong_number"


def may_try(request: HttpRequest) -> None:
    """E6109 once this connection gave as many wrong numbers within the clock's hour as appeals.toml allows."""
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    if n_with(WRONG, hour, connection=_connection(request)) >= risk.appeal_terms()["wrong_numbers_an_hour"]:
        raise WanggeError("E6109")


def refuse_number(request: HttpRequest) -> WanggeError:
    """Note that a number was wrong. -> E6107, to be raised"""
    facts = {"connection": _connection(request), "code": "E6107"}
    write_event(by=resident_user(), purpose="own", verb=WRONG, permission="appeal.file", facts=facts, kind="refused")
    return WanggeError("E6107")


def _connection(request: HttpRequest) -> str:
    return digest_of_address(_address(request), timezone.now().strftime("%Y%m%d%H"))


def _address(request: HttpRequest) -> str:
    """Behind TLS the port is reached through the proxy alone, and what the proxy itself wrote stands last; else who connects."""
    written = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")[-1].strip() if settings.TLS else ""
    return written or str(request.META.get("REMOTE_ADDR", ""))
