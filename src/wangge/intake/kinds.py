"""What a file is, by its content and never by its name."""

from __future__ import annotations

import io
import re
import zipfile

from wangge.base.errors import WanggeError, Where
from wangge.intake.csv_grid import Text
from wangge.intake.grid import Room, Source, any_room
from wangge.intake.mapping import ListMapping

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
BOOK_PARTS = ("xl/workbook.xml", "xl/workbook.bin", "content.xml", "[Content_Types].xml")
TABLES = (".csv", ".tsv", ".xls", ".xlsx", ".xlsm", ".xlsb", ".et", ".ods", ".htm", ".html", ".xml", ".mht", ".mhtml")
NO_TABLE = (b"%pdf", b"<?xml", b"{\\rtf", b"\x89png", b"\xff\xd8\xff", b"gif8", b"rar!", b"7z\xbc\xaf", b"\x1f\x8b")
HTML = re.compile(rb"^(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|head|body|meta|table|style|div|center)\b", re.I)

SPREADSHEET_ML = b"urn:schemas-microsoft-com:office:spreadsheet"
MIME = re.compile(rb"\A\s*(?:mime-version|from|subject|date|content-[\w-]+|snapshot-[\w-]+|x-[\w-]+):", re.I)
ARCHIVE = re.compile(rb"^content-type:\s*(?:multipart/related|text/html)", re.I | re.M)


def is_xml_book(data: bytes) -> bool:
    """Whether a file begins as an XML workbook does, in UTF-8 or UTF-16."""
    head = data[:8192].replace(b"\0", b"")
    return b"<?xml" in head[:64].lower() and SPREADSHEET_ML in head and b"<html" not in head.lower()


def is_web_archive(data: bytes) -> bool:
    """Whether a file begins as a page with its parts does."""
    return bool(MIME.match(data[:8192]) and ARCHIVE.search(data[:8192]))


def kind_of(data: bytes) -> str:
    """-> set (zipped files), book, xml_book, page, archive (a page with its parts), text, or other for what is no table."""
    if data.startswith(ZIP):
        return "set" if members_of(data) else "book"
    if data.startswith(OLE):
        return "book"
    if is_xml_book(data):
        return "xml_book"
    if is_web_archive(data):
        return "archive"
    if HTML.match(data[:2048]) or (data[:5].lower() == b"<?xml" and b"<html" in data[:1024].lower()):
        return "page"
    return "other" if data[:64].lstrip().lower().startswith(NO_TABLE) else "text"


def open_source(data: bytes, given: ListMapping, file: str, room: Room = any_room) -> Source:
    """Open one file that is no set. Raises E1001, E1002, E1008, E1013, E1018."""
    if not data.strip():
        raise WanggeError("E1002", Where(file=file), name=file)
    kind = kind_of(data)
    if kind == "text":
        return Text(data, given, file, room)
    if kind == "book":
        from wangge.intake.book_grid import Book  # the readers of workbooks load only where one comes

        return Book(data, file, room)
    if kind == "xml_book":
        from wangge.intake.xml_book import XmlBook

        return XmlBook(data, file, room)
    if kind == "archive":
        from wangge.intake.web_archive import WebArchive

        return WebArchive(data, given, file, room)
    if kind == "page":
        from wangge.intake.html_grid import Page

        return Page(data, given, file, room)
    raise WanggeError("E1001", Where(file=file), name=file)


def members_of(data: bytes) -> dict[str, zipfile.ZipInfo]:
    """Files of a zipped set that may be tables, by their name as a person sees it; none where the zip is a workbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as pack:
            parts = pack.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return {}
    if any(part.filename in BOOK_PARTS for part in parts):
        return {}
    named = {_name(part): part for part in parts if not part.is_dir()}
    shown = {n: p for n, p in named.items() if not n.startswith("__MACOSX/") and not n.split("/")[-1].startswith(".")}
    return shown if any(n.lower().endswith(TABLES) for n in shown) else {}


def _name(part: zipfile.ZipInfo) -> str:
    """Packers of Windows write names in GBK and do not say so."""
    if part.flag_bits & 0x800:
        return part.filename
    raw = part.filename.encode("cp437", "replace")
    for codec in ("utf-8", "gb18030"):
        try:
            return raw.decode(codec)
        except UnicodeDecodeError:
            continue
    return part.filename
