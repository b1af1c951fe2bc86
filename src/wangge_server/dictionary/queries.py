"""Reads of the dictionary's upper room: what offices confirmed about headers, and the elements a search finds."""

from __future__ import annotations

from collections import defaultdict

from django.db.models import QuerySet

from wangge.dictionary import Element, elements, normal_header
from wangge_server.dictionary.models import ConfirmedWord

LEAST_OFFICES = 2  # offices that must agree before their word binds another one


def confirmed_words(office: str) -> dict[str, str]:
    """For match(confirmed=...): the office's own words; others' where at least two agree and none says otherwise."""
    own: dict[str, str] = {}
    others: dict[str, list[str]] = defaultdict(list)
    for key, element, where in ConfirmedWord.objects.values_list("key", "element", "office"):
        if where == office:
            own[key] = element
        else:
            others[key].append(element)
    agreed = {key: said[0] for key, said in others.items() if len(said) >= LEAST_OFFICES and len(set(said)) == 1}
    known = elements()
    return {key: element for key, element in (agreed | own).items() if element in known}


def words_of(element: str) -> QuerySet[ConfirmedWord]:
    """Headers that people said ask for this element."""
    return ConfirmedWord.objects.filter(element=element).order_by("header", "office")


def found_elements(text: str) -> list[Element]:
    """Elements whose name, definition or synonyms hold the text; all of them for an empty one."""
    key = normal_header(text)
    everything = list(elements().values())
    if not key:
        return everything
    return [e for e in everything if any(key in normal_header(w) for w in (e.name, e.zh, e.en, *e.synonyms))]
