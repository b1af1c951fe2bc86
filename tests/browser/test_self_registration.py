"""A resident with a phone and no account, from the code on the wall to the receipt; then a correction and a withdrawal."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

PHONE = {"width": 390, "height": 844}


def _faults(page: Page) -> list[str]:
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]})
    return [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in found.response["violations"]]


@pytest.fixture
def wall(site: Any, visit: Callable[..., Page]) -> str:
    """The address on the poster that the demo hangs up."""
    page = visit("community_lead")
    page.locator(".wg-purpose summary").click()
    page.get_by_role("button", name="基础登记").click()
    page.goto(f"{site.url}/posters/")
    page.locator("table a").first.click()
    page.get_by_role("link", name="打印海报").click()
    page.locator("svg").first.wait_for()
    return page.locator(".wg-code-text code").inner_text()


def _fill(page: Page, room: str, name: str) -> None:
    page.get_by_label("房号").fill(room)
    page.get_by_label(re.compile("^姓名")).first.fill(name)
    for box in page.locator(".xf-question:has(.xf-mark:text-is('必填')) input[type=radio]").all()[:1]:
        box.check()
    page.get_by_role("button", name="提交").click()
    page.locator(".wg-receipt").wait_for()


def test_from_the_wall_to_the_receipt(wall: str, chromium: Browser) -> None:
    context = chromium.new_context(viewport=PHONE, locale="zh-CN")
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda e: errors.append(str(e)))
    page.goto(wall)
    assert page.get_by_text("销毁日").count() and _faults(page) == []
    page.get_by_role("link", name="开始填写").click()
    page.get_by_role("button", name="提交").wait_for()
    assert _faults(page) == []
    _fill(page, "501", "陈晓岚")
    first = page.locator(".wg-receipt").inner_text()
    assert re.fullmatch(r"([0-9A-Z]{4}-){3}[0-9A-Z]{4}", first) and _faults(page) == []
    assert first.replace("-", "") not in page.url

    page.get_by_role("link", name="查看、更正或撤回").click()
    page.get_by_label("回执号").fill(first.lower())
    page.get_by_role("button", name="查看").click()
    page.get_by_role("link", name="更正：重新填写").click()
    page.get_by_text("这是更正").wait_for()
    _fill(page, "501", "陈晓岚")
    second = page.locator(".wg-receipt").inner_text()
    assert second != first

    page.get_by_role("link", name="查看、更正或撤回").click()
    page.get_by_label("回执号").fill(second)
    page.get_by_role("button", name="查看").click()
    page.get_by_text("撤回", exact=True).click()
    page.get_by_role("button", name="撤回并销毁").click()
    page.get_by_text("填的内容已经销毁").wait_for()
    assert errors == []
    context.close()
