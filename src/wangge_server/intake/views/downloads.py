"""What leaves as a file: error rows in the layout they came in, an empty list to fill in, held rows without values."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from wangge_server.base.export import exported
from wangge_server.base.panel import reason
from wangge_server.intake import queries
from wangge_server.intake.looking import reason_cell
from wangge_server.intake.reading import NOTHING_IN_IT, error_workbook, list_headers
from wangge_server.intake.views.parts import batch_or_404, may_see_values
from wangge_server.intake.words import element_words, row_reason
from wangge_server.policy.gate import gate
from wangge_server.policy.reads import record_read

XLSX, ZIP = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/zip"


@gate("held.view")
def held_csv(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Held rows as a spreadsheet for the department: line, column, what, what to do. No value of the row."""
    found = batch_or_404(request, pk)
    rows = list(queries.held_rows(found))
    words = {row.code: reason(row.code) for row in rows}
    record_read(request, "export_held", [], rows=len(rows), batch=str(found.pk))
    header = [_("文件行号"), _("工作表"), _("列"), _("编号"), _("问题"), _("怎么办")]
    return exported(
        request,
        "csv",
        f"held-{str(found.pk)[-6:]}",
        header,
        (
            [r.line, r.sheet, element_words(r.element), r.code, words[r.code]["what"], words[r.code]["todo"]]
            for r in rows
        ),
    )


@gate("batch.values")
def errors(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The rows that wait for their department, in the layout they came in, each with its reason. It may be sent again."""
    found = batch_or_404(request, pk)
    rows = queries.open_rows(found, NOTHING_IN_IT)
    if not may_see_values(request, found) or not rows:
        raise Http404
    record_read(request, "export_errors", [], rows=len(rows), batch=str(found.pk))
    reasons = [_reason(row) for row in rows]
    body, is_set = error_workbook(found, [row["row"] for row in rows], reasons)
    response = HttpResponse(body, content_type=ZIP if is_set else XLSX)
    name = _("%(file)s-错误行") % {"file": Path(found.file_name).stem}
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.{'zip' if is_set else 'xlsx'}")  # type: ignore[assignment]
    return response


@gate("batch.upload")
def template(request: HttpRequest, list_name: str) -> HttpResponse:
    """An empty workbook with the headers of a list, as one's own unit last sent it, else as the mapping file has them."""
    headers = list_headers(list_name, request.user.unit_code)  # type: ignore[union-attr]
    if not headers:
        raise Http404
    return exported(request, "xlsx", f"template-{list_name}", headers, [])


def _reason(row: dict[str, Any]) -> str:
    """`第 14 行 · 证件号码：… (#12)`: the number leads back to the row when the workbook is sent again."""
    words = [_("第 %(n)s 行") % {"n": row["line"]}]
    for code, element in row["codes"]:
        why = row_reason(code)
        words.append(f"{element_words(element)}: {why['what']}{why['todo']} [{code}]")
    return reason_cell(" · ".join(words), row["row"])
