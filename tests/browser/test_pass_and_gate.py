"""From the desk to the gate: a slip, the pass on a phone, a gate that checks it without a network and keeps nothing."""

from __future__ import annotations

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
def desk(site: Any, visit: Callable[..., Page]) -> tuple[str, str, str]:
    """What the community lead hands out: a slip's number, the text of a paper pass, the address of a gate."""
    page = visit("community_lead")
    page.locator(".wg-purpose summary").click()
    page.get_by_role("button", name="基础登记").click()
    page.goto(f"{site.url}/checkpoints/")
    for label, text in (("地点", "海颂园东门"), ("依据（文件名与文号）", "应急指挥部〔2026〕8 号"), ("查到哪一天", "2099-01-01"),
                        ("纸质凭条在哪里查看", "东门值班室"), ("代办在哪里办理", "居委会窗口"), ("人工登记在哪里", "东门登记台")):  # fmt: skip
        page.get_by_label(label, exact=True).fill(text)
    if not page.get_by_label("社区或网格代码").input_value():
        page.get_by_label("社区或网格代码").fill("440305001001")
    page.get_by_role("button", name="保存").click()
    page.get_by_role("button", name="启用").first.click()
    gate = page.get_by_role("link", name="查验页").first.get_attribute("href")
    assert _faults(page) == []
    for family_name in "王李张刘陈杨黄赵周吴":
        page.goto(f"{site.url}/passes/?q={family_name}")
        if page.get_by_role("button", name="发凭条").count():
            break
    found = page.url
    assert _faults(page) == []
    page.get_by_role("button", name="发凭条").first.click()
    slip = page.locator(".wg-receipt").inner_text()
    assert _faults(page) == []
    page.goto(found)
    page.get_by_role("button", name="打印纸质码").first.click()
    paper = page.locator(".wg-raw").inner_text()
    return slip, paper, f"{site.url}{gate}"


def _says(page: Page, text: str) -> str:
    page.fill("#code", text)
    page.get_by_role("button", name="查验").click()
    page.wait_for_function("document.getElementById('code').value === ''")
    return page.locator("#verdict").inner_text()


def test_from_the_desk_to_a_gate_without_a_network(desk: tuple[str, str, str], site: Any, chromium: Browser) -> None:
    slip, paper, gate_url = desk
    phone = chromium.new_context(viewport=PHONE, locale="zh-CN")
    mine = phone.new_page()
    mine.goto(f"{site.url}/pass/")
    assert _faults(mine) == []
    mine.get_by_label("凭条号").fill(slip)
    mine.get_by_role("button", name="出示通行码").click()
    plain = mine.locator("[data-pass]").get_attribute("data-pass")
    assert plain and slip not in mine.url and mine.get_by_text("任何颜色都不挡急诊").count()
    assert _faults(mine) == []
    assert mine.evaluate("document.documentElement.scrollWidth") <= 390
    # A module of the code is at least five pixels on this screen.
    assert mine.locator("[data-pass] svg").bounding_box()["width"] / 57 >= 5  # type: ignore[index]

    gate_context = chromium.new_context(viewport=PHONE, locale="zh-CN")
    gate = gate_context.new_page()
    gate.goto(gate_url)
    gate.locator("#code[data-ready]").wait_for()
    gate_context.set_offline(True)
    gate.reload()
    gate.locator("#code[data-ready]").wait_for()
    asked: list[str] = []
    gate.on("request", lambda r: asked.append(r.url))
    good = _says(gate, plain)
    assert "绿码" in good and "可以通行" in good and "不能证明" in good
    assert _faults(gate) == []
    broken = plain[:-4] + ("0" if plain[-4] != "0" else "1") + plain[-3:]
    assert any(code in _says(gate, broken) for code in ("E6070", "E6072"))
    middle = plain[:60] + ("0" if plain[60] != "0" else "1") + plain[61:]
    assert any(code in _says(gate, middle) for code in ("E6070", "E6072"))
    assert "E6071" in _says(gate, "x" * 513) and "E6070" in _says(gate, "https://example.invalid/")
    assert _faults(gate) == []

    # A screenshot answers no word; the phone does, once; paper passes and says what it cannot prove.
    gate.get_by_label("要求口令").check()
    word = gate.locator("#word").inner_text()
    assert "E6078" in _says(gate, plain)
    mine.get_by_label("查验点要求口令").fill(word.lower())
    mine.get_by_role("button", name="绑定").click()
    bound = mine.locator("[data-pass]").get_attribute("data-pass")
    first, second, on_paper = (_says(gate, text) for text in (bound, bound, paper))
    assert "可以通行" in first and "不能证明" not in first
    assert "E6077" in second and "纸质凭条" in on_paper and "不能证明" in on_paper
    assert asked == []  # nothing about a pass left the page
    kept = gate.evaluate(
        "(async () => [localStorage.length, sessionStorage.length, (await indexedDB.databases()).length])()"
    )
    assert kept == [0, 0, 0]

    # The clock goes on without a network: hours later the list is too old to say, a day later the pass is over.
    gate.clock.install()
    gate.reload()
    gate.locator("#code[data-ready]").wait_for()
    gate.clock.fast_forward("07:00:00")
    assert "E6079" in _says(gate, plain)
    gate.clock.fast_forward("06:00:00")
    assert "E6074" in _says(gate, plain)
    mine.get_by_role("link", name="为什么是这个颜色").click()
    mine.get_by_text("都不影响颜色").wait_for()
    assert _faults(mine) == []
    phone.close()
    gate_context.close()
