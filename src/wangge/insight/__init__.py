"""insight: counts by area with their denominator, and the people no list holds, as a floor."""

from wangge.insight.count import count
from wangge.insight.missed import missed

__all__ = ["count", "missed"]
