"""Looking at a file before anybody says what it is: sheets, header, columns, first lines. Changes nothing."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import asdict
from typing import Any

from wangge import intake
from wangge.dictionary import normal_header
from wangge_server.intake.files import upload_path
from wangge_server.intake.models import Batch
from wangge_server.intake.queries import mapping

# The reason column of an error workbook leads back: its header to the batch, its cells to the row.
REASON_HEADER = re.compile(r"\[([0-9a-f]{32})\]\s*$")
REASON_ROW = re.compile(r"\(#(\d{1,7})\)")


def reason_header(batch: Batch) -> str:
    """Header of the reason column in an error workbook of this batch."""
    return f"{intake.REASON} [{batch.pk.hex}]"


def reason_cell(words: str, row: int) -> str:
    """What stands in the reason column beside a row."""
    return f"{words} (#{row})"


def look_at(batch: Batch) -> dict[str, Any]:
    """What a file looks like, where a person said to look or wherever a header is found. -> the preview, as JSON

    Beside the preview's own facts: header_row, header_key (names the set of headers), by_file (the list whose mapping
    file names these headers), corrects (the batch whose error workbook this is) and answers (its row for each row here).
    """
    found = intake.preview(upload_path(batch), _where(batch, encoding=""))
    headers = [column.header for column in found.columns if column.header]
    reasons = [h for h in headers if h.startswith(intake.REASON) and REASON_HEADER.search(h)]
    own = [h for h in headers if h not in reasons]
    seen = asdict(found) | {
        "columns": _once([asdict(column) for column in found.columns if column.header not in reasons]),
        "header_row": found.header_lines[-1] if found.header_lines else 0,
        "header_key": intake.header_key(own),
        "hidden_columns": [column.header for column in found.columns if column.hidden and column.header],
        "by_file": by_file(own, found.sheet, batch.list_name),
        "corrects": "",
        "answers": {},
    }
    if reasons:
        seen["corrects"] = REASON_HEADER.search(reasons[-1])[1]  # type: ignore[index]
        seen["answers"] = _answers(batch, reasons[-1])
    return seen


def by_file(headers: list[str], sheet: str, list_name: str) -> str:
    """The one list of the mapping file whose columns all stand in this file; empty where none or several do."""
    known = {normal_header(h) for h in headers}
    fits = [
        name
        for name, one in mapping().lists.items()
        if {normal_header(h) for h in one.columns} <= known and one.sheet in ("", sheet)
    ]
    fits = [name for name in fits if name == list_name] or fits
    return fits[0] if len(fits) == 1 else ""


def _where(batch: Batch, **more: Any) -> intake.ListMapping:
    return intake.ListMapping(batch.list_name, {}, sheet=batch.sheet, header_row=batch.header_row, **more)


def _once(columns: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each named column once, with how often its header stands there: what is said of a header holds for all of them."""
    times = Counter(column["header"] for column in columns)
    first: dict[str, dict[str, Any]] = {}
    for column in columns:
        key = column["header"] or f"\0{column['index']}"
        first.setdefault(key, column | {"times": times[column["header"]] if column["header"] else 1})
    return list(first.values())


def _answers(batch: Batch, reasons: str) -> dict[str, int]:
    """Which row of the earlier batch each row of this file answers, by what stands in the reason column."""
    listing = intake.ListMapping("corrections", {reasons: "address.building"}, sheet=batch.sheet)
    rows = intake.read(upload_path(batch), listing, apart=True).rows
    if "address.building" not in rows.column_names:
        return {}
    words = zip(rows.column("row").to_pylist(), rows.column("address.building").to_pylist(), strict=True)
    return {str(row): int(at[1]) for row, text in words if text and (at := REASON_ROW.search(text))}
