"""How linking does on a folder with truth: pair, cluster and household F1; recall and wrong merges by kind of error."""

from __future__ import annotations

import datetime as dt
import json
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from wangge import identity, way
from wangge.frame import query
from wangge.identity.score import score

EMPTY = pa.table({})


def read(folder: Path) -> tuple[way.Source, way.Way]:
    """Lists of a folder -> checked rows."""
    mapping, files = way.lists_of(folder)
    preset = json.loads((folder / "preset.json").read_text("utf-8"))
    source = way.Source(mapping, files, EMPTY, EMPTY, EMPTY, EMPTY, dt.date.fromisoformat(preset["as_of"]))
    walked = way.Way()
    way.read_and_check(source, walked, way.Progress())
    return source, walked


def figures(folder: Path) -> dict[str, Any]:
    """Link a folder's lists and compare with its truth. -> figures, never rows"""
    source, walked = read(folder)
    doors = tuple(name for name, listing in source.mapping.lists.items() if listing.door)
    started, cpu = time.perf_counter(), time.process_time()
    linked = identity.link(walked.good, source.as_of, door_lists=doors, source_order=tuple(source.mapping.lists))
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    truth = way.truth_of(folder)
    assert truth is not None  # noqa: S101 - a folder of this generator has one
    out: dict[str, Any] = {
        "rows": walked.rows_in, "held": walked.held.num_rows, "faults": walked.faults.num_rows,
        "people": linked.people.num_rows, "true_people": way.true_people(truth),
        "review_rows": linked.review.num_rows, "seconds": round(seconds, 2), "cpu_seconds": round(cpu, 2),
    }  # fmt: skip
    out |= {name: round(value, 5) for name, value in score(linked.links, truth).items()}
    homes = household_score(linked.links, linked.people, folder)
    out |= {f"household_{name}": round(value, 5) for name, value in homes.items()}
    return out | by_kind(linked.links, folder)


def household_score(links: pa.Table, people: pa.Table, folder: Path) -> dict[str, float]:
    """Households as groups of true people, each met in one row: two people are a pair when they live together."""
    known, homes = (pq.read_table(folder / "truth" / f"{name}.parquet") for name in ("links", "people"))
    met = query(
        """SELECT arg_min(list, (list, row)) AS list, arg_min(row, (list, row)) AS row, k.person_id AS true_id
           FROM known k SEMI JOIN links USING (list, row) GROUP BY k.person_id""",
        known=known, links=links,
    )  # fmt: skip
    found = query(
        "SELECT m.list, m.row, p.household_id AS person_id FROM met m JOIN links l USING (list, row) JOIN people p USING (person_id)",
        met=met, links=links, people=people,
    )  # fmt: skip
    truth = query(
        "SELECT m.list, m.row, h.household_id AS person FROM met m JOIN homes h ON h.person_id = m.true_id",
        met=met,
        homes=homes,
    )
    return {name: score(found, truth)[name] for name in ("pair_precision", "pair_recall", "pair_f1")}


def by_kind(links: pa.Table, folder: Path) -> dict[str, Any]:
    """Recall of true pairs in which a row met a kind of error; wrong pairs by who was taken for whom, and by kind."""
    known, homes = (pq.read_table(folder / "truth" / f"{name}.parquet") for name in ("links", "people"))
    kinds = known.schema.metadata[b"kinds"].decode().split(",")
    rows = query(
        "SELECT k.list, k.row, k.person_id AS who, k.errors, l.person_id AS found, l.evidence FROM known k JOIN links l USING (list, row)",
        known=known, links=links,
    )  # fmt: skip
    missed = query(
        """SELECT a.errors | b.errors AS errors, count(*) AS pairs, count(*) FILTER (a.found = b.found) AS kept
           FROM rows a JOIN rows b ON a.who = b.who AND (a.list, a.row) < (b.list, b.row) GROUP BY 1""",
        rows=rows,
    )
    wrong = query(
        """WITH mixed AS (SELECT found FROM rows GROUP BY found HAVING count(DISTINCT who) > 1),
                pair AS (SELECT a.who x, b.who y, a.errors | b.errors AS errors, CASE WHEN a.evidence = 'id' THEN b.evidence ELSE a.evidence END AS evidence
                         FROM rows a JOIN rows b ON a.found = b.found AND (a.list, a.row) < (b.list, b.row) AND a.who <> b.who
                         WHERE a.found IN (SELECT found FROM mixed))
           SELECT errors, evidence, CASE
                WHEN x.twin_of = y.person_id OR y.twin_of = x.person_id THEN 'twins'
                WHEN x.parent = y.person_id OR y.parent = x.person_id THEN 'parent and child'
                WHEN x.namesake_of = y.person_id OR y.namesake_of = x.person_id THEN 'namesakes of one birthday'
                WHEN x.household_id = y.household_id THEN 'others of one household'
                WHEN x.dwelling_id = y.dwelling_id THEN 'two families at one door' ELSE 'strangers' END AS whom, count(*) AS n
           FROM pair JOIN homes x ON x.person_id = pair.x JOIN homes y ON y.person_id = pair.y GROUP BY ALL""",
        rows=rows, homes=homes,
    )  # fmt: skip
    return {
        "recall_by_kind": _recall(missed, kinds),
        "wrong_pairs_by_whom": _counts(wrong, "whom"),
        "wrong_pairs_by_evidence": _counts(wrong, "evidence"),
        "wrong_pairs_by_kind": _wrong_kinds(wrong, kinds),
    }


def _recall(pairs: pa.Table, kinds: list[str]) -> dict[str, list[float]]:
    """kind -> [true pairs with it, share found]"""
    lines = query(
        """SELECT bit, sum(pairs)::BIGINT AS n, sum(kept) / sum(pairs) AS recall
           FROM pairs, range(0, 63) AS b(bit) WHERE errors & (1::BIGINT << bit::INT) <> 0 GROUP BY bit
           UNION ALL SELECT -1, sum(pairs)::BIGINT, sum(kept) / sum(pairs) FROM pairs WHERE errors = 0 ORDER BY 3""",
        pairs=pairs,
    ).to_pylist()
    return {kinds[r["bit"]] if r["bit"] >= 0 else "none": [r["n"], round(r["recall"], 4)] for r in lines if r["n"]}


def _counts(wrong: pa.Table, column: str) -> dict[str, int]:
    lines = query(f"SELECT {column} AS k, sum(n)::BIGINT AS n FROM wrong GROUP BY 1 ORDER BY 2 DESC", wrong=wrong)
    return {row["k"]: row["n"] for row in lines.to_pylist()}


def _wrong_kinds(wrong: pa.Table, kinds: list[str]) -> dict[str, int]:
    lines = query(
        """SELECT bit, sum(n)::BIGINT AS n FROM wrong, range(0, 63) AS b(bit)
           WHERE errors & (1::BIGINT << bit::INT) <> 0 GROUP BY bit ORDER BY 2 DESC""",
        wrong=wrong,
    ).to_pylist()
    return {kinds[row["bit"]]: row["n"] for row in lines}
