"""A share from the request to the receipt, by clicks of four people; the public register for anybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page


def _faults(page: Page) -> list[str]:
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]})
    return [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in found.response["violations"]]


def _purpose(page: Page, name: str) -> None:
    page.locator(".wg-purpose summary").click()
    page.get_by_role("button", name=name).click()


def test_from_the_request_to_the_receipt(visit: Callable[..., Page], site: Any, chromium: Browser) -> None:
    page = visit("cdc")
    page.goto(f"{site.url}/catalogue/")
    assert page.get_by_text("在册人员").count() and _faults(page) == []
    page.goto(f"{site.url}/shares/new/")
    assert _faults(page) == []
    asked = page.locator("fieldset", has_text="数据项").first
    asked.get_by_label("姓名").check()
    asked.get_by_label("电话").check()
    page.get_by_label("最多行数").fill("5000")
    page.get_by_label("依据（文件名与文号）").fill("应急〔2026〕9 号")
    page.get_by_label("为什么需要这些数据项").fill("流调需要联系本人")
    page.get_by_role("button", name="提出申请").click()
    page.get_by_role("heading", name="约定").wait_for()
    url = page.url
    assert _faults(page) == []
    for role, purpose, button in (
        ("data_officer", "系统管理", "同意（数据责任人）"),
        ("commander", "", "批准（第二人）"),
    ):
        other = visit(role)
        if purpose:
            _purpose(other, purpose)
        other.goto(url)
        assert other.get_by_text("对方每次最多得到").count()
        other.get_by_role("button", name=button).click()
        other.get_by_text("已记录。").wait_for()
    page.goto(url)
    page.get_by_role("button", name="读取", exact=True).click()
    page.get_by_text("回执").first.wait_for()
    assert page.locator("tbody tr").count() > 10 and _faults(page) == []
    with page.expect_download() as file:
        page.goto(url)
        page.get_by_role("button", name="读取为文件").click()
    assert file.value.suggested_filename.startswith("share-")
    auditor = visit("auditor")
    auditor.goto(url)
    assert auditor.locator("#receipts tbody tr").count() == 2 and _faults(auditor) == []
    anybody = chromium.new_page(viewport={"width": 390, "height": 844})
    anybody.goto(f"{site.url}/shares/register/")
    assert anybody.get_by_text("应急〔2026〕9 号").count() and _faults(anybody) == []
    assert anybody.evaluate("document.documentElement.scrollWidth") <= 390
    auditor.goto(f"{site.url}/shares/")
    assert _faults(auditor) == []
    anybody.close()


def test_pages_of_handing_over(visit: Callable[..., Page], site: Any) -> None:
    officer = visit("data_officer")
    _purpose(officer, "系统管理")
    officer.goto(f"{site.url}/regions/")
    assert _faults(officer) == []
    officer.get_by_label("地区", exact=True).fill("邻区")
    officer.get_by_label("地址", exact=True).fill("https://neighbour.example")
    officer.get_by_label("公钥", exact=True).fill("bm9ib2R5IGtub3dzIHRoaXMga2V5IG9mIDMyIGJ5dGU=")
    officer.get_by_role("button", name="登记", exact=True).click()
    officer.get_by_role("button", name="停止互认").wait_for()
    assert _faults(officer) == []
    page = visit("cdc")
    for path in ("handovers/", "handovers/new/"):
        page.goto(f"{site.url}/{path}")
        assert _faults(page) == [], path
    assert page.get_by_label("地区", exact=True).locator("option").count() == 2
