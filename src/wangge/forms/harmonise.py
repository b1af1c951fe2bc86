"""The collect-once compiler: forms in; fields with elements, verdicts, different questions, the union form, its bill out."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from wangge.base.errors import WanggeError
from wangge.forms.bill import bill, department_of
from wangge.forms.form import Form
from wangge.forms.matching import Matched, match_forms
from wangge.forms.questions import questions
from wangge.forms.union import Asked, union
from wangge.forms.union_book import union_book
from wangge.forms.verdict import Verdict


@dataclass(frozen=True)
class Harmonised:
    """What the forms come to. `fields` has every field of every form once, `asked` every different question once."""

    forms: tuple[Form, ...]
    fields: tuple[Matched, ...]
    verdicts: tuple[Verdict, ...]
    asked: tuple[Asked, ...]
    bill: dict[str, Any] = field(default_factory=dict)

    def book(self, form_id: str = "wangge_union") -> bytes:
        """The union form as an XLSForm workbook; its version is a digest of what it asks."""
        departments = {form.form_id: department_of(form) for form in self.forms}
        return union_book(self.asked, departments, form_id, version_of(self.asked))


def harmonise(forms: Sequence[Form], purpose: str = "visit", phase: str = "active") -> Harmonised:
    """Make one of many. `purpose` is that of forms that state none. The order of the forms changes nothing.

    The same form given twice is one form. Raises E3819 (two different forms with one name), E3818 (a purpose nobody knows).
    """
    forms = one_of_each(forms)
    fields, verdicts = match_forms(forms)
    asked = union(questions(fields), purpose, phase)
    used = [form for form, verdict in zip(forms, verdicts, strict=True) if verdict.verdict != "refuse"]
    return Harmonised(tuple(forms), tuple(fields), tuple(verdicts), tuple(asked), bill(used, asked))


def one_of_each(forms: Sequence[Form]) -> list[Form]:
    """Forms by name, copies left out."""
    found: dict[str, Form] = {}
    for form in forms:
        before = found.setdefault(form.form_id, form)
        if before is not form and (before.fields, before.title) != (form.fields, form.title):
            raise WanggeError("E3819", form.where, form=form.form_id, other=before.file or before.title)
    return [found[name] for name in sorted(found)]


def version_of(asked: Sequence[Asked]) -> str:
    """A digest of the questions: the same questions are the same version."""
    text = "\n".join(f"{one.name} {one.kind} {one.state} {'|'.join(one.options)}" for one in asked)
    return hashlib.sha256(text.encode()).hexdigest()[:10]
