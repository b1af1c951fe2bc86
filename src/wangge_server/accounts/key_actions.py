"""Writes about keys that people sign with. The passphrase passes through and is kept nowhere."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from wangge.audit import keys
from wangge.base.errors import WanggeError
from wangge_server.accounts.models import SigningKey
from wangge_server.accounts.queries import signing_key
from wangge_server.base.actions import action, note


@action("key.make")
def make_signing_key(*, passphrase: str, by: Any, purpose: str) -> SigningKey:
    """One's own key. E8022 where one is in force, E8010 for a short passphrase."""
    if signing_key(by) is not None:
        raise WanggeError("E8022")
    pair = keys.make_key(passphrase)
    made = SigningKey.objects.create(user=by, public=pair.public, sealed=pair.sealed)
    note(about=str(made.pk))
    return made


@action("key.revoke")
def revoke_signing_key(*, by: Any, purpose: str) -> SigningKey:
    """One's own key signs nothing from now on. E8020 where there is none."""
    found = signing_key(by)
    if found is None:
        raise WanggeError("E8020")
    found.revoked_at = timezone.now()
    found.save(update_fields=["revoked_at"])
    note(about=str(found.pk))
    return found
