"""The dictionary's upper room: words people confirmed, for whom they count, and the pages to browse."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from wangge.base.errors import WanggeError
from wangge.dictionary.match import match
from wangge_server.dictionary.actions import confirm_words, forget_word
from wangge_server.dictionary.models import ConfirmedWord
from wangge_server.dictionary.queries import confirmed_words

WORDS = {"落脚点说明": "isolation.place"}


def confirm(users: dict[str, Any], words: dict[str, str], office: str) -> int:
    return confirm_words(words=words, office=office, by=users["clerk"], purpose="intake")


def test_an_offices_word_settles_its_next_header(users: dict[str, Any]) -> None:
    assert match("落脚点说明").element != "isolation.place"
    assert confirm(users, WORDS, "a") == 1
    assert match("落脚点 说明", confirmed=confirmed_words("a")).element == "isolation.place"
    assert confirmed_words("b") == {}  # one office alone binds nobody else


def test_two_offices_that_agree_bind_a_third_until_one_disagrees(users: dict[str, Any]) -> None:
    confirm(users, WORDS, "a")
    confirm(users, WORDS, "b")
    assert confirmed_words("c") == {"落脚点说明": "isolation.place"}
    confirm(users, {"落脚点说明": "person.address"}, "d")
    assert confirmed_words("c") == {}
    assert confirmed_words("d") == {"落脚点说明": "person.address"}


def test_what_may_never_be_asked_is_not_remembered(users: dict[str, Any]) -> None:
    assert confirm(users, {"有无前科": "system.remark", "某列": "person.ethnicity"}, "a") == 0
    assert not ConfirmedWord.objects.exists()
    with pytest.raises(WanggeError, match="E1004"):
        confirm(users, {"某列": "person.nobody"}, "a")


def test_an_office_takes_back_its_own_word_only(users: dict[str, Any]) -> None:
    confirm(users, WORDS, "a")
    word = ConfirmedWord.objects.get()
    forget_word(word_id=word.pk, office="b", by=users["clerk"], purpose="intake")
    assert ConfirmedWord.objects.exists()
    forget_word(word_id=word.pk, office="a", by=users["clerk"], purpose="intake")
    assert not ConfirmedWord.objects.exists()


def test_who_may_not_upload_confirms_nothing(users: dict[str, Any]) -> None:
    with pytest.raises(WanggeError, match="E800"):
        confirm_words(words=WORDS, office="a", by=users["commander"], purpose="command")


def test_the_dictionary_is_searched_by_any_word(sign_in: Any) -> None:
    page = sign_in("clerk").get(reverse("dictionary"), {"q": "座机"})
    assert page.status_code == 200
    assert "person.landline" in page.content.decode()
    assert "treatment.bed" not in page.content.decode()


def test_a_banned_element_says_why(sign_in: Any) -> None:
    page = sign_in("clerk").get(reverse("element", args=["person.ethnicity"])).content.decode()
    assert "R1: 应急登记不收集民族" in page
    assert sign_in("clerk").get(reverse("element", args=["person.nobody"])).status_code == 404
    assert sign_in("volunteer").get(reverse("dictionary")).status_code == 403


def test_an_element_shows_codes_and_purposes(sign_in: Any) -> None:
    page = sign_in("clerk").get(reverse("element", args=["person.sex"])).content.decode()
    assert "GB/T 2261.1" in page and "未说明" in page and "基础登记" in page
