"""The dictionary's files: complete, of one mind, and readable by whoever must be told why something is banned."""

from __future__ import annotations

import pytest

from wangge import policy
from wangge.dictionary import TYPES, code_list, elements, normal_header, subjects, suggest

KNOWN_TWICE = {  # one header, two subjects: the form's title decides
    "隔离日期", "管控日期", "入院日期", "采样日期", "入户情况", "接触人员信息", "是否离开", "是否外出", "外出原因", "外出日期", "外出事由",
}  # fmt: skip


def test_every_element_is_complete() -> None:
    purposes = set(policy.table()["purpose"])
    for e in elements().values():
        assert e.zh and e.en and e.definition, e.name
        assert e.type in TYPES, e.name
        assert set(e.purposes) <= purposes, e.name
        assert e.system or e.banned or e.purposes, e.name
        assert not e.codes or len(code_list(e.codes)) > 1, e.name
        assert e.subject in subjects()


def test_a_banned_element_says_why_in_three_languages() -> None:
    banned = [e for e in elements().values() if e.banned]
    assert len(banned) >= 14
    for e in banned:
        assert len({e.reason("zh-hans"), e.reason("en")}) == 2 and e.reason("zh-hant")[0] == "R"
        assert not e.purposes


def test_no_word_belongs_to_two_elements_unawares() -> None:
    owners: dict[str, set[str]] = {}
    for e in elements().values():
        for word in (e.zh, *e.synonyms):
            owners.setdefault(normal_header(word), set()).add(e.name)
    assert {word for word, names in owners.items() if len(names) > 1} == KNOWN_TWICE


@pytest.mark.parametrize("subject", sorted(s.name for s in subjects().values() if s.like))
def test_another_persons_attribute_is_never_the_persons(subject: str) -> None:
    for attribute in subjects()[subject].like:
        name = f"{subject}.{attribute}"
        assert name in elements()
        known = suggest(elements()[name].zh)
        assert known is not None and known.subject == subject, name
