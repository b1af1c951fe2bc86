"""The order inside a colour, on made-up people: calibration, errors by group with intervals, and a challenger.

`just bench order [--people 20000]` prints three tables and, last, one JSON object. The outcomes are drawn from a made-up truth
that is neither model, with a term both lack; nothing here says how either would do on real people.
"""

from __future__ import annotations

import argparse
import json
import time

import numpy as np
import pyarrow as pa
from rich.console import Console
from rich.table import Table

from wangge.risk.order import chance, declared
from wangge.risk.order_quality import Bin, calibration, challenge, fit, group_errors, log_loss, ranked_right

SHOWN = ("n", "said", "came", "low", "high")


def people(n: int, seed: int) -> tuple[pa.Table, np.ndarray, np.ndarray]:
    """Made-up contacts with outcomes and an age group nobody orders by: one value in five unknown."""
    rng = np.random.default_rng(seed)
    known = {d.name: rng.uniform(d.low, d.high, n) for d in declared().dimensions}
    rows = pa.table({name: pa.array(v, mask=rng.random(n) < 0.2) for name, v in known.items()})
    near = known["overlap_minutes"] / 240 * (known["is_closed_place"] > 0.5)
    z = -3.6 + 2.2 * near + 1.4 * known["lives_with_case"] - 0.12 * known["days_since"] + 0.3 * known["n_cases_met"]
    groups = np.array(["18-39", "40-59", "60+"])[rng.integers(0, 3, n)]
    return rows, rng.random(n) < 1 / (1 + np.exp(-z)), groups


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--people", type=int, default=20_000)
    n = given.parse_args().people
    train, train_came, _ = people(n, 1)
    rows, came, groups = people(n, 2)
    start = time.process_time()
    said = chance(rows)
    seconds = time.process_time() - start
    challenger = fit(train, train_came, declared())
    said_by_challenger = chance(rows, challenger)
    gain, low, high = challenge(rows, came, declared(), challenger)
    _print_bins("prior (order.toml)", calibration(said, came))
    _print_bins("challenger (fitted to other made-up people)", calibration(said_by_challenger, came))
    errors = group_errors(said, came, groups)
    shown = Table("group", "cases", "missed by the first fifth", "95 %", title="errors by group, prior, made-up people")
    for g in errors:
        shown.add_row(g.group, str(g.n_cases), f"{g.missed:.3f}", f"{g.low:.3f} to {g.high:.3f}")
    Console().print(shown)
    print(json.dumps({
        "people": n, "made_up": True, "rows_per_cpu_s": round(n / max(seconds, 1e-9)), "auc_prior": round(ranked_right(said, came), 4),
        "auc_challenger": round(ranked_right(said_by_challenger, came), 4), "gain": [round(v, 4) for v in (gain, low, high)],
        "log_loss_prior": round(log_loss(said, came), 4), "log_loss_challenger": round(log_loss(said_by_challenger, came), 4),
        "groups": [vars(g) for g in errors], "on": declared().on}))  # fmt: skip


def _print_bins(title: str, bins: list[Bin]) -> None:
    shown = Table(*SHOWN, title=f"calibration, {title}")
    for one in bins:
        shown.add_row(str(one.n), *(f"{getattr(one, name):.3f}" for name in SHOWN[1:]))
    Console().print(shown)


if __name__ == "__main__":
    main()
