"""The one matcher: which data element a header of a form or a list asks for.

    match("监护人电话", title="返校学生登记表").element        -> "guardian.phone"
    match_form([{"label": "姓名"}, {"label": "上午体温"}], "健康监测")   -> a Match a field

Evidence: the header's own words (characters, near spellings, words), its column's name in English or pinyin, choices,
type, the form's title, the upper header, the headers before it, and what a person has confirmed. A match is of
(subject, attribute): a guardian's phone is not the person's phone. No language model; nothing is fetched.

`decision` is
- auto     sure enough to use without asking; measured precision in docs/explanation/one-dictionary-one-matcher.md
- suggest  a person should look: the right element is most often among the three candidates
- none     nothing in the dictionary is like it
- banned   it asks what may never be asked, in whatever words; `reason` says which red line
- system   serial numbers, signatures, timestamps, workers: never asked of a resident
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from wangge.dictionary.context import Around, adjust, raw_scores
from wangge.dictionary.elements import Element, elements, normal_header
from wangge.dictionary.header import Header, read_header
from wangge.dictionary.refused import banned_by_options, banned_by_words, banned_register

Decision = Literal["auto", "suggest", "none", "banned", "system"]
AUTO, LEAST = 0.85, 0.25  # confidence from which a match is used without asking; below the least nothing is proposed
SHOWN = 3


@dataclass(frozen=True)
class Candidate:
    """An element that may be meant, with its score (0..1) and the reason in words."""

    element: str
    score: float
    reason: str


@dataclass(frozen=True)
class Match:
    """What a header asks. `element` is empty where nothing fits; `qualifier` tells two of a kind apart (上午, 下午)."""

    header: str
    element: str
    confidence: float
    decision: Decision
    candidates: tuple[Candidate, ...]
    reason: str
    qualifier: str = ""

    @property
    def asks(self) -> str:
        """One value for all headers that ask the same thing: the element, else the header's own words."""
        return self.element or f"?{read_header(self.header).core}"


def question_key(header: str, options: Sequence[str] = ()) -> str:
    """Under which a confirmed answer is remembered: the normalised header, with a digest of the choices where it has any."""
    if not options:
        return normal_header(header)
    digest = hashlib.sha256("\x1f".join(sorted(normal_header(o) for o in options)).encode()).hexdigest()[:12]
    return f"{normal_header(header)}#{digest}"


def match(
    header: str,
    *,
    options: Sequence[str] = (),
    type: str = "",
    title: str = "",
    group: str = "",
    key: str = "",
    before: str = "",
    confirmed: Mapping[str, str] = {},
) -> Match:
    """Which element a header asks for.

    `options` are its choices, `type` its kind of input, `title` the form's or sheet's, `group` the header above it, `key`
    the column's name in a system, `before` the subject the headers before it were about (match_form finds it).
    `confirmed` maps question_key() to the element a person chose; it settles the question.
    """
    chosen = confirmed.get(question_key(header, options)) or confirmed.get(question_key(header))
    if chosen and chosen in elements():
        return _confirmed(header, elements()[chosen])
    banned = _refusal(header, options, key)
    if banned:
        return _banned(header, banned)
    read = read_header(header)
    around = Around(title, group, before, key, type, tuple(options))
    if read.is_key and not key:
        around = replace(around, key=header)
    scored = adjust(raw_scores(read, around), around)
    ranked = sorted(scored.items(), key=lambda one: (-one[1][0], one[0]))
    ranked = [one for one in ranked if not elements()[one[0]].banned]
    return _decided(read, [(name, score, why) for name, (score, why) in ranked[:SHOWN]])


def match_form(
    fields: Sequence[Mapping[str, Any]], title: str = "", *, confirmed: Mapping[str, str] = {}
) -> list[Match]:
    """match() for every field of a form, with its neighbours as evidence. -> a Match a field, in order

    A field is a mapping with `label` and, where known, `key`, `type`, `options`, `group`.
    """
    from wangge.dictionary.neighbours import whose

    befores = whose([str(f.get("label") or f.get("key") or "") for f in fields])
    return [
        match(
            str(f.get("label") or f.get("key") or ""),
            options=[str(o) for o in f.get("options") or ()], type=str(f.get("type") or ""), title=title,
            group=str(f.get("group") or ""), key=str(f.get("key") or ""), before=before, confirmed=confirmed,
        )
        for f, before in zip(fields, befores, strict=True)
    ]  # fmt: skip


def refused_register(title: str) -> str:
    """Why a register with this title is refused as a whole (吸毒人员登记表); empty for other forms."""
    found = banned_register(title)
    return found.banned if found else ""


def _refusal(header: str, options: Sequence[str], key: str) -> Element | None:
    return banned_by_words(header) or banned_by_options(options)


def _banned(header: str, element: Element) -> Match:
    why = element.reason("zh-hans")
    return Match(header, element.name, 1.0, "banned", (Candidate(element.name, 1.0, why),), why)


def _confirmed(header: str, element: Element) -> Match:
    decision: Decision = "banned" if element.banned else "system" if element.system else "auto"
    why = element.reason("zh-hans") or "有人确认过"
    return Match(header, element.name, 1.0, decision, (Candidate(element.name, 1.0, why),), why)


def _decided(header: Header, ranked: list[tuple[str, float, list[str]]]) -> Match:
    candidates = tuple(Candidate(n, round(min(score, 1.0), 3), "；".join(why)) for n, score, why in ranked)
    confidence = _confidence([score for _, score, _ in ranked])
    if not ranked or confidence < LEAST:
        return Match(header.text, "", confidence, "none", candidates, "字典里没有相近的数据项")
    best = elements()[ranked[0][0]]
    decision: Decision = "system" if best.system else "auto" if confidence >= AUTO else "suggest"
    return Match(header.text, best.name, confidence, decision, candidates, candidates[0].reason, header.times)


def _confidence(scores: Sequence[float]) -> float:
    """Probability that the first candidate is right, from its score and its lead over the second."""
    if not scores:
        return 0.0
    lead = scores[0] - (scores[1] if len(scores) > 1 else 0.0)
    return round(1 / (1 + math.exp(-(-6.5 + 8.0 * min(scores[0], 1.05) + 6.0 * min(lead, 0.3)))), 3)
