"""A form over its versions: what stayed, was renamed, added, dropped or split, and how answers move from one to the next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from rapidfuzz import fuzz

from wangge.forms.form import Field, Form
from wangge.forms.matching import Matched, match_forms
from wangge.forms.questions import same
from wangge.forms.words import bare, is_office

Kind = Literal["kept", "renamed", "added", "dropped", "split", "joined"]
LEAST_STEM = 2  # letters that the parts of a split question begin with


@dataclass(frozen=True)
class Step:
    """One change from a version to the next. Numbers are those of the fields; an empty side has none."""

    kind: Kind
    old: tuple[int, ...]
    new: tuple[int, ...]
    element: str
    words: str  # 旧 -> 新, the labels


def changes(old: Form, new: Form) -> list[Step]:
    """Every field of both versions in exactly one step, in the order of the new version, dropped ones last.

    Fields belong together by element, then by wording; a question is split where two or more new ones begin as it does
    and the rest of each is part of it (返回省市 -> 返回省份, 返回市); joined is the same the other way.
    """
    before, after = (_rows(form) for form in (old, new))
    pairs = _pairs(before, after, _same_label)
    steps = _split(*_loose(before, after, pairs), "split") + _split(*_loose(after, before, _turned(pairs)), "joined")
    taken = {n for step in steps for n in step.old}, {n for step in steps for n in step.new}
    rest = [row for row in before if row.field.n not in taken[0]], [row for row in after if row.field.n not in taken[1]]
    for fits in (_same_element, _same_words):
        pairs |= _pairs(*_loose(*rest, pairs), fits)
    steps += [_kept(a, b) for a in before for b in after if (a.field.n, b.field.n) in pairs]
    gone = {n for step in steps for n in step.old}
    come = {n for step in steps for n in step.new}
    steps += [Step("added", (), (b.field.n,), b.element, b.field.label) for b in after if b.field.n not in come]
    steps += [Step("dropped", (a.field.n,), (), a.element, a.field.label) for a in before if a.field.n not in gone]
    return sorted(steps, key=lambda s: (not s.new, s.new or s.old))


def _rows(form: Form) -> list[Matched]:
    return [row for row in match_forms([form])[0] if not is_office(row.field)]


Pairs = set[tuple[int, int]]


def _turned(pairs: Pairs) -> Pairs:
    return {(b, a) for a, b in pairs}


def _loose(before: list[Matched], after: list[Matched], pairs: Pairs) -> tuple[list[Matched], list[Matched]]:
    """Fields of both sides that are in no pair yet."""
    old, new = {a for a, _ in pairs}, {b for _, b in pairs}
    return [row for row in before if row.field.n not in old], [row for row in after if row.field.n not in new]


def _pairs(before: list[Matched], after: list[Matched], fits: Callable[[Matched, Matched], bool]) -> Pairs:
    """Fields that belong together, each at most once."""
    found: dict[int, int] = {}
    for a in before:
        for b in after:
            if a.field.n not in found and b.field.n not in found.values() and fits(a, b):
                found[a.field.n] = b.field.n
    return set(found.items())


def _same_label(a: Matched, b: Matched) -> bool:
    return (a.field.label, a.field.group) == (b.field.label, b.field.group)


def _same_element(a: Matched, b: Matched) -> bool:
    return bool(a.element) and a.element == b.element and bool(a.field.group) == bool(b.field.group)


def _same_words(a: Matched, b: Matched) -> bool:
    return not (a.element and b.element) and same(a, b, fuzz.ratio(bare(a.field.label), bare(b.field.label)))


def _kept(a: Matched, b: Matched) -> Step:
    kind: Kind = "kept" if a.field.label == b.field.label else "renamed"
    words = b.field.label if kind == "kept" else f"{a.field.label} -> {b.field.label}"
    return Step(kind, (a.field.n,), (b.field.n,), b.element or a.element, words)


def _split(ones: list[Matched], many: list[Matched], kind: Literal["split", "joined"]) -> list[Step]:
    found = []
    for one in ones:
        parts = [row for row in many if _is_part(row.field, one.field)]
        if len(parts) > 1:
            whole, ends = (one.field.n,), tuple(row.field.n for row in parts)
            names = "、".join(row.field.label for row in parts)
            words = f"{one.field.label} -> {names}" if kind == "split" else f"{names} -> {one.field.label}"
            sides = (whole, ends) if kind == "split" else (ends, whole)
            found.append(Step(kind, sides[0], sides[1], one.element, words))
    return found


def _is_part(part: Field, whole: Field) -> bool:
    """返回省份 of 返回省市: it begins as the whole does, and goes on with a letter that the whole goes on with."""
    a, b = part.label, whole.label
    shared = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    return any(a[i] in b[i:] for i in range(LEAST_STEM, min(shared + 1, len(a))))


def moved(old: Form, new: Form, answers: Mapping[int, str]) -> tuple[dict[int, str], list[Step]]:
    """Answers {field number of the old version: text} under the numbers of the new one.

    -> (what could be moved, steps whose answers could not: split, joined and dropped ones, for a person to look at). An
    answer that the new version's list does not have is not moved either.
    """
    options = {one.n: one.options for one in new.fields}
    found, left = {}, []
    for step in changes(old, new):
        if step.kind in ("kept", "renamed") and step.old[0] in answers:
            value, allowed = answers[step.old[0]], options[step.new[0]]
            if allowed and value not in allowed:
                left.append(replace(step, words=f"{step.words} (?)"))
            else:
                found[step.new[0]] = value
        elif step.kind in ("split", "joined", "dropped") and any(n in answers for n in step.old):
            left.append(step)
    return found, left
