"""A household of which nobody can go out at present, and what it needs: food, medicine, treatment, care of animals.

Authority: the founding document's first defect (people in isolation who need food or medicine); M4, M35. The reason is
not asked: this is the base register, not the event vault (red line R15).
"""

import ibis.expr.types as ir

SUBJECT = "household"
LABEL = {"zh-hans": "不能出门的家庭", "zh-hant": "不能出門的家庭", "en": "Households that cannot go out"}
FIRST = ("care.home_bound",)
ASKS = ("care.home_bound", "care.medicine", "care.dialysis", "care.food", "care.pets")
EXAMPLES = (
    ({"home_bound": "yes"}, "yes"),
    ({"home_bound": "no"}, "no"),
    ({"home_bound": None}, "unknown"),
)


def holds(k: ir.Table) -> ir.BooleanValue:
    return k.home_bound == "yes"
