"""What a form must not be before anybody is sent out with it: circular, or asking what nobody may ask. And what it asks for."""

from __future__ import annotations

import re
from functools import cache

from wangge.base.errors import WanggeError, Where
from wangge.dictionary import elements, normal_header, suggest
from wangge.forms.xform import Question, XForm, resolve

LITERAL = re.compile(r"'[^']*'|\"[^\"]*\"")
INNOCENT_INSIDE = {"照片"}  # a column of portraits is banned; the photo of a place is not
REFERENCE = re.compile(r"(?:current\(\)/)?(?:\.\.?/|/)[\w./*-]+")


def refuse_circle(form: XForm, file: str = "") -> None:
    """E3833 with the circle's questions where relevance or calculations wait for each other."""
    edges = {path: depends_on(form, path) for path in form.paths}
    state: dict[str, int] = {}
    for start in edges:
        circle = _circle_from(start, edges, state)
        if circle:
            names = " → ".join(path.rsplit("/", 1)[-1] for path in circle)
            raise WanggeError("E3833", Where(file=file, sheet="survey", column="relevant"), chain=names)


def depends_on(form: XForm, path: str) -> list[str]:
    """Nodes whose answer this node's relevance or calculation needs; what holds it comes first."""
    above = path.rsplit("/", 1)[0]
    found = [above] if above in form.paths else []
    question = form.questions.get(path)
    for part in ("calculate", "relevant") if question else ():
        for ref in REFERENCE.findall(LITERAL.sub("''", getattr(question, part))):
            target = resolve(ref, path)
            # A calculation may look at what it said before, here or in an earlier turn of a repeat.
            is_own = target == path and part == "calculate"
            if target in form.paths and target != above and not is_own:
                found.append(target)
    return found


def _circle_from(start: str, edges: dict[str, list[str]], state: dict[str, int]) -> list[str]:
    """Depth-first search without recursion; state 1: on the way, 2: settled."""
    way = [(start, iter(edges[start]))] if start not in state else []
    state.setdefault(start, 1)
    while way:
        node, rest = way[-1]
        for following in rest:
            if state.get(following) == 1:
                names = [one for one, _ in way]
                return [*names[names.index(following) :], following]
            if following not in state:
                state[following] = 1
                way.append((following, iter(edges[following])))
                break
        else:
            state[node] = 2
            way.pop()
    return []


def refuse_banned(form: XForm, file: str = "") -> None:
    """E3834 for the first question that asks, in its name or its words, what may never be collected."""
    for question in form.questions.values():
        for text in (question.element, question.save_to, question.name, question.label):
            reason = banned_reason(text)
            if reason:
                raise WanggeError("E3834", Where(file=file, sheet="survey", column="label"),
                                  column=question.label or question.name, reason=reason)  # fmt: skip


def banned_reason(text: str) -> str:
    """Why what these words ask may not be collected; empty where nothing forbids it."""
    known = suggest(text)
    if known is not None:
        return known.banned
    plain = normal_header(text)
    return next((reason for word, reason in _banned_words() if word in plain), "")


@cache
def _banned_words() -> list[tuple[str, str]]:
    """Chinese words of banned elements, long enough to mean nothing else inside a question."""
    found = {}
    for element in elements().values():
        for word in (element.zh, *element.synonyms) if element.banned else ():
            plain = normal_header(word)
            if len(plain) >= 2 and not plain.isascii() and plain not in INNOCENT_INSIDE:
                found[plain] = element.banned
    return sorted(found.items(), key=lambda one: -len(one[0]))


def elements_of(form: XForm) -> dict[str, str]:
    """Which data element each question asks for, as far as its bind, name or words say. -> {path: element}"""
    found = {path: _element(question) for path, question in form.questions.items() if question.control}
    return {path: name for path, name in found.items() if name}


def _element(question: Question) -> str:
    """What the form says outright comes first, the words last; never a guess."""
    above = question.path.rsplit("/", 2)[-2]
    for word in (question.element, question.save_to, f"{above}.{question.name}", question.name):
        name = _by_code().get(word.replace(".", "_").lower())
        if name:
            return name
    for word in (question.save_to, question.name, question.label):
        known = suggest(word) if word else None
        if known is not None and not known.banned:
            return known.name
    return ""


@cache
def _by_code() -> dict[str, str]:
    """`person_birth_date` -> `person.birth_date`; banned elements are not to be had."""
    return {name.replace(".", "_"): name for name, one in elements().items() if not one.banned}
