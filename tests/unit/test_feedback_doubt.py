"""How often a second look differs: an interval that holds its promise, and says nothing where nobody looked."""

from __future__ import annotations

import numpy as np
import pytest

from wangge.feedback import differing


def test_published_values() -> None:
    """Newcombe (1998), Statistics in Medicine 17, table I, method 3: 81/263 and 15/148, 0/20, 1/29."""
    for n, wrong, low, high in (
        (263, 81, 0.2553, 0.3662),
        (148, 15, 0.0624, 0.1605),
        (20, 0, 0.0, 0.1611),
        (29, 1, 0.0061, 0.1718),
    ):
        assert differing(n, n - wrong) == pytest.approx((low, high), abs=5e-5)


def test_nobody_looked_is_not_zero() -> None:
    assert differing(0, 0) is None


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    wrong = np.random.default_rng(1).binomial(60, 0.08, 4000)
    inside = [(found := differing(60, 60 - int(k))) is not None and found[0] <= 0.08 <= found[1] for k in wrong]
    assert 0.93 <= np.mean(inside) <= 0.98
