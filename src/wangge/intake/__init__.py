"""A department's file -> rows in our words, every value still text. Nothing is guessed, nothing is left out unsaid."""

from wangge.intake.lines import REASON
from wangge.intake.mapping import ListMapping, Mapping, load_mapping
from wangge.intake.one_file import Read
from wangge.intake.paper import Paper, papers
from wangge.intake.preview import Preview, PreviewColumn, SheetSize, preview
from wangge.intake.read import digest, read
from wangge.intake.report import Report
from wangge.intake.suggest import candidates, header_key, suggest_mapping
from wangge.intake.write_like import write_like

__all__ = [
    "REASON",
    "ListMapping",
    "Mapping",
    "Paper",
    "Preview",
    "PreviewColumn",
    "Read",
    "Report",
    "SheetSize",
    "candidates",
    "digest",
    "header_key",
    "load_mapping",
    "papers",
    "preview",
    "read",
    "suggest_mapping",
    "write_like",
]
