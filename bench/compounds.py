"""What a gazetteer of compounds adds to the answers of `wangge locate`. `just bench compounds ZONES [DISTRICT]`

ZONES (real notices): the zones that name a community and behind it a compound (东风社区清平小区3号楼) teach the gazetteer,
except every second text; on all zones that teach nothing the answers are counted with and without it. Where such a zone
names its community itself, that answer without the gazetteer says whether the gazetteer contradicts it. DISTRICT (a folder
of `wangge synth`): its compounds as notices would name them, with the register's gazetteer and without.
Prints one JSON object, last, with: taught, asked, and communities without, with, contradicted of each.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from wangge.commands.locate import read_zones
from wangge.frame import query
from wangge.geography import check_zones, divisions, find_checked, learn

# A compound right behind its community; a lane, a group of houses or what is around is none.
_BEHIND = "(?:社区|居委会|村委会|村)([^|、，,;；（()）0-9A-Z区组队除至和及]{2,8}?(?:小区|花园|家园|佳园|嘉园|苑|公寓|府|城|庭|里|园))(?:[0-9]|$|、)"


def main() -> int:
    """Measure and print. -> 0"""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("zones", type=Path)
    parser.add_argument("district", type=Path, nargs="?")
    args = parser.parse_args()
    found = {"notices": from_notices(read_zones(args.zones))}
    if args.district:
        homes = pq.read_table(args.district / "dwellings.parquet", columns=["compound", "grid_code"])
        found["district"] = from_register(homes)
    print(json.dumps(found))
    return 0


def from_notices(zones: pa.Table) -> dict[str, int]:
    """Half of the texts that name a community and a compound teach; all other rows are asked."""
    good = check_zones(zones)[0]
    plain = find_checked(good)
    rows = good.append_column("community", plain["community_code12"])
    marked = query(
        """SELECT *, name <> '' AND community <> '' AND hash(zone_text) % 2 = 0 AS teaches
        FROM (SELECT *, regexp_extract(zone_text, $behind, 1) AS name FROM rows) ORDER BY row""",
        {"behind": _BEHIND},
        rows=rows,
    )
    lessons = "SELECT DISTINCT name, community AS community_code12 FROM marked WHERE teaches ORDER BY ALL"
    asked = marked.filter(pc.invert(marked["teaches"]))
    return compared(asked.select(good.column_names), query(lessons, marked=marked))


def from_register(homes: pa.Table) -> dict[str, int]:
    """A zone for every compound of the register, by its street and its name with a house."""
    names = learn(homes)
    zones = query(
        """SELECT 'z' || row_number() OVER () AS zone_id, 'high' AS level, p.name AS province, y.name AS city, k.name AS county,
            s.name || g.name || '3号楼' AS zone_text, '2022-07-05' AS first_seen, '' AS first_absent
        FROM g JOIN street s ON s.code = left(community_code12, 9) JOIN county k ON k.code = left(s.code, 6)
        JOIN city y ON y.code = left(s.code, 4) JOIN province p ON p.code = left(s.code, 2)""",
        g=names,
        **{level: divisions(level) for level in ("province", "city", "county", "street")},
    )
    return compared(check_zones(zones)[0], names)


def compared(good: pa.Table, gazetteer: pa.Table) -> dict[str, int]:
    """Communities answered without and with the gazetteer, and how many answers it turned into others."""
    without, with_ = (find_checked(good, known)["community_code12"] for known in (None, gazetteer))
    other = pc.and_(pc.and_(pc.not_equal(without, ""), pc.not_equal(with_, "")), pc.not_equal(without, with_))
    counts = {"without": pc.not_equal(without, ""), "with": pc.not_equal(with_, ""), "contradicted": other}
    return {"taught": gazetteer.num_rows, "asked": good.num_rows} | {
        n: int(pc.sum(c).as_py()) for n, c in counts.items()
    }


if __name__ == "__main__":
    raise SystemExit(main())
