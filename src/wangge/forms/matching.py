"""Every field of every form with its element, its confidence, and its fate. The one place that asks the matcher."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from wangge.dictionary import elements
from wangge.dictionary.match import Candidate, Decision, Match, match_form
from wangge.forms.form import Field, Form
from wangge.forms.verdict import LANGUAGES, Banned, Verdict, banned_question, judge
from wangge.forms.words import is_office

Fate = Literal["asked", "system", "banned", "refused"]
LIKELY = 0.5  # confidence from which a match counts by itself: less likely right than wrong, a person has to look


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


def match_forms(
    forms: Sequence[Form], confirmed: Mapping[str, str] | None = None
) -> tuple[list[Matched], list[Verdict]]:
    """Every field in exactly one fate, and the verdict on each form. A refused form asks nothing.

    `confirmed` is what a person said about headers, as wangge.dictionary.match takes it.
    """
    matched, verdicts = [], []
    for form in forms:
        fields = [{"label": f.label, "key": f.key, "type": f.type, "options": f.options, "group": f.group}
                  for f in form.fields]  # fmt: skip
        found = match_form(fields, form.title, confirmed=confirmed or {})
        bans = {one.n: ban for one, m in zip(form.fields, found, strict=True) if (ban := _ban(one, m))}
        rows = [_matched(form, one, m, bans.get(one.n)) for one, m in zip(form.fields, found, strict=True)]
        verdict = judge(form, [row.field.n for row in rows if row.fate == "asked"], bans)
        refused = verdict.verdict == "refuse"
        matched += [replace(row, fate="refused") if refused and row.fate == "asked" else row for row in rows]
        verdicts.append(verdict)
    return matched, verdicts


def _ban(one: Field, found: Match) -> Banned | None:
    """The ban on a question: what the matcher says, or the words and answers of the form."""
    if found.decision == "banned":
        element = elements()[found.element]
        return Banned(element.name, {lang: element.reason(lang) for lang in LANGUAGES})
    return banned_question(one)


def _matched(form: Form, one: Field, found: Match, ban: Banned | None) -> Matched:
    if ban:
        return Matched(form, one, ban.element, 1.0, "banned", (), "banned", ban.reason["zh-hans"])
    is_system = found.decision == "system"
    if is_office(one) or (is_system and found.confidence >= LIKELY):
        element = found.element if is_system else ""
        return Matched(form, one, element, found.confidence, "system", found.candidates, "system", found.reason)
    decision: Decision = "none" if is_system else found.decision
    element = "" if is_system else found.element
    return Matched(form, one, element, found.confidence, decision, found.candidates, "asked", found.reason)
