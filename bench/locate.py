"""A million made-up zones of the whole country: how fast and how rightly they are located. `just bench locate [rows]`

Every text is different: a street of the national table as people write it, or none, then its community, a compound of a
made-up name, or a road, and numbers. `wangge locate` runs on them as a process of its own, from file to file. Prints a table and, last
on standard output, one JSON object (rows, seconds, cpu_seconds, peak_rss_mb, and of the rows that tell: street_right,
street_wrong, community_right, community_wrong as shares). Goal: a million in under 20 s.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from rich.console import Console
from rich.table import Table

from wangge.base.csv_file import write_csv
from wangge.commands.locate import read_csv
from wangge.frame import query
from wangge.geography import divisions

FIRST, LAST = "锦翠澜岚骏铂璟煦霁棠槿筠臻朗颐", "庭澍邸墅轩阁榭麓湾郡峯台坞洲汀"
PEOPLE_SAY = (
    r"regexp_replace(regexp_replace(c.name, '(社区)?(居民委员会|居委会)$', '社区'), '村?(村民委员会|村委会)$', '村')"
)


def main() -> int:
    """Measure and print. -> 0"""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="?", type=int, default=1_000_000)
    with tempfile.TemporaryDirectory(prefix="wangge-bench-") as folder:
        found = measure(parser.parse_args().rows, Path(folder))
    table = Table("what", "measured")
    for key, value in found.items():
        table.add_row(key, f"{value:,.4g}" if value < 1000 else f"{value:,.0f}")
    Console(width=80).print(table)
    print(json.dumps(found))
    return 0


def measure(n: int, folder: Path) -> dict[str, float]:
    """Make the zones, locate them in a process of its own, and compare with what they were made from."""
    made = zones(n)
    write_csv(made.drop_columns(["street", "community"]), folder / "zones.csv")
    command = [sys.executable, "-m", "wangge", "locate", "zones.csv", "--out", "found.csv"]
    started = time.perf_counter()
    child = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - started
    if status:
        raise SystemExit(f"wangge locate ended with {os.waitstatus_to_exitcode(status)}")
    cpu, peak = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
    return {"rows": n, "seconds": seconds, "cpu_seconds": cpu, "peak_rss_mb": peak} | judged(made, folder / "found.csv")


def judged(made: pa.Table, path: Path) -> dict[str, float]:
    """Shares of the rows that tell a street or a community: answered rightly, answered wrongly."""
    found = read_csv(path, ("zone_id", "street_code9", "community_code12"))
    parts = []
    for name, column in (("street", "street_code9"), ("community", "community_code12")):
        told, said = f"coalesce(m.{name}, '')", f"coalesce(f.{column}, '')"
        parts.append(
            f"count(*) FILTER ({told} <> '' AND {said} = {told}) / count(*) FILTER ({told} <> '') AS {name}_right, "
            f"count(*) FILTER ({said} <> '' AND {said} <> {told}) / count(*) FILTER ({told} <> '') AS {name}_wrong"
        )
    row: dict[str, Any] = query(
        f"SELECT {', '.join(parts)} FROM m JOIN f USING (zone_id)", m=made, f=found
    ).to_pylist()[0]
    return row


def zones(n: int, seed: int = 1) -> pa.Table:
    """n zones with the street and the community their texts tell ('' where they tell none)."""
    draw = np.random.default_rng(seed)
    community = divisions("community")
    chosen = community.take(pa.array(draw.integers(0, community.num_rows, n)))
    chosen = chosen.append_column("row", pa.array(np.arange(n))).append_column("kind", pa.array(draw.integers(0, 4, n)))
    chosen = chosen.append_column("house", pa.chunked_array([_houses(n, draw)]))
    tables = {level: divisions(level) for level in ("province", "city", "county", "street")}
    return query(
        f"""SELECT 'z' || row AS zone_id, 'high' AS level, p.name AS province, y.name AS city, k.name AS county,
            CASE WHEN kind < 3 THEN s.name ELSE '' END || CASE WHEN kind = 0 THEN {PEOPLE_SAY} ELSE '' END || house AS zone_text,
            '2022-07-05 10:00' AS first_seen, '2022-07-12 08:00' AS first_absent,
            CASE WHEN kind < 3 THEN s.code ELSE '' END AS street, CASE WHEN kind = 0 THEN c.code ELSE '' END AS community
        FROM chosen c JOIN street s ON s.code = left(c.code, 9) JOIN county k ON k.code = left(c.code, 6)
        JOIN city y ON y.code = left(c.code, 4) JOIN province p ON p.code = left(c.code, 2) ORDER BY row""",
        chosen=chosen,
        **tables,
    )


def _houses(n: int, draw: np.random.Generator) -> pa.Array:
    """Compounds or roads of made-up names, with numbers that make every text another one."""
    first, last = (np.array(list(word))[draw.integers(0, len(word), n)] for word in (FIRST, LAST))
    end = np.array(["苑", "花园", "小区", "公馆", "路"])[draw.integers(0, 5, n)]
    numbers = [pa.array(draw.integers(1, top, n)).cast(pa.string()) for top in (200, 10, 3000)]
    parts = [
        pa.array(first),
        pa.array(last),
        pa.array(end),
        numbers[0],
        "号楼",
        numbers[1],
        "单元",
        numbers[2],
        "室",
        "",
    ]
    return pc.binary_join_element_wise(*parts)


if __name__ == "__main__":
    raise SystemExit(main())
