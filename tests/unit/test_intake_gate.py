"""The gate before workbooks: what would burst the reader is refused fast; what offices send passes."""

from __future__ import annotations

import io
import signal
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import xlsxwriter

from wangge.base.errors import WanggeError, Where
from wangge.intake import ListMapping, load_mapping, read
from wangge.intake.gate import admit

HERE = Where("a.xlsx")


def book(rows: int = 3) -> bytes:
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = made.add_worksheet("名单")
    for i in range(rows):
        sheet.write_row(i, 0, ["姓名", "张三", "13800000000"])
    made.close()
    return out.getvalue()


def changed(part: str, old: bytes, new: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book())) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in given.namelist():
            data = given.read(name)
            assert name != part or old in data
            made.writestr(name, data.replace(old, new, 1) if name == part else data)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
HOSTILE = {
    "one cell in the last corner": (
        SHEET,
        b"</sheetData>",
        b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>',
    ),
    "a sparse million rows": (
        SHEET,
        b"</sheetData>",
        b'<row r="1048576"><c r="AZ1048576"><v>1</v></c></row></sheetData>',
    ),
    "entities": ("xl/workbook.xml", b"<workbook", b'<!DOCTYPE w [<!ENTITY a "aaaa">]><workbook'),
    "a swelling part": (SHEET, b"</sheetData>", b" " * (80 << 20) + b"</sheetData>"),
}


@contextmanager
def processor_seconds(most: float) -> Iterator[None]:
    """Cut off whoever takes more of the processor than this, however busy the machine is."""

    def cut_off(_number: int, _frame: object) -> None:
        raise TimeoutError(f"over {most} s of the processor")

    before = signal.signal(signal.SIGPROF, cut_off)
    signal.setitimer(signal.ITIMER_PROF, most)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@pytest.mark.parametrize("what", list(HOSTILE))
def test_what_would_burst_the_reader_is_refused_in_two_seconds(what: str) -> None:
    data = changed(*HOSTILE[what])
    with processor_seconds(2), pytest.raises(WanggeError, match="E1013"):
        admit(data, HERE)


def test_a_hostile_file_does_not_take_the_process_along(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(changed(*HOSTILE["one cell in the last corner"]))
    listing = ListMapping(name="x", columns={"姓名": "person.name"})
    with pytest.raises(WanggeError, match="E1013"):
        read(tmp_path / "a.xlsx", listing)


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x03\x04 broken", b"%PDF-1.7", "姓名\n张三\n".encode()])
def test_what_is_no_workbook_is_for_others_to_judge(data: bytes) -> None:
    admit(data, HERE)


def test_what_offices_send_passes(tiny: Path) -> None:
    admit(book(), HERE)
    mapping = load_mapping(tiny / "mapping.toml")
    for name in ("civil", "census"):
        admit((tiny / str(mapping.lists[name].file)).read_bytes(), HERE)
