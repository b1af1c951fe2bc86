"""The gate before a workbook: what would burst the reader is refused in about a second, before anything is unpacked.

A file of a few kilobytes can ask a spreadsheet reader for seventeen billion cells and take the whole process with it
(one cell in the last corner), or unpack to gigabytes. Real lists are dense, or small.
The gate names what it finds; behind it stands the child process, whose memory is limited by what the gate measured.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from wangge.base.errors import WanggeError, Where
from wangge.intake.old_book import cells_of_xls

MOST_PARTS = 2000
MOST_BYTES = 1 << 30  # unpacked, all parts together
MOST_RATIO, RATIO_FROM = 200, 64 << 20  # how far a part may swell, once it is big enough to matter
SPARSE_AREA, SPARSE_SHARE = 20_000_000, 0.02  # a sheet may span so many cells, or be at least so full
SPARSE_AREA_XLS = 4_000_000  # of 16.7 million that the old format can name
PIECE, OVERLAP = 8 << 20, 96
OLE = b"\xd0\xcf\x11\xe0"

FAR_CELL = re.compile(rb' r=["\']([A-Z]{3})\d')
CELL = re.compile(rb' r="([A-Z]{1,2})\d')
ROW = re.compile(rb'<row[^>]* r="(\d{1,7})"')
ENTITY = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
NO_VALUE = (b"</f></c>", b"</f><v></v>", b"</f><v/>", b"</f><v />")


@dataclass
class Admitted:
    """What the gate saw on the way: bytes unpacked, and by part the formulas without a value and the failed cells."""

    content: int = 0
    without_value: dict[str, int] = field(default_factory=dict)
    failed: dict[str, int] = field(default_factory=dict)


def admit(data: bytes, where: Where) -> Admitted:
    """Let a workbook or a zipped set pass, or raise E1013 with what is wrong with it, E1001 where a part is broken.

    Other bytes are for others to judge.
    """
    if data.startswith(OLE):
        return _admit_xls(data, where)
    if not data.startswith(b"PK"):
        return Admitted(len(data))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            parts = book.infolist()
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError, ValueError, struct.error):
        return Admitted(len(data))  # no zip at all: the reader says so with its own number
    try:
        return _admit_parts(data, parts, where)
    except (NotImplementedError, ValueError, struct.error, zlib.error) as why:
        # What the gate cannot look into it does not let pass.
        raise WanggeError("E1001", where, name=where.file) from why


def _admit_xls(data: bytes, where: Where) -> Admitted:
    """The old format: how far its cells lie apart."""
    for n_cells, area in cells_of_xls(data):
        if area > SPARSE_AREA_XLS and n_cells < SPARSE_SHARE * area:
            raise WanggeError("E1013", where, reason=f"{n_cells} cells spread over {area}")
    return Admitted(4 * len(data))


def _admit_parts(data: bytes, parts: list[zipfile.ZipInfo], where: Where) -> Admitted:
    seen = Admitted()
    if len(parts) > MOST_PARTS:
        raise WanggeError("E1013", where, reason=f"{len(parts)} parts")
    if sum(part.file_size for part in parts) > MOST_BYTES:
        raise WanggeError("E1013", where, reason="unpacked over 1 GB")
    for part in parts:
        if part.file_size > RATIO_FROM and part.file_size > MOST_RATIO * max(part.compress_size, 1):
            reason = f"a part swells {part.file_size // max(part.compress_size, 1)}-fold"
            raise WanggeError("E1013", where, reason=reason)
        _admit_part(data, part, seen, where)
    return seen


def _admit_part(data: bytes, part: zipfile.ZipInfo, seen: Admitted, where: Where) -> None:
    """Stream one part as it really is: no longer than it says, no entities, in a sheet no far-away cells."""
    watch = _Watch(part.filename, where)
    size = 0
    for piece in unpacked(data, part):
        size += len(piece)
        if size > part.file_size:
            raise WanggeError("E1013", where, reason="a part is longer than it says")
        watch.see(piece)
    seen.content += size
    watch.end(seen)


def unpacked(data: bytes, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """A part's bytes as they are, whatever the directory says about its length; in pieces of at most 8 MB."""
    start = part.header_offset
    names, extra = struct.unpack("<HH", data[start + 26 : start + 30])
    start += 30 + names + extra
    packed = memoryview(data)[start : start + part.compress_size]
    if part.compress_type == zipfile.ZIP_STORED:
        yield bytes(packed)
        return
    if part.compress_type != zipfile.ZIP_DEFLATED:
        raise NotImplementedError
    stream = zlib.decompressobj(-15)
    piece = stream.decompress(packed, PIECE)
    while piece:
        yield piece
        piece = stream.decompress(stream.unconsumed_tail, PIECE)


class _Watch:
    """What one part of a workbook contains, piece by piece."""

    def __init__(self, name: str, where: Where) -> None:
        self.name, self.where = name, where
        self.is_xml = name.endswith((".xml", ".rels"))
        self.is_sheet = "worksheets/" in name
        self.before, self.wide = b"", set[bytes]()
        self.last_row = self.cells = self.without_value = self.failed = 0

    def see(self, piece: bytes) -> None:
        if not self.is_xml:
            return
        text = self.before + piece
        if ENTITY.search(text):
            raise WanggeError("E1013", self.where, reason="it defines entities")
        if self.is_sheet:
            self._see_sheet(text, len(self.before))
        self.before = text[-OVERLAP:]

    def _see_sheet(self, text: bytes, new: int) -> None:
        self.wide.update(FAR_CELL.findall(text))
        self.cells += text.count(b"<c ", new)
        self.wide.update(set(CELL.findall(text, 0, 1 << 16)) | set(CELL.findall(text, max(len(text) - (1 << 16), 0))))
        at = text.rfind(b"<row ")
        row = ROW.match(text, at) if at >= 0 else None
        self.last_row = max(self.last_row, int(row[1])) if row else self.last_row
        if b"</f>" in text:
            self.without_value += sum(text.count(end, new) for end in NO_VALUE)
        self.failed += text.count(b't="e"', new)

    def end(self, seen: Admitted) -> None:
        width = max((_number(name) for name in self.wide), default=0)
        if width * self.last_row > SPARSE_AREA and self.cells < SPARSE_SHARE * width * self.last_row:
            reason = f"{self.cells} cells spread over {width * self.last_row}"
            raise WanggeError("E1013", self.where, reason=reason)
        if self.without_value:
            seen.without_value[self.name] = self.without_value
        if self.failed:
            seen.failed[self.name] = self.failed


def _number(column: bytes) -> int:
    """A -> 1, Z -> 26, AA -> 27."""
    value = 0
    for letter in column:
        value = value * 26 + letter - 64
    return value
