"""A person of 60 or more who lives alone: the roster has nobody else, unless the household says otherwise.

Authority: capability M4 (一老一小) and M35, case Tianjin; what the household says beats the roster, because lists lag.
"""

import ibis.expr.types as ir

SUBJECT = "person"
LABEL = {"zh-hans": "60 岁以上独居", "zh-hant": "60 歲以上獨居", "en": "Over 60 and living alone"}
FIRST = ("person.birth_date", "care.lives_alone")
ASKS = ("care.lives_alone", "person.phone", "care.daily_help", "care.medicine")
EXAMPLES = (
    ({"age": 72, "n_people": 1, "lives_alone": None}, "yes"),
    ({"age": 72, "n_people": 2, "lives_alone": None}, "no"),
    ({"age": 72, "n_people": 2, "lives_alone": "yes"}, "yes"),
    ({"age": 72, "n_people": 1, "lives_alone": "no"}, "no"),
    ({"age": 35, "n_people": 1, "lives_alone": None}, "no"),
    ({"age": None, "n_people": 1, "lives_alone": None}, "unknown"),
    ({"age": None, "n_people": 3, "lives_alone": None}, "no"),
)


def holds(k: ir.Table) -> ir.BooleanValue:
    return (k.age >= 60) & (k.lives_alone == "yes").fill_null(k.n_people == 1)
