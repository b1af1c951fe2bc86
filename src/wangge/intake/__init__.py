"""A department's file -> rows in our words, every value still text. Nothing is guessed, nothing is left out unsaid."""

from wangge.intake.mapping import ListMapping, Mapping, load_mapping
from wangge.intake.read import Read, digest, read
from wangge.intake.report import Report

__all__ = ["ListMapping", "Mapping", "Read", "Report", "digest", "load_mapping", "read"]
