"""A small ground on a real PostgreSQL, phones that go offline, and what must be true when all of them have come home.

Made-up rows only. The phones are models of a phone; everything the server does is the product's own code.
"""

from __future__ import annotations

import json
import os
import tempfile
from typing import Any
from uuid import uuid4

TABLES = ("field_answer", "feedback_outcome", "feedback_dispute", "feedback_coverage", "dispatch_gone", "dispatch_lead",
          "dispatch_task", "dispatch_worker", "dispatch_handover", "geography_home", "geography_redivision", "geography_area",
          "geography_dwelling", "registry_household")  # fmt: skip
SEEN = {"person": "seen", "residence": "door", "status": "assessed", "temperature": 36.5, "symptoms": [], "needs": [],
        "result": "visited", "note": ""}  # fmt: skip
AT = "2026-11-20T03:00:00+00:00"  # phones' clocks say what they like


class Ground:
    """An installation in a folder of its own; `lay_out` makes grids, doors, envelopes and their holders anew."""

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="wangge-handover-", ignore_cleanup_errors=True)
        os.environ |= {"WANGGE_DATA": self.folder.name, "DJANGO_SETTINGS_MODULE": "bench.sync_settings"}
        os.environ.pop("DATABASE_URL", None)
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        call_command("migrate", verbosity=0)
        with connection.cursor() as sql:
            sql.execute(
                "ALTER DATABASE "
                + connection.ops.quote_name(connection.settings_dict["NAME"])
                + " SET synchronous_commit = off"
            )
            sql.execute("SET synchronous_commit = off")
        self.users: dict[str, Any] = {}

    def close(self) -> None:
        from django.db import connection

        connection.close()
        self.folder.cleanup()

    def lay_out(self, communities: int, grids: int, doors: int) -> None:
        """`communities` of `grids` grids with one worker each (w0, w1 ...), `doors` doors a grid in two buildings, two people a door."""
        from bench.sync_world import fill
        from django.db import connection

        self.clear()
        n, areas = (
            communities * grids,
            "(440305000000 + (i - 1) / {g} + 1)::text || lpad(((i - 1) %% {g} + 1)::text, 3, '0')",
        )
        area = areas.replace("%%", "%").format(g=grids)
        of_door = area.replace("(i - 1)", f"((i - 1) / {doors})")
        with connection.cursor() as sql:
            sql.execute("SET session_replication_role = replica")
            if not self.users:
                fill(sql, "emergency_emergency", 1, {"code": "'e'", "phase": "'active'"})
            fill(
                sql,
                "geography_area",
                n,
                {"code": area, "kind": "'grid'", "parent_code": f"left({area}, 12)", "crs": "'WGS84'"},
            )
            fill(sql, "geography_dwelling", n * doors, {"dwelling_id": "'d' || i", "grid_code": of_door, "compound": "'示例小区' || i / 100",
                 "building": "(i % 2)::text", "room": "i::text", "framed_on": "'2026-01-01'"})  # fmt: skip
            fill(
                sql,
                "registry_household",
                n * doors,
                {"household_id": "'h' || i", "dwelling_id": "'d' || i", "grid_code": of_door, "n_people": "2"},
            )
            fill(
                sql,
                "feedback_coverage",
                n * doors,
                {"dwelling_id": "'d' || i", "grid_code": of_door, "state": "'unreached'"},
            )
            fill(sql, "dispatch_task", n * doors, {"task_id": "'t' || i", "emergency_id": "'e'", "household_id": "'h' || i", "dwelling_id": "'d' || i",
                 "grid_code": of_door, "worker_id": f"'w' || (i - 1) / {doors}", "grade": "'red'", "n_people": "2", '"order"': "i"})  # fmt: skip
            fill(
                sql,
                "dispatch_lead",
                n * doors * 2,
                {"lead_id": "'l' || i", "task_id": "'t' || (1 + (i - 1) / 2)", "person_id": "'p'", "grade": "'red'"},
            )
            self.sign_up(sql, [f"w{i}" for i in range(n)], "grid_worker")
            self.sign_up(sql, ["s0", "s1"], "community_lead")
            sql.execute("INSERT INTO dispatch_worker (holding_id, worker_id, user_id, unit_code, grid_code, minutes_a_day)"
                        " SELECT 'w' || (i - 1) || ':0', 'w' || (i - 1), (SELECT id FROM accounts_user WHERE username = 'w' || (i - 1)),"
                        f" left({area}, 12), {area}, 180 FROM generate_series(1, {n}) i")  # fmt: skip
            sql.execute("SET session_replication_role = origin")

    def sign_up(self, sql: Any, names: list[str], role: str) -> None:
        from wangge_server.accounts.models import User

        for name in names:
            if name not in self.users:
                self.users[name] = User.objects.create(
                    username=name, role=role, area_code="440305", unit_code="440305000001"
                )

    def clear(self) -> None:
        from django.db import connection

        with connection.cursor() as sql:
            sql.execute("SET session_replication_role = replica;" + ";".join(f"DELETE FROM {t}" for t in TABLES)
                        + ";SET session_replication_role = origin")  # fmt: skip


