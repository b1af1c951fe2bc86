"""What the pages of intake share: a batch inside the reader's scope, its steps, what may be seen of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from wangge import policy
from wangge_server.emergency.queries import current_phase
from wangge_server.intake import queries
from wangge_server.policy.scope import may

STEPS = ("upload", "table", "columns", "check", "result")
# Which step a state waits at; before it all is done.
AT = {"received": "table", "previewed": "table", "mapped": "check", "checked": "check", "confirmed": "result",
      "reading": "result", "read": "result", "replaced": "result"}  # fmt: skip
BUSY = ("received", "mapped", "confirmed", "reading")
OPEN = ("previewed", "mapped", "checked", "refused")


def scope(request: HttpRequest) -> Q:
    """The batches that this page may speak of."""
    return queries.scope(request.user, request.decision.relation)  # type: ignore[attr-defined]


def batch_or_404(request: HttpRequest, pk: UUID) -> Any:
    """One batch inside the reader's scope: another unit's does not exist for the reader."""
    found = queries.batch_by_id(pk, scope(request))
    if found is None:
        raise Http404
    return found


def own_batch_or_404(request: HttpRequest, pk: UUID) -> Any:
    """One batch of the reader's own unit: nobody goes on with another unit's file."""
    found = batch_or_404(request, pk)
    if found.unit_code != request.user.unit_code:  # type: ignore[union-attr]
        raise Http404
    return found


def may_go_on(request: HttpRequest, found: Any) -> bool:
    """May this reader settle what the file is: it is the own unit's."""
    return may(request, "batch.upload") and found.unit_code == request.user.unit_code  # type: ignore[union-attr]


def may_see_values(request: HttpRequest, found: Any) -> bool:
    """May this reader see what stands in the file: only where the policy lets the own unit's files be seen."""
    user: Any = request.user
    decision = policy.decide(user.role, request.purpose, "batch.values", current_phase())  # type: ignore[attr-defined]
    if not decision.allowed:
        return False
    return decision.relation == "all" or (
        bool(user.unit_code) and user.unit_code in (found.unit_code, found.reports_to)
    )


def steps(found: Any, here: str) -> list[dict[str, Any]]:
    """The steps of a file: done, at, ahead; those that may be gone back to are links."""
    words = {"upload": _("上传"), "table": _("认表头"), "columns": _("对列"), "check": _("试算"), "result": _("入库")}
    at = AT.get(found.state) or ("check" if found.header_key else "table")
    pages = {"table": "batch_table", "columns": "batch_columns", "check": "batch", "result": "batch"}
    lines = []
    for n, key in enumerate(STEPS):
        passed = n < STEPS.index(at) or found.state in ("read", "replaced")
        back = found.state in OPEN and key in ("table", "columns") and found.header_key
        done_page = key == "check" and found.state == "checked"
        url = reverse(pages[key], args=[found.pk]) if (back or done_page) and key != here else ""
        state = "failed" if found.state == "refused" and key == at else "done" if passed else "ahead"
        lines.append({"n": n + 1, "label": words[key], "state": state, "here": key == here, "url": url})
    return lines


def crumbs(found: Any, last: Any = "") -> list[dict[str, Any]]:
    """Where the page stands."""
    own = {"label": found.file_name, "url": reverse("batch", args=[found.pk])} if last else {"label": found.file_name}
    return [{"label": _("汇聚"), "url": reverse("batches")}, own, *([{"label": last}] if last else [])]
