"""dispatch: graded people -> one envelope a household, to one worker, in walking order, with the day's load."""

from wangge.dispatch.plan import Plan, pace, plan

__all__ = ["Plan", "pace", "plan"]
