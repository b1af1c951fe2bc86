"""The union form: every different question once, in the order of a visit, with for whom and for what it is asked."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any, Literal

from wangge import policy
from wangge.base.errors import WanggeError
from wangge.dictionary import code_list, elements
from wangge.forms.matching import Matched
from wangge.forms.questions import Question
from wangge.forms.verdict import banned_answer
from wangge.forms.words import kind_of, packed_parts

State = Literal["asked", "undecided", "withheld"]
KINDS = {"date": "date", "instant": "dateTime", "integer": "integer", "number": "decimal", "photo": "image"}
SELECT_MOST = 60  # answers; a longer list is typed


@cache
def rules() -> dict[str, Any]:
    """union.toml, read once."""
    return tomllib.loads(resources.files(__package__).joinpath("union.toml").read_text("utf-8"))


@dataclass(frozen=True)
class Asked:
    """One question of the union form. `purposes` has {purpose: forms that need it for that}; withheld ones say why.

    asked: a purpose allows it. undecided: the dictionary does not know it, the department answers for it. withheld: no
    purpose of those who want it allows it now, so nobody is asked.
    """

    question: Question
    name: str
    part: str
    kind: str  # XLSForm type
    options: tuple[str, ...]
    required: bool
    purposes: dict[str, tuple[str, ...]]
    state: State
    why: str = ""

    @property
    def each_person(self) -> bool:
        """Whether it is asked of every member of the household."""
        return bool(part_rule(self.part).get("each_person"))

    @property
    def seconds(self) -> float:
        """How long an answer takes at the door."""
        return float(rules()["seconds"].get(self.kind, rules()["seconds"]["text"]))


def union(questions: Sequence[Question], default_purpose: str, phase: str = "active") -> list[Asked]:
    """Questions in the order of a visit, withheld ones too. Raises E3818 for a purpose the policy does not know."""
    made = [_asked(question, default_purpose, phase) for question in questions]
    order = {part["name"]: i for i, part in enumerate(rules()["part"])}
    place = {name: i for i, name in enumerate(elements())}
    return sorted(made, key=lambda a: (order[a.part], place.get(a.question.element, len(place)), a.question.key))


def purpose_of(row: Matched, default: str) -> str:
    """For what a form asks. Raises E3818 where the policy has no such purpose."""
    purpose = row.form.purpose or default
    if purpose not in policy.table()["purpose"]:
        raise WanggeError("E3818", row.form.where, purpose=purpose, known="、".join(policy.purposes_that_ask()))
    return purpose


def _asked(question: Question, default: str, phase: str) -> Asked:
    purposes: dict[str, set[str]] = {}
    refused: list[str] = []
    gap = False
    for row in question.askers:
        purpose = purpose_of(row, default)
        decision = policy.may_collect(purpose, question.element, phase)
        if decision.verdict == "refused":
            refused.append(decision.why)
            continue
        gap |= decision.verdict == "gap"
        purposes.setdefault(purpose, set()).add(row.form.form_id)
    state: State = "withheld" if not purposes else "undecided" if gap else "asked"
    options = tuple(option for option in options_of(question) if not banned_answer(option))
    return Asked(
        question, name_of(question), part_of(question), type_of(question, options), options, _required(question),
        {name: tuple(sorted(forms)) for name, forms in sorted(purposes.items())}, state, refused[0] if not purposes else "",
    )  # fmt: skip


def options_of(question: Question) -> tuple[str, ...]:
    """The answers its askers offer; where none offers any, those of the dictionary's code list."""
    element = elements().get(question.element)
    if question.options or element is None or not element.codes:
        return question.options
    return tuple(code_list(element.codes).values())


def name_of(question: Question) -> str:
    """The question's name in the union form: the element's with underscores, else a digest of its wording."""
    if question.element:
        return question.element.replace(".", "_")
    return "q_" + hashlib.sha256(question.key.encode()).hexdigest()[:10]


def part_rule(name: str) -> dict[str, Any]:
    """A part of the form."""
    return next(part for part in rules()["part"] if part["name"] == name)


def part_of(question: Question) -> str:
    """The part it belongs to: by element, by subject, else by the first part one of whose words stands in its label."""
    subject = question.element.partition(".")[0]
    for part in rules()["part"]:
        if question.element and (question.element in part["subjects"] or subject in part["subjects"]):
            return str(part["name"])
    for part in rules()["part"]:
        if any(word in question.label for word in part["words"]):
            return str(part["name"])
    return "other"


def type_of(question: Question, options: Sequence[str]) -> str:
    """XLSForm type: that of the element, else what its askers say."""
    element = elements().get(question.element)
    if element and element.type in KINDS:
        return KINDS[element.type]
    if 2 <= len(options) <= SELECT_MOST or (element and element.type == "boolean"):
        return "select_one"
    if element:
        return "text"
    kinds = [kind_of(row.field) for row in question.askers]
    kind = max(sorted(set(kinds)), key=kinds.count)
    return {"yes_no": "select_one", "date": "date", "number": "decimal"}.get(kind, "text")


def _required(question: Question) -> bool:
    """Required only where every form that asks it needs it."""
    return all(row.field.required for row in question.askers)


def for_purpose(asked: Sequence[Asked], purpose: str) -> list[Asked]:
    """What one purpose asks, with the forms that need it for that: merging forms never merges purposes."""
    own = [one for one in asked if one.state != "withheld" and purpose in one.purposes]
    return [replace(one, purposes={purpose: one.purposes[purpose]}) for one in own]


def is_unpacked(asked: Asked) -> bool:
    """Whether forms wrote it as one cell for a whole family: the repeat takes its place."""
    return any(packed_parts(row.field) for row in asked.question.askers)
