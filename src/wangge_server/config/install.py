"""A folder of lists, frame and workers becomes an installation: ground, accounts, emergency, mapping.

Every step may be run again: what is there already is brought up to date, nothing is doubled.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings
from django.db import transaction

from wangge import policy
from wangge.base.errors import WanggeError
from wangge.way import lists_of, mapping_file
from wangge_server.accounts.actions import add_users, system_user
from wangge_server.accounts.queries import accounts
from wangge_server.base.system import AS_SYSTEM
from wangge_server.config import rehearse
from wangge_server.dispatch.actions import load_workers
from wangge_server.emergency.models import Emergency
from wangge_server.geography.actions import load_ground
from wangge_server.intake.actions import confirm_as_mapped, receive_file
from wangge_server.intake.models import Batch

GROUND = ("areas", "dwellings", "workers", "visits", "zones")
# A made-up district's people: role -> (unit, how the area is chosen). Two of those who need four eyes.
DEMO_ROLES = (
    ("commander", "district"),
    ("street_lead", "street"),
    ("community_lead", "community"),
    ("community_police", "community"),
    ("medic", "community"),
    ("judge_health", "district"),
    ("judge_police", "district"),
    ("judge_telecom", "district"),
    ("cdc", "district"),
    ("cdc", "district"),
    ("clerk", "district"),
    ("clerk", "district"),
    ("supervisor", "district"),
    ("supervisor", "district"),
    ("data_officer", "district"),
    ("auditor", "district"),
    ("publisher", "district"),
    ("publisher", "district"),
    ("volunteer", "community"),
    ("resident", "community"),
)


def install(folder: Path, name: str, password: str | None) -> Emergency:
    """Make this data folder the installation of `folder`. E9005 where it already holds another one."""
    data, here = Path(settings.DATA), _identity(folder)
    mark = data / "installation.json"
    if mark.exists() and (found := json.loads(mark.read_text("utf-8"))) != here:
        raise WanggeError("E9005", name=data.name, found=f"{found.get('preset')}, seed {found.get('seed')}")
    ground = data / "ground"
    ground.mkdir(parents=True, exist_ok=True)
    for part in GROUND:
        if (folder / f"{part}.parquet").exists():
            shutil.copyfile(folder / f"{part}.parquet", ground / f"{part}.parquet")
    (data / "mapping.toml").write_text(mapping_file(folder).read_text("utf-8"), "utf-8")
    emergency = _fill(ground, name, dt.date.fromisoformat(str(here["as_of"])), password)
    mark.write_text(json.dumps(here) + "\n", "utf-8")
    return emergency


def _identity(folder: Path) -> dict[str, Any]:
    preset = json.loads((folder / "preset.json").read_text("utf-8"))
    return {key: preset.get(key) for key in ("preset", "seed", "as_of")}


def _fill(ground: Path, name: str, as_of: dt.date, password: str | None) -> Emergency:
    by = system_user()
    same: dict[str, Any] = {"by": by, "purpose": AS_SYSTEM}
    areas, workers = pq.read_table(ground / "areas.parquet"), pq.read_table(ground / "workers.parquet")
    load_ground(areas=areas, dwellings=pq.read_table(ground / "dwellings.parquet"), **same)
    add_users(users=[*demo_users(areas), *worker_users(workers)], password=password, **same)
    load_workers(workers=workers, **same)
    return rehearse.declare(f"demo-{name}", top_area(areas), as_of)


def top_area(areas: pa.Table) -> str:
    """Code of the widest area."""
    return min(areas.column("code").to_pylist(), key=lambda code: (len(code), code))


def demo_users(areas: pa.Table) -> list[dict[str, Any]]:
    """One account a role (two where four eyes are needed), named after the role: nobody real."""
    codes = areas.column("code").to_pylist()
    by_kind = dict(zip(reversed(areas.column("kind").to_pylist()), reversed(codes), strict=True))
    users, seen = [], dict[str, int]()
    for role, kind in DEMO_ROLES:
        seen[role] = seen.get(role, 0) + 1
        number = "" if seen[role] == 1 else str(seen[role])
        label = policy.table()["role"][role]["zh-hans"]
        area = by_kind.get(kind, top_area(areas))
        users.append(
            {
                "username": role + number,
                "name": f"{label}{number}（演示）",
                "role": role,
                "unit_code": area if kind == "community" else f"{role}-unit{number}",
                "area_code": area,
                "reports_to": top_area(areas),
            }
        )
    return users


def worker_users(workers: pa.Table) -> list[dict[str, Any]]:
    """One account a grid worker; the area is the grid, the unit the community, which answers to its street."""
    rows = {row["worker_id"]: row for row in workers.to_pylist()}
    return [
        {
            "username": worker_id,
            "name": f"网格员 {row['grid_code'][-6:]}",
            "role": "grid_worker",
            "unit_code": row["unit_code"],
            "area_code": row["grid_code"][:12],
            "reports_to": row["unit_code"][:9],
        }
        for worker_id, row in sorted(rows.items())
    ]


def receive_lists(folder: Path) -> list[Batch]:
    """Upload and confirm every list of the folder's mapping that was not received before. -> the new batches

    They are the files of the clerk's unit, where there is a clerk: who sends lists sees what became of them.
    """
    same: dict[str, Any] = {"by": system_user(), "purpose": AS_SYSTEM}
    clerk, fresh = accounts(role="clerk").first(), []
    for name, file in lists_of(folder)[1].items():
        try:
            # Both or neither: a list received and never confirmed would be known the next time, and wait for ever.
            with transaction.atomic():
                batch = receive_file(list_name=name, file_name=file.name, data=file.read_bytes(),
                                     unit_code=clerk.unit_code if clerk else "", **same)  # fmt: skip
                fresh.append(confirm_as_mapped(batch=batch, **same))
        except WanggeError as error:
            if error.code != "E1005":
                raise
    return fresh
