"""The peers' side: one Ibis expression, on DuckDB or Spark. Runs under any Python that has Ibis and the engine; needs nothing of ours.

python peer.py duckdb|spark FOLDER VISITS CASES RUNS: reads the visits and the cases' stays from FOLDER, writes who was met beside
them; the last line is JSON. DuckDB gets what suits it best: its own table in memory, as the visits came, sorted by place and
start, and the cases' stays cut into hours; the fastest of the three counts. Reading and sorting are not timed.
"""

import json
import os
import re
import sys
import time
from pathlib import Path

import ibis

HOUR, LONGEST_HOURS = 3600, 13


def people_met(visits, stays, cases, by_hour=False):
    """Who shared any time with a case: seconds in all, first moment. `by_hour`: stays are cut into the hours in which a
    visit that meets them can have begun, so that the hour joins too."""
    stays = stays.rename(case="person", came="start", left="stop", there="place")
    near = [visits.place == stays.there, visits.start < stays.left, visits.stop > stays.came]
    if by_hour:
        stays = stays.rename(hour_there="hour")
        near = [
            visits.place == stays.there,
            visits.hour == stays.hour_there,
            visits.start < stays.left,
            visits.stop > stays.came,
        ]
    met = visits.join(stays, near).anti_join(cases, "person")
    first, last = ibis.greatest(met.start, met.came), ibis.least(met.stop, met.left)
    met = met.mutate(begins=first, seconds=(last - first).cast("int64"))
    return met.group_by("person").agg(seconds=met.seconds.sum(), first=met.begins.min())


def duckdb(folder, visits, cases, runs):
    """-> seconds by variant, and where the answer lies"""
    con = ibis.duckdb.connect(threads=int(os.environ.get("WANGGE_THREADS", os.cpu_count() or 2)))
    source, out = f"{folder}/visits-{visits}.parquet", f"{folder}/duckdb-{visits}-{cases}.parquet"
    for statement in (
        f"CREATE TABLE plain AS FROM '{source}'",
        "CREATE TABLE sorted AS FROM plain ORDER BY place, start",
        f"CREATE TABLE hours AS SELECT *, start // {HOUR} AS hour FROM sorted",
        f"CREATE TABLE stays AS FROM '{folder}/seeds-{visits}-{cases}.parquet'",
        f"""CREATE TABLE stays_by_hour AS SELECT *, unnest(range(start // {HOUR} - {LONGEST_HOURS}, (stop - 1) // {HOUR} + 1))::INTEGER AS hour
            FROM stays""",
        f"CREATE TABLE cases AS FROM '{folder}/cases-{visits}-{cases}.parquet'",
    ):
        con.raw_sql(statement)
    table = {name: con.table(name) for name in ("plain", "sorted", "hours", "stays", "stays_by_hour", "cases")}
    asked = {
        "unsorted": people_met(table["plain"], table["stays"], table["cases"]),
        "sorted": people_met(table["sorted"], table["stays"], table["cases"]),
        "hours": people_met(table["hours"], table["stays_by_hour"], table["cases"], by_hour=True),
    }
    found = {}
    for name, expression in asked.items():
        sql = ibis.to_sql(expression, dialect="duckdb")
        found[name] = timed(lambda sql=sql: con.raw_sql(f"CREATE OR REPLACE TABLE answer AS {sql}"), runs)
    con.raw_sql(f"COPY (FROM answer ORDER BY person) TO '{out}'")
    return found


def spark(folder, visits, cases, runs):
    """The same expression on Spark, local, with the shuffle sized for one machine."""
    from pyspark.sql import SparkSession

    started = time.perf_counter()
    session = (
        SparkSession.builder.master("local[2]").config("spark.driver.memory", "6g").config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "4").config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1").config("spark.sql.session.timeZone", "UTC").getOrCreate()
    )  # fmt: skip
    session.sparkContext.setLogLevel("ERROR")
    con = ibis.pyspark.connect(session)
    names = {"visits": f"visits-{visits}", "stays": f"seeds-{visits}-{cases}", "cases": f"cases-{visits}-{cases}"}
    for view, file in names.items():
        session.read.parquet(f"{folder}/{file}.parquet").createOrReplaceTempView(view)
    session.catalog.cacheTable("visits")
    session.sql("SELECT sum(stop) FROM visits").collect()
    start = time.perf_counter() - started
    asked = people_met(*(con.table(name) for name in names))
    out = f"{folder}/spark-{visits}-{cases}.parquet"
    sql = ibis.to_sql(asked, dialect="pyspark")
    session.sql(sql).coalesce(1).write.mode("overwrite").parquet(out)
    found = timed(lambda: session.sql(sql).agg({"seconds": "sum", "first": "sum", "person": "count"}).collect(), runs)
    session.stop()
    return {"spark": found | {"start_seconds": round(start, 1)}}


def timed(job, runs):
    """Median wall and CPU seconds of this process; once before to warm up."""
    job()
    wall, cpu = [], []
    for _ in range(runs):
        started, spent = time.perf_counter(), time.process_time()
        job()
        wall.append(time.perf_counter() - started)
        cpu.append(time.process_time() - spent)
    middle = len(wall) // 2
    return {
        "seconds": round(sorted(wall)[middle], 4),
        "least_seconds": round(min(wall), 4),
        "cpu_seconds": round(sorted(cpu)[middle], 4),
    }


if __name__ == "__main__":
    engine, folder, visits, cases, runs = sys.argv[1:]
    found = {"duckdb": duckdb, "spark": spark}[engine](folder, int(visits), int(cases), int(runs))
    status = Path("/proc/self/status").read_text("ascii")
    print(
        json.dumps({"variants": found, "peak_rss_mb": round(int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024, 1)})
    )
