"""The gate before a workbook: what would burst the reader is refused in about a second, before anything is unpacked.

A file of a few kilobytes can ask a spreadsheet reader for seventeen billion cells and take the whole process with it
(one cell in the last corner), or unpack to gigabytes. Real lists are dense and no wider than a few hundred columns.
"""

from __future__ import annotations

import io
import re
import zipfile

from wangge.base.errors import WanggeError, Where

MOST_PARTS = 2000
MOST_BYTES = 1 << 30  # unpacked, all parts together
MOST_RATIO, RATIO_FROM = 200, 64 << 20  # how far a part may swell, once it is big enough to matter
MOST_COLUMNS = 702  # A to ZZ
SPARSE_AREA, SPARSE_SHARE = 20_000_000, 0.02  # a sheet may span so many cells, or be at least so full
PIECE, OVERLAP = 8 << 20, 64

CELL = re.compile(rb'<c r="([A-Z]{1,3})\d')
ROW = re.compile(rb'<row[^>]* r="(\d{1,7})"')
ENTITY = re.compile(rb"<!(DOCTYPE|ENTITY)", re.I)


def admit(data: bytes, where: Where) -> None:
    """Let a workbook pass or raise E1013 with what is wrong with it. Bytes that are no zip pass: others judge them."""
    if not data.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            _admit_parts(book, where)
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError):
        return  # broken in another way: the reader says so with its own number


def _admit_parts(book: zipfile.ZipFile, where: Where) -> None:
    parts = book.infolist()
    if len(parts) > MOST_PARTS:
        raise WanggeError("E1013", where, reason=f"{len(parts)} parts")
    if sum(part.file_size for part in parts) > MOST_BYTES:
        raise WanggeError("E1013", where, reason="unpacked over 1 GB")
    for part in parts:
        if part.file_size > RATIO_FROM and part.file_size > MOST_RATIO * max(part.compress_size, 1):
            raise WanggeError(
                "E1013", where, reason=f"a part swells {part.file_size // max(part.compress_size, 1)}-fold"
            )
        if part.filename.endswith((".xml", ".rels")):
            _admit_xml(book, part, where)


def _admit_xml(book: zipfile.ZipFile, part: zipfile.ZipInfo, where: Where) -> None:
    """Stream one part: no entities, and where it is a sheet no far-away cells."""
    columns, last_row, cells, before = set[bytes](), 0, 0, b""
    with book.open(part) as stream:
        while piece := stream.read(PIECE):
            text = before + piece
            if ENTITY.search(text):
                raise WanggeError("E1013", where, reason="it defines entities")
            if "worksheets/" in part.filename:
                cells += text.count(b"<c ", len(before))
                columns.update(set(CELL.findall(text)))
                rows = ROW.findall(text)
                last_row = max(last_row, int(rows[-1])) if rows else last_row
            before = text[-OVERLAP:]
    width = max((_number(name) for name in columns), default=0)
    if width > MOST_COLUMNS:
        raise WanggeError("E1013", where, reason=f"a cell in column {width}")
    if width * last_row > SPARSE_AREA and cells < SPARSE_SHARE * width * last_row:
        raise WanggeError("E1013", where, reason=f"{cells} cells spread over {width * last_row}")


def _number(column: bytes) -> int:
    """A -> 1, Z -> 26, AA -> 27."""
    value = 0
    for letter in column:
        value = value * 26 + letter - 64
    return value
