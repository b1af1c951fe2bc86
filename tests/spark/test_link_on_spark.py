"""Linking on Spark gives the very answer that one machine gives: people, households, evidence and doubts."""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

pytest.importorskip("pyspark", reason="Spark is not installed (uv sync --extra spark)")
pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.enable_socket]

from wangge import identity, way  # noqa: E402
from wangge.identity.distributed import link_distributed  # noqa: E402

ROWS = int(os.environ.get("WANGGE_SPARK_ROWS", "200000"))
AS_OF = dt.date(2026, 11, 20)


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """Two workers of a cluster on this machine; two threads where a cluster cannot start."""
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    for master in ("local-cluster[2,1,1024]", "local[2]"):
        builder = SparkSession.builder.master(master)
        for name, value in {
            "spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "4", "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1", "spark.driver.memory": "3g", "spark.executor.memory": "1g",
            "spark.executorEnv.PYTHONPATH": os.pathsep.join(sys.path), "spark.sql.session.timeZone": "UTC",
            "spark.driver.maxResultSize": "2g", "spark.sql.execution.arrow.pyspark.enabled": "true",
        }.items():  # fmt: skip
            builder = builder.config(name, value)
        try:
            session = builder.getOrCreate()
            session.range(10).count()
            break
        except Exception:
            SparkSession._instantiatedSession = None
    else:
        pytest.skip("Spark does not start on this machine (it needs Java)")
    session.sparkContext.setLogLevel("ERROR")
    print("Spark:", session.sparkContext.master)
    yield session
    session.stop()


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lists of the second generator: as many people as give the rows asked for."""
    from bench.held_out.write import make

    out = tmp_path_factory.mktemp("spark")
    make(out, int(ROWS / 3.3), 5)
    return out


@pytest.fixture(scope="session")
def good(folder: Path) -> pa.Table:
    mapping, files = way.lists_of(folder)
    empty = pa.table({})
    walked = way.Way()
    way.read_and_check(way.Source(mapping, files, empty, empty, empty, empty, AS_OF), walked, way.Progress())
    return walked.good.slice(0, ROWS).combine_chunks()  # of several chunks createDataFrame takes the first


def as_set(table: pa.Table) -> pa.Table:
    """Rows in an order of their own, so that tables compare as sets."""
    flat = table.combine_chunks()
    texts = [
        column.cast(pa.string())
        if not pa.types.is_list(column.type)
        else pa.array([str(v) for v in column.to_pylist()])
        for column in flat.columns
    ]
    return pa.table(dict(zip(flat.column_names, texts, strict=True))).sort_by(
        [(name, "ascending") for name in flat.column_names]
    )


def test_the_same_answer(spark: Any, good: pa.Table) -> None:
    told: dict[str, Any] = {"door_lists": ["doorstep"], "source_order": ["hukou", "doorstep", "clinic"]}
    one = identity.link(good, AS_OF, **told)
    many = link_distributed(spark, spark.createDataFrame(good), AS_OF, **told)
    for name in ("links", "people", "households", "review"):
        alone, together = as_set(getattr(one, name)), as_set(getattr(many, name))
        assert together.num_rows == alone.num_rows, name
        assert together.equals(alone), (
            f"{name}: {sum(a != b for a, b in zip(alone.to_pylist(), together.to_pylist(), strict=True))} rows differ"
        )
    assert one.people.num_rows < good.num_rows / 2
