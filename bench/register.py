"""The register at the size of a district: loading it, and the pages people wait for. `just bench register [people]`

Made-up people stand behind the dwellings of the grids of the preset `tiny`, which is installed first, so that accounts,
areas and names are there. Everything is real: embedded PostgreSQL, the load that a run makes, the good rows of
three lists in the lake behind the person page, pages through the whole server. Prints a table and, last on standard
output, one JSON object (people, load_seconds, reload_seconds, and milliseconds of each page: the median of nine).
Goals: load under 60 s, a person under 100 ms, a street's list under 300 ms,
the desk with 10,000 groups under 300 ms.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from rich.console import Console
from rich.table import Table

from wangge.tables.shapes import GOOD_ROW, HOUSEHOLD, LINK, LOCATED, PERSON, RESIDENCE, REVIEW

SURNAMES = np.array(list("王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗"))
GIVEN = np.array(list("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平"))
GROUPS = 10_000
LISTS = ["police", "census", "health"]
BATCHES = {name: uuid.UUID(int=n) for n, name in enumerate(LISTS, 1)}


def main() -> int:
    """Measure and print. -> 0"""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("people", nargs="?", type=int, default=710_000)
    n = parser.parse_args().people
    with tempfile.TemporaryDirectory(prefix="wangge-bench-", ignore_cleanup_errors=True) as folder:
        os.environ |= {"WANGGE_DATA": folder, "DJANGO_SETTINGS_MODULE": "wangge_server.config.settings"}
        found = measure(n, Path(folder))
    table = Table("what", "measured", "goal")
    for key, goal in (("load_seconds", "60 s"), ("reload_seconds", ""), ("person_ms", "100 ms"), ("street_ms", "300 ms"),
                      ("floating_ms", "300 ms"), ("household_ms", ""), ("search_ms", ""), ("checks_ms", ""), ("desk_ms", "300 ms")):  # fmt: skip
        table.add_row(key, f"{found[key]:.1f}", goal)
    Console(width=80).print(table)
    print(json.dumps(found))
    return 0


def measure(n: int, folder: Path) -> dict[str, float]:
    """One installation, one load, a second load of the same, then the pages."""
    import django

    from wangge import synth

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    settings.ALLOWED_HOSTS.append("testserver")
    call_command("migrate", verbosity=0)
    from wangge_server.accounts.actions import system_user
    from wangge_server.config.install import install
    from wangge_server.identity.actions import load_review
    from wangge_server.registry.actions import load_register

    synth.make("tiny", 1, folder / "made")
    install(folder / "made", "bench", "wangge-bench-only")
    by: dict[str, Any] = {"by": system_user(), "purpose": "administration"}
    given = register(n, grids())
    found = {"people": n, "load_seconds": timed(lambda: load_register(**given, **by))}
    found["reload_seconds"] = timed(lambda: load_register(**given, **by))
    print(json.dumps(found), file=sys.stderr)
    fill_lake(given, folder)
    load_review(review=doubts(given["links"]), people=given["people"], located=given["located"], **by)
    return found | pages(given)


def grids() -> list[str]:
    from wangge_server.geography.models import Area

    return list(Area.objects.filter(kind="grid").order_by("code").values_list("code", flat=True))


def register(n: int, grid_codes: list[str]) -> dict[str, pa.Table]:
    """Tables of a run: n people, three rows each, households of 2.8 on average."""
    chance = np.random.default_rng(1)
    home = np.sort(chance.integers(0, int(n / 2.8), n))
    _, home = np.unique(home, return_inverse=True)
    k = int(home[-1]) + 1
    ids = pa.array([f"p{i:016x}" for i in range(n)])
    homes = pa.array([f"h{i:016x}" for i in range(k)])
    letters = (chance.choice(SURNAMES, n), chance.choice(GIVEN, n), chance.choice(GIVEN, n))
    names = pa.array([a + b + c for a, b, c in zip(*letters, strict=True)])
    doors = pa.array([f"金钟花园{i // 400 + 1}号楼{i % 4 + 1}单元{i % 400}室" for i in range(k)])
    first = np.searchsorted(home, np.arange(k))
    born = pa.array(chance.integers(-14_000, 20_000, n).astype(np.int32)).cast(pa.date32())
    people = pa.table({
        "person_id": ids, "household_id": homes.take(pa.array(home)), "name": names, "id_number": pa.nulls(n, pa.string()),
        "birth_date": born, "sex": pa.array(np.where(chance.random(n) < 0.5, "1", "2")),
        "phone": pa.array([f"1{i:010d}" for i in chance.integers(3 * 10**9, 9 * 10**9, n)]),
        "address": doors.take(pa.array(home)), "relation_to_head": pa.nulls(n, pa.string()),
        "n_rows": pa.repeat(3, n), "lists": pa.array([["census", "police"]] * n), "confirmed_on": pa.nulls(n, pa.date32()),
    })  # fmt: skip
    households = pa.table({"household_id": homes, "address": doors, "n_people": pa.array(np.bincount(home)),
                           "head_person_id": ids.take(pa.array(first))})  # fmt: skip
    located = pa.table({"household_id": homes, "dwelling_id": pa.nulls(k, pa.string()),
                        "grid_code": pa.array(grid_codes).take(pa.array(np.arange(k) * len(grid_codes) // k)),
                        "how": pa.repeat("compound", k), "reason": pa.nulls(k, pa.string())})  # fmt: skip
    kinds = pa.array(chance.choice(np.array(["permanent", "boarding", "floating"]), n))
    residences = pa.table({"person_id": ids, "kind": kinds, "said_on": pa.nulls(n, pa.date32())})
    at = np.repeat(np.arange(n), 3)
    links = pa.table({"list": pa.array(LISTS * n), "batch": pa.array([BATCHES[name].hex for name in LISTS] * n),
                      "row": pa.array(at.astype(np.int32)), "person_id": ids.take(pa.array(at)),
                      "evidence": pa.repeat("id", 3 * n)})  # fmt: skip
    return {"people": PERSON.hand_over(people), "households": HOUSEHOLD.hand_over(households),
            "residences": RESIDENCE.hand_over(residences),
            "located": LOCATED.hand_over(located), "links": LINK.hand_over(links)}  # fmt: skip


def fill_lake(given: dict[str, pa.Table], folder: Path) -> None:
    """The good rows behind the links, as reading three lists leaves them: each person once in each."""
    from wangge_server.intake.files import write_table

    people = given["people"]
    said = {name: people[name] for name in ("name", "birth_date", "sex", "phone", "address")}
    rows = pa.array(np.arange(people.num_rows, dtype=np.int32))
    lacking = {name: pa.nulls(people.num_rows, GOOD_ROW.schema.field(name).type)
               for name in GOOD_ROW.schema.names if name not in (*said, "list", "batch", "row")}  # fmt: skip
    for name, batch in BATCHES.items():
        place = {"list": pa.repeat(name, people.num_rows), "batch": pa.repeat(batch.hex, people.num_rows), "row": rows}
        write_table(folder / "lake" / "good" / f"{batch}.parquet", GOOD_ROW.hand_over(pa.table(place | said | lacking)))


def doubts(links: pa.Table) -> pa.Table:
    """Groups of two people each."""
    some = links.slice(0, 6 * GROUPS).take(pa.array(np.arange(0, 6 * GROUPS, 3)))
    group = pa.array([f"g{i // 2:016x}" for i in range(2 * GROUPS)])
    return REVIEW.hand_over(
        some.append_column("group_id", group).append_column("reason", pa.repeat("name+birth", 2 * GROUPS))
    )


def pages(given: dict[str, pa.Table]) -> dict[str, float]:
    """The pages people wait for, asked by the role that uses them."""
    from django.test import Client

    from wangge_server.accounts.models import User

    client = Client()
    client.force_login(
        User.objects.filter(role="data_officer").earliest("pk"), backend="django.contrib.auth.backends.ModelBackend"
    )
    session = client.session
    session["purpose"] = "register"
    session.save()
    person, household = given["people"]["person_id"][7].as_py(), given["people"]["household_id"][7].as_py()
    grid = given["located"]["grid_code"][0].as_py()

    def page(url: str) -> float:
        def ask() -> None:
            answer = client.get(url)
            if answer.status_code != 200:
                raise SystemExit(f"{url}: {answer.status_code}")

        ask()
        return 1000 * statistics.median(timed(ask) for _ in range(9))

    found = {"person_ms": page(f"/register/person/{person}/"), "household_ms": page(f"/register/{household}/"),
             "street_ms": page(f"/register/?grid={grid}"), "floating_ms": page("/register/?lives=floating"), "checks_ms": page("/checks/"), "desk_ms": page("/desk/")}  # fmt: skip
    client.post("/register/", {"name": "王伟", "address": ""})
    return found | {"search_ms": page("/register/")}


def timed(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
