"""This person was a close contact (密接) of a case, and the last exposure lies within the protocol's period.

Authority: the protocol's situations of close contact (workflows 1.11, 1.12: red); the CDC confirms each.
"""

import ibis.expr.types as ir

GRADE = "red"
# When the last meeting was must be found out: an undated contact is neither safe nor graded.
UNKNOWN = "ask"
EXPLANATION = {
    "zh-hans": "与病例有密切接触，距最后一次接触仍在方案规定的期限内。",
    "zh-hant": "與病例有密切接觸，距最後一次接觸仍在方案規定的期限內。",
    "en": "Close contact with a case; the last contact lies within the protocol's period.",
}
EXAMPLES = (
    ({"category": "close", "degree": 1, "days_since": 0, "limit_days": 14}, True),
    ({"category": "close", "degree": 1, "days_since": 14, "limit_days": 14}, True),
    ({"category": "close", "degree": 1, "days_since": 15, "limit_days": 14}, False),
    ({"category": "companion", "degree": 1, "days_since": 0, "limit_days": 14}, False),
    ({"category": "secondary", "degree": 2, "days_since": 0, "limit_days": 14}, False),
    ({"category": "close", "degree": 1, "days_since": None, "limit_days": 14}, False),
)


def holds(e: ir.Table) -> ir.BooleanValue:
    return (e.category == "close") & (e.degree == 1) & (e.days_since <= e.limit_days)
