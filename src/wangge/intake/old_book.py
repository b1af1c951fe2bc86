"""What the gate must know of an .xls (OLE2 with BIFF8 records): where its cells lie, which columns are hidden.

Source: [MS-CFB] compound file, [MS-XLS] records BOUNDSHEET8, DIMENSIONS, COLINFO and the cell records.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

END_OF_CHAIN = 0xFFFFFFFA  # from here on sector numbers are marks
ONE_CELL = frozenset((0x0006, 0x0201, 0x0203, 0x0204, 0x0205, 0x027E, 0x00FD, 0x00D6))
MANY_CELLS = frozenset((0x00BD, 0x00BE))  # MULRK, MULBLANK: first column up to the last two bytes
BOF, EOF, BOUNDSHEET, COLINFO = 0x0809, 0x000A, 0x0085, 0x007D


def workbook_stream(data: bytes) -> bytes:
    """The stream named Workbook (or Book) of a compound file; empty where there is none or the file is broken."""
    try:
        return _stream(data)
    except (struct.error, IndexError, ValueError, MemoryError):
        return b""


def _stream(data: bytes) -> bytes:
    size = 1 << struct.unpack_from("<H", data, 30)[0]
    if size not in (512, 4096):
        return b""
    n_fat, directory, cutoff, mini_fat = (
        struct.unpack_from("<I", data, 44)[0],
        *_at(data, 48),
        *_at(data, 56),
        *_at(data, 60),
    )
    fat = _fat(data, size, n_fat)
    entries = _chain(data, fat, directory, size, size)
    root: bytes = b""
    for at in range(0, len(entries) - 127, 128):
        name = entries[at : at + max(struct.unpack_from("<H", entries, at + 64)[0] - 2, 0)].decode(
            "utf-16-le", "ignore"
        )
        first, length = struct.unpack_from("<II", entries, at + 116)
        if entries[at + 66] == 5:
            root = _chain(data, fat, first, size, size)
        if name in ("Workbook", "Book"):
            if length >= cutoff:
                return _chain(data, fat, first, size, size)[:length]
            small = struct.unpack(f"<{len(m) // 4}I", m) if (m := _chain(data, fat, mini_fat, size, size)) else ()
            return _chain(root, small, first, 64, 0)[:length]
    return b""


def _at(data: bytes, offset: int) -> tuple[int, ...]:
    return struct.unpack_from("<I", data, offset)


def _fat(data: bytes, size: int, n: int) -> tuple[int, ...]:
    """The table of sectors, itself spread over sectors."""
    sectors = list(struct.unpack_from("<109I", data, 76))
    more = struct.unpack_from("<I", data, 68)[0]
    while more < END_OF_CHAIN and len(sectors) < n + 200:
        block = struct.unpack_from(f"<{size // 4}I", data, size * (more + 1))
        sectors += block[:-1]
        more = block[-1]
    found: list[int] = []
    for sector in sectors[:n]:
        if sector < END_OF_CHAIN and (sector + 2) * size <= len(data) + size:
            part = data[size * (sector + 1) : size * (sector + 2)]
            found += struct.unpack(f"<{len(part) // 4}I", part[: len(part) // 4 * 4])
    return tuple(found)


def _chain(data: bytes, table: tuple[int, ...], first: int, size: int, head: int) -> bytes:
    """The sectors from `first` on; a ring is cut where it would repeat more than the file holds."""
    parts: list[bytes] = []
    most = len(data) // size + 2
    while first < len(table) and len(parts) < most:
        parts.append(data[head + size * first : head + size * (first + 1)])
        first = table[first]
    return b"".join(parts)


def _records(stream: bytes) -> Iterator[tuple[int, int, int]]:
    """-> (kind, offset, length) of each record."""
    at, end, head = 0, len(stream) - 4, struct.Struct("<HH").unpack_from
    while at <= end:
        kind, length = head(stream, at)
        yield kind, at + 4, length
        at += 4 + length


def cells_of_xls(data: bytes) -> list[tuple[int, int]]:
    """-> (number of cells, area they span) of each sheet, as the records really lie and not as they claim."""
    stream = workbook_stream(data)
    found, n, rows, columns = [], 0, 0, 0
    place = struct.Struct("<HH").unpack_from
    for kind, at, length in _records(stream):
        if kind in ONE_CELL and length >= 4:
            row, column = place(stream, at)
            n, rows, columns = n + 1, max(rows, row + 1), max(columns, column + 1)
        elif kind in MANY_CELLS and length >= 6 and at + length <= len(stream):
            row, column = place(stream, at)
            last = struct.unpack_from("<H", stream, at + length - 2)[0]
            n, rows, columns = n + max(last - column + 1, 1), max(rows, row + 1), max(columns, last + 1)
        elif kind == EOF:
            found.append((n, rows * columns))
            n = rows = columns = 0
    return [*found, (n, rows * columns)]


def hidden_columns_of_xls(data: bytes) -> dict[str, list[int]]:
    """-> {sheet: hidden column indices}"""
    stream = workbook_stream(data)
    starts: dict[int, str] = {}
    hidden: dict[str, list[int]] = {}
    name = ""
    for kind, at, length in _records(stream):
        if at + length > len(stream):
            break
        if kind == BOUNDSHEET and length > 8:
            wide = stream[at + 7] & 1
            raw = stream[at + 8 : at + 8 + stream[at + 6] * (1 + wide)]
            starts[struct.unpack_from("<I", stream, at)[0]] = raw.decode("utf-16-le" if wide else "latin-1", "replace")
        elif kind == BOF:
            name = starts.get(at - 4, "")
        elif kind == COLINFO and length >= 10 and name:
            first, last, _, _, flags = struct.unpack_from("<5H", stream, at)
            if flags & 1:
                hidden.setdefault(name, []).extend(range(first, min(last, 255) + 1))
    return hidden
