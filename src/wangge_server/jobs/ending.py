"""The end of an emergency's data, carried out: what two people agreed to, step by step, as often as it is interrupted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from wangge_server.accounts.actions import system_user
from wangge_server.audit.actions import seal_all
from wangge_server.audit.sealed import installation_key, newest_head
from wangge_server.base.system import AS_SYSTEM
from wangge_server.jobs.forgetting import forget_files
from wangge_server.vault.actions import destroy_event_vault, keep_needles, scrub_database, write_certificate

if TYPE_CHECKING:
    from wangge_server.vault.models import Sunset


def carry_out(sunset: Sunset) -> Sunset:
    """From wherever it stands to the certificate that waits for two signatures. Killed anywhere, call it again."""
    same: dict[str, Any] = {"by": system_user(), "purpose": AS_SYSTEM}
    sunset.refresh_from_db()
    if sunset.state == "approved":
        keep_needles(sunset=sunset, **same)
        forget_files(timezone.now())
        sunset = destroy_event_vault(sunset=sunset, now=timezone.now(), **same)
    if sunset.state == "destroyed":
        scrub_database()
        sunset = write_certificate(sunset=sunset, root=_sealed_log(), now=timezone.now(), **same)
    return sunset


def _sealed_log() -> str:
    """The signed head over every entry up to the search: whoever keeps the certificate keeps a witness of the log."""
    seal_all(installation_key(), timezone.now())
    newest = newest_head()
    return newest.line if newest else ""
