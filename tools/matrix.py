"""Who may open which address, tried by real requests: `just matrix 5000`.

A made-up district of 3,000 people is installed in a test database of its own. N questions (address, method, role, purpose,
phase, relation) are put to the product and compared with table.toml as tests/server/matrix.py expands it. Then every guard
is taken away, one at a time, and it must be noticed. The last line is one JSON object: requests, disagreements, planted, found.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wangge_server.config.settings_for_tests")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import django

from wangge import policy, synth

READERS = [role for role in policy.table()["role"] if role != "system"]


@contextmanager
def district() -> Iterator[None]:
    """The tiny district in a database made for this and destroyed after it."""
    from django.db import connection
    from tests.server.installation import install_whole

    old = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        with tempfile.TemporaryDirectory() as folder:
            synth.make("tiny", 1, Path(folder))
            install_whole(Path(folder), None)
            yield
    finally:
        connection.creation.destroy_test_db(old, verbosity=0)


def main(argv: Sequence[str] | None = None) -> int:
    """Ask, plant, print. -> 0 where nothing disagrees and every plant is found"""
    parser = argparse.ArgumentParser(prog="matrix", description=__doc__)
    parser.add_argument("requests", type=int, nargs="?", default=5000, help="how many questions (5000 without it)")
    parser.add_argument("--seed", type=int, default=1, help="of the draw of questions")
    args = parser.parse_args(argv)
    django.setup()
    logging.disable(logging.CRITICAL)
    from django.db import transaction
    from django.test.utils import setup_test_environment
    from tests.server.matrix import Asker, in_words, sample, sweep
    from tests.server.matrix_plants import plant_all, shown_to_nobody
    from tests.server.matrix_world import build

    setup_test_environment()
    with district(), transaction.atomic():
        asker, started = Asker(build(READERS)), time.perf_counter()
        n, wrong = sweep(asker, sample(asker.world, args.requests, args.seed))
        print(f"{n} requests in {time.perf_counter() - started:.0f} s", file=sys.stderr)
        print("\n".join(map(in_words, wrong)), file=sys.stderr)
        leaks = shown_to_nobody(asker)
        print("\n".join(f"past the table: {in_words(one)}" for one in leaks), file=sys.stderr)
        wrong += leaks
        planted = plant_all(asker)
        missed = [name for name, found in planted.items() if not found]
        print("\n".join(f"not found: {name}" for name in missed), file=sys.stderr)
        transaction.set_rollback(True)
    report = {"requests": n, "disagreements": len(wrong), "planted": len(planted), "found": len(planted) - len(missed)}
    print(json.dumps(report))
    return 1 if wrong or missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
