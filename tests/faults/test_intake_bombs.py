"""Files made to burst the reader: each is refused fast and in little memory, and the worker goes on.

`WANGGE_FULL=1` (just faults) has a worker survive a hundred files that abort its reader; CI has it survive ten.
"""

from __future__ import annotations

import io
import json
import os
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
import xlwt

from wangge.base.errors import WanggeError
from wangge.intake import ListMapping, preview, read

GIVEN = ListMapping("x", {"姓名": "person.name"})
SECONDS, MOST_MB = 2.0, 300
SHEET = "xl/worksheets/sheet1.xml"
ROUNDS = 100 if os.environ.get("WANGGE_FULL") else 10
MEASURE = """
import json, resource, sys, time
from pathlib import Path
from wangge.base.errors import WanggeError
from wangge.intake import ListMapping, read
started, used = time.perf_counter(), time.process_time()
try:
    read(Path(sys.argv[1]), ListMapping("x", {"姓名": "person.name"}))
    code = ""
except WanggeError as error:
    code = error.code
seconds = time.perf_counter() - started
children = resource.getrusage(resource.RUSAGE_CHILDREN)
own = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
used = time.process_time() - used + children.ru_utime + children.ru_stime
print(json.dumps([code, seconds, used, max(children.ru_maxrss, own) / 1024]))
"""


def book() -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        made.add_worksheet("名单").write_row(0, 0, ["姓名", "电话"])
    return out.getvalue()


def changed(part: str, old: bytes, new: bytes | Callable[[zipfile.ZipFile], None]) -> bytes:
    """The workbook with one part rewritten, or written piece by piece."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(book())) as given,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made,
    ):
        for name in given.namelist():
            if name != part:
                made.writestr(name, given.read(name))
        if callable(new):
            new(made)
        else:
            assert old in given.read(part)
            made.writestr(part, given.read(part).replace(old, new, 1))
    return out.getvalue()


def a_gigabyte_of_text(made: zipfile.ZipFile) -> None:
    with made.open(SHEET, "w", force_zip64=True) as part:
        part.write(
            b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        )
        part.write(b'<row r="1"><c r="A1" t="inlineStr"><is><t>')
        for _ in range(1024):
            part.write(b"A" * (1 << 20))
        part.write(b"</t></is></c></row></sheetData></worksheet>")


def lying_about_its_length() -> bytes:
    """200 MB that say they are 1,000 bytes."""
    data = bytearray(changed(SHEET, b"</sheetData>", b" " * (200 << 20) + b"</sheetData>"))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as pack:
        long = pack.getinfo(SHEET).file_size
    for place in range(len(data) - 4):
        if data[place : place + 4] == struct.pack("<I", long):
            data[place : place + 4] = struct.pack("<I", 1000)
    return bytes(data)


def far_cell_in_xls() -> bytes:
    made = xlwt.Workbook()
    page = made.add_sheet("一")
    page.write(0, 0, "姓名")
    page.write(65535, 255, "x")
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def ods(table: str) -> bytes:
    out = io.BytesIO()
    spaces = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text"))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        made.writestr("META-INF/manifest.xml", '<?xml version="1.0"?><manifest:manifest xmlns:manifest='
                      '"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>')  # fmt: skip
        made.writestr("content.xml", f'<?xml version="1.0"?><office:document-content {spaces}><office:body>'
                      f"<office:spreadsheet>{table}</office:spreadsheet></office:body></office:document-content>")  # fmt: skip
    return out.getvalue()


CELL = '<table:table-cell office:value-type="string" table:number-columns-repeated="16384"><text:p>x</text:p></table:table-cell>'
BOMBS: dict[str, Callable[[], bytes]] = {
    "far cell": lambda: changed(
        SHEET, b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    ),
    "far cell the gate does not see": lambda: changed(
        SHEET, b"</sheetData>", b"<row r='1048576'><c\tr='XFD1048576'><v>1</v></c></row></sheetData>"
    ),
    "a gigabyte of text in a megabyte": lambda: changed(SHEET, b"", a_gigabyte_of_text),
    "entities": lambda: changed(
        SHEET, b"<worksheet", b'<!DOCTYPE w [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><worksheet'
    ),
    "a part longer than it says": lying_about_its_length,
    "many parts": lambda: many_parts(),
    "far cell in xls": far_cell_in_xls,
    "repeated cells in ods": lambda: ods(
        f'<table:table table:name="a"><table:table-row table:number-rows-repeated="1048576">{CELL}</table:table-row></table:table>'
    ),
    "a header of ten million columns": lambda: b"a," * 10_000_000 + b"\n1\n",
    "deep page": lambda: b"<table><tr><td>" * 200_000,
    "spans in a page": lambda: b"<table>" + b"<tr><td colspan=99999 rowspan=99999>x</td></tr>" * 40_000 + b"</table>",
}


def many_parts() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("xl/workbook.xml", "")
        for n in range(2100):
            made.writestr(f"{n}.xml", "")
    return out.getvalue()


@pytest.mark.parametrize("what", list(BOMBS))
def test_a_bomb_is_refused_in_two_seconds_and_300_megabytes(what: str, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(BOMBS[what]())
    ran = subprocess.run([sys.executable, "-c", MEASURE, str(path)], capture_output=True, text=True, timeout=60,
                         env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)})  # fmt: skip
    code, seconds, cpu, peak = json.loads(ran.stdout)
    assert code in ("E1001", "E1013", "E1015"), ran.stderr
    assert min(seconds, cpu) < SECONDS  # the clock of a busy machine shows more than the work took
    assert peak < MOST_MB


def test_a_worker_survives_files_that_abort_its_reader(tmp_path: Path) -> None:
    """These pass the gate and fell the reader itself: it runs apart, so nobody else notices."""
    bad, good = tmp_path / "bad.xlsx", tmp_path / "good.csv"
    bad.write_bytes(BOMBS["far cell the gate does not see"]())
    good.write_text("姓名\n张晓明\n", "utf-8")
    for n in range(ROUNDS):
        with pytest.raises(WanggeError, match="E1015"):
            (read if n % 2 else preview)(bad, GIVEN)
    assert read(good, GIVEN, apart=True).rows.num_rows == 1


def test_a_reader_that_takes_too_long_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wangge.intake.apart.SECONDS", 0)
    (tmp_path / "a.xlsx").write_bytes(book())
    with pytest.raises(WanggeError, match="E1016"):
        read(tmp_path / "a.xlsx", GIVEN)
