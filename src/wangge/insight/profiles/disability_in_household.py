"""A household in which somebody has a disability and wants help.

Authority: capability M4; Law on the Protection of Persons with Disabilities, Art. 2. Said by the household of itself:
no grade, no diagnosis, no person is marked.
"""

import ibis.expr.types as ir

SUBJECT = "household"
LABEL = {"zh-hans": "有残疾人的家庭", "zh-hant": "有身心障礙者的家庭", "en": "Households with a disability"}
FIRST = ("care.disability",)
ASKS = ("care.disability", "care.daily_help")
EXAMPLES = (
    ({"disability": "yes"}, "yes"),
    ({"disability": "no"}, "no"),
    ({"disability": None}, "unknown"),
)


def holds(k: ir.Table) -> ir.BooleanValue:
    return k.disability == "yes"
