"""Reading a person is an act too: one audit entry a page, with the ids shown, never the values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest

from wangge_server.audit.actions import write_event


def record_read(request: HttpRequest, verb: str, ids: Iterable[str], **facts: Any) -> None:
    """Write who read which people for what. `ids` are opaque; all of them, or somebody's ledger would lack a reader."""
    shown, elements = list(ids), sorted(request.decision.elements)  # type: ignore[attr-defined]
    write_event(
        by=request.user,
        purpose=request.purpose,  # type: ignore[attr-defined]
        verb=verb,
        permission=request.resolver_match.view_name or "",  # type: ignore[attr-defined, union-attr]
        about=shown[0] if len(shown) == 1 else "",
        facts={"n": len(shown), "ids": shown, "elements": elements, **facts},
        kind="read",
    )
