"""A case opened and a contact confirmed with a reason; protocols in words; an emergency drafted by one, decided by two.

The one in force stays: the site is shared. Signing one into force, and its end, are tried in tests/server/test_emergency.py.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

Visit = Callable[..., Page]


def purpose(page: Page, site: Any, name: str) -> None:
    """What the purpose bar's own form sends."""
    token = next(c["value"] for c in page.context.cookies() if c["name"] == "csrftoken")
    headers = {"X-CSRFToken": token, "Referer": site.url}
    page.request.post(f"{site.url}/purpose/", form={"purpose": name, "next": "/"}, headers=headers)


def clean(page: Page) -> None:
    """No serious finding of axe, and no sideways scroll."""
    found = [v["id"] for v in Axe().run(page).response["violations"] if v["impact"] in ("serious", "critical")]
    assert found == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


def press(page: Page, form: str) -> None:
    """Press the form's button and wait until it was answered: a click returns before that, and the next goto would cut it off."""
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.locator(form).locator("button").click()
    page.wait_for_load_state("networkidle")


def act(page: Page, url: str, name: str, words: str = "") -> None:
    page.goto(url)
    if words:
        page.locator(f"form[action$='/{name}/'] textarea").fill(words)
    press(page, f"form[action$='/{name}/']")


def test_a_case_is_opened_and_a_contact_confirmed(site: Any, visit: Visit) -> None:
    cdc = visit("cdc")
    cdc.goto(f"{site.url}/judgement/cases/")
    clean(cdc)
    cdc.locator("#cases tbody a").first.click()
    cdc.wait_for_load_state("networkidle")
    expect(cdc.locator("#map svg")).to_be_visible()
    clean(cdc)
    form = cdc.locator("#confirm form").first
    form.locator("select").select_option("general")
    form.locator("input[name=reason]").fill("流调：隔两桌，戴口罩")
    form.locator("button").click()
    cdc.wait_for_load_state("networkidle")
    expect(cdc.locator("#confirm")).to_contain_text("流调：隔两桌，戴口罩")
    phone = visit("cdc", width=390)
    phone.goto(cdc.url)
    clean(phone)


def test_protocols_in_words_and_their_days(site: Any, visit: Visit) -> None:
    cdc = visit("cdc")
    purpose(cdc, site, "command")
    cdc.goto(f"{site.url}/protocols/?month=2026-10")
    expect(cdc.locator("[data-days=covid]")).to_contain_text("covid-2026-10")
    clean(cdc)
    cdc.locator("#versions a").last.click()
    cdc.wait_for_load_state("networkidle")
    expect(cdc.locator("#signing")).to_contain_text("第二人")
    clean(cdc)


ONE = re.compile(r"/emergencies/(?!new/)[^/]+/$")  # the page of one: a click may return before it has come


def test_drafted_by_one_and_decided_by_two(site: Any, visit: Visit) -> None:
    first, second = visit("commander"), visit("judge_health", width=390)
    purpose(first, site, "command")
    purpose(second, site, "command")
    first.goto(f"{site.url}/emergencies/new/")
    clean(first)
    for key, text in (("name", "流感应急响应（演习）"), ("document_no", "演习〔2026〕9号")):
        first.fill(f"#{key}", text)
    for key in ("hazard", "level", "protocol"):
        first.select_option(f"#{key}", index=1)
    first.locator("main form button", has_text="存为草稿").click()
    first.wait_for_url(ONE)
    first.wait_for_load_state("networkidle")
    url = first.url
    assert first.locator("form[action$='/sign/sign/']").count() == 0  # who drafts does not sign
    clean(first)
    second.goto(url)
    expect(second.locator("#acts")).to_contain_text("E5104")  # one at a time
    clean(second)
    first.goto(f"{site.url}/emergencies/")
    clean(first)
    first.locator("#emergencies tbody a", has_text="演示").click()
    first.wait_for_url(ONE)
    first.wait_for_load_state("networkidle")
    stands = first.url
    later = (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=90)).isoformat()
    first.locator("#ask_review-until").fill(later)
    first.locator("#ask_review-words").fill("复审：仍有新增")
    press(first, "form[action$='/ask_review/']")
    act(second, stands, "agree")
    expect(second.locator("main")).to_contain_text(later)
    act(first, url, "withdraw")
    expect(first.locator("main")).to_contain_text("草稿已撤回")
