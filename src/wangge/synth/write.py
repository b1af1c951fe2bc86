"""Writing a district's folder so that the same district gives the same bytes: CSV, workbooks, Parquet, mapping."""

from __future__ import annotations

import datetime as dt
import io
import tomllib
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import xlsxwriter

from wangge.base.csv_file import write_csv
from wangge.synth.data import file
from wangge.synth.lists.sheet import Sheet
from wangge.synth.text import Text, join, plain

CREATED = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
ZIP_DATE = (2026, 1, 1, 0, 0, 0)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
BOM = "\ufeff"


def write_list(sheet: Sheet, folder: Path) -> None:
    """Write one list as its department would."""
    path = folder / sheet.file
    path.write_bytes(workbook(sheet) if path.suffix == ".xlsx" else csv_bytes(sheet))


def csv_bytes(sheet: Sheet) -> bytes:
    """The list as CSV in its own encoding and with its own line ends."""
    body = io.BytesIO()
    quoting = "needed" if sheet.quoted else "none"
    write_csv(pa.table(sheet.columns), body, include_header=False, quoting_style=quoting, batch_size=65536)
    head = "".join(f"{line}\n" for line in (*sheet.titles, ",".join(sheet.columns)))
    foot = ",".join(sheet.totals) + "\n" if sheet.totals else ""
    raw = head.encode() + body.getvalue() + foot.encode()
    if sheet.newline != "\n":
        raw = raw.replace(b"\n", sheet.newline.encode())
    if sheet.encoding == "utf-8-sig":
        return BOM.encode() + raw
    return raw if sheet.encoding == "utf-8" else raw.decode().encode(sheet.encoding)


def workbook(sheet: Sheet) -> bytes:
    """The list as a workbook: xlsxwriter makes titles and header, the rows are joined as columns."""
    shell = _shell(sheet)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(shell)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                data = _filled(data, sheet)
            info = zipfile.ZipInfo(name, ZIP_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, data, compresslevel=3)
    return out.getvalue()


def _shell(sheet: Sheet) -> bytes:
    """A workbook with titles and header and no data."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"created": CREATED.replace(tzinfo=None), "title": "", "author": ""})
    bold, title = book.add_format({"bold": True}), book.add_format({"bold": True, "align": "center"})
    page = book.add_worksheet(sheet.sheet)
    for row, text in enumerate(sheet.titles):
        page.merge_range(row, 0, row, len(sheet.columns) - 1, text, title)
    for column, header in enumerate(sheet.columns):
        page.write_string(len(sheet.titles), column, header, bold)
        page.set_column(column, column, 20)
    page.freeze_panes(len(sheet.titles) + 1, 0)
    book.close()
    return out.getvalue()


def _filled(xml: bytes, sheet: Sheet) -> bytes:
    """The sheet's XML with the data rows after the header."""
    above = len(sheet.titles) + 1
    number = plain(pa.array(range(above + 1, above + 1 + sheet.who.size)))
    cells = [_cells(letter, number, values) for letter, values in zip(LETTERS, sheet.columns.values(), strict=False)]
    rows = join('<row r="', number, '">', *cells, "</row>")
    body = "".join(rows.to_pylist()) if len(rows) < 1000 else _glued(rows)
    last = _last_row(sheet, above + 1 + sheet.who.size)
    old = f"A1:{LETTERS[len(sheet.columns) - 1]}{above}".encode()
    new = f"A1:{LETTERS[len(sheet.columns) - 1]}{above + sheet.n_rows}".encode()
    return xml.replace(b'<dimension ref="' + old, b'<dimension ref="' + new, 1).replace(
        b"</sheetData>", body.encode() + last.encode() + b"</sheetData>", 1
    )


def _glued(rows: Text) -> str:
    """All values of a column one after the other, straight from its buffer."""
    return bytes(rows.buffers()[2])[: _end(rows)].decode()


def _end(rows: Text) -> int:
    """Bytes of text that a column holds."""
    return int(pc.sum(pc.binary_length(rows)).as_py() or 0)


def _cells(letter: str, number: Text, values: Text) -> Text:
    """One column's cells as inline strings; empty where null."""
    for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        values = pc.replace_substring(values, sign, entity)
    cell = join(f'<c r="{letter}', number, '" t="inlineStr"><is><t xml:space="preserve">', values, "</t></is></c>")
    return pc.if_else(pc.is_null(values), "", cell)


def _last_row(sheet: Sheet, number: int) -> str:
    """The totals row."""
    cells = "".join(
        f'<c r="{letter}{number}" t="inlineStr"><is><t>{text}</t></is></c>'
        for letter, text in zip(LETTERS, sheet.totals, strict=False)
        if text
    )
    return f'<row r="{number}">{cells}</row>' if sheet.totals else ""


def write_table(table: pa.Table, path: Path) -> None:
    """Parquet, without the writer's notes on Arrow types."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path, compression="zstd", row_group_size=1 << 20)


def mapping_text(sheets: list[Sheet]) -> str:
    """The mapping file of the lists; a census in CSV is said to be one."""
    text = file("lists/mapping.toml").read_text("utf-8")
    if any(sheet.file == "census.csv" for sheet in sheets):
        text = text.replace(
            'file = "lists/census.xlsx"\nsheet = "人口登记"\n', 'file = "lists/census.csv"\nencoding = "utf-8"\n'
        )
    _agree(tomllib.loads(text)["lists"], sheets)
    return text


def _agree(mapping: dict[str, dict[str, object]], sheets: list[Sheet]) -> None:
    """The mapping speaks of the files and headers that are written."""
    for sheet in sheets:
        entry = mapping[sheet.name]
        columns = entry["columns"]
        if entry["file"] != f"lists/{sheet.file}" or not isinstance(columns, dict) or set(columns) - set(sheet.columns):
            raise ValueError(f"lists/mapping.toml does not fit the list {sheet.name}")
