"""A household in which somebody is pregnant or has just given birth, and wants help.

Authority: capability M4. Said by the household of itself, of no person: nobody's record says who. Households without a
woman from 15 to 49 and without an unknown age or sex are not asked.
"""

import ibis.expr.types as ir

SUBJECT = "household"
LABEL = {"zh-hans": "有孕产妇的家庭", "zh-hant": "有孕產婦的家庭", "en": "Households with a pregnancy"}
FIRST = ("care.pregnancy",)
ASKS = ("care.pregnancy",)
EXAMPLES = (
    ({"n_women_15_49": 1, "pregnancy": "yes"}, "yes"),
    ({"n_women_15_49": 1, "pregnancy": None}, "unknown"),
    ({"n_women_15_49": 1, "pregnancy": "no"}, "no"),
    ({"n_women_15_49": 0, "pregnancy": None}, "no"),
)


def holds(k: ir.Table) -> ir.BooleanValue:
    return (k.n_women_15_49 > 0) & (k.pregnancy == "yes")
