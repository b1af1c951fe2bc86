"""May this purpose ask this element of a person now? Asked by whoever puts questions into a form."""

from __future__ import annotations

from functools import cache

from wangge.dictionary import elements
from wangge.policy.decide import decide, table
from wangge.policy.rules import Decision


def purposes_that_ask() -> list[str]:
    """Purposes for which people may be asked anything, in the table's order."""
    return list(table().get("collect", {}))


@cache
def may_collect(purpose: str, element: str, phase: str = "active") -> Decision:
    """May `element` be asked of a person for `purpose` in this phase of the emergency?

    refused: it is banned, the purpose asks nobody, has ended, or may not ask this element. gap: the dictionary does not
    know the element, so nobody has decided.
    """
    rule = table().get("collect", {}).get(purpose)
    if rule is None:
        return Decision("refused", why=f"{purpose} asks nobody anything")
    now = decide(rule["by"], purpose, rule["with"], phase)
    if not now.allowed:
        return now
    one = elements().get(element)
    if one is None:
        return Decision("gap", why="the dictionary has no such element, so nobody has decided")
    if one.banned:
        return Decision("refused", why=one.banned)
    if one.purposes and purpose not in one.purposes:
        return Decision("refused", why=f"the dictionary does not let {purpose} ask it")
    if one.retention not in rule["keeps"]:
        return Decision("refused", why=f"{purpose} asks nothing that is kept as {one.retention}")
    return Decision("allowed", now.relation, frozenset({element}), "granted")
