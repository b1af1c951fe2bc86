"""May this role, for this purpose, do that, to whom, seeing which elements? allowed / refused / gap. Pure."""

from wangge.policy.decide import Decision, decide, elements_for, explain, purposes_for, table, version

__all__ = ["Decision", "decide", "elements_for", "explain", "purposes_for", "table", "version"]
