"""Linking in parts gives the answer of linking at once. Here the parts follow each other in one process; tests/spark
sends the same functions through a cluster."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from bench.held_out.figures import read
from bench.held_out.write import make

from wangge import identity
from wangge.identity import distributed
from wangge.identity.distributed import PACKED, Settings, tie_by
from wangge.tables.shapes import GOOD_ROW

AS_OF = dt.date(2026, 11, 20)
TOLD: dict[str, Any] = {"door_lists": ["doorstep"], "source_order": ["hukou", "doorstep", "clinic"]}


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> pa.Table:
    folder = tmp_path_factory.mktemp("parts")
    make(folder, 3_000, 11)
    return read(folder)[1].good.combine_chunks()


def in_parts(good: pa.Table, parts: int, batch: int) -> identity.Linked:
    """link_distributed with loops where Spark has partitions."""
    settings = Settings(AS_OF, tuple(TOLD["door_lists"]), tuple(TOLD["source_order"]), identity.DEMO_KEY, None)
    batches = [GOOD_ROW.hand_over(good.slice(at, batch)).combine_chunks() for at in range(0, good.num_rows, batch)]
    keyed = pa.concat_tables([distributed._keyed(one) for one in batches])
    key, digest = keyed["door_key"].to_numpy(), keyed["digest"].to_numpy()
    doors = [distributed._with_doors(one) for one in cut(keyed, np.where(key >= 0, key, digest), parts)]
    narrow = distributed._ordered(pa.concat_tables(doors))
    found, keys = distributed._decided(narrow, good)
    at = distributed._at(good, narrow)

    def put(component: np.ndarray) -> identity.Linked:
        told = distributed._told(narrow, found, keys, component)
        rows = good
        for name in told.column_names[3:]:
            rows = rows.append_column(name, told[name].take(pa.array(at)))
        made = [distributed._put_together(one, settings, found.evidence) for one in cut(rows, component[at], parts)]
        return distributed._unpacked_all(pa.concat_tables(made).select(PACKED.names))

    out = put(distributed._components(narrow, found, put(found.root)))
    return out._replace(review=distributed._review(narrow, found, out.links))


def cut(rows: pa.Table, by: np.ndarray, parts: int) -> list[pa.Table]:
    part = np.abs(by % parts)
    return [rows.filter(part == p).append_column("part", pa.repeat(p, int((part == p).sum()))) for p in range(parts)]


def as_set(table: pa.Table) -> list[str]:
    return sorted(str(sorted(row.items())) for row in table.to_pylist())


@pytest.mark.parametrize(("parts", "batch"), [(1, 100_000), (7, 900)])
def test_parts_give_the_answer_of_the_whole(good: pa.Table, parts: int, batch: int) -> None:
    whole, cut_up = identity.link(good, AS_OF, **TOLD), in_parts(good, parts, batch)
    for name in ("links", "people", "households", "review"):
        assert as_set(getattr(cut_up, name)) == as_set(getattr(whole, name)), name


def test_components_of_households_stay_small(good: pa.Table) -> None:
    """Cutting by household is a cut: no component holds a tenth of the rows."""
    narrow = distributed._ordered(distributed._with_doors(cut(distributed._keyed(good), np.zeros(good.num_rows), 1)[0]))
    found, _ = distributed._decided(narrow, good)
    whole = identity.link(good, AS_OF, **TOLD)
    component = distributed._components(narrow, found, whole)
    assert np.bincount(component).max() < good.num_rows / 10


def test_bytes_behind_a_null_are_not_what_a_row_says() -> None:
    """Arrow's if_else leaves them there, and a file that is written and read again does not hold them."""
    hidden = pa.StringArray.from_buffers(
        2, pa.py_buffer(np.array([0, 3, 4], np.int32)), pa.py_buffer(b"abcd"), pa.py_buffer(b"\x02")
    )
    plain = pa.array([None, "d"])
    assert hidden.equals(plain)
    assert (
        distributed.digests(pa.table({"name": hidden})).tolist()
        == distributed.digests(pa.table({"name": plain})).tolist()
    )


def test_ties_do_not_hang_on_order() -> None:
    key = np.array([7, -1, 3, 7, -1, 3])
    for order in (np.arange(6), np.arange(6)[::-1]):
        parent = np.arange(6)
        tie_by(parent, key[order], order)
        assert distributed.roots(parent).tolist() == [0, 1, 2, 0, 4, 2]
