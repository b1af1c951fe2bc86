"""A morning as people live it: the worker at the door, the supervisor behind, the commander before the board."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

Visit = Callable[..., Page]


def numbers(page: Page, site: Any) -> dict[str, int]:
    """The conservation line as the board's own page shows it."""
    page.goto(f"{site.url}/board/")
    shown = page.locator(".wg-conserve .wg-term b").all_inner_texts()
    found = [int("".join(c for c in text if c.isdigit())) for text in shown]
    return dict(zip(("leads", "outcomes", "open"), found, strict=True))


def test_back_loses_nothing(site: Any, visit: Visit) -> None:
    """Half an answer, back to the list, in again: what was tapped is still there. Stands first: it needs an open door."""
    phone = visit("grid_worker", width=390, height=844)
    phone.goto(f"{site.url}/m/")
    door = phone.locator("button.task:not(.done)").first
    expect(door).to_be_visible()
    door.click()
    person = phone.locator("article.person:has(form)").first
    person.locator("[data-code='person.video']").click()
    phone.go_back()
    phone.locator("button.task:not(.done)").first.click()
    kept = phone.locator("article.person:has(form)").first.locator("[data-code='person.video']")
    expect(kept).to_have_attribute("aria-checked", "true")


def test_a_worker_verifies_a_door_and_the_board_counts_it(site: Any, visit: Visit) -> None:
    before = numbers(visit("commander"), site)
    assert before["leads"] == before["outcomes"] + before["open"]

    phone = visit("grid_worker", width=390, height=844)
    phone.goto(f"{site.url}/m/")
    doors = phone.locator("button.task:not(.done)")
    expect(doors.first).to_be_visible()
    orders = [int(n) for n in phone.locator("button.task:not(.done) .task-order").all_inner_texts()]
    assert orders == sorted(orders)
    task = doors.first.get_attribute("data-task")
    doors.first.click()

    people = phone.locator("article.person")
    expect(people.first).to_be_visible()
    n_open = phone.locator("article.person form").count()
    assert n_open >= 1
    for _ in range(n_open):
        person = phone.locator("article.person:has(form)").first
        for code in ("person.seen", "residence.door", "status.assessed"):
            button = person.locator(f"[data-code='{code}']")
            assert (button.bounding_box() or {"height": 0})["height"] >= 44, "a thumb needs 44 px"
            button.click()
        person.locator("[data-field=temperature]").fill("36.5")
        lead = person.get_attribute("data-lead")
        person.locator("[data-act=save]").click()
        expect(phone.locator(f"article.person[data-lead='{lead}'] .outcome")).to_be_visible()
    phone.locator("[data-act=finish]").click()
    phone.locator(".van-dialog__confirm").click()
    expect(phone.locator(f"button.task.done[data-task='{task}']")).to_be_visible()

    after = numbers(visit("commander"), site)
    assert after["outcomes"] == before["outcomes"] + n_open
    assert after["open"] == before["open"] - n_open
    assert after["leads"] == before["leads"]


def test_a_supervisor_looks_again_without_the_first_answer(site: Any, visit: Visit) -> None:
    phone = visit("supervisor", width=390, height=844)
    phone.goto(f"{site.url}/m/")
    again = phone.locator("button.task").first
    expect(again).to_be_visible()
    again.click()
    person = phone.locator("article.person").first
    expect(person.locator("form")).to_be_visible()
    assert person.locator(".outcome").count() == 0, "the first answer must not show"
    assert person.locator("[aria-checked=true]").count() == 0


def test_three_languages(site: Any, visit: Visit) -> None:
    page = visit("commander")
    for lang, word in (("en", "Covered today"), ("zh-hant", "今日覆蓋"), ("zh-hans", "今日覆盖")):
        page.goto(f"{site.url}/board/")
        token = page.context.cookies()
        page.request.post(
            f"{site.url}/language/",
            form={"language": lang, "next": "/board/"},
            headers={"X-CSRFToken": next(c["value"] for c in token if c["name"] == "csrftoken"), "Referer": site.url},
        )
        page.goto(f"{site.url}/board/")
        assert (
            word.lower() in page.title().lower()
            or word.lower() in page.locator("main, body").first.inner_text().lower()
        )


def test_the_map_draws_and_the_table_says_the_same(site: Any, visit: Visit) -> None:
    page = visit("commander")
    page.goto(f"{site.url}/board/")
    expect(page.locator("[data-map] canvas")).to_be_visible()
    grids = page.request.get(f"{site.url}/board/grids.geojson").json()["features"]
    assert sum(g["properties"]["frame"] for g in grids) == site.summary["frame"]
    assert all(g["properties"]["share"] is None or 0 <= g["properties"]["share"] <= 1 for g in grids)


def test_a_clerk_sends_a_wrong_file_and_is_told_what_to_do(site: Any, visit: Visit, tmp_path: Any) -> None:
    page = visit("clerk")
    page.goto(f"{site.url}/intake/upload/")
    page.select_option("select", "health")
    (tmp_path / "名单.xlsx").write_bytes(b"%PDF-1.4 this is no workbook")
    page.set_input_files("input[type=file]", str(tmp_path / "名单.xlsx"))
    page.locator("form:has(input[type=file])").locator("button").last.click()
    expect(page.locator("body")).to_contain_text("E1001", timeout=20_000)


def test_pages_carry_their_guards(site: Any, visit: Visit) -> None:
    page = visit("commander")
    answer = page.goto(f"{site.url}/board/")
    assert answer is not None
    headers = answer.headers
    assert headers["cache-control"] == "no-store"
    assert "script-src 'self'" in headers["content-security-policy"] and "unsafe-eval'" not in headers[
        "content-security-policy"
    ].replace("wasm-unsafe-eval'", "")
    assert headers["x-frame-options"] == "DENY"
