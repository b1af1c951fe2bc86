"""A person who came to live here within the last 30 days, as told at the door.

Authority: capability M4 and M6 (living register). Without a day of arrival the person is no newcomer that anybody knows of:
lists do not say since when somebody lives there, so asking everybody would be asking for nothing.
"""

import ibis.expr.types as ir

SUBJECT = "person"
LABEL = {"zh-hans": "新近搬来", "zh-hant": "新近搬來", "en": "Newly arrived"}
FIRST = ()
ASKS = ("person.phone", "person.residence_kind", "care.settling_in")
EXAMPLES = (
    ({"days_here": 0}, "yes"),
    ({"days_here": 30}, "yes"),
    ({"days_here": 31}, "no"),
    ({"days_here": None}, "no"),
)


def holds(k: ir.Table) -> ir.BooleanValue:
    return (k.days_here <= 30).fill_null(False)
