"""Build the reference table of divisions that ships with wangge.

    .venv/bin/python tools/build_divisions.py [--data ../shared/data/cn_admin_nbs2023] [--out src/wangge/geography/data]

Run by hand; the output is committed. divisions.parquet holds every code from province to community as a number with
its name, sorted; county_history.csv holds every county code of 2018-2024 by the years in which it bore a name, with
its successors: by rule (the name, or the name with another ending, begins in the city or the province after the old
code ends, or such a name stands in the city) and by successors.toml, where mergers stand by hand.
"""

from __future__ import annotations

import argparse
import csv
import tomllib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

YEARS = ("2018", "2019", "2020", "2021", "2022", "2024")
ENDINGS = ("自治县", "区", "县", "市", "旗")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/cn_admin_nbs2023"))
    parser.add_argument("--out", type=Path, default=Path("src/wangge/geography/data"))
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    write_divisions(given.data, given.out / "divisions.parquet")
    hand = tomllib.loads((given.out / "successors.toml").read_text("utf-8"))
    rows = history(read(given.data / "county_code_history_2018_2024.csv"), hand["successors"])
    with (given.out / "county_history.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    alive = {r["code"] for r in rows if r["last_year"] == YEARS[-1]}
    ended = [r for r in rows if r["code"] not in alive]
    print(f"{len(rows)} history rows, {len(ended)} ended, without successor:")
    print(*[f"{r['code']} {r['name']} {r['last_year']}" for r in ended if not r["successors"]], sep="\n")


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def write_divisions(folder: Path, path: Path) -> None:
    """All levels in one table. Codes never begin with 0, so as numbers they sort by level first, then by code."""
    names = ("provinces_2digit", "cities_4digit", "counties_6digit", "streets_9digit")
    rows = [(int(r["code"]), r["name"]) for name in names for r in read(folder / f"{name}.csv")]
    villages = pq.read_table(folder / "villages_12digit.parquet")
    codes = np.r_[[c for c, _ in rows], np.array(villages["code"].to_pylist(), dtype=np.int64)]
    texts = pa.chunked_array([[n for _, n in rows], villages["name"].cast(pa.string()).combine_chunks()], pa.string())
    order = pa.array(np.argsort(codes, kind="stable"))
    table = pa.table({"code": pa.array(codes).take(order), "name": texts.take(order)})
    pq.write_table(
        table,
        path,
        compression="zstd",
        compression_level=19,
        use_dictionary=False,
        row_group_size=1 << 20,
        column_encoding={"code": "DELTA_BINARY_PACKED", "name": "PLAIN"},
        write_statistics=False,
    )


def history(rows: list[dict[str, str]], by_hand: dict[str, list[str]]) -> list[dict[str, str]]:
    """Rows of years by code -> one row a code and name: code, name, first_year, last_year, successors."""
    spans = [span for row in rows for span in spans_of(row)]
    last = {s["code"]: s["last_year"] for s in spans}
    for span in spans:
        ends = last[span["code"]] == span["last_year"] != YEARS[-1]
        hand = by_hand.get(f"{span['code']} {span['name']}") or (by_hand.get(span["code"]) if ends else None)
        span["successors"] = " ".join(hand or (successors(span, spans) if ends else []))
    return spans


def spans_of(row: dict[str, str]) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for year in YEARS:
        name = row[f"name_{year}"]
        if not name:
            continue
        if found and found[-1]["name"] == name:
            found[-1]["last_year"] = year
        else:
            found.append({"code": row["code6"], "name": name, "first_year": year, "last_year": year})
    return found


def successors(ended: dict[str, str], spans: list[dict[str, str]]) -> list[str]:
    """Codes that carry the ended one's name on; only where it can be told: one in the city or the province."""
    same = [
        s
        for s in spans
        if stem(s["name"]) == stem(ended["name"]) and s["code"] != ended["code"] and s["last_year"] > ended["last_year"]
    ]
    city = [s for s in same if s["code"][:4] == ended["code"][:4]]
    for group in (fresh(city, ended), city, fresh(same, ended)):
        codes = {s["code"] for s in group if s["code"][:2] == ended["code"][:2]}
        if len(codes) == 1:
            return list(codes)
    return []


def fresh(spans: list[dict[str, str]], ended: dict[str, str]) -> list[dict[str, str]]:
    return [s for s in spans if s["first_year"] > ended["last_year"]]


def stem(name: str) -> str:
    for ending in ENDINGS:
        if name.endswith(ending) and len(name) > len(ending) + 1:
            return name.removesuffix(ending)
    return name


if __name__ == "__main__":
    main()
