"""XML workbooks of 2003 and web archives: what other systems export as .xls."""

from __future__ import annotations

import base64
import quopri
from pathlib import Path
from typing import Any

import pytest

from wangge.base.errors import WanggeError
from wangge.intake import ListMapping, preview, read, write_like
from wangge.intake.kinds import kind_of

GIVEN = ListMapping("x", {"姓名": "person.name", "身份证号": "person.id_number", "电话": "person.phone",
                          "出生日期": "person.birth_date"})  # fmt: skip
SPACE = "urn:schemas-microsoft-com:office:spreadsheet"
HEAD = f'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook xmlns="{SPACE}" xmlns:ss="{SPACE}" xmlns:x="urn:schemas-microsoft-com:office:excel">'
TITLES = "".join(f'<Cell><Data ss:Type="String">{name}</Data></Cell>' for name in GIVEN.columns)
ROWS = (
    '<Row><Cell><Data ss:Type="String">张<Font>晓</Font>明&amp;</Data></Cell><Cell><Data ss:Type="Number">1.10101199003071E+17</Data></Cell>'
    '<Cell><Data ss:Type="Number">13800000000</Data></Cell><Cell><Data ss:Type="DateTime">1990-03-07T00:00:00.000</Data></Cell></Row>'
    '<Row ss:Index="5"><Cell><Data ss:Type="String">李四</Data></Cell><Cell ss:Index="3" ss:Formula="=1"/>'
    '<Cell><Data ss:Type="Error">#N/A</Data></Cell></Row>'
)
SAID = [("张晓明&", "110101199003071000", "13800000000", "1990-03-07"), (None,) * 4, ("李四", None, None, None)]


def sheet(name: str = "名单", rows: str = ROWS, more: str = "", hidden: bool = False) -> str:
    visible = "<Visible>SheetHidden</Visible>" if hidden else ""
    options = f'<WorksheetOptions xmlns="urn:schemas-microsoft-com:office:excel">{visible}</WorksheetOptions>'
    title = '<Row><Cell ss:MergeAcross="3"><Data ss:Type="String">某区登记表</Data></Cell></Row>'
    return f'<Worksheet ss:Name="{name}"><Table>{more}{title}<Row>{TITLES}</Row>{rows}</Table>{options}</Worksheet>'


def xml(*sheets: str, head: str = HEAD) -> str:
    return head + "".join(sheets) + "</Workbook>"


def put(tmp_path: Path, data: bytes, name: str = "a.xls") -> Path:
    (tmp_path / name).write_bytes(data)
    return tmp_path / name


def said(found: Any) -> list[tuple[Any, ...]]:
    return list(zip(*(found.rows.column(element).to_pylist() for element in GIVEN.columns.values()), strict=True))


@pytest.mark.parametrize(
    "data",
    [
        xml(sheet()).encode(),
        xml(sheet()).encode("utf-8-sig"),
        xml(sheet()).encode("utf-16"),
        xml(sheet()).replace('version="1.0"', 'version="1.0" encoding="GB2312"').encode("gb18030"),
    ],
    ids=["utf-8", "mark", "utf-16", "gb2312"],
)
def test_an_xml_workbook_is_read_whatever_it_calls_itself(tmp_path: Path, data: bytes) -> None:
    assert kind_of(data) == "xml_book"
    found = read(put(tmp_path, data), GIVEN)
    assert said(found) == SAID
    assert found.rows.column("line").to_pylist() == [3, 4, 5]
    assert found.rows.column("id_from_number").to_pylist() == [True, False, False]
    assert {"formula_without_value: 1", "cell_error: 1"} <= set(found.report.notes)


def test_hidden_sheets_and_columns_are_told(tmp_path: Path) -> None:
    more = '<Column ss:Index="2" ss:Hidden="1"/><Column ss:Hidden="1" ss:Span="1"/>'
    path = put(tmp_path, xml(sheet("旧", hidden=True), sheet(more=more)).encode())
    found = read(path, GIVEN)
    assert (found.report.sheet, found.report.hidden_sheets) == ("名单", ["旧"])
    assert found.report.hidden_columns == ["身份证号", "电话", "出生日期"]
    seen = preview(path)
    assert (seen.kind, [s.name for s in seen.sheets], seen.header_lines) == ("xml_book", ["旧", "名单"], [2])


def test_its_error_rows_go_back_as_a_workbook(tmp_path: Path) -> None:
    path = put(tmp_path, xml(sheet()).encode())
    assert write_like(path, tmp_path / "out.xlsx", [3], ["缺号码"], listing=GIVEN) == 1
    assert said(read(tmp_path / "out.xlsx", GIVEN)) == [SAID[2]]


