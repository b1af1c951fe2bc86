"""A made-up district that went the whole way: installed, its lists read, run, and its batch signed by three seats.

Used by the tests' fixtures and by `just matrix`, so that both ask the same installation.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

PASSPHRASE = "three seats of a test"


def install_whole(folder: Path, password: str | None) -> Any:
    """Install the synthetic district of `folder` into the database at hand. -> its emergency"""
    from wangge_server.accounts.actions import system_user
    from wangge_server.config import rehearse
    from wangge_server.config.install import install, receive_lists
    from wangge_server.intake.actions import read_batch
    from wangge_server.jobs.actions import start_run
    from wangge_server.jobs.tasks import carry

    emergency, by = install(folder, "test", password), system_user()
    rehearse.sign_protocols(PASSPHRASE)
    for batch in receive_lists(folder):
        read_batch(batch=batch, by=by, purpose="administration")
    carry(start_run(emergency=emergency, by=by, purpose="administration"))
    rehearse.sign_waiting(PASSPHRASE)
    return emergency