class Phone:
    """What one phone holds: doors, what was said and not yet acknowledged, and how far it has come."""

    def __init__(self, user: Any) -> None:
        from wangge_server.dispatch.queries import Mark

        self.user, self.mark = user, Mark()
        self.doors: dict[str, str] = {}  # task -> grid
        self.outbox: list[dict[str, Any]] = []
        self.closings: list[str] = []
        self.round: set[str] = set()
        self.refused: list[str] = []

    def see(self, task: str, said: dict[str, Any] | None = None) -> list[str]:
        """Everybody behind a door is seen, without a network. -> ids of the answers"""
        n = int(task[1:])
        made = [
            {"id": str(uuid4()), "lead_id": f"l{lead}", "observed_at": AT, "base": None, **(said or SEEN)}
            for lead in (2 * n - 1, 2 * n)
        ]
        self.outbox += made
        return [one["id"] for one in made]

    def sync(self, cut: str = "", page: int = 2) -> None:
        """Send, then ask what changed. `cut`: the network goes "before" anything, "after" the server took it, or in the "pull"."""
        if cut == "before":
            return
        while self.outbox:
            batch = self.outbox[:20]
            results = self.send(batch)
            if cut == "after":
                return  # the acknowledgement never came: all of it is sent again, as it is
            self.refused += [r["id"] for r in results if r["state"] not in ("accepted", "same")]
            self.outbox = self.outbox[20:]
        self.shut()
        more = True
        while more:
            more = self.pull(page)
            if cut == "pull":
                return

    def send(self, batch: list[dict[str, Any]]) -> list[dict[str, Any]]:
        from wangge_server.feedback.submit_actions import take_answers

        return take_answers(answers=batch, by=self.user, purpose="visit")

    def shut(self) -> None:
        from wangge.base.errors import WanggeError
        from wangge_server.dispatch.actions import close_task
        from wangge_server.dispatch.queries import task_of

        for task in self.closings:
            found = task_of(self.user, task)  # whoever holds it no longer is told `gone`
            if found is not None:
                try:
                    close_task(task=found, by=self.user, purpose="visit")
                except WanggeError:
                    continue
        self.closings = []

    def pull(self, page: int) -> bool:
        from wangge_server.dispatch import queries

        first = self.mark.start == 0
        part = queries.pull(self.user.username, self.mark, page)
        rows = {row["id"]: row["grid"] for row in json.loads(part.tasks)}
        self.doors |= rows
        for task in json.loads(part.closed) + json.loads(part.gone):
            self.doors.pop(task, None)
        self.round |= set(rows)
        self.mark = queries.Mark.read(part.mark.text())
        if not part.has_more:
            if first:  # what this whole round did not bring is to go now, not before
                self.doors = {t: g for t, g in self.doors.items() if t in self.round}
            self.round = set()
        return part.has_more


def verdict(phones: list[Phone], said: set[str], held: dict[str, set[str]], doors: int) -> dict[str, int]:
    """After everything was sent and asked for: what is lost, orphaned or does not add up. All 0 where all is well."""
    from django.db import connection

    def one(statement: str, given: Any = ()) -> int:
        with connection.cursor() as sql:
            sql.execute(statement, given)
            return int(sql.fetchone()[0])

    lost = one(
        "SELECT count(*) FROM unnest(%s::uuid[]) a WHERE NOT EXISTS (SELECT FROM field_answer f WHERE f.answer_id = a)",
        [list(said)],
    )
    lost += one(
        "SELECT count(DISTINCT f.lead_id) FROM field_answer f LEFT JOIN feedback_outcome o USING (lead_id) WHERE o.lead_id IS NULL"
    )
    orphaned = one(
        """SELECT count(*) FROM dispatch_task t JOIN geography_dwelling d USING (dwelling_id) LEFT JOIN geography_area a ON a.code = t.grid_code
           WHERE t.closed_at IS NULL AND (t.grid_code <> d.grid_code OR a.code IS NULL OR a.valid_to IS NOT NULL OR NOT EXISTS
             (SELECT FROM dispatch_worker w WHERE w.worker_id = t.worker_id AND w.grid_code = t.grid_code AND w.valid_to IS NULL))"""
    )
    orphaned += one(
        "SELECT count(*) FROM feedback_coverage JOIN geography_dwelling d USING (dwelling_id) WHERE d.grid_code <> feedback_coverage.grid_code"
    )
    orphaned += one(
        "SELECT count(*) FROM registry_household h JOIN geography_dwelling d USING (dwelling_id) WHERE d.grid_code <> h.grid_code"
    )
    off = abs(one("SELECT count(*) FROM dispatch_lead") - 2 * doors) + abs(
        one("SELECT count(*) FROM geography_dwelling") - doors
    )
    off += abs(one("SELECT count(*) FROM dispatch_lead l LEFT JOIN feedback_outcome o USING (lead_id) WHERE o.lead_id IS NULL")
               + one("SELECT count(*) FROM feedback_outcome") - 2 * doors)  # fmt: skip
    off += one("SELECT count(*) FROM field_answer") - len(said)
    stale = 0
    with connection.cursor() as sql:
        sql.execute("SELECT worker_id, task_id FROM dispatch_task WHERE closed_at IS NULL")
        open_tasks = set(sql.fetchall())
        sql.execute("SELECT grid_code, worker_id FROM dispatch_worker WHERE valid_to IS NULL")
        now = set(sql.fetchall())
    for phone in phones:
        name = phone.user.username
        stale += len({(name, task) for task in phone.doors} ^ {pair for pair in open_tasks if pair[0] == name})
    stale += len(now ^ {(grid, worker) for grid, workers in held.items() for worker in workers})
    return {
        "lost": lost,
        "orphaned": orphaned,
        "off": off,
        "stale": stale,
        "refused": sum(len(p.refused) for p in phones),
    }
