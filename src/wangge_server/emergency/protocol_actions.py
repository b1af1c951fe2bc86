"""Writes of protocols: two people of different departments sign a version into force, each with their own key."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from wangge import policy
from wangge.audit import keys
from wangge.base.errors import WanggeError
from wangge.exposure import must_join, parse_protocol
from wangge_server.accounts.queries import had_signing_key, signing_key
from wangge_server.base.actions import action, note
from wangge_server.emergency import protocol_queries as queries
from wangge_server.emergency.models import ProtocolVersion


@action("protocol.sign")
def propose_protocol(*, text: str, passphrase: str, by: Any, purpose: str) -> ProtocolVersion:
    """The first of two signs a version. E5112 for an example, E5113 for one already signed, E8011, E8020, E8021."""
    protocol = parse_protocol(text, "")
    if protocol.example:
        raise WanggeError("E5112", name=protocol.label)
    if ProtocolVersion.objects.filter(label=protocol.label).exists():
        raise WanggeError("E5113", name=protocol.label)
    digest = queries.digest_of(text)
    key, signature = _sign(queries.words_to_sign(protocol, digest), passphrase, by)
    made = ProtocolVersion.objects.create(
        label=protocol.label, name=protocol.name, starts_on=protocol.start, ends_on=protocol.end, text=text, digest=digest,
        first_by=by, first_unit=by.unit_code, first_key=key, first_signature=signature, first_at=timezone.now(),
    )  # fmt: skip
    note(about=made.label, digest=digest)
    return made


@action("protocol.sign")
def sign_protocol(*, label: str, digest: str, passphrase: str, by: Any, purpose: str) -> ProtocolVersion:
    """The second signs what they saw: it is in force. E8004, E8005; E5026 for days no version would cover, E5013 for two."""
    version = ProtocolVersion.objects.select_for_update(of=("self",)).get(pk=label)
    if version.in_force_at is not None or digest != version.digest:
        raise WanggeError("E5113", name=label)
    _must_be_second(version.first_by, by)
    protocol = parse_protocol(version.text, label)
    must_join([*queries.in_force(version.name), protocol])
    words = queries.words_to_sign(protocol, digest)
    if not keys.verify(bytes(version.first_key.public), words, bytes(version.first_signature)):
        raise WanggeError("E5111", name=label)
    version.second_key, version.second_signature = _sign(words, passphrase, by)
    version.second_by, version.second_unit, version.in_force_at = by, by.unit_code, timezone.now()
    version.save()
    note(about=label, digest=digest)
    return version


@action("protocol.sign")
def withdraw_protocol(*, label: str, by: Any, purpose: str) -> None:
    """Whoever signed first takes it back, while nobody agreed. E5103 for anybody else, E5113 once it is in force."""
    version = ProtocolVersion.objects.select_for_update(of=("self",)).get(pk=label)
    if version.in_force_at is not None:
        raise WanggeError("E5113", name=label)
    if version.first_by_id != by.pk:
        raise WanggeError("E5103")
    version.delete()
    note(about=label)


def _must_be_second(first: Any, by: Any) -> None:
    """policy's own room lies downstream of this one: the rule itself is asked."""
    a, b = (policy.Signer(str(one.pk or ""), one.unit_code) for one in (first, by))
    cause = policy.second("protocol.sign", a, b).cause
    if cause != "agreed":
        raise WanggeError("E8004" if cause == "same_person" else "E8005")


def _sign(words: bytes, passphrase: str, by: Any) -> tuple[Any, bytes]:
    """With the key of one's account, as batches and certificates are signed."""
    key = signing_key(by)
    if key is None:
        raise WanggeError("E8021", seat=by.role) if had_signing_key(by) else WanggeError("E8020")
    return key, keys.sign(bytes(key.sealed), passphrase, words)
