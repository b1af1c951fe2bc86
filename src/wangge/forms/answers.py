"""A value as a template wants it written: its own list of answers, its own codes."""

from __future__ import annotations

import re

from rapidfuzz import fuzz

from wangge.dictionary import code_list, elements, normal_header
from wangge.forms.prose import CODE

LEAST = 80.0
YES, NO = ("是", "有", "yes", "true"), ("否", "无", "没有", "no", "false")


def written(element: str, value: str, options: tuple[str, ...]) -> str | None:
    """The value in the template's words; None where its list of answers has no such one. Never the nearest wrong one.

    A code is looked up in the dictionary's list of the element; an answer that the template numbers (1-男) is written by its number.
    """
    if not options:
        return label_of(element, value)
    bare = {option: normal_header(CODE.sub("", option)) for option in options}
    wanted = {normal_header(word) for word in (value, label_of(element, value))}
    for option in options:
        if bare[option] in wanted or normal_header(option) in wanted:
            return in_its_way(option)
    for group in (YES, NO):
        if value.lower() in group:
            own = [option for option in options if bare[option] in group]
            return in_its_way(own[0]) if len(own) == 1 else None
    near = [option for option in options if any(_near(bare[option], word) for word in wanted)]
    return in_its_way(near[0]) if len(near) == 1 else None


def _near(a: str, b: str) -> bool:
    return min(len(a), len(b)) > 1 and (a in b or b in a or fuzz.ratio(a, b) >= LEAST) and not _denies(a, b)


def _denies(a: str, b: str) -> bool:
    """未婚 is not 已婚, 无 not 有: one of them says no."""
    return bool(re.search("[未无不非没]", a)) != bool(re.search("[未无不非没]", b))


def in_its_way(option: str) -> str:
    """A numbered answer by its number, another as it stands."""
    code = CODE.match(option)
    return code[1] if code else option


def label_of(element: str, value: str) -> str:
    """The word for a code of the element, or the value itself."""
    known = elements().get(element)
    return code_list(known.codes).get(value, value) if known and known.codes else value
