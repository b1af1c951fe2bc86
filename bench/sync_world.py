"""A throw-away installation for measuring and for killing: PostgreSQL of its own, workers, envelopes, a real granian.

Made-up rows only. Every worker has ten doors of two people, so one worker can send 20 reports once.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import tempfile
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
DOORS, PEOPLE = 10, 2
DEFAULTS = {"text": "''", "character varying": "''", "boolean": "false", "ARRAY": "'{}'", "jsonb": "'{}'", "date": "current_date",
            "timestamp with time zone": "now()", "uuid": "gen_random_uuid()"}  # fmt: skip
TICKS = os.sysconf("SC_CLK_TCK")


class World:
    """Installation in a folder of its own; `close()` ends every process it started."""

    def __init__(self, workers: int, *, sessions: int, application: str = "bench.sync_wsgi:application") -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="wangge-sync-", ignore_cleanup_errors=True)
        os.environ |= {"WANGGE_DATA": self.folder.name, "DJANGO_SETTINGS_MODULE": "bench.sync_settings"}
        os.environ.pop("DATABASE_URL", None)
        import django

        django.setup()
        from wangge_server.config import database

        self.address, self.application, self.workers = database.url(), application, workers
        self.server: subprocess.Popen[bytes] | None = None
        self.port = free_port()
        started = time.monotonic()
        self.fill()
        self.cookies = self.sign_in(sessions)
        self.filled_in_s = time.monotonic() - started

    def fill(self) -> None:
        """Tables of a province, written by the database itself."""
        from django.core.management import call_command
        from django.db import connection

        call_command("migrate", verbosity=0)
        with connection.cursor() as sql:
            sql.execute("SET session_replication_role = replica; SET synchronous_commit = off")
            n = self.workers
            fill(sql, "emergency_emergency", 1, {"code": "'e'", "phase": "'active'"})
            fill(sql, "accounts_user", n, {"id": "i", "username": "'w' || i", "password": "'!'", "role": "'grid_worker'",
                 "lang": "'zh-hans'", "is_active": "true", "area_code": "'440305001001001'"})  # fmt: skip
            fill(sql, "geography_dwelling", n * DOORS, {"dwelling_id": "'d' || i", "compound": "'示例小区'", "building": "(i % 30)::text",
                 "room": "(100 + i % 900)::text", "grid_code": "'440305001001001'"})  # fmt: skip
            fill(
                sql,
                "registry_household",
                n * DOORS,
                {"household_id": "'h' || i", "dwelling_id": "'d' || i", "n_people": "2"},
            )
            fill(
                sql,
                "feedback_coverage",
                n * DOORS,
                {"dwelling_id": "'d' || i", "grid_code": "'440305001001001'", "state": "'unreached'"},
            )
            fill(sql, "dispatch_task", n * DOORS, {"task_id": "'t' || i", "emergency_id": "'e'", "household_id": "'h' || i",
                 "dwelling_id": "'d' || i", "worker_id": f"'w' || (1 + (i - 1) / {DOORS})", "grade": "'red'", "n_people": "2",
                 '"order"': f"i % {DOORS}", "grid_code": "'440305001001001'", "result_due": "now() + interval '2 hours'"})  # fmt: skip
            fill(sql, "dispatch_lead", n * DOORS * PEOPLE, {"lead_id": "'l' || i", "task_id": f"'t' || (1 + (i - 1) / {PEOPLE})",
                 "person_id": "'p'", "grade": "'red'"})  # fmt: skip
            sql.execute("RESET session_replication_role; RESET synchronous_commit")
            sql.execute("VACUUM ANALYZE")
            sql.execute("CHECKPOINT")

    def sign_in(self, n: int) -> list[str]:
        """Sessions of the first n workers, as a login makes them. -> cookie headers"""
        from django.conf import settings
        from django.contrib.sessions.backends.db import SessionStore

        from wangge_server.accounts.models import User

        cookies = []
        for user in User.objects.filter(pk__lte=n).order_by("pk"):
            store = SessionStore()
            store["_auth_user_id"], store["_auth_user_backend"] = str(user.pk), settings.AUTHENTICATION_BACKENDS[-1]
            store["_auth_user_hash"] = user.get_session_auth_hash()
            store.create()
            cookies.append(f"{settings.SESSION_COOKIE_NAME}={store.session_key}; csrftoken={'c' * 32}")
        return cookies

    def start(self, *, workers: int = 1, plant: str = "") -> None:
        """Start granian and wait until it answers."""
        from wangge_server.config.processes import web_words

        words = web_words("127.0.0.1", self.port)
        words[-1], words[words.index("--workers") + 1] = self.application, str(workers)
        env = {**os.environ, "DATABASE_URL": self.address, "SYNC_PLANT": plant}
        self.server = subprocess.Popen(words, env=env, cwd=ROOT, start_new_session=True)
        for _ in range(600):  # granian listens before it has read the application: wait for an answer
            with contextlib.suppress(OSError, HTTPException):
                if Phone(self.port, "").call("/m/api/pull")[0] == 401:  # no account, no list: the gate answers
                    return
            time.sleep(0.03)
        raise RuntimeError("the server does not start")

    def kill(self) -> None:
        """SIGKILL the server and all its children in the middle of whatever they do."""
        if self.server is not None:
            os.killpg(self.server.pid, signal.SIGKILL)
            self.server.wait()
            self.server = None

    def close(self) -> None:
        """End everything."""
        self.kill()
        from django.db import connection

        connection.close()
        self.folder.cleanup()

    def cpu_s(self) -> tuple[float, float]:
        """Processor seconds used so far: by the web server, by PostgreSQL (its dead children included)."""
        server = self.server.pid if self.server else 0
        postmaster = int((Path(self.folder.name) / "pg" / "postmaster.pid").read_text().split()[0])
        return tree_cpu(server), tree_cpu(postmaster)


def fill(sql: Any, table: str, n: int, given: dict[str, str]) -> None:
    """n rows of a table; columns that must not be null and are not given get an empty value of their type."""
    sql.execute(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s AND is_nullable = 'NO'"
        " AND column_default IS NULL AND is_identity = 'NO'",
        [table],
    )
    rest = {
        f'"{name}"': DEFAULTS.get(kind, "0")
        for name, kind in sql.fetchall()
        if name not in given and f'"{name}"' not in given
    }
    columns = given | rest
    sql.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(columns.values())} FROM generate_series(1, {n}) i"
    )


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def tree_cpu(root: int) -> float:
    """User and system seconds of a process, its living children and the children it has already buried."""
    parents, used = {}, {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = file.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(file.parent.name)] = int(words[1])
        used[int(file.parent.name)] = sum(map(int, words[11:15])) / TICKS
    inside = {root}
    while more := {pid for pid, parent in parents.items() if parent in inside} - inside:
        inside |= more
    return sum(used.get(pid, 0.0) for pid in inside)


class Phone:
    """One connection that stays open, as a worker's phone has it."""

    def __init__(self, port: int, cookie: str) -> None:
        self.port, self.line = port, HTTPConnection("127.0.0.1", port, timeout=30)
        self.headers = {
            "Cookie": cookie,
            "X-CSRFToken": "c" * 32,
            "Content-Type": "application/json",
            "Host": "localhost",
        }

    def call(self, path: str, body: Any = None) -> tuple[int, Any]:
        """-> status, JSON"""
        data = None if body is None else json.dumps(body)
        self.line.request("GET" if body is None else "POST", path, data, self.headers)
        answer = self.line.getresponse()
        text = answer.read()
        return answer.status, json.loads(text) if answer.status in (200, 409) else text


def report(lead: int, serial: str = "") -> dict[str, Any]:
    """One made-up answer of a full visit. `serial` says in its note which saying it is, however often it is sent."""
    from wangge.base.ids import uuid7

    return {
        "id": str(uuid7()), "lead_id": f"l{lead}", "person": "seen", "residence": "door", "status": "assessed",
        "temperature": 36.5, "symptoms": [], "needs": [], "result": "visited", "note": serial,
        "observed_at": time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(time.time() - 60)), "base": None,
    }  # fmt: skip


def day_of(worker: int) -> list[dict[str, Any]]:
    """The 20 reports of a worker's whole day."""
    n = DOORS * PEOPLE
    return [report(1 + (worker - 1) * n + k, f"s{worker}-{k}") for k in range(n)]
