"""Synchronising under load: workers send their 20 reports and pull their lists at once; beside it django-ninja with the ORM.

`just bench sync [--seconds 30] [--workers 180000] [--phones 8]`. Workers have ten doors of two people each (1.8 million
envelopes by default; fewer for a quick look). Load is closed: each phone sends the next call when the last is answered.
cpu_ms_* is processor time of the web server and of PostgreSQL together, for one call, each kind measured alone and in
turns with the peer. ratio_to_ninja is the smaller of both ratios. lost and doubled compare what was acknowledged
with what stands in the table. Last line: one JSON object.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.sync_world import Phone, World, day_of

PER_SECOND = 450  # workers to sign in for each second of sending: more than any machine of two cores sends


def main() -> int:
    """Measure and print. -> 0, or 1 where something was lost or doubled"""
    args = arguments([word for word in sys.argv[1:] if word != "--"])
    senders = min(args.workers, int(args.seconds * PER_SECOND))
    world = World(args.workers, sessions=senders)
    try:
        world.start(workers=2)
        result = measure(world, args.seconds, args.phones, senders)
    finally:
        world.close()
    print(json.dumps(result))
    return 0 if result["lost"] == result["doubled"] == 0 else 1


def arguments(words: list[str]) -> argparse.Namespace:
    """Words of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--seconds", type=float, default=30, help="half for both kinds together, half for each kind alone"
    )
    parser.add_argument("--workers", type=int, default=180_000, help="registered workers; each has ten envelopes")
    parser.add_argument("--phones", type=int, default=8, help="connections that call at the same time")
    return parser.parse_args(words)


class Load:
    """Phones that call until the time is over. Each worker sends once; lists are pulled by whoever comes next."""

    def __init__(self, world: World, senders: int) -> None:
        self.world, self.lock, self.next, self.senders = world, threading.Lock(), 1, senders
        self.acknowledged: list[str] = []
        self.serials: list[str] = []

    def worker(self) -> int:
        """The next worker who has not sent yet."""
        with self.lock:
            self.next += 1
            return self.next - 1

    def run(self, kinds: list[str], seconds: float) -> dict[str, list[float]]:
        """One thread for each of `kinds` ("post", "get", "peer_post", "peer_get"). -> seconds of each call by kind"""
        until, took = time.monotonic() + seconds, {kind: [] for kind in kinds}  # type: dict[str, list[float]]
        threads = [threading.Thread(target=self.phone, args=(kind, until, took[kind])) for kind in kinds]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        return took

    def phone(self, kind: str, until: float, took: list[float]) -> None:
        """One connection."""
        line = Phone(self.world.port, "")
        where = "/peer/" if kind.startswith("peer") else "/m/api/"
        while time.monotonic() < until:
            worker = self.worker() if kind.endswith("post") else 1 + len(took) % self.senders
            if worker > self.senders:
                raise RuntimeError("every worker has sent: give more workers or fewer seconds")
            line.headers["Cookie"] = self.world.cookies[worker - 1]
            body = {"answers": day_of(worker)} if kind.endswith("post") else None
            started = time.perf_counter()
            status, said = line.call(where + ("answers" if body else "pull"), body)
            took.append(time.perf_counter() - started)
            if status != 200:
                raise RuntimeError(f"{kind}: HTTP {status} {said!r:.300}")
            if body:
                if {r["state"] for r in said["results"]} != {"accepted"}:
                    raise RuntimeError(f"{kind}: {said!r:.300}")
                self.acknowledged += [r["id"] for r in said["results"]]


def measure(world: World, seconds: float, phones: int, senders: int) -> dict[str, Any]:
    """All figures."""
    load, kinds = Load(world, senders), ("post", "get", "peer_post", "peer_get")
    for kind in kinds:
        load.run([kind] * 2, 0.6)  # both processes have read their modules and prepared their statements
    took = load.run(["post", "get"] * (phones // 2), seconds / 2)
    both = {kind: len(took[kind]) / (seconds / 2) for kind in took}
    cost: dict[str, list[float]] = {kind: [0.0, 0.0, 0.0] for kind in kinds}
    for _ in range(2):  # in turns: what else the machine does falls on all alike
        for kind in kinds:
            before = world.cpu_s()
            done = len(load.run([kind] * min(4, phones), seconds / 16)[kind])
            after = world.cpu_s()
            cost[kind] = [
                a + b for a, b in zip(cost[kind], (done, after[0] - before[0], after[1] - before[1]), strict=True)
            ]
    ms = {kind: [1000 * part / n for part in (web, db)] for kind, (n, web, db) in cost.items()}
    show(world, ms, both)
    total = {kind: sum(parts) for kind, parts in ms.items()}
    calls = sorted(took["post"] + took["get"])
    ratios = {kind: total[f"peer_{kind}"] / total[kind] for kind in ("post", "get")}
    return {
        "post_per_s": round(both["post"], 1), "get_per_s": round(both["get"], 1),
        "p50_ms": round(1000 * calls[len(calls) // 2], 1), "p99_ms": round(1000 * calls[len(calls) * 99 // 100], 1),
        "cpu_ms_post": round(total["post"], 2), "cpu_ms_get": round(total["get"], 2),
        "ratio_to_ninja": round(min(ratios.values()), 2), **stored(load),
        "ratio_post": round(ratios["post"], 2), "ratio_get": round(ratios["get"], 2),
        "workers": world.workers, "seconds": seconds,
    }  # fmt: skip


def stored(load: Load) -> dict[str, int]:
    """What was acknowledged and does not stand, and what stands twice."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM unnest(%s::uuid[]) a(id) WHERE NOT EXISTS (SELECT FROM field_answer f"
                       " JOIN feedback_outcome o USING (lead_id) WHERE f.answer_id = a.id)", [load.acknowledged])  # fmt: skip
        lost = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) - count(DISTINCT note) FROM field_answer")
        return {"lost": lost, "doubled": cursor.fetchone()[0]}


def show(world: World, ms: dict[str, list[float]], both: dict[str, float]) -> None:
    """A table for people."""
    table = Table(title=f"{world.workers:,} workers, filled in {world.filled_in_s:.0f} s; together "
                        f"{both['post']:.0f} posts/s and {both['get']:.0f} pulls/s")  # fmt: skip
    for name in ("call", "web CPU ms", "PostgreSQL CPU ms", "together"):
        table.add_column(name, justify="left" if name == "call" else "right")
    for kind, (web, db) in ms.items():
        table.add_row(kind, f"{web:.2f}", f"{db:.2f}", f"{web + db:.2f}")
    Console(width=110, stderr=True).print(table)


if __name__ == "__main__":
    raise SystemExit(main())
