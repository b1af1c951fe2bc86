"""Web and job worker as child processes of one command; one signal stops all of it cleanly."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from types import FrameType

from wangge_server.config import database

STOP_SECONDS = 15


def environment() -> dict[str, str]:
    """What children need: the settings and the address of the database this process holds open."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "wangge_server.config.settings",
        "DATABASE_URL": database.url(),
        "WANGGE_DATA": str(database.data_folder()),
    }


def worker_words(*, one_shot: bool) -> list[str]:
    """The command line of a job worker."""
    words = [sys.executable, "-m", "wangge", "manage", "procrastinate", "worker", "--queues", "wangge"]
    return [*words, "--one-shot"] if one_shot else words


def web_words(host: str, port: int) -> list[str]:
    """The command line of the web server. WSGI: measured cheaper than ASGI for Django."""
    return [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--host",
        host,
        "--port",
        str(port),
        "--workers",
        "1",
        "--blocking-threads",
        "4",
        "--no-ws",
        "--log-level",
        "warning",
        "wangge_server.config.wsgi:application",
    ]


def start(words: Sequence[str], env: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start a child in a group of its own, so that Ctrl-C reaches it only through us."""
    return subprocess.Popen(list(words), env=env, start_new_session=True)  # noqa: S603 - our own words


class Stopped(Exception):
    """SIGINT or SIGTERM arrived."""


def _stop(signum: int, frame: FrameType | None) -> None:
    raise Stopped


def run_until_stopped(children: Sequence[subprocess.Popen[bytes]]) -> int:
    """Wait until a signal comes or a child dies, then stop all. -> 0 after a signal, 1 when a child died by itself"""
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, _stop)
    code = 1
    try:
        while all(child.poll() is None for child in children):
            time.sleep(0.3)
    except Stopped:
        code = 0
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
    return code
