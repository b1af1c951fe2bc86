"""What the audit log costs: sealing, verifying, proofs, and one person's view. `just bench audit-log [entries]`

Real rows on a fresh installation's own PostgreSQL. Prints, last, one JSON object: sealed_per_s (from committed events to
signed heads, 1,000 at a time) and written_and_sealed_per_s (with writing the events in batches of 1,000), verified_per_s,
proof_ms (inclusion, made), write_ms (one entry in a transaction of its own, with its commit), view_ms (what an entry adds
within a transaction that commits anyway), both medians. Goals: 10,000 entries/s; a view under 2 ms.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable

from bench.audit_tamper import fresh_installation


def main() -> int:
    """Measure and print. -> 0"""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("entries", type=int, nargs="?", default=50_000)
    n = words.parse_args().entries
    with tempfile.TemporaryDirectory(prefix="wangge-bench-", ignore_cleanup_errors=True) as folder:
        os.environ |= {"WANGGE_DATA": folder, "DJANGO_SETTINGS_MODULE": "wangge_server.config.settings"}
        os.environ.pop("DATABASE_URL", None)
        fresh_installation()
        found = measure(n)
    print(json.dumps(found))
    return 0


def measure(n: int) -> dict[str, float]:
    """One log of n entries."""
    from django.db import transaction
    from django.utils import timezone

    from wangge_server.accounts.actions import system_user
    from wangge_server.audit import sealed
    from wangge_server.audit.actions import seal_all
    from wangge_server.audit.verify import verify_log

    by = system_user()
    began, cpu = time.perf_counter(), time.process_time()
    for start in range(0, n, 1000):
        with transaction.atomic():
            write(min(1000, n - start), by)
    wrote = time.perf_counter() - began
    began = time.perf_counter()
    done = seal_all(sealed.installation_key(), timezone.now())
    sealing, cpu = time.perf_counter() - began, time.process_time() - cpu
    began = time.perf_counter()
    report = verify_log()
    if report.problems:
        raise SystemExit(f"the log does not fit: {report.problems[:3]}")
    verifying = time.perf_counter() - began
    found = {
        "entries": done, "sealed_per_s": done / sealing, "written_and_sealed_per_s": done / (sealing + wrote),
        "written_and_sealed_per_cpu_s_here": done / cpu, "verified_per_s": report.entries / verifying,
        "proof_ms": median(lambda: sealed.proofs_about("p-7", 1)), "write_ms": median(lambda: one(by)),
    }  # fmt: skip
    with transaction.atomic():
        found["view_ms"] = median(lambda: one(by))
    return {key: round(value, 2) for key, value in found.items()}


def write(times: int, by: object) -> None:
    """Events as a list of people leaves them, many at once."""
    from wangge_server.audit.models import Event

    Event.objects.bulk_create(
        Event(by=by, role="medic", purpose="visit", permission="person", verb="person", kind="read", about=f"p-{i}",
              facts={"n": 1, "ids": [f"p-{i}"], "elements": ["person.name", "person.phone"]}, policy_version="1")
        for i in range(times)
    )  # fmt: skip


def one(by: object) -> None:
    from wangge_server.audit.actions import write_event

    write_event(by=by, purpose="visit", verb="person", permission="person", about="p-7", kind="read",
                facts={"n": 1, "ids": ["p-7"], "elements": ["person.name", "person.phone"]})  # fmt: skip


def median(run: Callable[[], object], times: int = 300) -> float:
    """Milliseconds."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        run()
        took.append(1000 * (time.perf_counter() - began))
    return statistics.median(took)


if __name__ == "__main__":
    sys.exit(main())
