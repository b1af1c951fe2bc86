"""Addresses into parts: labelled files, the counting of parts, the best row of labels, and figures on the shared set."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wangge.base.errors import WanggeError
from wangge.geography import tagger, tagger_passes
from wangge.geography.tagger_learn import best, chances


def test_a_labelled_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("云 B-road\n路 I-road\n119 B-subRoad\n号 I-subRoad\n\n甲 B-poi\n", "utf-8")
    assert tagger.read_labelled(tmp_path / "a.txt") == [
        ("云路119号", ["B-road", "I-road", "B-subroad", "I-subroad", "I-subroad", "I-subroad"]),
        ("甲", ["B-poi"]),
    ]


@pytest.mark.parametrize("line", ["路", "云 路 B-road", "云 road"])
def test_a_line_that_is_no_label_gets_a_number(tmp_path: Path, line: str) -> None:
    (tmp_path / "a.txt").write_text(f"云 B-road\n{line}\n", "utf-8")
    with pytest.raises(WanggeError, match="E4005") as caught:
        tagger.read_labelled(tmp_path / "a.txt")
    assert caught.value.where.row == 2


@pytest.mark.parametrize(
    ("labels", "found"),
    [
        (["B-a", "I-a", "B-a"], [("a", 0, 2), ("a", 2, 3)]),
        (["B-a", "I-b", "O", "I-b"], [("a", 0, 1), ("b", 1, 2), ("b", 3, 4)]),
        ([], []),
    ],
)
def test_parts_are_whole(labels: list[str], found: list[tuple[str, int, int]]) -> None:
    assert tagger.spans(labels) == found


def test_only_whole_parts_count() -> None:
    figures = tagger.f1([["B-a", "I-a", "B-b"]], [["B-a", "B-a", "B-b"]])
    assert (figures["precision"], figures["recall"]) == (1 / 3, 1 / 2)


def test_the_best_row_of_labels_is_the_best_of_all() -> None:
    draw = np.random.default_rng(3)
    for _ in range(20):
        weights, after = draw.normal(size=(6, 3)).astype(np.float32), draw.normal(size=(3, 3)).astype(np.float32)
        first, rows = draw.normal(size=3).astype(np.float32), draw.integers(0, 6, (4, 2)).astype(np.int32)

        def score(row: tuple[int, ...], w=weights, a=after, f=first, x=rows) -> float:  # type: ignore[no-untyped-def]
            steps = sum(a[p, q] for p, q in itertools.pairwise(row))
            return float(f[row[0]] + steps + sum(w[k, y] for y, ks in zip(row, x, strict=True) for k in ks))

        wanted = max(itertools.product(range(3), repeat=4), key=score)
        assert tuple(best(rows, weights, after, first)) == wanted


def test_chances_are_those_of_all_rows() -> None:
    draw = np.random.default_rng(4)
    score, grown = draw.normal(size=(3, 2)).astype(np.float32), np.exp(draw.normal(size=(2, 2))).astype(np.float32)
    forth, back, _ = chances(score, grown)
    every = {
        row: float(np.exp(sum(score[i, y] for i, y in enumerate(row))) * grown[row[0], row[1]] * grown[row[1], row[2]])
        for row in itertools.product(range(2), repeat=3)
    }
    for i in range(3):
        mine = forth[i] * back[i] / (forth[i] * back[i]).sum()
        assert mine[1] == pytest.approx(sum(v for row, v in every.items() if row[i]) / sum(every.values()), rel=1e-4)


def test_it_learns_from_a_few_addresses_and_always_the_same() -> None:
    towns, roads = ["青石镇", "云梦镇", "翠竹镇", "安澜镇"], ["长江路", "云峰路", "滨海路", "海丰路"]
    made = [(f"{t}{r}{n}号", t, r, str(n)) for t in towns for r in roads for n in (3, 12)]
    examples = [
        (text, ["B-town", *["I-town"] * 2, "B-road", *["I-road"] * 2, "B-roadno", *["I-roadno"] * len(n)])
        for text, _, _, n in made
    ]
    pace = tagger.Pace(4, 0.1)
    model = tagger.train(examples, pace, pace, pace)
    (labels,) = tagger.tag(model, ["白鹤镇东风路58号"])
    assert tagger.parts("白鹤镇东风路58号", labels) == [("town", "白鹤镇"), ("road", "东风路"), ("roadno", "58号")]
    again = tagger.train(examples, pace, pace, pace)
    assert np.array_equal(model.second.weights, again.second.weights)


def test_a_row_of_digits_is_one_unit() -> None:
    units = tagger.units_of(["云路119号TBD", "", "3"])
    assert units.sizes.tolist() == [1, 1, 3, 1, 3, 1]
    assert units.starts.tolist() == [0, 5, 5, 6]


LABELS = ("O", "B-a", "I-a", "B-b", "I-b")


@settings(deadline=None, max_examples=60)
@given(st.lists(st.lists(st.integers(0, len(LABELS) - 1), max_size=8), max_size=4))
def test_the_second_reading_sees_which_parts_stand_around(texts: list[list[int]]) -> None:
    kind, opens = np.array([0, 1, 1, 2, 2]), np.array([x[:1] == "B" for x in LABELS])
    starts = np.cumsum([0, *map(len, texts)])
    flat = np.array([x for text in texts for x in text], np.int64)
    near, before, after, long = tagger_passes._parts(kind[flat], opens[flat], starts)
    for text, first in zip(texts, starts, strict=False):
        cuts = [k for k, x in enumerate(text) if k == 0 or opens[x] or kind[x] != kind[text[k - 1]]]
        parts = [(a, b, int(kind[text[a]])) for a, b in itertools.pairwise([*cuts, len(text)])]
        kinds = [0, 0, *(p[2] for p in parts), 0, 0]
        for n, (a, b, _) in enumerate(parts):
            wanted = [kinds[n], kinds[n + 1], kinds[n + 3], kinds[n + 4]]
            for at in range(first + a, first + b):
                assert near[at].tolist() == wanted
                assert long[at] == min(b - a, 8)
                assert before[at] == sum({1 << p[2] for p in parts[:n]})
                assert after[at] == sum({1 << p[2] for p in parts[n + 1 :]})


@pytest.mark.shared
def test_the_figures_on_the_shared_set(shared_data: Path) -> None:
    """A short form: 1,500 addresses learned, 500 asked, fewer rounds. The whole: `just bench parts`."""
    folder = shared_data / "cn_address_parsing"
    asked = tagger.read_labelled(folder / "dev.txt")[:500]
    pace = tagger.Pace(3, 0.05)
    model = tagger.train(tagger.read_labelled(folder / "train.txt")[:1500], pace, pace, pace)
    answers = tagger.tag(model, [text for text, _ in asked])
    assert tagger.f1([labels for _, labels in asked], answers)["f1"] >= 0.84
