"""SIGKILL of a real server in the middle of synchronising, again and again; then every acknowledgement is looked up.

`just faults-kill 20` (kills; `--planted 8` kills for each planted bug). Phones are processes of their own: each keeps what was
not acknowledged and sends it again, as it is, until it is. Real granian, real PostgreSQL. Acknowledged reports must stand
once, with the outcome they decide and the event beside them; `torn` counts those that stand without their outcome. Each planted
bug (acknowledging before the commit, no idempotency key, two transactions) must be found the same way.
Last line: one JSON object.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import multiprocessing as mp
import random
import sys
import time
from http.client import HTTPException
from typing import Any

from bench.sync_world import DOORS, PEOPLE, Phone, World, report

PHONES, BATCH, WORKERS = 4, 5, 1200
# Seconds of life before a kill: long enough for some batches, short enough to fall into one.
LIVES = (0.12, 0.5)
Tally = dict[str, int]


def phone(port: int, cookies: list[str], first: int, last: int, stop: Any, said: Any) -> None:
    """A process that sends the days of workers first..last in batches; what is not acknowledged it keeps and sends again."""
    acknowledged: list[tuple[str, str]] = []
    for worker in range(first, last + 1):
        line = Phone(port, cookies[worker - 1])
        ids = range(1 + (worker - 1) * DOORS * PEOPLE, 1 + worker * DOORS * PEOPLE)
        waiting = [report(lead, f"s{lead}") for lead in ids]
        while waiting and not stop.is_set():
            batch = waiting[:BATCH]
            try:
                status, answer = line.call("/m/api/answers", {"answers": batch})
            except (OSError, HTTPException, ValueError):
                line.line.close()
                time.sleep(0.02)
                continue
            if status != 200:
                time.sleep(0.02)
                continue
            good = {r["id"] for r in answer["results"] if r["state"] in ("accepted", "same")}
            acknowledged += [(a["id"], a["note"]) for a in batch if a["id"] in good]
            waiting = [a for a in waiting if a["id"] not in good]
        if stop.is_set():
            break
    said.put(acknowledged)


def loop(world: World, kills: int, first: int, share: int, bug: str, seed: int) -> Tally:
    """`kills` kills while phones synchronise workers first..first+share-1; the last start lets them finish a batch."""
    chance, stop, said = random.Random(seed), mp.Event(), mp.Queue()
    each = share // PHONES
    phones = [mp.Process(target=phone, args=(world.port, world.cookies, first + i * each, first + (i + 1) * each - 1, stop, said))
              for i in range(PHONES)]  # fmt: skip
    world.start(plant=bug)
    for one in phones:
        one.start()
    for _ in range(kills):
        time.sleep(chance.uniform(*LIVES))
        world.kill()
        world.start(plant=bug)
    time.sleep(0.3)
    stop.set()
    acknowledged = [pair for _ in phones for pair in said.get(timeout=60)]
    for one in phones:
        one.join()
    world.kill()
    time.sleep(0.2)
    return {"kills": kills, **verdict(acknowledged, first, first + share - 1)}


def verdict(acknowledged: list[tuple[str, str]], first: int, last: int) -> Tally:
    """What the database says of these workers' reports. Counted by what each report says, not only by its id."""
    from django.db import connection

    leads = [f"l{n}" for n in range(1 + (first - 1) * DOORS * PEOPLE, 1 + last * DOORS * PEOPLE)]
    with connection.cursor() as sql:
        sql.execute("SELECT count(*) FROM unnest(%s::text[]) s WHERE NOT EXISTS (SELECT FROM field_answer WHERE note = s"
                    " AND lead_id = 'l' || substr(s, 2))", [[serial for _, serial in acknowledged]])  # fmt: skip
        lost = sql.fetchone()[0]
        sql.execute("SELECT count(*) - count(DISTINCT note) FROM field_answer WHERE lead_id = ANY (%s)", [leads])
        doubled = sql.fetchone()[0]
        sql.execute("SELECT count(*) FROM field_answer f JOIN dispatch_lead l USING (lead_id) JOIN dispatch_task t USING (task_id)"
                    " LEFT JOIN feedback_outcome o USING (lead_id) WHERE f.lead_id = ANY (%s)"
                    " AND (o.lead_id IS NULL OR t.attempted_at IS NULL)", [leads])  # fmt: skip
        torn = sql.fetchone()[0]
        sql.execute("SELECT (SELECT count(*) FROM field_answer) - (SELECT coalesce(sum((facts->>'accepted')::int), 0)"
                    " FROM audit_event WHERE verb = 'take_answers')")  # fmt: skip
        unrecorded = abs(sql.fetchone()[0])
    return {"acknowledged": len(acknowledged), "lost": lost, "doubled": doubled, "torn": torn, "unrecorded": unrecorded}


BUGS = {"ack_first": "lost", "no_key": "doubled", "two_tx": "torn"}


def run(kills: int, planted: int, seed: int = 1) -> dict[str, Any]:
    """The real server, then each planted bug in a short run. -> the figures"""
    share = WORKERS // (1 + len(BUGS))
    world = World(WORKERS, sessions=WORKERS)
    try:
        real = loop(world, kills, 1, share, "", seed)
        print(json.dumps(real), file=sys.stderr)
        found, planted_bugs = [], BUGS if planted else {}
        for n, (bug, sign) in enumerate(planted_bugs.items(), 1):
            tally = loop(world, planted, 1 + n * share, share, bug, seed + n)
            print(bug, json.dumps(tally), file=sys.stderr)
            found += [bug] if tally[sign] else []
    finally:
        with contextlib.suppress(ProcessLookupError):
            world.close()
    return real | {"planted": len(planted_bugs), "found": len(found), "bugs": found}


def main() -> int:
    """-> 0 where nothing acknowledged was lost, doubled or torn and every planted bug was found"""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kills", nargs="?", type=int, default=20)
    parser.add_argument("--planted", type=int, default=8, help="kills for each planted bug; 0: none is planted")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    result = run(args.kills, args.planted, args.seed)
    print(json.dumps(result))
    clean = not any(result[key] for key in ("lost", "doubled", "torn", "unrecorded"))
    return 0 if clean and result["found"] == result["planted"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
