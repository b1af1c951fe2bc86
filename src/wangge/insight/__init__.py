"""insight: counts by area with their denominator, the people no list holds, and the questions nobody asked."""

from wangge.insight.count import count
from wangge.insight.gaps import gap_counts, gaps, targeted, to_ask
from wangge.insight.missed import missed
from wangge.insight.profile import Profile, profile, profiled, profiles, tally

__all__ = [
    "Profile",
    "count",
    "gap_counts",
    "gaps",
    "missed",
    "profile",
    "profiled",
    "profiles",
    "tally",
    "targeted",
    "to_ask",
]
