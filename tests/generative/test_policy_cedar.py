"""Cedar decides the same random questions as our table. WANGGE_FULL: 100,000 of them, else 4,000."""

from __future__ import annotations

import os
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import Any

import cedarpy
import pytest
from bench.policy import questions

from wangge import policy

N = 100_000 if os.environ.get("WANGGE_FULL") else 4_000
WIDTH = {"counts": 0, "own": 1, "assigned": 2, "area": 3, "all": 4}  # written again: the oracle reads nothing of ours


def one_of(words: Any) -> str:
    return "[" + ", ".join(f'"{word}"' for word in words) + "]"


def any_like(what: str, patterns: Any) -> str:
    return "(" + (" || ".join(f'{what} like "{pattern}"' for pattern in patterns) or "false") + ")"


def in_cedar(table: dict[str, Any]) -> str:
    """The table as Cedar policies: one permit for the verbs of a grant that reach as far, one forbid a line."""
    lines = []
    for grant in table["grant"]:
        by_width: dict[str, list[str]] = defaultdict(list)
        for verb, relation in grant["may"].items():
            by_width[relation].append(verb)
        for relation, verbs in by_width.items():
            actions = ", ".join(f'Action::"{verb}"' for verb in verbs)
            phases = f"&& {one_of(grant['phases'])}.contains(context.phase)" if "phases" in grant else ""
            lines.append(
                f'permit(principal == Role::"{grant["role"]}", action in [{actions}], resource) when {{'
                f' context.purpose == "{grant["purpose"]}" && context.width <= {WIDTH[relation]} {phases}'
                f' && {one_of(["", *grant["elements"]])}.contains(context.element) }};'
            )  # fmt: skip
    for line in table["forbid"]:
        about = [any_like(f"context.{key}", line[f"{key}s"]) for key in ("role", "purpose") if f"{key}s" in line]
        what = f"({any_like('context.verb', line.get('verbs', ()))} || {any_like('context.element', line.get('elements', ()))})"
        lines.append(f"forbid(principal, action, resource) when {{ {' && '.join([*about, what])} }};")
    return "\n".join(lines)


def ask_cedar(policies: str, asked: list[tuple[str, ...]]) -> list[bool]:
    requests = [
        {"principal": f'Role::"{role}"', "action": f'Action::"{verb}"', "resource": 'Subject::"x"',
         "context": {"role": role, "purpose": purpose, "verb": verb, "phase": phase, "width": WIDTH[relation], "element": element}}
        for role, purpose, verb, phase, relation, element in asked
    ]  # fmt: skip
    return [bool(one.allowed) for one in cedarpy.is_authorized_batch(requests, policies, [])]


@pytest.fixture(scope="module")
def table(root: Path) -> dict[str, Any]:
    return tomllib.loads((root / "src" / "wangge" / "policy" / "table.toml").read_text("utf-8"))


def half_allowed(n: int) -> list[tuple[str, ...]]:
    """Even draws are nearly all refused, so half of the questions start from what a grant says."""
    rules, asked = policy.rules(), questions(n)
    likely = [(role, purpose, verb) for (role, purpose), grant in rules.grants.items() for verb in grant["may"]]
    for i in range(0, n, 2):
        role, purpose, verb = likely[i * 7919 % len(likely)]
        elements = ["", *rules.grants[role, purpose]["elements"]]
        asked[i] = (role, purpose, verb, *asked[i][3:5], elements[i // 2 % len(elements)])  # type: ignore[assignment]
    return list(asked)


def test_cedar_agrees(table: dict[str, Any]) -> None:
    asked = half_allowed(N)
    ours = [policy.permits(*one) for one in asked]
    assert 0.1 < sum(ours) / N < 0.9  # both answers are tried
    theirs = ask_cedar(in_cedar(table), asked)
    assert [q for q, a, b in zip(asked, ours, theirs, strict=True) if a != b] == []


def test_a_planted_difference_is_found(table: dict[str, Any]) -> None:
    """One relation wider in the oracle's table: some question tells the two apart."""
    asked = half_allowed(2_000)
    wider = {**table, "grant": [{**g, "may": dict.fromkeys(g["may"], "all")} for g in table["grant"]]}
    theirs = ask_cedar(in_cedar(wider), asked)
    assert theirs != [policy.permits(*one) for one in asked]
