"""Workbooks: every cell as the text a person sees, read straight into Arrow."""

from __future__ import annotations

import fastexcel
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangge.base.errors import WanggeError, Where
from wangge.intake.gate import admit
from wangge.intake.grid import Body
from wangge.intake.header import LOOK_AHEAD
from wangge.intake.mapping import ListMapping

MIDNIGHT = r" 00:00:00$"


class BookGrid:
    """One sheet of a workbook. A day cell reads '2026-11-23'; a whole number has no '.0'."""

    encoding = ""

    def __init__(self, data: bytes, given: ListMapping, file: str) -> None:
        admit(data, Where(file=file))
        try:
            self._book = fastexcel.read_excel(data)
        except fastexcel.FastExcelError as why:
            raise WanggeError("E1001", Where(file=file), name=file) from why
        names = list(self._book.sheet_names)
        if given.sheet and given.sheet not in names:
            raise WanggeError("E1009", Where(file=file), sheet=given.sheet, found="、".join(names) or "-")
        if not names:
            raise WanggeError("E1002", Where(file=file), name=file)
        self.file, self.sheet = file, given.sheet or names[0]
        self.other_sheets = [n for n in names if n != self.sheet]

    def _load(self, **options: object) -> pa.Table:
        try:
            sheet = self._book.load_sheet(self.sheet, header_row=None, dtypes="string", **options)
            return pa.table(sheet.to_arrow())
        except fastexcel.FastExcelError as why:
            raise WanggeError("E1001", Where(file=self.file, sheet=self.sheet), name=self.file) from why

    def head(self) -> list[list[str]]:
        columns = [c.to_pylist() for c in self._load(skip_rows=0, n_rows=LOOK_AHEAD).columns]
        return [[cell or "" for cell in row] for row in zip(*columns, strict=True)]

    def body(self, header: int, width: int, wanted: list[int]) -> Body:
        # Formatting makes sheets longer than what is in them: blank rows after the last filled one are no rows.
        table = self._load(skip_rows=header + 1, use_columns=wanted, skip_whitespace_tail_rows=True)
        columns = {i: _text(c) for i, c in zip(sorted(wanted), table.columns, strict=True)}
        return Body(columns, np.arange(1, table.num_rows + 1))


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pc.any(pc.match_substring(column, "00:00:00")).as_py():
        column = pc.replace_substring_regex(column, MIDNIGHT, "")
    return pc.if_else(pc.equal(pc.utf8_trim_whitespace(column), ""), None, column).cast(pa.string())