BOMB = '<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
FILE = '<!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (xml(sheet(), head=HEAD.replace("<Workbook", BOMB + "<Workbook")), "E1013"),
        (xml(sheet(), head=HEAD.replace("<Workbook", FILE + "<Workbook")), "E1013"),
        (xml(sheet(), head=HEAD.replace("<Workbook", '<!DOCTYPE w SYSTEM "http://127.0.0.1/a.dtd"><Workbook')), "E1013"),
        (xml(sheet(rows='<Row ss:Index="1048576"><Cell><Data ss:Type="String">远</Data></Cell></Row>')), "E1013"),
        (xml(sheet(rows='<Row><Cell ss:Index="16384"><Data ss:Type="String">远</Data></Cell></Row>')), "E1013"),
        (xml(sheet(rows='<Row ss:Index="1"><Cell><Data ss:Type="String">回头</Data></Cell></Row>')), "E1013"),
        (xml(sheet(rows='<Row ss:Index="-1"/>')), "E1001"),
        (xml(*(sheet(f"s{i}", rows="") for i in range(201))), "E1013"),
        (xml(sheet())[:-40], "E1001"),
        (xml(), "E1001"),
        (xml("<Worksheet/>"), "E1002"),
        ('<?xml version="1.0"?><Workbook>no such thing</Workbook>', "E1001"),
    ],
    ids=["entities", "a file", "a type elsewhere", "far below", "far right", "back", "no line", "sheets", "cut", "no sheet",
         "empty", "other xml"],
)  # fmt: skip
def test_a_hostile_or_broken_xml_workbook_is_refused_by_number(tmp_path: Path, data: str, code: str) -> None:
    with pytest.raises(WanggeError) as caught:
        read(put(tmp_path, data.encode()), GIVEN)
    assert caught.value.code == code
    assert "root:" not in str(caught.value)


# ---- web archives -----------------------------------------------------------------------------------------

TABLE = "<tr><td colspan=4>某区登记表</td></tr><tr>" + "".join(f"<td>{n}</td>" for n in GIVEN.columns) + "</tr>"
LINE = "<tr><td>张晓明</td><td>110101199003071234</td><td>13800000000</td><td>1990-03-07</td></tr>"


def archive(encode: str, charset: str = "gb2312") -> bytes:
    """As a spreadsheet saves it: a frame that names the sheets, and each sheet a part."""
    names = "".join(
        f"<x:ExcelWorksheet><x:Name>{name}</x:Name><x:WorksheetSource HRef=\"a.files/{part}\"/>{more}</x:ExcelWorksheet>".replace("a.files/", "")
        for name, part, more in (("名单", "sheet001.htm", ""), ("旧", "sheet002.htm", "<x:Visible>SheetHidden</x:Visible>"))
    )  # fmt: skip
    pages = [
        ("a.htm", f"<html><head><meta charset={charset}><xml>{names}</xml></head><frameset></frameset></html>"),
        (
            "a.files/sheet001.htm",
            f"<html><head><meta charset={charset}></head><body><table>{TABLE}{LINE}</table></body></html>",
        ),
        (
            "a.files/sheet002.htm",
            f"<html><head><meta charset={charset}></head><body><table>{TABLE}</table></body></html>",
        ),
    ]
    parts = []
    for place, text in pages:
        raw = text.encode("gb18030" if charset == "gb2312" else charset)
        body = base64.encodebytes(raw) if encode == "base64" else quopri.encodestring(raw)
        head = f'Content-Location: file:///C:/{place}\r\nContent-Transfer-Encoding: {encode}\r\nContent-Type: text/html; charset="{charset}"\r\n\r\n'
        parts.append(b"------=_Next\r\n" + head.encode() + body)
    start = b'MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\nContent-Type: multipart/related; boundary="----=_Next"\r\n\r\n'
    return start + b"\r\n".join(parts) + b"\r\n------=_Next--\r\n"


@pytest.mark.parametrize("encode", ["base64", "quoted-printable"])
@pytest.mark.parametrize("charset", ["gb2312", "utf-8"])
def test_a_web_archive_is_read_by_its_sheets(tmp_path: Path, encode: str, charset: str) -> None:
    data = archive(encode, charset)
    assert kind_of(data) == "archive"
    found = read(put(tmp_path, data), GIVEN)
    assert said(found) == [("张晓明", "110101199003071234", "13800000000", "1990-03-07")]
    assert (found.report.sheet, found.report.hidden_sheets) == ("名单", ["旧"])


def test_a_page_alone_in_an_archive_is_read(tmp_path: Path) -> None:
    data = b"From: <Saved by Blink>\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    found = read(put(tmp_path, data + f"<html><table>{TABLE}{LINE}</table></html>".encode(), "a.mht"), GIVEN)
    assert [row[0] for row in said(found)] == ["张晓明"]


def test_an_archive_without_a_table_or_with_too_many_parts_is_refused(tmp_path: Path) -> None:
    start = b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="n"\r\n\r\n'
    part = b"--n\r\nContent-Type: text/html\r\n\r\n<html><p>%d</p></html>\r\n"
    for n, code in ((1, "E1001"), (500, "E1013")):
        data = start + b"".join(part % i for i in range(n)) + b"--n--\r\n"
        with pytest.raises(WanggeError) as caught:
            read(put(tmp_path, data), GIVEN)
        assert caught.value.code == code


@pytest.mark.parametrize("text", ["From: 张三,电话\n1,2\n", "姓名,电话\nDate: 1,2\n"])
def test_a_list_that_only_begins_like_a_letter_is_a_list(text: str) -> None:
    assert kind_of(text.encode()) == "text"
