"""A table on a page: how it is sorted, which fifty rows are shown, how it leaves as a file. Knows no room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet
from django.http import HttpRequest

PER_PAGE = 50


@dataclass(frozen=True)
class Column:
    """One column of a ledger. `order` names the database column (or the row's key) to sort by; empty: not sortable."""

    key: str
    label: Any
    order: str = ""
    numeric: bool = False
    hide: str = ""
    width: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "label": self.label,
            "sort": bool(self.order),
            "numeric": self.numeric,
            "hide": self.hide,
            "width": self.width,
        }


@dataclass(frozen=True)
class Page:
    """The rows a page shows, and what stands around them."""

    items: list[Any]
    columns: Sequence[Column]
    sort: str
    count: int
    page: int
    pages: int

    @property
    def first(self) -> int:
        return (self.page - 1) * PER_PAGE + 1 if self.count else 0

    @property
    def last(self) -> int:
        return min(self.page * PER_PAGE, self.count)


def cut(
    request: HttpRequest, rows: QuerySet[Any] | list[dict[str, Any]], columns: Sequence[Column], *, sort: str = ""
) -> Page:
    """Sort and cut to the page the address asks for; nonsense in the address means the first page, the usual order."""
    key = sorted_by(request, columns, sort)
    rows = _ordered(rows, columns, key)
    count = rows.count() if isinstance(rows, QuerySet) else len(rows)
    pages = max(1, -(-count // PER_PAGE))
    asked = request.GET.get("page", "1")
    page = min(max(int(asked), 1), pages) if asked.isdecimal() and len(asked) < 8 else 1
    return Page(list(rows[(page - 1) * PER_PAGE : page * PER_PAGE]), columns, key, count, page, pages)


def sorted_by(request: HttpRequest, columns: Sequence[Column], otherwise: str) -> str:
    """The sort key of the address ("-late" is descending) where such a column may be sorted."""
    asked = request.GET.get("sort", "")
    return asked if any(c.order and c.key == asked.removeprefix("-") for c in columns) else otherwise


def _ordered(rows: Any, columns: Sequence[Column], key: str) -> Any:
    column = next((c for c in columns if c.order and c.key == key.removeprefix("-")), None)
    if column is None:
        return rows
    down = key.startswith("-")
    if isinstance(rows, QuerySet):
        by = F(column.order)
        return rows.order_by(by.desc(nulls_last=True) if down else by.asc(nulls_last=True), "pk")
    known = [row for row in rows if row[column.order] is not None]
    unknown = [row for row in rows if row[column.order] is None]
    return sorted(known, key=lambda row: row[column.order], reverse=down) + unknown


def ledger(page: Page, lines: list[dict[str, Any]], *, title: Any, **more: Any) -> dict[str, Any]:
    """What ui/parts/ledger.html shows. `lines`: {cells, id?, url?, tone?}; `more`: filters, empty, export_url, …"""
    return {
        "id": "ledger",
        "title": title,
        "columns": [c.as_dict() for c in page.columns],
        "sort": page.sort,
        "rows": lines,
        "count": page.count,
        "page": page.page,
        "pages": page.pages,
        "per_page": PER_PAGE,
        "first": page.first,
        "last": page.last,
        "print": True,
        **more,
    }
