"""Real outbreaks: what tracing finds, against chance and against what was published. The last line is JSON, without a person in it.

Sets lie beside the checkout (WANGGE_SHARED); one that does not is left out and said so.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pv

from wangge import exposure
from wangge.exposure.sources import rank_sources
from wangge.frame import query

Rows = list[list[Any]]


def main() -> int:
    """`python -m bench.tracing.real FOLDER` -> 0"""
    folder = Path(sys.argv[1])
    rows: Rows = []
    for name, job in JOBS.items():
        if (folder / name).is_dir():
            rows += job(folder / name)
        else:
            rows.append([name, "not there", "–", "–", "–"])
    print(json.dumps({"real": rows}))
    return 0


def text(path: Path, **more: Any) -> pa.Table:
    """A CSV file, every cell as text."""
    names = pv.open_csv(path, read_options=pv.ReadOptions(**more)).schema.names
    options = pv.ConvertOptions(
        column_types={n: pa.string() for n in names}, strings_can_be_null=True, null_values=["", "NA"]
    )
    return pv.read_csv(path, read_options=pv.ReadOptions(**more), convert_options=options)


def mers(folder: Path) -> Rows:
    """The known source of each of 98 cases hidden from its own ranking."""
    line = text(folder / "mers_korea_2015__linelist.csv")
    links = (
        text(folder / "mers_korea_2015__contacts.csv").select(["from", "to"]).rename_columns(["case_id", "person_id"])
    )
    cases = query(
        """SELECT id AS person_id, coalesce(dt_onset::DATE, dt_report::DATE - 4) AS onset_on, loc_hosp AS place,
                  dt_start_exp::DATE AS exposed_from, dt_end_exp::DATE AS exposed_to
           FROM line QUALIFY row_number() OVER (PARTITION BY id ORDER BY dt_report) = 1""",
        line=line,
    )
    found = {memory: hits(rank_sources(cases, links, "mers", memory=memory), links) for memory in (True, False)}
    n = np.mean(query("""SELECT least(1, 5 / greatest(1, count(c.person_id))) AS p FROM links l JOIN cases i ON i.person_id = l.person_id
                         LEFT JOIN cases c ON c.onset_on < i.onset_on GROUP BY l.person_id""", links=links, cases=cases).column("p"))  # fmt: skip
    return [
        [
            "MERS Korea 2015",
            "source among the first 5, with memory of super-spreaders",
            found[True][5],
            float(n),
            "at least .90",
        ],
        ["MERS Korea 2015", "source among the first 5, without", found[False][5], float(n), ".367 in the prototype"],
        [
            "MERS Korea 2015",
            "source first, with memory",
            found[True][1],
            found[False][1],
            ".429 and .255 in the prototype",
        ],
    ]


def hits(ranked: pa.Table, links: pa.Table) -> dict[int, float]:
    """Share of links whose source stands among the first n."""
    joined = query(
        "SELECT coalesce(r.rank, 9999) AS rank FROM links l LEFT JOIN ranked r ON r.person_id = l.person_id AND r.source_id = l.case_id",
        links=links, ranked=ranked,
    )  # fmt: skip
    rank = np.asarray(joined.column("rank"))
    return {n: float(np.mean(rank <= n)) for n in (1, 5)}


def ds4c(folder: Path) -> Rows:
    """Pairs of patients in the same place on the same day, against who is known to have infected whom."""
    known = text(folder / "PatientInfo.csv")
    route = text(folder / "PatientRoute.csv")
    true = query(
        """SELECT DISTINCT least(a, b) AS a, greatest(a, b) AS b FROM
             (SELECT regexp_replace(patient_id, '\\.0$', '') AS a, regexp_replace(trim(infected_by), '\\.0$', '') AS b FROM known)
           WHERE b IN (SELECT patient_id FROM known) AND a IN (SELECT patient_id FROM route) AND b IN (SELECT patient_id FROM route)""",
        known=known, route=route,
    )  # fmt: skip
    rows: Rows = []
    n = pc.count_distinct(route.column("patient_id")).as_py()
    for name, metres, kinds in (
        ("50 m", 50, ""),
        ("500 m", 500, ""),
        ("50 m, no hospitals and airports", 50, "hospital,airport"),
    ):
        pairs = same_day(route, metres, kinds.split(","))
        right = (
            query("SELECT count(*) AS n FROM pairs JOIN known USING (a, b)", pairs=pairs, known=true)
            .column("n")[0]
            .as_py()
        )
        recall, precision = right / true.num_rows, right / max(1, pairs.num_rows)
        chance = pairs.num_rows / (n * (n - 1) / 2)
        rows.append(
            [
                "DS4C Korea 2020 (part)",
                f"same day within {name}: recall of {true.num_rows} pairs",
                recall,
                chance,
                PUBLISHED[name][0],
            ]
        )
        rows.append(["DS4C Korea 2020 (part)", f"same day within {name}: precision", precision,
                     true.num_rows / (n * (n - 1) / 2), PUBLISHED[name][1]])  # fmt: skip
        rows.append(
            ["DS4C Korea 2020 (part)", f"same day within {name}: candidates a case", 2 * pairs.num_rows / n, "–", "–"]
        )
    return rows


PUBLISHED = {
    "50 m": ("0.23 on the whole set", "0.031 on the whole set"), "500 m": ("0.28 on the whole set", "0.030 on the whole set"),
    "50 m, no hospitals and airports": ("0.17 on the whole set", "0.050 on the whole set"),
}  # fmt: skip


def same_day(route: pa.Table, metres: int, without: list[str]) -> pa.Table:
    """Pairs of patients who, as far as days tell, may have been within so many metres. -> a, b

    The product's own way: cells with the border handled, days as possible times, the index, then the true distance.
    """
    route = route.filter(pc.invert(pc.is_in(pc.fill_null(route.column("type"), ""), value_set=pa.array(without))))
    visits = pa.table({
        "person_id": route.column("patient_id"), "place_kind": pa.repeat(pa.scalar("venue"), route.num_rows),
        "start": route.column("date"), "end": route.column("date"),
        "lon": route.column("longitude").cast(pa.float64()), "lat": route.column("latitude").cast(pa.float64()),
        "accuracy": pa.repeat(0.0, route.num_rows),
    })  # fmt: skip
    told, _ = exposure.visits_told(visits, "Asia/Seoul")
    placed, _ = exposure.cell_visits(told, side=metres, near=metres)
    placed = placed.filter(pc.and_(pc.is_valid(placed.column("place_id")), pc.is_valid(placed.column("start_at"))))
    index = exposure.build(placed)
    everybody = np.arange(len(index.people))
    seeds = index.seeds(everybody, np.full(everybody.size, 0), np.full(everybody.size, 2**32))
    met = exposure.together(index, seeds, np.zeros(everybody.size, np.bool_))
    ids = [index.people.take(met.column(name)) for name in ("seed", "person")]
    near = query(
        """WITH met AS (SELECT DISTINCT least(a, b) AS a, greatest(a, b) AS b FROM m WHERE a <> b)
           SELECT DISTINCT met.a, met.b FROM met JOIN spots x ON x.id = met.a JOIN spots y ON y.id = met.b AND x.day = y.day
           WHERE 2 * 6371008.8 * asin(sqrt(pow(sin(radians(y.lat - x.lat) / 2), 2)
                 + cos(radians(x.lat)) * cos(radians(y.lat)) * pow(sin(radians(y.lon - x.lon) / 2), 2))) <= $metres""",
        {"metres": metres},
        m=pa.table({"a": ids[0], "b": ids[1]}),
        spots=pa.table({"id": visits.column("person_id"), "day": visits.column("start"), "lon": visits.column("lon"), "lat": visits.column("lat")}),
    )  # fmt: skip
    return near


def taiwan(folder: Path) -> Rows:
    """Share of contact edges whose both ends are cases, by type of contact."""
    edges = text(folder / "edge_list.csv")
    names = dict(line_of_codebook(folder / "codebook.md"))
    shares = query(
        """SELECT interaction AS code, count(*) AS n, avg((starts_with(source, 'I') AND starts_with(target, 'I'))::INTEGER) AS share
           FROM edges GROUP BY 1 HAVING n >= 10 ORDER BY share DESC""",
        edges=edges,
    ).to_pylist()
    every = (
        query(
            "SELECT avg((starts_with(source, 'I') AND starts_with(target, 'I'))::INTEGER) AS p FROM edges", edges=edges
        )
        .column("p")[0]
        .as_py()
    )
    return [["Taiwan 2020", f"{names.get(r['code'], r['code'])} ({r['n']} edges): contacts that are cases", r["share"], every,
             KNOWN_SHARES.get(names.get(r["code"], ""), "–")] for r in shares]  # fmt: skip


KNOWN_SHARES = {"Couple": ".69", "Family": ".53", "Live together": ".38", "Travel together": ".21", "The same hospital": ".05",
                "The same flight": ".04", "The same flight nearby seat": ".008"}  # fmt: skip


def line_of_codebook(path: Path) -> list[tuple[str, str]]:
    """Codes of the interactions and their names, as the codebook lists them: `   - 0: Couple`."""
    return re.findall(r"^\s+- (\d+): (.+?)\s*$", path.read_text("utf-8"), re.MULTILINE)


def pairs(folder: Path) -> Rows:
    """1,407 pairs of infector and infectee: clusters, and days from onset to onset."""
    table = text(folder / "transmission_pairs_covid_v2.csv", encoding="latin-1")
    ends = query("SELECT infector_id AS a, infectee_id AS b FROM t WHERE a IS NOT NULL AND b IS NOT NULL", t=table)
    days = query(
        """SELECT try_strptime(infectee_onset_date, '%-m/%-d/%Y')::DATE - try_strptime(infector_onset_date, '%-m/%-d/%Y')::DATE AS d
           FROM t WHERE d IS NOT NULL""",
        t=table,
    ).column("d")  # fmt: skip
    values = np.asarray(days, float)
    return [
        ["Pairs, China 2020", "clusters", clusters(ends), "–", "643"],
        ["Pairs, China 2020", f"serial interval, mean of {values.size} pairs", float(values.mean()), "–", "5.0"],
        ["Pairs, China 2020", "serial interval, sd", float(values.std(ddof=1)), "–", "5.2"],
        [
            "Pairs, China 2020",
            "negative intervals, share of all pairs",
            float((values < 0).sum() / table.num_rows),
            "–",
            "0.038",
        ],
    ]


def clusters(ends: pa.Table) -> int:
    """How many groups the pairs fall into."""
    lead: dict[str, str] = {}

    def top(one: str) -> str:
        while lead.setdefault(one, one) != one:
            one = lead[one]
        return one

    for a, b in zip(ends.column("a").to_pylist(), ends.column("b").to_pylist(), strict=True):
        lead[top(a)] = top(b)
    return len({top(one) for one in list(lead)})


def tianjin(folder: Path) -> Rows:
    """Edges of the clusters: days from onset to onset, and how many sources stand among the first."""
    line = text(folder / "Tianjin135cases_revised.csv")
    edges = (
        text(folder / "tianjin_edges_for_network_plot.csv")
        .select(["from", "to"])
        .rename_columns(["case_id", "person_id"])
    )
    cases = query(
        """SELECT lower(case_id) AS person_id, try_strptime(symptom_onset, '%d/%m/%Y')::DATE AS onset_on, NULL::VARCHAR AS place,
                  try_strptime(start_source, '%d/%m/%Y')::DATE AS exposed_from, try_strptime(end_source, '%d/%m/%Y')::DATE AS exposed_to
           FROM line""",
        line=line,
    )
    days = query(
        """SELECT i.onset_on - s.onset_on AS d FROM edges e JOIN cases i ON i.person_id = e.person_id JOIN cases s ON s.person_id = e.case_id
           WHERE d IS NOT NULL""",
        edges=edges, cases=cases,
    )  # fmt: skip
    values = np.asarray(days.column("d"), float)
    dated = cases.filter(pc.is_valid(cases.column("onset_on")))
    found = {memory: hits(rank_sources(dated, edges, "covid", memory=memory), edges) for memory in (True, False)}
    return [
        [
            "Tianjin 2020",
            f"onset to onset along {values.size} edges, mean",
            float(values.mean()),
            "–",
            "4.31 as a model's serial interval",
        ],
        [
            "Tianjin 2020",
            f"source of {edges.num_rows} edges among the first 5, with memory",
            found[True][5],
            found[False][5],
            "–",
        ],
    ]


JOBS: dict[str, Callable[[Path], Rows]] = {
    "outbreaks_recon": mers, "ds4c_korea_2020": ds4c, "taiwan_tracing_2020": taiwan, "cn_transmission_pairs_2020": pairs,
    "tianjin_clusters_2020": tianjin,
}  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
