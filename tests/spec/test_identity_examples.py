"""Every comparison of the shelf answers its own examples, asked alone."""

from __future__ import annotations

import datetime as dt
from types import ModuleType

import pyarrow as pa
import pytest

from wangge.identity.cluster import all_comparisons, cluster
from wangge.identity.keys import keys_of
from wangge.tables.shapes import GOOD_ROW

PARTS = {"id", "document", "name", "exact_name", "phone", "door", "birth", "number_left", "number_right", "pinyin"}


def good_rows(header: tuple[str, ...], rows: list[tuple[str | None, ...]]) -> pa.Table:
    columns = {field.name: pa.nulls(len(rows), field.type) for field in GOOD_ROW.schema}
    columns |= {
        "list": pa.array([f"l{i}" for i in range(len(rows))]),
        "row": pa.array(range(1, len(rows) + 1), pa.int32()),
    }
    for i, name in enumerate(header):
        texts = [row[i] or None for row in rows]
        if name.endswith("_date"):
            columns[name] = pa.array([t and dt.date.fromisoformat(t) for t in texts], pa.date32())
        else:
            columns[name] = pa.array(texts, pa.string())
    return GOOD_ROW.hand_over(pa.table(columns))


@pytest.mark.parametrize("member", all_comparisons(), ids=lambda m: m.__name__.rpartition(".")[2])
def test_a_comparison_answers_its_examples(member: ModuleType) -> None:
    header, *pairs = member.EXAMPLES
    for one, two, joined in pairs:
        found = cluster(keys_of(good_rows(header, [one, two])), (member,))
        assert (found.root[0] == found.root[1]) == joined, (one, two)
        assert [found.evidence[i] for i in found.how] == [member.EVIDENCE if joined else "alone"] * 2


@pytest.mark.parametrize("member", all_comparisons(), ids=lambda m: m.__name__.rpartition(".")[2])
def test_a_comparison_is_whole(member: ModuleType) -> None:
    assert set(member.PARTS) <= PARTS
    assert {pair[-1] for pair in member.EXAMPLES[1:]} == {True, False}


def test_the_strongest_comes_first() -> None:
    assert [m.EVIDENCE for m in all_comparisons()][:4] == ["id", "near_id", "near_id", "document+name"]
