"""What `wangge audit` does with an installation's own log."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from wangge.audit.verifier import Head, Report
from wangge.base.errors import WanggeError
from wangge_server.config.commands.serve import setup


def open_up(data: Path | None) -> None:
    """Settle the data folder and bring its database up to date."""
    setup(data)
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def verify(witnessed: Sequence[Head], key: bytes | None) -> Report:
    """The log in the database against itself and against what witnesses kept."""
    from wangge_server.audit.verify import verify_log

    return verify_log(witnessed, key)


def seal() -> int:
    """Put what waits into the tree. -> entries sealed"""
    from django.utils import timezone

    from wangge_server.audit.actions import seal_all
    from wangge_server.audit.sealed import installation_key

    return seal_all(installation_key(), timezone.now())


def head() -> str:
    """The newest signed head. Raises E8063 where nothing was sealed yet."""
    from wangge_server.audit.sealed import newest_head

    newest = newest_head()
    if newest is None:
        raise WanggeError("E8063")
    return newest.line


def export(folder: Path) -> int:
    """log.jsonl and heads.txt, as they stand at one moment. -> entries"""
    from django.db import transaction

    from wangge_server.audit.sealed import entries, head_lines

    folder.mkdir(parents=True, exist_ok=True)
    n = 0
    # Heads first: what is sealed meanwhile lies after them and is left out.
    with transaction.atomic(), (folder / "log.jsonl").open("wb") as log:
        lines = head_lines()
        size = int(lines[-1].split()[2]) if lines else 0
        for position, entry, _hash in entries():
            if position >= size:
                break
            log.write((entry or b"") + b"\n")
            n += 1
    (folder / "heads.txt").write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return n
