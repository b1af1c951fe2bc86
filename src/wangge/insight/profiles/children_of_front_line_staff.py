"""A household with children of which a parent works at the front line and is away.

Authority: the founding document's first defect (old people and children of front-line staff, asked by no form); M4.
Ages tell that there are children; only the household says the rest.
"""

import ibis.expr.types as ir

SUBJECT = "household"
LABEL = {"zh-hans": "一线人员的孩子", "zh-hant": "一線人員的孩子", "en": "Children of front-line staff"}
FIRST = ("care.front_line",)
ASKS = ("care.front_line", "care.child_minding")
EXAMPLES = (
    ({"n_children": 1, "n_unknown_age": 0, "front_line": "yes"}, "yes"),
    ({"n_children": 2, "n_unknown_age": 0, "front_line": "no"}, "no"),
    ({"n_children": 2, "n_unknown_age": 0, "front_line": None}, "unknown"),
    ({"n_children": 0, "n_unknown_age": 0, "front_line": "yes"}, "no"),
    ({"n_children": 0, "n_unknown_age": 1, "front_line": "yes"}, "unknown"),
)


def holds(k: ir.Table) -> ir.BooleanValue:
    return ((k.n_children > 0) | (k.n_unknown_age > 0).nullif(True)) & (k.front_line == "yes")
