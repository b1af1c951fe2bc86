"""Every page: the right role opens it, the wrong purpose is refused with its number, nobody anonymous gets in."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from wangge_server.audit.models import Event

# page -> (role, purpose) that may open it, (role, purpose) that may not
PAGES = {
    "board": (("commander", "command"), ("clerk", "intake")),
    "screen": (("commander", "command"), ("clerk", "intake")),
    "grids_geojson": (("commander", "command"), ("clerk", "intake")),
    "base_geojson": (("commander", "command"), ("clerk", "intake")),
    "grids": (("commander", "command"), ("publisher", "publication")),
    "batches": (("clerk", "intake"), ("commander", None)),
    "batch_upload": (("clerk", "intake"), ("commander", "command")),
    "register": (("data_officer", "register"), ("data_officer", "intake")),
    "gaps": (("community_lead", "care"), ("community_lead", "register")),
    "campaigns": (("commander", "command"), ("clerk", "intake")),
    "campaign_new": (("community_lead", "care"), ("data_officer", "register")),
    "doors": (("grid_worker", "care"), ("commander", "command")),
    "judgement": (("judge_health", "judgement"), ("commander", "command")),
    "cases": (("cdc", "judgement"), ("judge_police", "judgement")),
    "cell": (("judge_police", "judgement"), ("commander", "command")),
    "emergencies": (("commander", "command"), ("clerk", "intake")),
    "emergency_new": (("commander", "command"), ("data_officer", "administration")),
    "protocol": (("commander", "command"), ("clerk", "intake")),
    "dispatch": (("community_lead", "visit"), ("clerk", "intake")),
    "handover": (("community_lead", "visit"), ("clerk", "intake")),
    "supervision": (("supervisor", "supervision"), ("commander", "command")),
    "publishing": (("publisher", "publication"), ("clerk", "intake")),
    "shares": (("auditor", "audit"), ("clerk", "intake")),
    "catalogue": (("supervisor", "supervision"), ("clerk", "intake")),
    "catalogue_dcat": (("auditor", "audit"), ("clerk", "intake")),
    "regions": (("data_officer", "administration"), ("clerk", "intake")),
    "handovers": (("cdc", "judgement"), ("clerk", "intake")),
    "handover_new": (("cdc", "judgement"), ("auditor", "audit")),
    "share_new": (("cdc", "judgement"), ("commander", "command")),
    "release_propose": (("publisher", "publication"), ("commander", "command")),
    "runs": (("data_officer", "intake"), ("data_officer", "register")),
    "audit": (("auditor", "audit"), ("commander", "command")),
    "policy": (("auditor", "audit"), ("commander", "command")),
    "people": (("data_officer", "administration"), ("data_officer", "register")),
    "health_page": (("auditor", "audit"), ("commander", "command")),
}  # fmt: skip
# Pages whose work must not grow with the rows shown. Session, user, emergency and names of areas are about eight.
MOST_QUERIES = 20


@pytest.mark.parametrize("name", PAGES)
def test_the_right_role_opens_it(name: str, sign_in: Any, django_assert_max_num_queries: Any) -> None:
    role, purpose = PAGES[name][0]
    client = sign_in(role, purpose)
    with django_assert_max_num_queries(MOST_QUERIES):
        response = client.get(reverse(name))
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"] or name == "base_geojson"


@pytest.mark.parametrize("name", [n for n in PAGES if PAGES[n][1][1]])
def test_the_wrong_purpose_is_refused_with_its_number(name: str, sign_in: Any) -> None:
    role, purpose = PAGES[name][1]
    before = Event.objects.filter(kind="refused").count()
    response = sign_in(role, purpose).get(reverse(name))
    assert response.status_code == 403
    assert "E8002" in response.content.decode()
    assert Event.objects.filter(kind="refused").count() == before + 1


@pytest.mark.parametrize("name", [*PAGES, "home"])
def test_nobody_anonymous_gets_in(name: str, db: None) -> None:
    response = Client().get(reverse(name))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("login"))


@pytest.fixture(scope="module")
def compiled() -> None:
    """Catalogues are compiled by scripts; a bare checkout may not have them yet."""
    from tools import messages

    messages.compile_all()


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_every_page_speaks_three_languages(language: str, compiled: None, sign_in: Any) -> None:
    client = sign_in("commander", "command")
    client.cookies["django_language"] = language
    words = {"zh-hans": "今日覆盖", "zh-hant": "今日覆蓋", "en": "Covered today"}
    text = client.get(reverse("board")).content.decode()
    assert words[language] in text
    assert not [words[other] for other in words if other != language and words[other] in text]


@pytest.mark.parametrize(
    ("role", "lands"),
    [("commander", "board"), ("clerk", "batches"), ("community_police", "dispatch"), ("grid_worker", "phone")],
)
def test_each_role_lands_on_its_own_first_page(role: str, lands: str, sign_in: Any) -> None:
    assert sign_in(role).get(reverse("home"))["Location"] == reverse(lands)


def test_a_role_without_pages_is_told_so(sign_in: Any) -> None:
    for role, waits_for in (("volunteer", "排班"), ("resident", "查看本人信息")):
        response = sign_in(role).get(reverse("home"))
        assert response.status_code == 200
        body = response.content.decode()
        assert "这个角色还没有自己的页面" in body  # what it is
        assert waits_for in body  # what is not there yet
        assert "接下来" in body  # and where to go meanwhile


def test_a_supervisor_on_a_phone_lands_on_the_phone(sign_in: Any) -> None:
    client = sign_in("supervisor")
    assert (
        client.get(reverse("home"), headers={"User-Agent": "Mozilla/5.0 (Linux; Android 14) Mobile"})["Location"]
        == "/m/"
    )
    assert client.get(reverse("home"), headers={"User-Agent": "Mozilla/5.0 (X11; Linux)"})["Location"] == reverse(
        "board"
    )


def test_the_menu_shows_only_what_may_be_opened(sign_in: Any) -> None:
    text = sign_in("clerk").get(reverse("batches")).content.decode()
    assert f'href="{reverse("batches")}"' in text
    assert f'href="{reverse("board")}"' not in text
    assert f'href="{reverse("audit")}"' not in text


def test_health_says_nothing_else(db: None) -> None:
    response = Client().get(reverse("health"))
    assert set(response.json()) == {"ok", "version", "database"}
    assert response.json()["ok"] is True


def test_unknown_addresses_say_so_without_saying_what_exists(sign_in: Any) -> None:
    response = sign_in("commander").get("/no/such/page/")
    assert response.status_code == 404
    assert "没有这一页" in response.content.decode()
