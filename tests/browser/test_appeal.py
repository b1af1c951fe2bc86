"""A resident's appeal by slip, from filing to the answer: the desk's slip, the phone, the reviewer's pages, the phone again."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

PHONE = {"width": 390, "height": 844}
URGENT = "任何颜色都不挡急诊"


def _clean(page: Page) -> None:
    """No fault axe knows of, and nothing pushed out of the screen's side."""
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]})
    assert [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in found.response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]  # type: ignore[index]


@pytest.fixture
def slip(site: Any, visit: Callable[..., Page]) -> str:
    """The slip of somebody graded: found among the people in a worker's envelopes, handed out at the desk."""
    worker = visit("grid_worker", **PHONE)
    worker.goto(f"{site.url}/explain/")
    _clean(worker)
    graded = []
    for link in worker.locator("main table a.btn").evaluate_all("all => all.map(a => a.href)"):
        worker.goto(link)
        if worker.get_by_role("button", name="代为提出").count():
            graded.append(worker.locator("h2").first.inner_text())
    _clean(worker)
    lead = visit("community_lead")
    lead.locator(".wg-purpose summary").click()
    lead.get_by_role("button", name="基础登记").click()
    for name in graded:
        lead.goto(f"{site.url}/passes/?q={name}")
        rows = lead.locator("main tbody tr")
        if rows.count() == 1:
            rows.get_by_role("button", name="发凭条").click()
            return lead.locator(".wg-receipt").inner_text()
    raise AssertionError(f"none of {len(graded)} graded people is known at the desk by a name of their own")


def test_an_appeal_from_the_slip_to_the_answer(
    site: Any, slip: str, visit: Callable[..., Page], chromium: Browser
) -> None:
    phone = chromium.new_context(viewport=PHONE, locale="zh-CN")  # type: ignore[arg-type]
    mine = phone.new_page()
    mine.goto(f"{site.url}/appeal/")
    expect(mine.get_by_text(URGENT)).to_be_visible()
    _clean(mine)
    mine.get_by_label("凭条号").fill("0000-0000-0000-0000")
    mine.get_by_label("为什么不对").fill("那天我在外地，有车票。")
    mine.get_by_role("button", name="提出申诉").click()
    expect(mine.get_by_text("E6107")).to_be_visible()
    expect(mine.get_by_label("为什么不对")).to_have_value("那天我在外地，有车票。")  # a wrong number loses no word
    _clean(mine)
    mine.get_by_label("凭条号").fill(slip.lower())
    mine.get_by_role("button", name="提出申诉").click()
    receipt = mine.locator(".wg-receipt").inner_text()
    assert re.fullmatch(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}", receipt) and receipt not in mine.url
    _clean(mine)
    mine.get_by_role("link", name="查看进度").click()
    expect(mine.get_by_text("已提交，等待受理")).to_be_visible()
    _clean(mine)

    site.logins["cdc2"] = "cdc2"
    desk = visit("cdc2")
    desk.goto(f"{site.url}/appeals/")
    _clean(desk)
    desk.locator("main tbody tr a").first.click()
    expect(desk.get_by_text("那天我在外地，有车票。")).to_be_visible()
    desk.get_by_role("button", name="受理").click()
    desk.get_by_text("请申诉人补充").click()
    desk.get_by_label("想知道什么").fill("请写车次。")
    desk.get_by_role("button", name="发出").click()
    expect(desk.get_by_text("请写车次。")).to_be_visible()
    _clean(desk)
    desk.set_viewport_size(PHONE)  # type: ignore[arg-type]
    _clean(desk)

    mine.reload()
    expect(mine.get_by_text("请写车次。")).to_be_visible()
    mine.get_by_label("还想说明的").fill("G101 次。")
    mine.get_by_role("button", name="补充", exact=True).click()
    expect(mine.get_by_text("G101 次。")).to_be_visible()

    desk.reload()
    expect(desk.get_by_text("G101 次。")).to_be_visible()
    desk.locator("#correct-reason").select_option("not_there")
    desk.locator("#correct-words").fill("车票已核实。")
    desk.get_by_role("button", name="作出更正").click()
    expect(desk.get_by_text("这件申诉已经结束")).to_be_visible()
    _clean(desk)

    elsewhere = chromium.new_context(viewport=PHONE, locale="zh-CN")  # type: ignore[arg-type]
    seen = elsewhere.new_page()
    seen.goto(f"{site.url}/appeal/status/")
    _clean(seen)
    seen.get_by_label("回执号或凭条号").fill(receipt)
    seen.get_by_role("button", name="查看进度").click()
    for words in ("已答复：更正", "您不在场：时间或地点有误", "车票已核实。", "没有在效的等级", URGENT):
        expect(seen.get_by_text(words).first).to_be_visible()
    _clean(seen)
    seen.goto(f"{site.url}/appeal/figures/")
    assert int(seen.locator("[data-figure='filed']").first.inner_text()) >= 1
    _clean(seen)
    seen.goto(f"{site.url}/pass/")
    seen.get_by_label("凭条号").fill(slip)
    seen.get_by_role("button", name="出示通行码").click()
    assert "绿码" in seen.locator("[data-pass]").inner_text()
    phone.close()
    elsewhere.close()
