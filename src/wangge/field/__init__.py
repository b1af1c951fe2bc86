"""field: forms as data, and the same checks as the phone's."""

from wangge.field.check import check_answer, door, is_full

__all__ = ["check_answer", "door", "is_full"]
