"""What a form must not be before anybody is sent out with it: circular, or asking what nobody may ask. And what it asks for."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from lxml import etree

from wangge.base.errors import WanggeError, Where
from wangge.dictionary import Element, elements, suggest
from wangge.dictionary.match import match_form
from wangge.dictionary.refused import banned_by_options, banned_by_words, banned_register
from wangge.forms.functions import NAMES, NAMESPACES, PREFIXED
from wangge.forms.safe_xml import local
from wangge.forms.xform import Question, XForm, resolve

LITERAL = re.compile(r"'[^']*'|\"[^\"]*\"")
REFERENCE = re.compile(r"(?:current\(\)/)?(?:\.\.?/|/)[\w./*-]+")
FUNCTION = re.compile(r"(?<!:)([A-Za-z_][\w-]*(?::[A-Za-z_][\w-]*)?)\s*\(")
OPERATORS = {"and", "or", "div", "mod"}


def refuse_unreadable(form: XForm, file: str = "") -> None:
    """E3847 for an expression that is no XPath, E3848 for a function nobody here knows."""
    for question in form.questions.values():
        for part in ("required", "constraint", "relevant", "calculate", "itemset"):
            expression = getattr(question, part)
            where = Where(file=file, sheet="survey", column=part)
            try:
                etree.XPath(expression or "1", namespaces=NAMESPACES)
            except etree.XPathError as why:
                raise WanggeError("E3847", where, reason=f"{part} of {question.path}") from why
            lost = [name for name in FUNCTION.findall(LITERAL.sub("''", expression))
                    if name not in NAMES | PREFIXED | OPERATORS]  # fmt: skip
            if lost:
                raise WanggeError("E3848", where, what=f"{lost[0]}()")


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


def refuse_banned(form: XForm, file: str = "", lang: str = "zh-hans") -> None:
    """E3834 for a register that labels people, and for the first question whose name, words or choices ask what may not be."""
    labels = banned_register(form.title)
    if labels:
        raise WanggeError(
            "E3834", Where(file, "settings", column="form_title"), column=form.title, reason=labels.reason(lang)
        )
    for question in form.questions.values():
        words = (question.element, question.save_to, question.name, question.label)
        found = next(filter(None, map(_banned_by, filter(None, words))), None) or banned_by_options(
            options_of(form, question)
        )
        if found:
            raise WanggeError("E3834", Where(file, "survey", column="label"),
                              column=question.label or question.name, reason=found.reason(lang))  # fmt: skip


def _banned_by(text: str) -> Element | None:
    """Signs are looked for in Chinese only: inside Latin words they would find themselves everywhere (childName: DNA)."""
    known = banned_by_words(text) if not text.isascii() else suggest(text)
    return known if known is not None and known.banned else None


def options_of(form: XForm, question: Question) -> list[str]:
    """The words one may choose from, as far as they stand in the form; lists that come as files are left out."""
    if question.choice_labels:
        return list(question.choice_labels)
    named = re.match(r"instance\(\s*['\"]([^'\"]*)", question.itemset)
    instance = form.instances.get(named[1]) if named else None
    items = [node for node in instance.iter() if local(node) == "item"] if instance is not None else []
    return [form.texts.get(words.get("itextId", ""), words.get("label", "")) for words in map(_item_words, items)][:200]


def _item_words(item: Any) -> dict[str, str]:
    return {local(part): (part.text or "").strip() for part in item}


def elements_of(form: XForm) -> dict[str, str]:
    """Which data element each question asks for: what the form says outright, else what the dictionary's matcher is sure of.

    -> {path: element}; a question nobody is sure of is not in it.
    """
    asked = [question for question in form.questions.values() if question.control not in ("", "trigger")]
    fields = [{"label": q.label or q.name, "key": q.name, "type": q.type, "options": options_of(form, q),
               "group": _group_label(form, q)} for q in asked]  # fmt: skip
    found = {}
    for question, guess in zip(asked, match_form(fields, form.title), strict=True):
        name = _said_outright(question) or (guess.element if guess.decision == "auto" else "")
        if name:
            found[question.path] = name
    return found


def _group_label(form: XForm, question: Question) -> str:
    above = form.questions.get(question.path.rsplit("/", 1)[0])
    return above.label if above else ""


def _said_outright(question: Question) -> str:
    """The element that the bind, its save_to or the question's name is."""
    above = question.path.rsplit("/", 2)[-2]
    words = (question.element, question.save_to, f"{above}.{question.name}", question.name)
    return next(filter(None, (_by_code().get(word.replace(".", "_").lower()) for word in words)), "")


@cache
def _by_code() -> dict[str, str]:
    """`person_birth_date` -> `person.birth_date`; banned elements are not to be had."""
    return {name.replace(".", "_"): name for name, one in elements().items() if not one.banned}
