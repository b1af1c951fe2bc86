"""A lamp that is out, from the call to the closing by different people; and the proof of a door, checked with one file alone."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from wangge.audit import verifier

Visit = Callable[..., Page]


def purpose(page: Page, site: Any, name: str) -> None:
    """What the purpose bar's own form sends."""
    token = next(c["value"] for c in page.context.cookies() if c["name"] == "csrftoken")
    headers = {"X-CSRFToken": token, "Referer": site.url}
    page.request.post(f"{site.url}/purpose/", form={"purpose": name, "next": "/"}, headers=headers)


def act(page: Page, url: str, name: str, words: str = "") -> None:
    page.goto(url)
    form = page.locator(f"form[action$='/{name}/']")
    if words:
        form.locator("textarea").fill(words)
    if name == "dispatch":
        form.locator("select[name=unit]").select_option("clerk-unit")
    form.locator("button").click()
    page.wait_for_load_state("networkidle")


def test_from_the_call_to_the_closing(site: Any, visit: Visit) -> None:
    people = {}
    site.logins["supervisor2"] = "supervisor2"
    site.logins["supervisor"] = "supervisor"
    site.logins["clerk"] = "clerk"
    for role in ("community_lead", "street_lead", "clerk", "supervisor", "supervisor2"):
        people[role] = visit(role, width=390 if role == "supervisor" else 1440)
        purpose(people[role], site, "service")
    desk = people["community_lead"]
    desk.goto(f"{site.url}/matters/new/")
    desk.select_option("#kind", "lamp_out")
    desk.select_option("#source", "hotline")
    desk.select_option("#grid_code", index=1)
    desk.fill("#place", "东门口第二盏灯")
    desk.fill("#words", "晚上不亮")
    desk.locator("form button", has_text="报告").click()
    desk.wait_for_load_state("networkidle")
    url = desk.url
    act(desk, url, "accept")
    act(people["street_lead"], url, "dispatch")
    act(people["clerk"], url, "acknowledge")
    act(people["clerk"], url, "feed_back", "换了灯泡，已亮。")
    expect(people["clerk"].locator("#acts")).to_contain_text("现在没有要您做的")
    act(people["supervisor"], url, "confirm", "晚上去看，亮了。")
    people["supervisor"].goto(url)
    assert people["supervisor"].locator("form[action$='/close/close/']").count() == 0  # who verified does not close
    act(people["supervisor2"], url, "close")
    expect(people["supervisor2"].locator("h1, .wg-page-head, main").first).to_contain_text("已结案")
    desk.goto(url)
    expect(desk.locator(".wg-history li")).to_have_count(7)


def test_a_community_takes_the_proof_home(site: Any, visit: Visit, tmp_path: Path) -> None:
    page = visit("community_lead")
    purpose(page, site, "register")
    page.goto(f"{site.url}/ledger/?state=all")
    page.locator("#doors tbody a").first.click()
    page.wait_for_load_state("networkidle")
    for _ in range(30):  # the root is sealed within a minute
        if page.get_by_text("树头有签名").count():
            break
        page.wait_for_timeout(3000)
        page.reload()
    with page.expect_download() as got:
        page.locator("a[href$='door.json']").click()
    got.value.save_as(tmp_path / "door.json")
    (tmp_path / "verify.py").write_text(Path(verifier.__file__).read_text("utf-8"), "utf-8")
    done = subprocess.run(
        [sys.executable, "-I", "verify.py", "--door", "door.json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0 and json.loads(done.stdout)["in_log"], done.stderr
    page.locator("a[href$='/print/']").click()
    page.wait_for_load_state("networkidle")
    expect(page.locator(".wg-code svg")).to_be_visible()
    assert json.loads(done.stdout)["root"] in page.content()
