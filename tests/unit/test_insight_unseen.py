"""Unseen people: the published reference to the last printed digit, and a community whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from wangge.insight.unseen import best, fit

# Abeni, Brancato and Perucci (1994): HIV in Lazio 1990, four sources; bit 0 is the first source. 1,896 people.
ORDER = (15, 7, 11, 3, 13, 5, 9, 1, 14, 6, 10, 2, 12, 4, 8)
HIV = dict(zip(ORDER, (0, 3, 1, 33, 0, 20, 6, 403, 3, 35, 10, 545, 11, 621, 205), strict=True))


def test_hiv_in_rome_as_published() -> None:
    """Rcapture 1.4-4 says the same: independence 11,124.6 (se 904.8, deviance 13.026), [12] 12,318.5 (1,188.7, 7.614)."""
    assert sum(HIV.values()) == 1896
    alone, pair = fit(HIV, 4), fit(HIV, 4, ((0, 1),))
    assert (round(alone.total, 1), round(alone.se, 1), round(alone.deviance, 3)) == (11124.6, 904.8, 13.026)
    assert (round(pair.total, 1), round(pair.se, 1), round(pair.deviance, 3)) == (12318.5, 1188.7, 7.614)
    assert best(HIV, 4).aic <= pair.aic < alone.aic


def community(people: int, rng: np.random.Generator) -> dict[int, int]:
    """Four lists with mixed and dependent capture: floating people low everywhere, one list copied in part from another."""
    low = rng.random(people) < 0.2
    reach = rng.normal(0, 0.6, people) - 1.2 * low
    inside = rng.random((people, 4)) < 1 / (1 + np.exp(-(np.array([1.6, 0.8, 0.4, 1.9]) + reach[:, None])))
    inside[:, 1] |= inside[:, 0] & (rng.random(people) < 0.25)
    ways, n = np.unique(inside @ np.array([1, 2, 4, 8]), return_counts=True)
    return {int(way): int(k) for way, k in zip(ways, n, strict=True) if way}


def test_bias_on_a_community_whose_truth_is_known() -> None:
    """7,856 people of whom 2.3 % stand nowhere: the floor lies within half a percent, and removes most of the union's error."""
    rng, error, union = np.random.default_rng(0), [], []
    for _ in range(40):
        counts = community(7856, rng)
        error.append(best(counts, 4).total / 7856 - 1)
        union.append(sum(counts.values()) / 7856 - 1)
    assert abs(np.mean(error)) <= 0.005
    assert abs(np.mean(error)) <= 0.25 * abs(np.mean(union))


def test_more_lists_than_all_models_allow() -> None:
    rng = np.random.default_rng(1)
    inside = rng.random((20000, 5)) < 0.4
    ways, n = np.unique(inside @ (1 << np.arange(5)), return_counts=True)
    found = best({int(w): int(k) for w, k in zip(ways, n, strict=True) if w}, 5)
    assert found.total == pytest.approx(20000, rel=0.01)


def test_more_effects_than_cells_are_refused() -> None:
    with pytest.raises(ValueError, match="effects"):
        fit({1: 5, 2: 5, 3: 5}, 2, ((0, 1),))


def test_order_of_lists_means_nothing() -> None:
    turned = {sum(1 << (3 - i) for i in range(4) if way >> i & 1): n for way, n in HIV.items()}
    assert best(turned, 4).total == pytest.approx(best(HIV, 4).total, rel=1e-9)
