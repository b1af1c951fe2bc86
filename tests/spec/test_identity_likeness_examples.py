"""Every likeness of the shelf answers its own examples."""

from __future__ import annotations

import datetime as dt
from types import ModuleType

import pyarrow as pa
import pytest

from wangge.identity.likely import LEVELS, all_likenesses, level_of_examples, name_parts

NAMES = [*LEVELS, "missing"]


@pytest.mark.parametrize("member", all_likenesses(), ids=lambda m: m.__name__.rpartition(".")[2])
def test_a_likeness_answers_its_examples(member: ModuleType) -> None:
    for one, two, level in member.EXAMPLES:
        values = [v and dt.date.fromisoformat(v) if member.KIND == "day" else v for v in (one, two)]
        found = level_of_examples(
            member, pa.chunked_array([values], pa.date32() if member.KIND == "day" else pa.string())
        )
        assert NAMES[found] == level, (one, two)


@pytest.mark.parametrize("member", all_likenesses(), ids=lambda m: m.__name__.rpartition(".")[2])
def test_a_likeness_shows_what_it_takes_for_one_for_another_and_for_silence(member: ModuleType) -> None:
    assert {"same", "other", "missing"} <= {level for _, _, level in member.EXAMPLES}


@pytest.mark.parametrize(
    ("name", "surname", "given"),
    [
        ("王晓明", "王", "晓明"), ("欧阳修", "欧阳", "修"), ("李红", "李", "红"), ("Robert Alan", "Alan", "Robert"),
        ("Wang Xiao Ming", "Ming", "Wang Xiao"), ("Madonna", "Madonna", None), ("买买提·艾力", "买", "买提·艾力"),
    ],
)  # fmt: skip
def test_a_whole_name_has_parts(name: str, surname: str, given: str | None) -> None:
    found = name_parts(pa.chunked_array([[name, None]]))
    assert [part.to_pylist() for part in found] == [[surname, None], [given, None]]
