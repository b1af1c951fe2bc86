"""Whether a form may be used: by what it is for, by the share of banned questions, by its length. Rules: verdicts.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, Literal

from wangge.dictionary.refused import banned_by_words, banned_register
from wangge.forms.form import Field, Form

LANGUAGES = ("zh-hans", "zh-hant", "en")
Reason = dict[str, str]  # by language


@cache
def rules() -> dict[str, Any]:
    """verdicts.toml, read once."""
    return tomllib.loads(resources.files(__package__).joinpath("verdicts.toml").read_text("utf-8"))


@dataclass(frozen=True)
class Verdict:
    """The answer to whoever sent the form. `dropped` are numbers of fields, each with its reason."""

    form_id: str
    verdict: Literal["accept", "accept_with_fields_dropped", "refuse"]
    reason: Reason
    dropped: dict[int, Reason] = field(default_factory=dict)


@dataclass(frozen=True)
class Banned:
    """Why a question may not be asked, and which element it is."""

    element: str
    reason: Reason


def banned_question(one: Field) -> Banned | None:
    """The ban that a question falls under, in its own words or in others, or by the labels among its answers."""
    found = banned_by_words(one.label) or (banned_by_words(one.group) if one.group else None)
    if found is None and one.options:
        labels = [hit for hit in map(banned_by_words, one.options) if hit]
        enough = len(labels) > 1 and len(labels) >= rules()["limits"]["options_banned_share"] * len(one.options)
        found = labels[0] if enough else None
    return Banned(found.name, {lang: found.reason(lang) for lang in LANGUAGES}) if found else None


def banned_answer(option: str) -> bool:
    """Whether an answer is a banned label: a list may hold one among useful ones."""
    return banned_by_words(option) is not None


def judge(form: Form, asked: Sequence[int], banned: dict[int, Banned]) -> Verdict:
    """The verdict on a form whose questions `asked` remain and whose questions `banned` may not be asked."""
    limits, reasons = rules()["limits"], rules()["reason"]
    n = len(asked) + len(banned)
    register = _register(form)
    if register:
        return Verdict(form.form_id, "refuse", _said(reasons["register"], register=register))
    if len(banned) >= limits["refuse_from_banned"] and len(banned) >= limits["refuse_from_share"] * n:
        return Verdict(form.form_id, "refuse", _said(reasons["share"], n=n, banned=len(banned)))
    if len(asked) > limits["most_questions"]:
        return Verdict(form.form_id, "refuse", _said(reasons["too_long"], n=len(asked), limit=limits["most_questions"]))
    if not banned:
        return Verdict(form.form_id, "accept", _reason(reasons["accept"]))
    dropped = {n: one.reason for n, one in sorted(banned.items())}
    why = {
        lang: ("; " if lang == "en" else "；").join(dict.fromkeys(r[lang] for r in dropped.values()))
        for lang in LANGUAGES
    }
    said = _said(reasons["dropped"], n=len(dropped), reasons=why)
    return Verdict(form.form_id, "accept_with_fields_dropped", said, dropped)


def _register(form: Form) -> Reason | None:
    """Why the form is a register that is refused, by its title, its use or its name; None for any other."""
    rule, texts = rules()["register"], (form.title, form.use, form.form_id.replace("_", " "), form.sheet)
    for text in texts:
        found = banned_register(text)
        if found and found.name in rule["elements"]:
            return _said(rule, reason={lang: found.reason(lang) for lang in LANGUAGES})
    whole = " ".join(texts).lower()
    for extra in rule["words"]:
        if any(word in whole for word in extra["words"]) and not any(word in whole for word in extra["unless"]):
            return _said(rule, reason=_reason(extra))
    return None


def _reason(rule: dict[str, Any]) -> Reason:
    return {lang: rule[lang] for lang in LANGUAGES}


def _said(template: dict[str, Any], **facts: Any) -> Reason:
    """The template in each language; a fact that is itself a reason is said in that language."""
    return {
        lang: template[lang].format(**{k: v[lang] if isinstance(v, dict) else v for k, v in facts.items()})
        for lang in LANGUAGES
    }
