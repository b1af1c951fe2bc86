"""Starts the web server and the job worker together and prints the address. Ctrl-C stops all of it cleanly; the embedded
PostgreSQL stops with the last process that uses it. Behind TLS set WANGGE_TLS=1 and WANGGE_HOSTS to the names it answers to.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

HELP = "serve the site: web and job worker under one command"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `wangge serve`."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument(
        "--port", type=int, default=8000, help="port (default: %(default)s; the next free one if taken)"
    )
    parser.add_argument("--data", type=Path, help="data folder (default: WANGGE_DATA or ./var)")


def run(args: argparse.Namespace) -> int:
    """Serve until stopped. -> 0 after Ctrl-C, 1 when a part died"""
    setup(args.data)
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    return serve(args.host, args.port)


def setup(data: Path | None) -> None:
    """Settle the data folder and start Django. What is written from here on is for the owner's eyes only."""
    os.umask(0o077)
    if data is not None:
        os.environ["WANGGE_DATA"] = str(data.resolve())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wangge_server.config.settings")
    import django

    django.setup()


def serve(host: str, port: int, after: str = "") -> int:
    """Start both children, say where, wait. -> 0 after a signal, 1 when a child died by itself"""
    from wangge_server.config import processes

    processes.catch_signals()
    children: list[subprocess.Popen[bytes]] = []
    try:
        port, env = free_port(host, port), processes.environment()
        for words in (processes.web_words(host, port), processes.worker_words(one_shot=False)):
            children.append(processes.start(words, env))
        if wait_for(host, port):
            print(f"\nwangge  http://{host}:{port}/\n{after}\nCtrl-C stops it.", file=sys.stderr, flush=True)
        return processes.watch(children, lambda: processes.start(processes.worker_words(one_shot=False), env))
    except processes.Stopped:
        return 0
    finally:
        processes.stop_all(children)


def free_port(host: str, port: int) -> int:
    """`port`, or the next one nobody listens on."""
    for candidate in range(port, port + 50):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, candidate))
            except OSError:
                continue
            return candidate
    return port


def wait_for(host: str, port: int, seconds: float = 30) -> bool:
    """Wait until somebody answers there."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex((host, port)) == 0:
                return True
        time.sleep(0.2)
    return False
