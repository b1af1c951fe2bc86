"""The template tags of the pages: built assets by their hashed names, and how numbers and instants are written."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path
from zoneinfo import ZoneInfo

import hatch_build
import pytest
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory, override_settings
from django.utils import translation

from wangge_server.ui import styleguide
from wangge_server.ui.templatetags import cells as cells_of
from wangge_server.ui.templatetags import vite as tags

MANIFEST = {
    "src/console/main.js": {
        "file": "assets/console-AAA.js",
        "isEntry": True,
        "css": ["assets/console-BBB.css"],
        "imports": ["_font.js", "_shared.js"],
        "dynamicImports": ["src/map/main.js"],
    },
    "src/map/main.js": {"file": "assets/map-CCC.js", "isEntry": True, "css": ["assets/map-DDD.css"]},
    "src/phone/main.js": {"file": "assets/phone-EEE.js", "isEntry": True, "imports": ["_font.js"]},
    "_font.js": {"file": "assets/font-FFF.js", "imports": ["_shared.js"]},
    "_shared.js": {"file": "assets/shared-GGG.js", "css": ["assets/shared-HHH.css"], "imports": ["_font.js"]},
}


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    write(tmp_path, MANIFEST)
    return tmp_path


def write(folder: Path, manifest: dict) -> None:
    (folder / ".vite").mkdir(exist_ok=True)
    (folder / ".vite" / "manifest.json").write_text(json.dumps(manifest), "utf-8")


def render(source: str, **context: object) -> str:
    return engines["django"].from_string("{% load vite %}" + source).render(context)


def urls(html: str) -> list[str]:
    return re.findall(r'(?:href|src)="([^"]+)"', html)


def test_an_entry_brings_its_styles_its_imports_and_itself(dist: Path) -> None:
    with override_settings(WANGGE_UI_DIST=dist, STATIC_URL="/static/"):
        html = render("{% vite 'console' %}")
    assert urls(html) == [
        "/static/dist/assets/shared-HHH.css",
        "/static/dist/assets/console-BBB.css",
        "/static/dist/assets/shared-GGG.js",
        "/static/dist/assets/font-FFF.js",
        "/static/dist/assets/console-AAA.js",
    ]
    assert '<script type="module" src="/static/dist/assets/console-AAA.js"></script>' in html


def test_lazy_parts_stay_out_until_asked_for(dist: Path) -> None:
    with override_settings(WANGGE_UI_DIST=dist):
        assert "map-CCC" not in render("{% vite 'console' %}")
        assert "map-CCC" in render("{% vite 'map' %}")


def test_no_inline_script_that_a_strict_policy_would_stop(dist: Path) -> None:
    with override_settings(WANGGE_UI_DIST=dist):
        html = render("{% vite 'console' %}{% vite 'phone' %}")
    assert all(body == "" for body in re.findall(r"<script[^>]*>(.*?)</script>", html))


def test_a_new_build_is_seen_without_a_restart(dist: Path) -> None:
    with override_settings(WANGGE_UI_DIST=dist):
        assert "phone-EEE" in render("{% vite 'phone' %}")
        write(dist, {**MANIFEST, "src/phone/main.js": {"file": "assets/phone-NEW.js"}})
        assert "phone-NEW" in render("{% vite 'phone' %}")


def test_an_unbuilt_front_end_says_what_to_do(tmp_path: Path) -> None:
    with override_settings(WANGGE_UI_DIST=tmp_path), pytest.raises(tags.FrontEndNotBuilt, match="npm run build"):
        render("{% vite 'console' %}")


def test_an_unknown_entry_names_those_there_are(dist: Path) -> None:
    with (
        override_settings(WANGGE_UI_DIST=dist),
        pytest.raises(tags.FrontEndNotBuilt, match="console, map, chart, phone"),
    ):
        render("{% vite 'board' %}")


@pytest.mark.parametrize(("entry", "source"), tags.SOURCES.items())
def test_every_entry_is_a_file_of_the_project(entry: str, source: str) -> None:
    web = Path(__file__).parents[2] / "web"
    assert (web / source).is_file(), entry


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (312, "312"),
        (12345, "12\u2009345"),
        (1234567, "1\u2009234\u2009567"),
        (None, "未知"),
        ("", "未知"),
        ("甲", "甲"),
    ],
)
def test_count_tells_zero_from_unknown(value: object, text: str) -> None:
    with translation.override("zh-hans"):
        assert tags.count(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.783, "78.3\u2009%"), (0, "0.0\u2009%"), (1, "100.0\u2009%"), (None, "未知")]
)
def test_share(value: float | None, text: str) -> None:
    with translation.override("zh-hans"):
        assert tags.share(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (dt.datetime(2026, 11, 23, 6, 5, tzinfo=dt.UTC), "2026-11-23 14:05"),
        (dt.datetime(2026, 11, 23, 14, 5, tzinfo=ZoneInfo("Asia/Shanghai")), "2026-11-23 14:05"),
        (dt.date(2026, 12, 31), "2026-12-31"),
        (None, "—"),
    ],
)
def test_stamp_is_local_time(value: object, text: str) -> None:
    with override_settings(TIME_ZONE="Asia/Shanghai"):
        assert tags.stamp(value) == text  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "whole", "width"), [(50, 200, "25.0"), (300, 200, "100.0"), (None, 200, ""), (5, 0, ""), (5, None, "")]
)
def test_a_bar_has_no_width_where_either_is_unknown(value: float | None, whole: float | None, width: str) -> None:
    assert tags.part_of(value, whole) == width


@pytest.mark.parametrize(
    ("page", "pages", "offered"),
    [
        (1, 1, [1]),
        (1, 3, [1, 2, 3]),
        (4, 13, [1, None, 3, 4, 5, None, 13]),
        (13, 13, [1, None, 12, 13]),
        (2, 4, [1, 2, 3, 4]),
    ],
)
def test_pages_near(page: int, pages: int, offered: list[int | None]) -> None:
    assert tags.near(page, pages) == offered


def test_sorting_turns_round() -> None:
    assert tags.sorted_by("open", "open") == "-open"
    assert tags.sorted_by("-open", "open") == "open"
    assert tags.sorted_by(None, "open") == "open"
    assert [tags.sort_state(s, "open") for s in ("open", "-open", "due", None)] == [
        "ascending",
        "descending",
        "none",
        "none",
    ]


def test_icons_are_hidden_from_screen_readers() -> None:
    html = render("{% icon 'home' %}")
    assert html.startswith("<svg") and 'aria-hidden="true"' in html


def row(*cells: object, **more: object) -> str:
    columns = [{"key": "a"}, {"key": "b", "numeric": True, "hide": "narrow"}]
    with translation.override("zh-hans"):
        return cells_of.ledger_row({"cells": list(cells), **more}, columns)


def test_a_row_carries_its_key_its_address_and_its_tone() -> None:
    html = row("第 1 网格", 12345, id="440305", url="/g/1", tone="bad")
    assert html == (
        '<tr data-key="440305" data-url="/g/1" class="is-bad"><td><a href="/g/1">第 1 网格</a></td>'
        '<td class="is-num wg-narrow-hide">12\u2009345</td></tr>'
    )


@pytest.mark.parametrize(
    "cell",
    [
        "<script>x</script>",
        {"kind": "link", "text": "<script>x</script>", "url": '"><script>x</script>', "sub": "<script>x</script>"},
        {"kind": "badge", "word": "<script>x</script>", "tone": "bad"},
        {"kind": "num", "value": "<script>x</script>", "url": '"><script>x</script>'},
        {"kind": "time", "value": "<script>x</script>", "late": True},
    ],
)
def test_what_people_wrote_is_never_markup(cell: object) -> None:
    assert "<script>" not in row(cell, id='"><script>x</script>', url='"><script>x</script>')


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, "未知"),
        (0, "0"),
        ({"kind": "num", "value": None}, "未知"),
        ({"kind": "num", "value": 0}, "0"),
        ({"kind": "share", "value": None, "of": 312}, "未知 / 312"),
        ({"kind": "share", "value": 0, "of": 312}, "0 / 312"),
        ({"kind": "share", "value": 5, "of": None}, "未知"),
        ({"kind": "grade", "grade": None}, "未分级"),
        ({"kind": "grade", "grade": "red"}, "红"),
        ({"kind": "badge", "word": "逾期", "tone": "bad"}, "逾期"),
        ({"kind": "time", "value": None}, "—"),
        ({"kind": "time", "value": dt.date(2026, 11, 23), "late": True}, "2026-11-23已逾期"),
    ],
)
def test_unknown_and_zero_are_different_words(cell: object, text: str) -> None:
    with translation.override("zh-hans"):
        assert re.sub(r"<[^>]+>", "", cells_of.cell(cell, numeric=True)) == text


def test_the_style_guide_shows_every_part(dist: Path) -> None:
    """Every part renders with the shapes of the README; nothing needs a database."""
    request = RequestFactory().get("/?late=1&page=4")
    with override_settings(WANGGE_UI_DIST=dist), translation.override("zh-hans"):
        html = render_to_string("ui/styleguide.html", styleguide.demo(), request)
    for word in (
        "目的",
        "差额 0，守恒",
        "差额 2：有线索没有着落",
        "第 151–200 行，共 612 行",
        "E1003",
        "怎样计数",
        "此目的不能查看",
    ):
        assert word in html
    assert "late=1" in html, "sorting and paging keep the filters"
    assert not re.search(r"\son\w+=", html), "no inline handlers: the policy forbids them"


@pytest.mark.parametrize(
    ("version", "fits"),
    [("v20.19.0\n", True), ("v20.18.3", False), ("v18.20.4", False), ("v21.7.0", False), ("v22.11.0", False),
     ("v22.12.0", True), ("v24.19.0", True), ("", False), ("no such thing", False)],
)  # fmt: skip
def test_a_node_too_old_for_the_build_is_passed_over(version: str, fits: bool) -> None:
    assert hatch_build.is_new_enough(version) is fits


def test_the_build_is_held_to_the_range_of_the_project() -> None:
    package = json.loads((Path(hatch_build.ROOT) / "web" / "package.json").read_text("utf-8"))
    assert package["engines"]["node"] == "^20.19.0 || >=22.12.0"


def test_the_lock_names_no_registry_of_anybody() -> None:
    lock = json.loads((Path(hatch_build.ROOT) / "web" / "package-lock.json").read_text("utf-8"))
    hosts = {row["resolved"].split("/")[2] for row in lock["packages"].values() if "resolved" in row}
    assert hosts <= {"registry.npmjs.org"}
    assert [name for name, row in lock["packages"].items() if name and "integrity" not in row] == []
