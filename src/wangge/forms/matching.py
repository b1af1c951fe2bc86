"""Every field of every form with its element, its confidence, and its fate. The one place that asks the matcher."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz

from wangge.dictionary import elements, normal_header, suggest
from wangge.forms.form import Field, Form
from wangge.forms.verdict import Banned, Verdict, banned_question, judge
from wangge.forms.words import bare, is_office

Decision = Literal["auto", "suggest", "none", "banned", "system"]
Fate = Literal["asked", "system", "banned", "refused"]
LIKELY = 0.85  # a proposal below it is shown as a candidate and not taken


@dataclass(frozen=True)
class Candidate:
    """An element a person may choose, and why it was proposed."""

    element: str
    confidence: float
    reason: str


@dataclass(frozen=True)
class Matched:
    """One field: what it asks as far as the dictionary tells, and what becomes of it."""

    form: Form
    field: Field
    element: str
    confidence: float
    decision: Decision
    candidates: tuple[Candidate, ...]
    fate: Fate
    reason: str = ""

    @property
    def place(self) -> tuple[str, int]:
        """Which field of which form."""
        return self.form.form_id, self.field.n


def match_forms(forms: Sequence[Form]) -> tuple[list[Matched], list[Verdict]]:
    """Every field in exactly one fate, and the verdict on each form. A refused form asks nothing."""
    matched, verdicts = [], []
    for form in forms:
        bans = {one.n: ban for one in form.fields if (ban := banned_question(one))}
        rows = [_matched(form, one, bans.get(one.n)) for one in form.fields]
        verdict = judge(form, [row.field.n for row in rows if row.fate == "asked"], bans)
        refused = verdict.verdict == "refuse"
        matched += [_refused(row) if refused and row.fate == "asked" else row for row in rows]
        verdicts.append(verdict)
    return matched, verdicts


def _matched(form: Form, one: Field, ban: Banned | None) -> Matched:
    if ban:
        return Matched(form, one, ban.element, 1.0, "banned", (), "banned", ban.reason["zh-hans"])
    if is_office(one):
        return Matched(form, one, "", 1.0, "system", (), "system")
    found = candidates(one)
    best = found[0] if found else None
    sure = best is not None and best.confidence == 1.0
    likely = best is not None and best.confidence >= LIKELY
    decision: Decision = "auto" if sure else "suggest" if likely else "none"
    return Matched(
        form, one, best.element if best and likely else "", best.confidence if best else 0.0, decision, found, "asked"
    )


def _refused(row: Matched) -> Matched:
    return Matched(
        row.form, row.field, row.element, row.confidence, row.decision, row.candidates, "refused", row.reason
    )


def candidates(one: Field) -> tuple[Candidate, ...]:
    """At most three elements for a field, best first. A question about somebody else has none among person's."""
    known = suggest(one.label) or suggest(bare(one.label))
    if known and not known.banned and not _of_another(known.name, one):
        return (Candidate(known.name, 1.0, known.zh),)
    key, best = normal_header(one.label), dict[str, Candidate]()
    for element in elements().values():
        if element.banned or _of_another(element.name, one):
            continue
        for word in (element.zh, *element.synonyms):
            score = round(min(fuzz.ratio(key, normal_header(word)) / 100, 0.99), 3)
            if score > (best[element.name].confidence if element.name in best else 0.4):
                best[element.name] = Candidate(element.name, score, word)
    return tuple(sorted(best.values(), key=lambda c: (-c.confidence, c.element))[:3])


def _of_another(element: str, one: Field) -> bool:
    return bool(one.group) and element.startswith("person.")
