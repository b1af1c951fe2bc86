"""Rows -> good rows, the values set aside from them, and held rows. Nothing is dropped, nothing is guessed.

Rows in = accepted (good, without a fault) + needs a person (good, with a fault) + refused (held), checked.
"""

from wangge.quality.check import Checked, check, rows_with_fault

__all__ = ["Checked", "check", "rows_with_fault"]
