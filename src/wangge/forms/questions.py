"""Which fields ask the same thing: by element, else by wording, subject, numbers and kind of answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from rapidfuzz import fuzz, process

from wangge.dictionary import elements
from wangge.forms.matching import LIKELY, Matched
from wangge.forms.words import bare, facets, names_a_code, packed_parts

ALIKE = 80.0  # per cent of the bare wording; below it two labels are two questions
ANSWERS = 0.5  # share of answers in common that makes near wordings one question
NEAR = 65.0


@dataclass(frozen=True)
class Question:
    """One thing that is asked, whoever asks it. `element` is empty where the dictionary has none for it."""

    key: str
    element: str
    label: str
    askers: tuple[Matched, ...]
    options: tuple[str, ...] = field(default=())

    @property
    def forms(self) -> list[str]:
        """Forms that ask it, each once, in order of their names."""
        return sorted({row.form.form_id for row in self.askers})

    @property
    def asks(self) -> int:
        """How many fields ask it over all forms: a code beside its name asks once more for what was just said."""
        return len(self.askers)


def by_form(rows: Sequence[Matched]) -> dict[str, list[Matched]]:
    """Rows of each form."""
    found: dict[str, list[Matched]] = {}
    for row in rows:
        found.setdefault(row.form.form_id, []).append(row)
    return found


def questions(matched: Sequence[Matched]) -> list[Question]:
    """The different questions among the fields that are asked, in no order that depends on that of the forms."""
    asked = sorted((row for row in matched if row.fate == "asked"), key=lambda row: row.place)
    groups: dict[str, list[Matched]] = {}
    loose = []
    for rows in by_form(asked).values():
        sure = _by_element(rows)
        loose += [row for row in rows if row.place not in sure]
        for row in rows:
            if row.place in sure:
                groups.setdefault(sure[row.place], []).append(row)
    found = [_question(key, key, rows) for key, rows in groups.items()]
    found += [_question("", "", rows) for rows in clusters(loose)]
    return sorted(found, key=lambda q: (not q.element, q.key))


def _by_element(rows: Sequence[Matched]) -> dict[tuple[str, int], str]:
    """-> {place of a field of one form: the element it asks}; fields left out are told apart by wording.

    A form that has two fields of one element wants two answers (first and second dose, morning and evening), unless one is
    the other's code: the likeliest asks the element, the others ask something of their own. So does a field whose element
    is less likely right than wrong: a person has to look at it, and no question gets lost meanwhile.
    """
    best: dict[str, Matched] = {}
    for row in sorted(rows, key=lambda r: (-r.confidence, r.field.n)):
        if row.element and row.confidence >= LIKELY:
            best.setdefault(row.element, row)
    found = {row.place: element for element, row in best.items()}
    for row in rows:
        own = next((element for element, one in best.items() if _is_twin(row, one)), "")
        if own and row.place not in found:
            found[row.place] = own
    return found


def _is_twin(a: Matched, b: Matched) -> bool:
    """Whether one is the other's code, number or name: as likely of the same element, or of the same bare wording."""
    if not (names_a_code(a.field.label) or names_a_code(b.field.label)) or facets(a.field) != facets(b.field):
        return False
    return (a.element == b.element and a.confidence >= LIKELY) or bare(a.field.label) == bare(b.field.label)


def _question(key: str, element: str, rows: list[Matched]) -> Question:
    label = elements()[element].zh if element in elements() else _label(rows)
    options = tuple(dict.fromkeys(option for row in rows for option in row.field.options))
    return Question(key or f"~{_own_key(rows)}", element, label, tuple(rows), options)


def _label(rows: Sequence[Matched]) -> str:
    """The wording most forms use; of equals the shortest. A question about somebody says about whom."""
    said = [
        f"{r.field.group}{r.field.label}" if r.field.group and len(r.field.group) < 7 else r.field.label for r in rows
    ]
    return min(said, key=lambda text: (-said.count(text), len(text), text))


def _own_key(rows: Sequence[Matched]) -> str:
    """A name that stays while the same fields are there: the first in the alphabet of their bare wordings."""
    row = min(rows, key=lambda r: (bare(r.field.label), r.field.group))
    kind = facets(row.field).kind
    return f"{row.field.group}/{bare(row.field.label)}/{kind}".strip("/")


def clusters(rows: Sequence[Matched]) -> list[list[Matched]]:
    """Fields no element was found for, put together where they ask the same thing. Connected components."""
    if not rows:
        return []
    labels = [bare(row.field.label) for row in rows]
    alike = process.cdist(labels, labels, scorer=fuzz.ratio, score_cutoff=NEAR)
    parent = list(range(len(rows)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for i, j in zip(*np.nonzero(np.triu(alike, 1)), strict=True):
        if same(rows[i], rows[j], float(alike[i, j])):
            parent[max(root(i), root(j))] = min(root(i), root(j))
    found: dict[int, list[Matched]] = {}
    for i, row in enumerate(rows):
        found.setdefault(root(i), []).append(row)
    return list(found.values())


def same(a: Matched, b: Matched, wording: float) -> bool:
    """Whether two fields ask the same thing: about the same person, with the same numbers, for the same kind of answer,
    and in like words, or in near words with answers in common."""
    if facets(a.field) != facets(b.field) or bool(packed_parts(a.field)) != bool(packed_parts(b.field)):
        return False
    if wording >= ALIKE:
        return True
    one, other = set(a.field.options), set(b.field.options)
    return bool(one and other) and len(one & other) >= ANSWERS * min(len(one), len(other)) and wording >= NEAR
