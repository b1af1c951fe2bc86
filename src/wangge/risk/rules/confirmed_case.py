"""The CDC reports this person as infected: confirmed, or asymptomatic with a positive laboratory test.

Authority: the case report of the CDC (workflows 1.12, red). A suspected case is another rule.
"""

import ibis.expr.types as ir

GRADE = "red"
# Without its date or its kind it proves nothing.
UNKNOWN = "no"
EXPLANATION = {
    "zh-hans": "疾控机构报告为确诊病例或无症状感染者，且仍在方案规定的期限内。",
    "zh-hant": "疾控機構報告為確診病例或無症狀感染者，且仍在方案規定的期限內。",
    "en": "The CDC reported a confirmed or asymptomatic infection, and the protocol's period has not ended.",
}
EXAMPLES = (
    ({"category": "case", "evidence": "case:confirmed", "days_since": 0, "limit_days": 14}, True),
    ({"category": "case", "evidence": "case:asymptomatic", "days_since": 14, "limit_days": 14}, True),
    ({"category": "case", "evidence": "case:confirmed", "days_since": 15, "limit_days": 14}, False),
    ({"category": "case", "evidence": "case:suspected", "days_since": 0, "limit_days": 14}, False),
    ({"category": "close", "evidence": "contact_list:family", "days_since": 0, "limit_days": 14}, False),
    ({"category": "case", "evidence": None, "days_since": 0, "limit_days": 14}, False),
)


def holds(e: ir.Table) -> ir.BooleanValue:
    return (
        (e.category == "case")
        & e.evidence.isin(["case:confirmed", "case:asymptomatic"])
        & (e.days_since <= e.limit_days)
    )
