"""A real site: `wangge demo` makes a tiny district in a folder of its own, `wangge serve` serves it, Chromium visits it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = os.environ.get("WANGGE_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without Chromium the browser tests say so; in CI that is a failure, not a skip."""
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.enable_socket)
            if CHROMIUM is None and os.environ.get("CI") != "true":
                item.add_marker(pytest.mark.skip(reason="no Chromium: apt-get install chromium fonts-noto-cjk"))


@dataclass
class Site:
    """A served demo: where it is, what its summary said, who may sign in."""

    url: str
    summary: dict[str, Any]
    logins: dict[str, str]
    password: str
    data: Path


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    data = tmp_path_factory.mktemp("site")
    # A database of its own: the tests' own server lies elsewhere.
    env = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}} | {
        "WANGGE_DATA": str(data)
    }
    words = [sys.executable, "-m", "wangge"]
    made = subprocess.run(
        [*words, "demo", "--preset", "tiny", "--seed", "1", "--no-serve", "--json"],
        env=env,
        capture_output=True,
        text=True,
    )
    assert made.returncode == 0, made.stderr[-3000:]
    summary = json.loads(made.stdout.strip().splitlines()[-1])
    demo = json.loads((data / "demo.json").read_text("utf-8"))
    port = 8900 + os.getpid() % 90
    with (data / "serve.log").open("w") as log:
        server = subprocess.Popen([*words, "serve", "--port", str(port)], env=env, stderr=log, stdout=log)
        try:
            url = _address(data / "serve.log", server)
            yield Site(
                url,
                summary,
                {row["role"]: row["username"] for row in demo["logins"]},
                demo["logins"][0]["password"],
                data,
            )
        finally:
            server.send_signal(signal.SIGINT)
            assert server.wait(30) == 0, "Ctrl-C must stop web and worker cleanly"


def _address(log: Path, server: subprocess.Popen[bytes]) -> str:
    for _ in range(150):
        text = log.read_text("utf-8")
        if "http://" in text:
            url = text[text.index("http://") :].split()[0].rstrip("/")
            with urllib.request.urlopen(f"{url}/health/", timeout=10) as answer:  # noqa: S310 - our own loopback
                assert answer.status == 200
            return url
        assert server.poll() is None, text
        time.sleep(0.2)
    raise AssertionError(log.read_text("utf-8"))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    assert CHROMIUM, "no Chromium: apt-get install chromium fonts-noto-cjk"
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(site: Site, chromium: Browser) -> Iterator[Callable[..., Page]]:
    """`visit("commander")` -> a page of a fresh browser, signed in as that role; fails on any console error."""
    contexts, complaints = [], []

    def sign_in(role: str, *, width: int = 1440, height: int = 900, lang: str = "zh-CN") -> Page:
        context = chromium.new_context(viewport={"width": width, "height": height}, locale=lang)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda e: complaints.append(str(e)))
        page.on(
            "request",
            lambda r: (
                complaints.append(f"asked {r.url}") if not r.url.startswith((site.url, "data:", "blob:")) else None
            ),
        )
        page.goto(f"{site.url}/login/")
        page.fill("input[name=username]", site.logins[role])
        page.fill("input[name=password]", site.password)
        page.press("input[name=password]", "Enter")
        page.wait_for_load_state("networkidle")
        return page

    yield sign_in
    for context in contexts:
        context.close()
    assert complaints == []
