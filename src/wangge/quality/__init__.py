"""Rows -> good rows, the values set aside from them, and held rows. Nothing is dropped, nothing is guessed.

Rows in = accepted (good, without a fault) + needs a person (good, with a fault) + refused (held), checked. No cell is
altered in silence: changes() tells each one.
"""

from wangge.quality.changes import changes
from wangge.quality.check import Checked, check, rows_with_fault

__all__ = ["Checked", "changes", "check", "rows_with_fault"]
