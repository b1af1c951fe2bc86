"""The CDC reports this person as a suspected case whose laboratory result is pending.

Authority: workflows 1.12, yellow ("lab-pending with exposure"; a suspicion is only reported with an exposure).
"""

import ibis.expr.types as ir

GRADE = "yellow"
# Without its date or its kind it proves nothing.
UNKNOWN = "no"
EXPLANATION = {
    "zh-hans": "疾控机构报告为疑似病例，正在等待检测结果。",
    "zh-hant": "疾控機構報告為疑似病例，正在等待檢測結果。",
    "en": "The CDC reported a suspected case; the laboratory result is pending.",
}
EXAMPLES = (
    ({"category": "case", "evidence": "case:suspected", "days_since": 0, "limit_days": 7}, True),
    ({"category": "case", "evidence": "case:suspected", "days_since": 8, "limit_days": 7}, False),
    ({"category": "case", "evidence": "case:confirmed", "days_since": 0, "limit_days": 7}, False),
    ({"category": "general", "evidence": "case:suspected", "days_since": 0, "limit_days": 7}, False),
)


def holds(e: ir.Table) -> ir.BooleanValue:
    return (e.category == "case") & (e.evidence == "case:suspected") & (e.days_since <= e.limit_days)
