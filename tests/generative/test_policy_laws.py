"""The theorems of Cedar's specification, for our table: default deny, forbid wins, order and doubles do not matter."""

from __future__ import annotations

import itertools
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from wangge.policy import PHASES, RELATIONS, Rules

ROLES, PURPOSES = ("r1", "r2", "s1"), ("p1", "p2")
VERBS, ELEMENTS = ("a.view", "a.open", "b.view"), ("e.x", "e.y", "f.x")
some = lambda words: st.lists(st.sampled_from(words), unique=True, max_size=len(words))  # noqa: E731
patterns = lambda words: some((*words, "*", "a.*", "e.*", "r*", "*.view", "p?"))  # noqa: E731


@st.composite
def tables(draw: Any) -> dict[str, Any]:
    """Any small policy table: at most one grant a pair, and lines that forbid."""
    grants = []
    for role, purpose in draw(some(tuple(itertools.product(ROLES, PURPOSES)))):
        grant = {"role": role, "purpose": purpose, "elements": draw(some(ELEMENTS)),
                 "may": draw(st.dictionaries(st.sampled_from(VERBS), st.sampled_from(RELATIONS)))}  # fmt: skip
        if draw(st.booleans()):
            grant["phases"] = draw(some(PHASES))
        grants.append(grant)
    forbids = []
    for number in range(draw(st.integers(0, 3))):
        line: dict[str, Any] = {"line": f"L{number}"}
        for key, words in (("roles", ROLES), ("purposes", PURPOSES), ("verbs", VERBS), ("elements", ELEMENTS)):
            if draw(st.booleans()):
                line[key] = draw(patterns(words))
        forbids.append(line)
    return {"role": dict.fromkeys(ROLES), "purpose": dict.fromkeys(PURPOSES), "grant": grants, "forbid": forbids}


WHOLE = list(itertools.product(ROLES, PURPOSES, VERBS, PHASES, RELATIONS, ("", *ELEMENTS)))


def fits(pattern: str, word: str) -> bool:
    """The plain reference of a pattern: * is anything, ? one character."""
    if not pattern:
        return not word
    if pattern[0] == "*":
        return any(fits(pattern[1:], word[i:]) for i in range(len(word) + 1))
    return bool(word) and pattern[0] in ("?", word[0]) and fits(pattern[1:], word[1:])


def hits(line: dict[str, Any], key: str, word: str, otherwise: bool) -> bool:
    return any(fits(p, word) for p in line[key]) if key in line else otherwise


def plain(table: dict[str, Any], role: str, purpose: str, verb: str, phase: str, relation: str, element: str) -> bool:
    """The slow and obvious reference: walk every line of the table anew."""
    about = [f for f in table["forbid"] if hits(f, "roles", role, True) and hits(f, "purposes", purpose, True)]
    if any(hits(f, "verbs", verb, False) or (element and hits(f, "elements", element, False)) for f in about):
        return False
    for grant in table["grant"]:
        if (grant["role"], grant["purpose"]) == (role, purpose) and verb in grant["may"]:
            near = RELATIONS.index(relation) <= RELATIONS.index(grant["may"][verb])
            return near and phase in grant.get("phases", PHASES) and (not element or element in grant["elements"])
    return False


@given(tables())
def test_it_equals_the_plain_reference(table: dict[str, Any]) -> None:
    rules = Rules(table)
    for asked in WHOLE:
        assert rules.permits(*asked) == plain(table, *asked), asked


@given(tables())
def test_default_deny(table: dict[str, Any]) -> None:
    """Allowed only where a grant says so; take the grants away and nothing is."""
    rules, bare = Rules(table), Rules({**table, "grant": []})
    granted = {(g["role"], g["purpose"], verb) for g in table["grant"] for verb in g["may"]}
    for role, purpose, verb, phase, *_rest in WHOLE:
        found = rules.decide(role, purpose, verb, phase)
        assert not found.allowed or (role, purpose, verb) in granted
        assert found.allowed or not (found.relation or found.elements)
        assert not bare.decide(role, purpose, verb, phase).allowed


@given(tables(), st.sampled_from(WHOLE))
def test_forbid_wins(table: dict[str, Any], asked: tuple[str, ...]) -> None:
    """A line that forbids makes nothing more allowed, and what it names is not, wherever it stands."""
    role, purpose, verb, phase, _relation, element = asked
    line = {"line": "new", "roles": [role], "verbs": [verb], "elements": [element] if element else []}
    before, after = Rules(table), Rules({**table, "forbid": [*table["forbid"], line]})
    assert not after.decide(role, purpose, verb, phase).allowed
    for one in WHOLE:
        assert before.permits(*one) or not after.permits(*one)
        if element and one[0] == role and one[5] == element:
            assert not after.permits(*one)


@given(tables(), st.randoms(use_true_random=False))
def test_order_and_doubles_do_not_matter(table: dict[str, Any], shuffle: Any) -> None:
    grants, forbids = list(table["grant"]), [*table["forbid"], *table["forbid"]]
    shuffle.shuffle(grants)
    shuffle.shuffle(forbids)
    one, other = Rules(table), Rules({**table, "grant": grants, "forbid": forbids})
    assert [one.permits(*q) for q in WHOLE] == [other.permits(*q) for q in WHOLE]


@given(tables(), st.sampled_from(WHOLE))
def test_a_nearer_subject_is_never_refused_where_a_farther_is_allowed(table: dict[str, Any], asked: Any) -> None:
    rules = Rules(table)
    said = [rules.permits(*asked[:4], relation, asked[5]) for relation in RELATIONS]
    assert said == sorted(said, reverse=True)
