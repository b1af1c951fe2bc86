"""The end of an emergency's data: proposed, approved by somebody of another unit, carried out, searched, signed by both.

Every step may be killed and called again. The key goes first: from that moment no copy says anything, wherever it lies.
"""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, transaction

from wangge import vault
from wangge.audit.keys import sign
from wangge.base.errors import WanggeError
from wangge_server.accounts.queries import signing_key
from wangge_server.base.actions import action, note
from wangge_server.policy.second import must_be_second
from wangge_server.vault.keys import REGISTER, ring
from wangge_server.vault.lake import forget_event_columns
from wangge_server.vault.models import Sunset
from wangge_server.vault.queries import database_folder, event_files, event_models, event_rows, told

NEEDLES = "sunset-needles"
SURVIVES = ("audit_event", "emergency_emergency", "publish_release", "vault_sunset")


@action("sunset.propose")
def propose_sunset(*, emergency: Any, reason: str, by: Any, purpose: str) -> Sunset:
    """Say that everything of this emergency's vault shall end. E8610 while it has not ended."""
    if emergency.phase != "ended":
        raise WanggeError("E8610", phase=emergency.phase)
    made, is_new = Sunset.objects.get_or_create(
        emergency=emergency, defaults={"proposed_by": by, "reason": reason.strip()[:200]}
    )
    note(about=str(made.pk), emergency=emergency.code, new=is_new)
    return made


@action("sunset.approve")
def approve_sunset(*, sunset: Sunset, now: dt.datetime, by: Any, purpose: str) -> Sunset:
    """A second person, of another department, agrees; E8004 or E8005 for anybody else. From here the machine may begin."""
    found = Sunset.objects.select_for_update().get(pk=sunset.pk)
    if found.state != "proposed":
        raise WanggeError("E8612", state=found.state)
    must_be_second("sunset.approve", found.proposed_by, by)
    found.state, found.approved_by, found.approved_at = "approved", by, now
    found.save(update_fields=["state", "approved_by", "approved_at"])
    note(about=str(found.pk), emergency=found.emergency_id)
    return found


@action("sunset.carry")
def keep_needles(*, sunset: Sunset, by: Any, purpose: str) -> int:
    """Before anything goes: keep, sealed under the register's key, a sample to look for afterwards. -> how many"""
    found = _at(sunset, "approved")
    file = _needle_file(found)
    if not file.exists():
        key = ring().of_scope(REGISTER)
        sample = told()
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(".part")
        part.write_bytes(vault.seal(key, json.dumps(sample).encode(), NEEDLES))
        part.replace(file)
        found.before, found.key_ids = event_rows(), _living_keys()
        found.save(update_fields=["before", "key_ids"])
    note(about=str(found.pk), tables=len(found.before), rows=sum(found.before.values()))
    return len(_needles(found))


@action("sunset.carry")
def destroy_event_vault(*, sunset: Sunset, now: dt.datetime, by: Any, purpose: str) -> Sunset:
    """Destroy the key, empty every table of the event vault, remove its files, end every session."""
    found = _at(sunset, "approved")
    if not _needle_file(found).exists():
        raise WanggeError("E8612", state="approved")
    found.key_ids |= _living_keys()
    for scope in found.key_ids.values():
        ring().destroy(scope)
    _empty_tables()
    Session.objects.all().delete()
    found.files_removed = _remove_files() + forget_event_columns()
    found.state, found.destroyed_at = "destroyed", now
    found.save(update_fields=["key_ids", "files_removed", "state", "destroyed_at"])
    note(about=str(found.pk), keys=sorted(found.key_ids), tables=len(found.before), files=found.files_removed)
    return found


def scrub_database() -> None:
    """Rewrite what deleted rows left in the database's files, and drop the log of writes that still tells of them.

    Outside a transaction. E8613 where the database does not let its owner do it: then its administrator must.
    """
    connection.ensure_connection()
    with connection.cursor() as cursor:
        try:
            cursor.execute("ALTER SYSTEM SET wal_recycle = off")  # a recycled segment keeps its old bytes
            cursor.execute("SELECT pg_reload_conf()")
            cursor.execute("VACUUM FULL")
            for _ in range(2):
                cursor.execute("SELECT pg_switch_wal()")
                cursor.execute("CHECKPOINT")
            cursor.execute("ALTER SYSTEM RESET wal_recycle")
            cursor.execute("SELECT pg_reload_conf()")
        except Exception as why:
            raise WanggeError("E8613") from why


