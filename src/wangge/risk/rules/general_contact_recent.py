"""This person shared a vehicle or a public place with a case without nearness (一般接触), within the period.

Authority: workflows 1.11 and 1.12 (blue).
"""

import ibis.expr.types as ir

GRADE = "blue"
# When the last meeting was must be found out: an undated contact is neither safe nor graded.
UNKNOWN = "ask"
EXPLANATION = {
    "zh-hans": "与病例有一般接触（同乘或同处公共场所），距最后一次接触仍在方案规定的期限内。",
    "zh-hant": "與病例有一般接觸（同乘或同處公共場所），距最後一次接觸仍在方案規定的期限內。",
    "en": "General contact with a case (same vehicle or public place) within the protocol's period.",
}
EXAMPLES = (
    ({"category": "general", "degree": 1, "days_since": 3, "limit_days": 7}, True),
    ({"category": "general", "degree": 1, "days_since": 8, "limit_days": 7}, False),
    ({"category": "companion", "degree": 1, "days_since": 0, "limit_days": 7}, False),
)


def holds(e: ir.Table) -> ir.BooleanValue:
    return (e.category == "general") & (e.degree == 1) & (e.days_since <= e.limit_days)
