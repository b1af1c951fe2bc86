"""Web archives (.mht): a page with its parts in one file, as spreadsheets and browsers save it, often named .xls."""

from __future__ import annotations

import email
import re
from email.message import Message
from html import unescape

from wangge.base.errors import WanggeError, Where
from wangge.intake.decode import to_utf8
from wangge.intake.grid import Room, Sheet, any_room
from wangge.intake.html_grid import Page
from wangge.intake.mapping import ListMapping
from wangge.intake.rows_grid import RowsGrid

# What a spreadsheet writes into the first page of its archive: each sheet's name, and the part that holds it.
WORKSHEET = re.compile(r"<x:ExcelWorksheet>(.*?)</x:ExcelWorksheet>", re.S | re.I)
NAME = re.compile(r"<x:Name>([^<]{1,120})</x:Name>", re.I)
PART = re.compile(r"<x:WorksheetSource\s+HRef=[\"']?([^\"'\s>/]{1,200})", re.I)
HIDDEN = re.compile(r"<x:Visible>\s*Sheet(?:Very)?Hidden", re.I)
MOST_PARTS = 400


class WebArchive:
    """The tables of all its pages; a workbook's sheets by their names. Nothing it refers to is ever fetched."""

    def __init__(self, data: bytes, given: ListMapping, file: str, room: Room = any_room) -> None:
        self.file, self.sheets = file, list[Sheet]()
        self._tables: dict[str, RowsGrid] = {}
        names: dict[str, Sheet] = {}
        for part in self._pages(data):
            body = part.get_payload(decode=True)
            if not isinstance(body, bytes):
                continue
            names |= self._named(body, part)
            if b"<table" in body.lower():
                place = str(part.get("Content-Location", "")).rpartition("/")[2]
                self._add(Page(body, given, file, room), names.get(place))
        if not self.sheets:
            raise WanggeError("E1001", Where(file=file), name=file)

    def grid(self, sheet: str) -> RowsGrid:
        """One table by its name."""
        return self._tables[sheet]

    def _pages(self, data: bytes) -> list[Message]:
        """The parts that are pages, in their order."""
        parts = [part for part in email.message_from_bytes(data).walk() if not part.is_multipart()]
        if len(parts) > MOST_PARTS:
            raise WanggeError("E1013", Where(file=self.file), reason=f"{len(parts)} parts")
        return [part for part in parts if part.get_content_type() == "text/html"]

    def _named(self, body: bytes, part: Message) -> dict[str, Sheet]:
        """Sheets that this page names. -> {part: sheet}"""
        if b"<x:ExcelWorksheet>" not in body:
            return {}
        try:
            text = to_utf8(body, part.get_content_charset() or "", self.file)[0].decode()
        except WanggeError:
            text = to_utf8(body, "", self.file)[0].decode()
        found = {}
        for one in WORKSHEET.findall(text):
            name, place = NAME.search(one), PART.search(one)
            if name and place:
                found[place[1]] = Sheet(unescape(name[1]).strip(), bool(HIDDEN.search(one)))
        return found

    def _add(self, page: Page, named: Sheet | None) -> None:
        for n, table in enumerate(page.sheets):
            name = named.name if named and n == 0 else f"table {len(self.sheets) + 1}"
            while name in self._tables:
                name += "+"
            grid = page.grid(table.name)
            grid.sheet = name
            self._tables[name] = grid
            self.sheets.append(Sheet(name, bool(named and named.hidden)))
