"""publish: counts -> a release with small ones protected, or a refusal with reasons."""

from wangge.publish.draft import purposes
from wangge.publish.release import Release, explain, release

__all__ = ["Release", "explain", "purposes", "release"]
