"""This person lived in an announced high or middle risk area while it was open: a dated exposure, blue at most.

Authority: the public notice of the area, its dates and its community (workflows 1.12, blue; red line R2: where
somebody is registered or born never counts, and an area known only to its street flags nobody).
"""

import ibis.expr.types as ir

GRADE = "blue"
# Without its date or its kind it proves nothing.
UNKNOWN = "no"
EXPLANATION = {
    "zh-hans": "在已公告的中高风险区管控期间居住于该社区，仍在方案规定的期限内。",
    "zh-hant": "在已公告的中高風險區管控期間居住於該社區，仍在方案規定的期限內。",
    "en": "Lived in the community of an announced risk area while it was open, within the protocol's period.",
}
EXAMPLES = (
    ({"category": "zone", "evidence": "zone:high", "days_since": 0, "limit_days": 7}, True),
    ({"category": "zone", "evidence": "zone:middle", "days_since": 7, "limit_days": 7}, True),
    ({"category": "zone", "evidence": "zone:low", "days_since": 0, "limit_days": 7}, False),
    ({"category": "zone", "evidence": "zone:high", "days_since": 8, "limit_days": 7}, False),
    ({"category": "general", "evidence": "zone:high", "days_since": 0, "limit_days": 7}, False),
)


def holds(e: ir.Table) -> ir.BooleanValue:
    return (e.category == "zone") & e.evidence.isin(["zone:high", "zone:middle"]) & (e.days_since <= e.limit_days)
