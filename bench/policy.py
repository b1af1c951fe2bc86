"""Decisions a second on one core: `just bench policy`.

The questions are drawn evenly from every role, purpose, verb, phase, relation and element of the table, so most are
refused; and, as a second figure, only from those that are allowed. A refusal says its reason, so it takes longer.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import time
from collections.abc import Callable, Sequence
from typing import Any

from wangge import policy

TARGET = 400_000


def questions(n: int, seed: int = 1) -> list[tuple[str, str, str, str, str, str]]:
    """Random whole questions about the table of this installation."""
    rules, draw = policy.rules(), random.Random(seed)
    elements = sorted(set(itertools.chain.from_iterable(grant["elements"] for grant in rules.grants.values())))
    parts = (
        sorted(rules.roles),
        sorted(rules.purposes),
        sorted(rules.verbs),
        policy.PHASES,
        policy.RELATIONS,
        elements,
    )
    return [tuple(draw.choice(part) for part in parts) for _ in range(n)]  # type: ignore[misc]


def rate(ask: Callable[..., Any], asked: Sequence[tuple[str, ...]]) -> float:
    """Calls a CPU second."""
    started = time.process_time()
    for one in asked:
        ask(*one)
    return len(asked) / (time.process_time() - started)


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print. -> 0 where both whole figures reach the target"""
    parser = argparse.ArgumentParser(prog="bench policy", description=__doc__)
    parser.add_argument("--n", type=int, default=1_000_000, help="questions (1,000,000 without it)")
    n = parser.parse_args(argv).n
    whole = questions(n)
    short = [one[:4] for one in whole]
    allowed = [one for one in short if policy.decide(*one).allowed]
    allowed = (allowed * (n // len(allowed) + 1))[:n]
    found = {
        "decisions": n,
        "whole_questions_per_s": round(rate(policy.permits, whole)),
        "allowed_with_elements_per_s": round(rate(policy.decide, allowed)),
        "mixed_with_reasons_per_s": round(rate(policy.decide, short)),
        "target_per_s": TARGET,
    }
    print(json.dumps(found))
    return 0 if min(found["whole_questions_per_s"], found["allowed_with_elements_per_s"]) >= TARGET else 1


if __name__ == "__main__":
    raise SystemExit(main())
