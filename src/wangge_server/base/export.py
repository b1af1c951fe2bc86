"""A table of counts as a file: CSV for machines, XLSX for desks. The file says who took it, when and for what."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

import xlsxwriter
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

FORMS = ("csv", "xlsx")
_TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def exported(
    request: HttpRequest, form: str, name: str, header: Sequence[Any], rows: Iterable[Sequence[Any]]
) -> HttpResponse:
    """The rows as an attachment called NAME-DATE.FORM. `form` is csv or xlsx."""
    lines = [[_plain(cell) for cell in row] for row in rows]
    words = [str(word) for word in header]
    body = _csv(words, lines) if form == "csv" else _xlsx(words, lines, notes(request))
    day = timezone.localtime().strftime("%Y%m%d-%H%M")
    response = HttpResponse(body, content_type=_TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="{name}-{day}.{form}"'
    return response


def notes(request: HttpRequest) -> list[tuple[str, str]]:
    """Who took the file, when, and for which purpose."""
    user: Any = request.user
    return [
        (_("导出人"), f"{user.name} ({user.username})"),
        (_("目的"), request.purpose),  # type: ignore[attr-defined]
        (_("导出时间"), timezone.localtime().strftime("%Y-%m-%d %H:%M")),
    ]


def _plain(cell: Any) -> Any:
    """A spreadsheet must not take text for a formula."""
    if isinstance(cell, bool) or not isinstance(cell, int | float | None):
        text = str(cell)
        return f"'{text}" if text[:1] in "=+-@\t\r" else text
    return "" if cell is None else cell


def _csv(header: list[str], lines: list[list[Any]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows(lines)
    return out.getvalue().encode("utf-8-sig")  # the mark lets Excel see UTF-8


def _xlsx(header: list[str], lines: list[list[Any]], about: list[tuple[str, str]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet, bold = book.add_worksheet(_("数据")), book.add_format({"bold": True, "bottom": 1})
        sheet.write_row(0, 0, header, bold)
        for number, line in enumerate(lines, 1):
            sheet.write_row(number, 0, line)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(header), 16)
        second = book.add_worksheet(_("说明"))
        for number, pair in enumerate(about):
            second.write_row(number, 0, pair)
        second.set_column(0, 1, 28)
    return out.getvalue()
