"""A clerk who lives in Excel sends an untidy workbook, mends what is wrong in the file that comes back, until nothing is left."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
from playwright.sync_api import Page, expect
from tests.server.intake_books import book, person

Visit = Callable[..., Page]


def messy(path: Path) -> Path:
    """Titles above the header, a banned column, a number that lost its end, a day that cannot be, nobody named, a sum."""
    rows = [person(n) for n in range(40, 60)]
    rows[3] = person(43, 出生年月日="1973-13-45")
    rows[7] = person(47, 身份证号码=int(str(person(47)[1])[:15] + "000"))
    rows[9] = person(49, 姓名="", 身份证号码="", 联系电话="", 家庭住址="")
    path.write_bytes(book(rows))
    return path


def upload(page: Page, site: Any, file: Path) -> None:
    page.goto(f"{site.url}/intake/upload/")
    page.set_input_files("input[type=file]", str(file))
    page.locator("form:has(input[type=file]) button").last.click()


def number(page: Page, label: str) -> int:
    """The figure on the card of that name."""
    card = page.locator(".wg-stat", has=page.locator("dt", has_text=label))
    return int("".join(c for c in card.locator("dd b").inner_text() if c.isdigit()))


def download(page: Page, folder: Path, name: str) -> Path:
    with page.expect_download() as got:
        page.locator("a[href$='errors.xlsx']").first.click()
    got.value.save_as(folder / name)
    return folder / name


def mend(file: Path, mended: Path) -> Path:
    """What a clerk would do in Excel: each row has its reason in the last column."""
    made = openpyxl.load_workbook(file)
    sheet = made.active
    for row in sheet.iter_rows(min_row=4):
        why = str(row[-1].value)
        n = next(n for n in range(40, 60) if f"第 {n - 36} 行" in why)
        for at, value in enumerate(person(n)[:5]):
            row[at].value = value
    made.save(mended)
    return mended


def test_a_messy_workbook_until_nothing_is_left(site: Any, visit: Visit, tmp_path: Path) -> None:
    page = visit("clerk")
    upload(page, site, messy(tmp_path / "名单.xlsx"))
    # The header is found below the titles, and marked.
    expect(page.locator("tr.is-header")).to_contain_text("身份证号码", timeout=60_000)
    expect(page.locator("input[name=header_row]:checked")).to_have_value("3")
    page.keyboard.press("Enter")  # the next step has the focus: no mouse is needed
    # Columns: the banned one is struck through and has no field.
    expect(page.locator("tr.is-banned del")).to_have_text("民族")
    assert page.locator("tr.is-banned input").count() == 0
    field = page.get_by_label("身份证号码")
    expect(field).not_to_have_value("")
    page.select_option("#id_list_name", "health")
    # What is half said is kept: away to the step before, and back.
    with page.expect_response("**/draft/"):
        page.get_by_label("网络昵称").fill("职业")
        page.get_by_label("网络昵称").press("Tab")
    page.locator(".wg-steps a", has_text="认表头").click()
    page.locator(".wg-steps a", has_text="对列").click()
    expect(page.get_by_label("网络昵称")).to_have_value("职业")
    expect(page.locator("#id_list_name")).to_have_value("health")
    page.get_by_label("网络昵称").fill("")
    page.locator(".wg-stickybar button.btn-primary").click()
    # The dry run: counts that add up, nothing loaded.
    expect(page.locator("button", has_text="入库")).to_be_visible(timeout=60_000)
    counts = {word: number(page, word) for word in ("新增", "更新", "跳过", "错误")}
    assert sum(counts.values()) == 21 and counts["错误"] == 3, counts
    assert page.locator("text=相等").count() == 2
    page.locator(".wg-stat a", has_text="错误").click()
    expect(page.locator("#rows tbody tr")).to_have_count(3)
    expect(page.locator("#rows")).to_contain_text("1973-13-45")
    page.locator("button", has_text="入库").click()
    expect(page.locator("a", has_text="上传改好的表")).to_be_visible(timeout=60_000)
    # What is wrong comes back in the same layout, is mended, and goes in as a correction.
    mended = mend(download(page, tmp_path, "errors.xlsx"), tmp_path / "改好.xlsx")
    upload(page, site, mended)
    expect(page.locator("button", has_text="入库")).to_be_visible(timeout=60_000)
    expect(page.locator("body")).to_contain_text("更正此前一批的错误行")
    assert number(page, "错误") == 0
    page.locator("button", has_text="入库").click()
    expect(page.locator("body")).to_contain_text("没有等待更正的行", timeout=60_000)
    page.locator("a", has_text="名单.xlsx").first.click()
    expect(page.locator("body")).to_contain_text("没有等待更正的行")


def test_on_a_narrow_screen_nothing_is_cut_off(site: Any, visit: Visit, tmp_path: Path) -> None:
    page = visit("clerk", width=390, height=844)
    (tmp_path / "窄.xlsx").write_bytes(book([person(n) for n in range(70, 75)], title="窄屏名单"))
    upload(page, site, tmp_path / "窄.xlsx")
    expect(page.locator(".wg-steps .is-here")).to_be_visible(timeout=60_000)
    page.wait_for_load_state("networkidle")
    for _ in range(2):
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 390, f"{page.url} is {wide} px wide"
        if "/table/" in page.url:
            page.locator("button.btn-primary").click()
            page.wait_for_load_state("networkidle")
