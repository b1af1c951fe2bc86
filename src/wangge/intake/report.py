"""What happened to each column of a file: read, dropped because banned, ignored, missing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

BESIDE = (
    "conflicts",
    "other_sheets",
    "hidden_sheets",
    "hidden_columns",
    "other_tables",
    "n_header_lines",
    "members",
    "notes",
)


@dataclass
class Report:
    """The account of one file, by column. Row counts: n_rows = rows handed on + rows held by intake.

    `notes` are codes, some with a detail after a colon:
    quotes_ignored (quotation marks that quote nothing were taken as they stand),
    encoding_guessed (the bytes fit several encodings; look at the preview),
    ambiguous_header (a name stands under two different upper names: map one as upper/lower),
    id_from_number (rows whose ID number stood in a number cell),
    address_from_date (addresses a spreadsheet made dates of, as it does with 3-2),
    formula_without_value (formulas whose value the file does not hold), cell_error (#N/A and its kin),
    hidden_sheet_read (the mapping names a hidden sheet), kind_not_named (the content is not what the file's name says).
    """

    name: str
    file: str
    sheet: str = ""
    encoding: str = ""
    header_line: int = 0
    n_rows: int = 0
    n_held: int = 0
    read: dict[str, str] = field(default_factory=dict)  # header -> element
    dropped: dict[str, str] = field(default_factory=dict)  # header -> reason it is banned
    ignored: list[str] = field(default_factory=list)  # in the file, not in the mapping
    missing: list[str] = field(default_factory=list)  # in the mapping, not in the file
    repeated: list[str] = field(default_factory=list)  # headers that stand twice: the first filled one counts
    conflicts: dict[str, int] = field(default_factory=dict)  # element -> rows whose columns of it say different things
    other_sheets: list[str] = field(default_factory=list)  # sheets of the workbook that were not read
    hidden_sheets: list[str] = field(default_factory=list)  # those of them a person does not see
    hidden_columns: list[str] = field(default_factory=list)  # headers of columns a person does not see
    other_tables: list[dict[str, Any]] = field(default_factory=list)  # tables on the sheet that were not read
    n_header_lines: int = 0  # lines below the header that repeat it, as print-outs do on every page
    members: list[dict[str, Any]] = field(default_factory=list)  # files of a zipped set, each with its fate
    notes: list[str] = field(default_factory=list)

    def beside(self) -> dict[str, Any]:
        """What stands in the file beside the rows that were read: conflicts, other tables and sheets, what is hidden, the
        members of a set. No value of a person is in it."""
        return {name: getattr(self, name) for name in BESIDE}
