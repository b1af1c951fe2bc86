"""Template tags of the pages: built assets by their hashed names, icons, and how numbers and instants are written."""

from __future__ import annotations

import datetime as dt
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

register = template.Library()

DIST = Path(__file__).resolve().parents[1] / "static" / "dist"
SOURCES = {
    "console": "src/console/main.js",
    "map": "src/map/main.js",
    "chart": "src/chart/main.js",
    "phone": "src/phone/main.js",
    "xform": "src/xform/main.js",
}

Manifest = dict[str, dict[str, Any]]


class FrontEndNotBuilt(ImproperlyConfigured):
    """The manifest of the front end is absent or lacks an entry; the message says how to build it."""


@register.simple_tag
def vite(entry: str) -> SafeString:
    """Stylesheet and module-script tags of one entry (console, map, chart, phone, xform), by the build's manifest."""
    manifest = _manifest()
    chunk = manifest.get(SOURCES.get(entry, ""))
    if chunk is None:
        raise FrontEndNotBuilt(
            f"The front end has no entry {entry!r}; it has {', '.join(SOURCES)}. Run `npm run build` in web/."
        )
    base = f"{settings.STATIC_URL}dist/"
    chunks = _with_imports(chunk, manifest)
    styles = dict.fromkeys(base + css for part in chunks for css in part.get("css", ()))
    early = dict.fromkeys(base + part["file"] for part in chunks[:-1])
    return format_html(
        "{}{}{}",
        format_html_join("\n", '<link rel="stylesheet" href="{}">', ((url,) for url in styles)),
        format_html_join("\n", '<link rel="modulepreload" href="{}">', ((url,) for url in early)),
        format_html('<script type="module" src="{}"></script>', base + chunk["file"]),
    )


def _with_imports(chunk: dict[str, Any], manifest: Manifest) -> list[dict[str, Any]]:
    """The chunks an entry needs at once, imports before importers, the entry last; lazy parts are left out."""
    order: dict[str, dict[str, Any]] = {}

    def visit(part: dict[str, Any]) -> None:
        for name in part.get("imports", ()):
            if name in manifest and manifest[name]["file"] not in order:
                order.setdefault(manifest[name]["file"], manifest[name])
                visit(manifest[name])

    visit(chunk)
    return [*reversed(order.values()), chunk]


def _manifest() -> Manifest:
    path = Path(getattr(settings, "WANGGE_UI_DIST", None) or DIST) / ".vite" / "manifest.json"
    try:
        return _read(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        raise FrontEndNotBuilt(
            f"The front end is not built: {path} is missing. Run `npm ci && npm run build` in web/ "
            "(scripts/demo does it by itself)."
        ) from None


@lru_cache(maxsize=4)
def _read(path: Path, changed_ns: int) -> Manifest:
    """The manifest's text, read again only when the file has changed (its time is part of the key)."""
    manifest: Manifest = json.loads(path.read_text("utf-8"))
    return manifest


@register.simple_tag
def icon(name: str) -> SafeString:
    """One line icon as inline SVG, hidden from screen readers; the word beside it is the name."""
    return _icon(name or "info-circle")


@lru_cache(maxsize=128)
def _icon(name: str) -> SafeString:
    return SafeString(render_to_string(f"ui/icons/{name}.svg").strip())


@register.filter
def count(value: Any) -> str:
    """12345 -> 12 345 with thin spaces; None is unknown, which is not zero."""
    if value is None or value == "":
        return gettext("未知")
    return f"{value:,}".replace(",", "\u2009") if isinstance(value, int | float) else str(value)


@register.filter
def spaced(text: str) -> str:
    """A number that comes as text, written as `count` writes it; "<8" and "—" stay as they are."""
    return count(int(text)) if text.isdecimal() else text


@register.filter
def share(value: float | None) -> str:
    """0.783 -> 78.3 %; None is unknown."""
    return gettext("未知") if value is None else f"{value * 100:.1f}\u2009%"


@register.filter
def part_of(value: float | None, whole: float | None) -> str:
    """Width of a bar in percent, 0 to 100, for a value and its denominator; empty where either is unknown."""
    return "" if value is None or not whole else f"{min(100.0, 100.0 * value / whole):.1f}"


@register.filter
def stamp(value: dt.datetime | dt.date | str | None) -> str:
    """An instant as 2026-11-23 14:05 in local time; a date as 2026-11-23; None as a dash."""
    if value is None or value == "":
        return "—"
    if isinstance(value, dt.datetime):
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        return local.strftime("%Y-%m-%d %H:%M")
    return value.isoformat() if isinstance(value, dt.date) else value


@register.simple_tag
def sorted_by(current: str | None, key: str) -> str:
    """What a column's sort link asks for: first ascending, then descending."""
    return f"-{key}" if current == key else key


@register.simple_tag
def sort_state(current: str | None, key: str) -> str:
    """ascending, descending or none: the words aria-sort wants."""
    return {key: "ascending", f"-{key}": "descending"}.get(current or "", "none")


@register.filter
def near(page: int, pages: int) -> list[int | None]:
    """Page numbers to offer: first, last and one each side of the present; None marks a gap."""
    wanted = sorted({1, pages, *range(max(1, page - 1), min(pages, page + 1) + 1)})
    out: list[int | None] = []
    for number in wanted:
        if out and out[-1] is not None and number - out[-1] > 1:
            out.append(None)
        out.append(number)
    return out


@register.filter
def as_json(value: Any) -> str:
    """JSON for a data attribute; the template escapes it."""
    return json.dumps(value, ensure_ascii=False)
