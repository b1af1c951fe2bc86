"""Writes of releases. Two different people: one proposes, another approves."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from django.utils import timezone

from wangge import publish
from wangge.base.errors import WanggeError
from wangge_server.base.actions import action, note
from wangge_server.policy.second import must_be_second
from wangge_server.publish.models import Release
from wangge_server.publish.queries import earlier_releases


@action("release.propose")
def propose_release(*, cells: pa.Table, level: str, by: Any, purpose: str) -> Release:
    """Put a table of counts through the gate, together with everything that went out before. -> Release, maybe refused"""
    verdict = publish.release(cells, "public", earlier=earlier_releases())
    release = Release.objects.create(
        purpose="public",
        measure="coverage",
        level=level,
        verdict=verdict.verdict,
        state="proposed" if verdict.verdict == "released" else "refused",
        reasons=list(verdict.reasons),
        rows=verdict.rows.to_pylist(),
        proposed_by=by,
    )
    note(about=str(release.id), verdict=verdict.verdict, rows=verdict.rows.num_rows)
    return release


@action("release.approve")
def approve_release(*, release: Release, by: Any, purpose: str) -> Release:
    """A second person of another department lets it out (E8004 for the proposer, E8005 for the same department)."""
    release = Release.objects.select_for_update().get(pk=release.pk)
    must_be_second("release.approve", release.proposed_by, by)
    if release.state != "proposed":
        raise WanggeError("E8004")
    release.state, release.approved_by, release.approved_at = "published", by, timezone.now()
    release.save(update_fields=["state", "approved_by", "approved_at"])
    note(about=str(release.id))
    return release
