"""Takes the pictures of README and docs from a running demo: `just pictures --url http://127.0.0.1:8000 --data var`.

Signs in as each role with the demo's logins and keeps one picture a page under docs/pictures/. People in it are made up.
With --all every page is taken at 1440 and 390, in Chinese and English, into --out, to be looked at.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# name -> role, purpose (empty: the one at sign-in), address, width
KEPT = {
    "board": ("commander", "", "/board/", 1440),
    "phone": ("grid_worker", "", "/m/", 390),
    "dispatch": ("commander", "", "/dispatch/", 1440),
    "intake": ("data_officer", "intake", "/intake/", 1440),
    "judgement": ("judge_health", "", "/judgement/", 1440),
    "register": ("community_lead", "register", "/register/", 1440),
}


def main() -> None:
    """Take them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--data", type=Path, default=Path("var"))
    parser.add_argument("--all", action="store_true", help="every page of every role, both widths, zh-Hans and en")
    parser.add_argument("--out", type=Path, default=Path("docs/pictures"))
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    logins = {row["role"]: row for row in json.loads((args.data / "demo.json").read_text("utf-8"))["logins"]}
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=os.environ.get("WANGGE_CHROMIUM") or shutil.which("chromium"), args=FLAGS
        )
        if args.all:
            for role in logins:
                everything(browser, args.url, logins[role], args.out)
        else:
            for name, (role, purpose, path, width) in KEPT.items():
                page = signed_in(browser, args.url, logins[role], width, "zh-CN")
                if purpose:
                    choose(page, args.url, purpose)
                shot(page, args.url + path, args.out / f"{name}.png")
                if name == "phone":
                    door(page, args.out / "door.png")
        browser.close()


def signed_in(browser: Browser, url: str, login: dict[str, str], width: int, lang: str) -> Page:
    """A fresh browser signed in as one role."""
    height = 844 if width < 600 else 900
    page = browser.new_context(viewport={"width": width, "height": height}, locale=lang).new_page()
    page.goto(f"{url}/login/")
    page.fill("input[name=username]", login["username"])
    page.fill("input[name=password]", login["password"])
    page.press("input[name=password]", "Enter")
    page.wait_for_load_state("networkidle")
    return page


def choose(page: Page, url: str, purpose: str) -> None:
    """Choose a purpose as the bar's form does."""
    token = next(c["value"] for c in page.context.cookies() if c["name"] == "csrftoken")
    page.request.post(
        f"{url}/purpose/", form={"purpose": purpose, "next": "/"}, headers={"X-CSRFToken": token, "Referer": url}
    )


def door(page: Page, file: Path) -> None:
    """The first open door of the worker's day."""
    page.locator("button.task:not(.done)").first.click()
    page.locator("article.person").first.wait_for()
    page.wait_for_timeout(600)
    page.screenshot(path=str(file))


def shot(page: Page, address: str, file: Path) -> None:
    """One page, once the map and everything else is quiet."""
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(2500)
    page.screenshot(path=str(file))


def everything(browser: Browser, url: str, login: dict[str, str], out: Path) -> None:
    """Every page of the role's menu, both widths, two languages."""
    for width in (1440, 390):
        for lang in ("zh-CN", "en-GB"):
            page = signed_in(browser, url, login, width, lang)
            links = page.eval_on_selector_all(
                "aside a[href^='/'], nav a[href^='/']", "all => all.map(a => a.getAttribute('href'))"
            )
            for path in sorted({link.split("?")[0] for link in links} | {page.url.removeprefix(url)}):
                shot(page, url + path, out / f"{login['role']}{path.replace('/', '_')}{width}_{lang[:2]}.png")
            page.context.close()


if __name__ == "__main__":
    main()
