"""The peer's side: Splink 5 on DuckDB, set up as its own guides say. Runs under a Python that has Splink; needs nothing of ours.

python peer.py FOLDER KIND: columns.parquet in, clusters.parquet out; the last line is JSON. KIND is chinese, febrl or fake.
Blocking: equal number, or two parts that agree (febrl and fake: the demonstrations' rules). Training: u by random pairs,
m by expectation maximisation over two blocks. The threshold is the best of some, judged by the truth: a gift to the peer.
"""

from __future__ import annotations

import json
import logging
import os
import resource
import sys
import time
import warnings

import duckdb
import splink
import splink.comparison_level_library as levels
import splink.comparison_library as compare
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)
THRESHOLDS = {"chinese": (0.9, 0.99, 0.999), "febrl": (0.5, 0.9, 0.99), "fake": (0.05, 0.2, 0.5, 0.9, 0.99)}


def own(name, *between, frequent=False):
    """null, exact, whatever lies between, else."""
    return compare.CustomComparison(
        output_column_name=name,
        comparison_levels=[
            levels.NullLevel(name), levels.ExactMatchLevel(name, term_frequency_adjustments=frequent), *between, levels.ElseLevel(),
        ],
    )  # fmt: skip


def chinese():
    """-> (comparisons, blocks to predict in, rules for the prior, blocks to train in)"""
    compared = [
        own("number", levels.LevenshteinLevel("number", 2)),
        own("name", levels.ExactMatchLevel("alike"), frequent=True),
        own("phone"), own("door"), own("birth", levels.DamerauLevenshteinLevel("birth", 2)),
    ]  # fmt: skip
    blocks = [
        block_on("number"),
        block_on("alike", "phone"),
        block_on("alike", "birth"),
        block_on("alike", "door"),
        block_on("phone", "birth"),
    ]
    return (
        compared,
        blocks,
        [block_on("valid_number"), block_on("alike", "phone")],
        [block_on("alike", "birth"), block_on("phone", "door")],
    )


def febrl():
    """The same for FEBRL: names by Jaro-Winkler, day and number by edits, the address by its parts."""
    edits = compare.DamerauLevenshteinAtThresholds
    compared = [
        compare.NameComparison("given_name"), compare.NameComparison("surname"),
        edits("date_of_birth", [1, 2]), edits("soc_sec_id", [1, 2]), compare.JaroWinklerAtThresholds("address_1", [0.9]),
        compare.ExactMatch("street_number"), compare.JaroWinklerAtThresholds("suburb", [0.9]), edits("postcode", [1]),
    ]  # fmt: skip
    blocks = [
        block_on("soc_sec_id"), block_on("date_of_birth"), block_on("given_name", "surname"), block_on("given_name", "postcode"),
        block_on("surname", "postcode"), block_on("address_1", "suburb"), block_on("given_name", "address_1"), block_on("surname", "address_1"),
    ]  # fmt: skip
    sure = [block_on("soc_sec_id"), block_on("given_name", "surname", "date_of_birth")]
    return compared, blocks, sure, [block_on("date_of_birth"), block_on("given_name", "surname")]


def fake():
    """Splink's own demonstration of its set."""
    compared = [
        compare.NameComparison("first_name"), compare.NameComparison("surname"),
        compare.DateOfBirthComparison("dob", input_is_string=True),
        compare.ExactMatch("city").configure(term_frequency_adjustments=True), compare.EmailComparison("email"),
    ]  # fmt: skip
    blocks = [block_on("first_name"), block_on("surname"), block_on("dob"), block_on("email"), block_on("city")]
    sure = [block_on("first_name", "surname", "dob"), block_on("email")]
    return compared, blocks, sure, [block_on("first_name", "surname"), block_on("dob")]


def main(folder, kind):
    """Train, predict, cluster, judge."""
    con = duckdb.connect()
    con.execute(f"SET threads={int(os.environ.get('WANGGE_THREADS', os.cpu_count() or 2))}").fetchall()
    con.execute(
        f"CREATE TABLE given AS SELECT i AS unique_id, * EXCLUDE (i) FROM '{folder}/columns.parquet'"
    ).fetchall()
    clock = Clock()
    compared, blocks, sure, training = {"chinese": chinese, "febrl": febrl, "fake": fake}[kind]()
    api = DuckDBAPI(connection=con)
    settings = SettingsCreator(
        link_type="dedupe_only", comparisons=compared, blocking_rules_to_generate_predictions=blocks,
        retain_intermediate_calculation_columns=False, retain_matching_columns=False,
    )  # fmt: skip
    linker = Linker(api.register("given"), settings)
    linker.training.estimate_probability_two_random_records_match(sure, recall=0.9)
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    for block in training:
        linker.training.estimate_parameters_using_expectation_maximisation(block)
    clock.lap("train")
    pairs = linker.inference.predict(threshold_match_probability=0.5 if kind == "chinese" else 0.01)
    clock.lap("predict")
    best = None
    for threshold in THRESHOLDS[kind]:
        clock.start()
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(
            pairs, threshold_match_probability=threshold
        )
        taken, peak = clock.taken(), peak_mb()
        f1 = judged(con, clusters.physical_name, folder)
        if best is None or f1 > best[0]:
            best = (f1, threshold, taken, peak)
            con.execute(
                f"""COPY (SELECT p.list, p.row, c.cluster_id::VARCHAR AS person_id FROM {clusters.physical_name} c
                    JOIN (SELECT list, row, file_row_number AS at FROM read_parquet('{folder}/places.parquet', file_row_number=true)) p
                    ON p.at = c.unique_id) TO '{folder}/clusters.parquet'"""
            ).fetchall()
    clock.laps["cluster"] = best[2]
    total = {name: round(sum(lap[name] for lap in clock.laps.values()), 3) for name in ("seconds", "cpu_seconds")}
    print(
        json.dumps(
            {"version": splink.__version__, "threshold": best[1], **total, "laps": clock.laps, "peak_rss_mb": best[3]}
        )
    )


def judged(con, clusters, folder):
    """Pair F1 of a table of clusters."""
    right, said, real = con.execute(
        f"""WITH matched AS (SELECT c.cluster_id AS found, t.person AS who FROM {clusters} c
              JOIN (SELECT list, row, file_row_number AS at FROM read_parquet('{folder}/places.parquet', file_row_number=true)) p ON p.at = c.unique_id
              JOIN '{folder}/truth.parquet' t ON t.list = p.list AND t.row = p.row WHERE t.person IS NOT NULL),
            n AS (SELECT found, who, count(*) AS n FROM matched GROUP BY ALL)
            SELECT (SELECT sum(n * (n - 1)) FROM n), (SELECT sum(s * (s - 1)) FROM (SELECT sum(n) AS s FROM n GROUP BY found)),
                   (SELECT sum(s * (s - 1)) FROM (SELECT sum(n) AS s FROM n GROUP BY who))"""
    ).fetchall()[0]
    return float(2 * right / (said + real)) if said + real else 1.0


class Clock:
    """Wall and CPU seconds, lap by lap."""

    def __init__(self):
        self.laps = {}
        self.start()

    def start(self):
        self.at = (time.perf_counter(), time.process_time())

    def taken(self):
        return {
            "seconds": round(time.perf_counter() - self.at[0], 3),
            "cpu_seconds": round(time.process_time() - self.at[1], 3),
        }

    def lap(self, name):
        self.laps[name] = self.taken()
        self.start()


def peak_mb():
    """Peak resident memory of this process."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1 << 20 if sys.platform == "darwin" else 1 << 10), 1)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
