"""A decision in words: allowed, refused, or a gap nobody decided; why, on which basis, and who answers for it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any

from wangge.dictionary import elements
from wangge.policy.decide import rules, table
from wangge.policy.rules import RANK, Decision

LANGUAGES = ("zh-hans", "zh-hant", "en")


@dataclass(frozen=True)
class Question:
    """What somebody wants to know: may this role, for this purpose, do that? Relation and element where they matter."""

    role: str
    purpose: str
    verb: str
    phase: str = "active"
    relation: str = ""
    element: str = ""


def judge(question: Question) -> Decision:
    """The table's answer to the whole question, relation and element included."""
    q = question
    found = rules().decide(q.role, q.purpose, q.verb, q.phase)
    if not found.allowed:
        return found
    if q.relation and q.relation not in RANK:
        return Decision("gap", why="the relation is not in the table", cause="unknown")
    if q.relation and RANK[q.relation] > RANK[found.relation]:
        return replace(found, verdict="refused", why=f"{q.relation} lies beyond {found.relation}", cause="relation")
    if q.element and q.element not in found.elements:
        return replace(found, verdict="refused", why=f"{q.element} is not granted", cause="element")
    return found


def explain(question: Question, lang: str = "zh-hans") -> list[str]:
    """The answer in one language, a sentence a line: the verdict, what is seen, basis and who answers; or who may instead."""
    found, q = judge(question), question
    facts = _facts(q, found, lang)
    lines = [_say("sentence", found.cause, lang).format_map(facts)]
    if found.allowed:
        lines.append(_say("sentence", "shown", lang).format(elements=_shown(found, lang)))
    elif found.cause != "unknown":
        lines.append(_who_may(q, lang))
    if q.purpose in table()["purpose"]:
        lines.append(_say("sentence", "answers", lang).format_map(_answers(q.purpose, lang)))
    return lines


def verb_words(verb: str, lang: str) -> str:
    """`task.open` -> "open envelopes"; the verb itself where there are no words."""
    thing, _, act = verb.partition(".")
    words = _words()
    if act not in words["act"] or thing not in words["thing"]:
        return verb
    between = " " if lang == "en" else ""
    return between.join((words["act"][act][lang], words["thing"][thing][lang]))


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath("words.toml").read_text("utf-8"))


def _say(part: str, key: str, lang: str) -> str:
    row: Mapping[str, str] = _words()[part].get(key, {})
    return row.get(lang, key)


def _label(part: str, code: str, lang: str) -> str:
    row = table()[part].get(code)
    if row is None:
        return code
    words = row if part == "role" else row["label"]
    said = str(words[lang])
    return said[:1].lower() + said[1:] if lang == "en" and said[1:2].islower() else said


def _element(name: str, lang: str) -> str:
    one = elements().get(name)
    if one is None:
        return _say("element", name, lang)
    return one.en or one.name if lang == "en" else one.zh


def _between(lang: str) -> str:
    return ", " if lang == "en" else "、"


def _shown(found: Decision, lang: str) -> str:
    words = sorted(_element(name, lang) for name in found.elements)
    return _between(lang).join(words) if words else _say("sentence", "nothing", lang)


def _facts(q: Question, found: Decision, lang: str) -> dict[str, str]:
    line = next((one for one in rules().forbids if one["line"] == found.line), None)
    grant = rules().grants.get((q.role, q.purpose), {})
    return {
        "role": _label("role", q.role, lang), "purpose": _label("purpose", q.purpose, lang), "verb": verb_words(q.verb, lang),
        "relation": _say("relation", found.relation, lang), "granted": _say("relation", found.relation, lang),
        "asked": _say("relation", q.relation, lang), "element": _element(q.element, lang), "phase": _say("phase", q.phase, lang),
        "phases": _between(lang).join(_say("phase", one, lang) for one in grant.get("phases", ())),
        "line": found.line, "because": line["why"][lang] if line else "", "missing": _between(lang).join(_missing(q)),
    }  # fmt: skip


def _missing(q: Question) -> list[str]:
    """The words of the question that the table does not know."""
    known = (
        (q.role, rules().roles),
        (q.purpose, rules().purposes),
        (q.verb, rules().verbs),
        (q.phase, _words()["phase"]),
    )
    odd = [word for word, words in known if word not in words]
    return odd + ([q.relation] if q.relation and q.relation not in RANK else [])


def _who_may(q: Question, lang: str) -> str:
    """Who may do it to such a subject, seeing that, in this phase: where to turn instead."""
    shape = "{} ({})" if lang == "en" else "{}（{}）"
    found = [
        shape.format(_label("role", role, lang), _label("purpose", purpose, lang))
        for role, purpose in rules().grants
        if role != "system" and judge(replace(q, role=role, purpose=purpose)).allowed
    ]
    return (
        _say("sentence", "ask", lang).format(who=_between(lang).join(found))
        if found
        else _say("sentence", "nobody", lang)
    )


def _answers(purpose: str, lang: str) -> dict[str, str]:
    row = table()["purpose"][purpose]
    return {
        "basis": row["basis"][lang],
        "retention": _say("retention", row["retention"], lang),
        "answerable": _label("role", row["answerable"], lang),
    }
