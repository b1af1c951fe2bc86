"""The blind second look: how many are drawn, what it says of all, and that nobody is ranked by it."""

from __future__ import annotations

import math
from typing import Any

from wangge_server.accounts.models import User
from wangge_server.config.rehearse import check_again, visit_doors
from wangge_server.feedback.models import Outcome, Recheck
from wangge_server.feedback.queries import doubted


def test_a_workers_answers_are_never_ranked(district: Any, sign_in: Any) -> None:
    """No page of supervision names a worker, sorts by one, or counts by one: communities only (R17)."""
    visit_doors(1)
    check_again(1)
    names = [*User.objects.filter(role="grid_worker").values_list("username", "name")]
    page = sign_in("supervisor", "supervision").get("/supervision/").content.decode()
    board = sign_in("supervisor", "supervision").get("/board/").content.decode()
    for username, name in names:
        assert username not in page + board and name not in page + board
    for field in ("by", "worker", "username"):
        sorted_by = sign_in("supervisor", "supervision").get(f"/supervision/?sort={field}").content.decode()
        assert not [username for username, _ in names if username in sorted_by]
    assert "复核不一致" in page and "复核不一致" in board


def test_enough_are_drawn_and_the_interval_holds_what_was_seen(district: Any) -> None:
    visit_doors(1)
    check_again(1)
    closed, drawn = Outcome.objects.count(), Recheck.objects.count()
    assert drawn == min(closed, max(30, math.ceil(0.02 * closed)))
    found = doubted("")
    assert found["low"] <= found["differ"] / found["done"] * found["outcomes"] <= found["high"] <= closed
    Recheck.objects.all().delete()
    assert doubted("")["low"] is None
