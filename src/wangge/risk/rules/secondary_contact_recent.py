"""This person met a close contact after that contact's own exposure (次密接), within the protocol's period.

Authority: workflows 1.11 (same home, closed workplace, meal) and 1.12 (yellow).
"""

import ibis.expr.types as ir

GRADE = "yellow"
# When the last meeting was must be found out: an undated contact is neither safe nor graded.
UNKNOWN = "ask"
EXPLANATION = {
    "zh-hans": "与密切接触者有接触（次密接），距最后一次接触仍在方案规定的期限内。",
    "zh-hant": "與密切接觸者有接觸（次密接），距最後一次接觸仍在方案規定的期限內。",
    "en": "Contact of a close contact; the last contact lies within the protocol's period.",
}
EXAMPLES = (
    ({"category": "secondary", "degree": 2, "days_since": 3, "limit_days": 7}, True),
    ({"category": "secondary", "degree": 2, "days_since": 7, "limit_days": 7}, True),
    ({"category": "secondary", "degree": 2, "days_since": 8, "limit_days": 7}, False),
    ({"category": "close", "degree": 1, "days_since": 3, "limit_days": 7}, False),
    ({"category": None, "degree": 2, "days_since": 3, "limit_days": 7}, False),
)


def holds(e: ir.Table) -> ir.BooleanValue:
    return (e.category == "secondary") & (e.degree == 2) & (e.days_since <= e.limit_days)
