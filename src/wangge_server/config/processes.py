"""Web and job worker as child processes of one command; one signal stops all of it cleanly."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from types import FrameType

from wangge_server.config import database

STOP_SECONDS, RESTART_SECONDS = 15, 2


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


class Stopped(BaseException):
    """SIGINT or SIGTERM arrived. Not an Exception: nothing may swallow it."""


def _stop(signum: int, frame: FrameType | None) -> None:
    raise Stopped


def catch_signals() -> None:
    """From here on SIGINT and SIGTERM raise Stopped. Called before the first child starts: none may be left behind."""
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, _stop)


def watch(children: list[subprocess.Popen[bytes]], new_worker: Callable[[], subprocess.Popen[bytes]]) -> int:
    """Keep the site up: a job worker that died is started again, and its job is taken up; without the web server it
    ends. Raises Stopped when a signal came. -> 1
    """
    web = children[0]
    while web.poll() is None:
        time.sleep(0.3)
        if children[1].poll() is not None:
            time.sleep(RESTART_SECONDS)
            children[1] = new_worker()
    return 1


def stop_all(children: Sequence[subprocess.Popen[bytes]]) -> None:
    """Ask every child to end, then make those that do not."""
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
