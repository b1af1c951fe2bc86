"""A person who has reached the age of 60 by the birth date alone.

Authority: Law on the Protection of the Rights and Interests of the Elderly, Art. 2 (60 full years); case Haisongyuan
(2,663 aged 60 and over, 27.9 %). Without a birth date nobody knows.
"""

import ibis.expr.types as ir

SUBJECT = "person"
LABEL = {"zh-hans": "60 岁及以上", "zh-hant": "60 歲及以上", "en": "Aged 60 and over"}
FIRST = ("person.birth_date",)
ASKS = ("person.birth_date", "person.phone", "care.daily_help")
EXAMPLES = (
    ({"age": 60}, "yes"),
    ({"age": 59}, "no"),
    ({"age": None}, "unknown"),
)


def holds(k: ir.Table) -> ir.BooleanValue:
    return k.age >= 60
