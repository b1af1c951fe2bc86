"""The site stays up when its job worker dies: another one is started and the work goes on."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect


def workers_of(data: Path) -> set[int]:
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            mine = f"WANGGE_DATA={data}".encode() in (folder / "environ").read_bytes().split(b"\0")
            if mine and b"procrastinate" in (folder / "cmdline").read_bytes():
                found.add(int(folder.name))
        except OSError:
            continue
    return found


def test_a_dead_worker_is_replaced_and_a_list_is_still_read(
    site: Any, visit: Callable[..., Page], tmp_path: Path
) -> None:
    before = workers_of(site.data)
    assert before
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while not (workers_of(site.data) - before):
        assert time.monotonic() < deadline, "no new worker"
        time.sleep(0.3)
    page = visit("clerk")
    page.goto(f"{site.url}/intake/upload/")
    page.select_option("select", "visitors")
    rows = "".join(f"v9{i:07},张{'甲乙丙'[i % 3]},1690000{i:04},\n" for i in range(30))
    (tmp_path / "visitors.csv").write_text("登记账号,姓名,手机号,身份证号\n" + rows, "utf-8")
    page.set_input_files("input[type=file]", str(tmp_path / "visitors.csv"))
    page.locator("form:has(input[type=file])").locator("button").last.click()
    expect(page.locator("body")).to_contain_text("30", timeout=30_000)
    page.wait_for_url("**/intake/*-*/")
    for _ in range(40):
        page.reload()
        if "已读" in page.locator("main").inner_text():
            break
        page.wait_for_timeout(500)
    assert "已读" in page.locator("main").inner_text()
