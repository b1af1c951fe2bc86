"""Which key a value is sealed with: that of the running emergency for what dies with it, that of the register for the rest."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from wangge import vault
from wangge.dictionary import Retention
from wangge_server.base.actions import once
from wangge_server.emergency.queries import current_emergency
from wangge_server.vault.queries import sunsets_carried

REGISTER = "register"
PEACE = (
    "peace"  # what is collected for a time while there is no emergency; each sunset ends it too, and a new one begins
)


@cache
def ring() -> vault.Keyring:
    """The installation's keys."""
    return vault.Keyring(settings.KEYS, settings.VAULT_SUITE)


def key_for(retention: Retention) -> vault.DataKey:
    """The key for new values. E8602 where the emergency's key is already destroyed: nothing more is collected for it."""
    return ring().of_scope(once("vault.scope", _event_scope) if retention is Retention.EVENT else REGISTER)


def _event_scope() -> str:
    emergency = current_emergency()
    if emergency is not None and emergency.phase != "ended":
        return emergency.code
    return f"{PEACE}-{sunsets_carried()}"