@action("sunset.carry")
def write_certificate(*, sunset: Sunset, root: str, now: dt.datetime, by: Any, purpose: str) -> Sunset:
    """Look for the sample in every byte that is left here, and write down what was found. E8614 where a value is still
    readable, E8613 where the database's files lie out of reach."""
    found = _at(sunset, "destroyed")
    database = database_folder()
    if database is None:
        raise WanggeError("E8613")
    seen = vault.search({database.resolve(), Path(settings.DATA).resolve()}, _needles(found))
    if seen.readable or seen.unread:
        raise WanggeError("E8614", readable=seen.readable, files=len(seen.files) + len(seen.unread))
    after = event_rows()
    emergency = found.emergency
    certificate = vault.Certificate(
        installation=emergency.area_code,
        emergency=emergency.code,
        document_no=emergency.document_no,
        ended_at=_said(found.proposed_at),
        made_at=_said(now),
        tables={table: [n, after.get(table, 0)] for table, n in sorted(found.before.items())},
        files_removed=found.files_removed,
        keys=found.key_ids,
        root=root,
        needles=seen.n_needles,
        readable=seen.readable,
        files_searched=seen.n_files,
        bytes_searched=seen.n_bytes,
        survives=list(SURVIVES),
    )
    found.certificate, found.state = dataclasses.asdict(certificate), "searched"
    found.save(update_fields=["certificate", "state"])
    transaction.on_commit(lambda: _needle_file(found).unlink(missing_ok=True))
    note(about=str(found.pk), needles=seen.n_needles, readable=seen.readable, files=seen.n_files, bytes=seen.n_bytes)
    return found


@action("sunset.sign")
def sign_certificate(*, sunset: Sunset, passphrase: str, now: dt.datetime, by: Any, purpose: str) -> Sunset:
    """One of the two who answer for the end signs the certificate with the own signing key. E8611 for anybody else, E8020
    where there is no key in force, E8011 for another passphrase."""
    found = _at(sunset, "searched")
    if by.pk not in (found.proposed_by_id, found.approved_by_id):
        raise WanggeError("E8611")
    key = signing_key(by)
    if key is None:
        raise WanggeError("E8020")
    plain = vault.read(json.dumps(found.certificate))
    if any(one.unit == by.unit_code for one in plain.signatures):
        return found  # already signed
    signature = sign(bytes(key.sealed), passphrase, plain.message())
    signed = vault.Signature(by.name, by.unit_code, _text(bytes(key.public)), _text(signature))
    whole = dataclasses.replace(plain, signatures=[*plain.signatures, signed])
    found.certificate = dataclasses.asdict(whole)
    if not vault.check(whole):
        found.state, found.certified_at = "certified", now
    found.save(update_fields=["certificate", "state", "certified_at"])
    note(about=str(found.pk), signatures=len(whole.signatures), state=found.state)
    return found


def _at(sunset: Sunset, state: str) -> Sunset:
    """The sunset as it stands, locked. E8612 where it is not at this step."""
    found = Sunset.objects.select_for_update().get(pk=sunset.pk)
    if found.state != state:
        raise WanggeError("E8612", state=found.state)
    return found


def _needle_file(sunset: Sunset) -> Path:
    return Path(settings.DATA) / "sunset" / f"{sunset.pk}.sealed"


def _needles(sunset: Sunset) -> list[str]:
    return list(json.loads(vault.unseal(ring(), _needle_file(sunset).read_bytes(), NEEDLES)))


def _living_keys() -> dict[str, str]:
    """id -> scope of every key that dies with the emergency and is still here."""
    return {
        key_id: scope for scope, key_id in ring().key_ids().items() if scope != REGISTER and not ring().is_gone(key_id)
    }


def _empty_tables() -> None:
    """All at once: PostgreSQL refuses where a table that stays still points at one that goes, and then nothing goes."""
    names = ", ".join(f'"{model._meta.db_table}"' for model in event_models())
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # checks that still wait would be in the way
        cursor.execute(f"TRUNCATE {names}")


def _remove_files() -> int:
    files = event_files()
    for file in files:
        file.unlink()
    return len(files)


def _said(at: dt.datetime) -> str:
    return at.isoformat(timespec="seconds")


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
