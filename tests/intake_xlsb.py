"""A small writer of .xlsb for tests: text, numbers, hidden sheets. Source: [MS-XLSB] records."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

TYPES = """<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>"""
RELATIONS = '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"


def record(kind: int, body: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, length = len(body), b""
    while size > 127:
        length, size = length + bytes([size & 0x7F | 0x80]), size >> 7
    return head + length + bytes([size]) + body


def wide(text: str) -> bytes:
    raw = text.encode("utf-16-le")
    return struct.pack("<I", len(raw) // 2) + raw


def cell(column: int, value: Any) -> bytes:
    place = struct.pack("<II", column, 0)
    if isinstance(value, int | float):
        return record(5, place + struct.pack("<d", value))
    return record(6, place + wide(value))


def sheet(rows: Sequence[Sequence[Any]]) -> bytes:
    width = max(map(len, rows), default=1)
    parts = [record(129), record(148, struct.pack("<4I", 0, max(len(rows) - 1, 0), 0, max(width - 1, 0))), record(145)]
    for i, row in enumerate(rows):
        parts.append(record(0, struct.pack("<IIHHBI", i, 0, 300, 0, 0, 0)))
        parts += [cell(j, value) for j, value in enumerate(row) if value is not None]
    return b"".join([*parts, record(146), record(130)])


def write_xlsb(path: Path, rows: Sequence[Sequence[Any]], hidden: Sequence[str] = ()) -> Path:
    """One sheet 名单 with the rows; `hidden` are names of hidden sheets that hold one cell."""
    names = ["名单", *hidden]
    sheets = b"".join(
        record(156, struct.pack("<II", int(n > 0), n + 1) + wide(f"rId{n + 1}") + wide(name))
        for n, name in enumerate(names)
    )
    book = record(131) + record(143) + sheets + record(144) + record(132)
    links = "".join(
        f'<Relationship Id="rId{n + 1}" Type="{OFFICE}worksheet" Target="worksheets/sheet{n + 1}.bin"/>'
        for n in range(len(names))
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", TYPES)
        made.writestr(
            "_rels/.rels",
            RELATIONS.format(f'<Relationship Id="rId1" Type="{OFFICE}officeDocument" Target="xl/workbook.bin"/>'),
        )
        made.writestr("xl/workbook.bin", book)
        made.writestr("xl/_rels/workbook.bin.rels", RELATIONS.format(links))
        for n in range(len(names)):
            made.writestr(f"xl/worksheets/sheet{n + 1}.bin", sheet(rows if n == 0 else [["x"]]))
    return path
