"""Rows -> good rows + held rows. Nothing is dropped, nothing is guessed; rows in = good + held, checked."""

from wangge.quality.check import Checked, check

__all__ = ["Checked", "check"]
