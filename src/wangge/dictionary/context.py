"""Whose attribute a header asks, and what the form around it is about: the evidence beside the header's own words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from wangge.dictionary.columns import by_key, subject_of_key
from wangge.dictionary.elements import Subject, code_list, elements, subjects
from wangge.dictionary.header import Header, read_header
from wangge.dictionary.likeness import scores

LISTED = re.compile(r"[，,;；。]|-{2,}|\s+(?=\d)")  # what stands behind explains or lists
YES_NO = {"是", "否", "有", "无", "是否", "男女", "yes", "no", "true", "false", "0", "1"}
NUMBERS = "一二三四五六甲乙123456的"  # 监护人一姓名
REGISTERED = (
    "登记",
    "信息",
    "注册",
    "台账",
    "名单",
    "花名册",
    "申报",
    "情况",
    "档案",
    "统计",
    "管理",
    "基本",
    "人员",
    "记录",
    "表",
)
NAMED = {
    "姓名": "person.name",
    "身份证号": "person.id_number",
    "身份证号码": "person.id_number",
    "证件号码": "person.id_number",
}
SOMEBODY = 0.62  # enough to be shown, never to be taken without a look
HOUSES = ("房屋", "住房", "出租屋", "出租房", "房源", "租赁", "合同")


@dataclass(frozen=True)
class Around:
    """What stands around a header: the form's title, the upper header, and whom the headers before were about."""

    title: str = ""
    group: str = ""
    before: str = ""  # subject of the headers just before, where it is another person
    key: str = ""
    type: str = ""
    options: tuple[str, ...] = ()


@cache
def _role_words() -> tuple[tuple[str, str], ...]:
    """(word, subject) of other persons, longest first."""
    pairs = [(w, s.name) for s in subjects().values() if s.like for w in s.words]
    return tuple(sorted(pairs, key=lambda p: -len(p[0])))


@cache
def _plain_words() -> tuple[tuple[str, str], ...]:
    """(word, subject) that say no more than the subject itself: 旅客姓名, 房屋地址. Longest first."""
    pairs = [(w, s.name) for s in subjects().values() if not s.like for w in s.words]
    return tuple(sorted(pairs, key=lambda p: -len(p[0])))


@cache
def role_in(text: str) -> tuple[str, str]:
    """The other person a text names, and the text without the word. -> (subject or "", rest)"""
    for word, subject in _role_words():
        at = text.find(word)
        if at >= 0 and not (at and text[at - 1] in "与和跟"):
            return subject, text[:at] + text[at + len(word) :].lstrip(NUMBERS)
    return "", text


@cache
def registered(title: str) -> str:
    """The other person who is the row of a form with this title: 租客登记 registers tenants; empty where none is."""
    subject, rest = role_in(read_header(title).full)
    is_house = any(word in title for word in HOUSES)
    return subject if subject and not is_house and (not rest or any(w in rest for w in REGISTERED)) else ""


def raw_scores(header: Header, around: Around) -> dict[str, tuple[float, str]]:
    """Scores of all elements by every reading of the header. -> {element: (score, the words that speak for it)}"""
    found: dict[str, tuple[float, str]] = {}
    for text, worth, bare in _readings(header):
        near = scores(text)
        _take(found, {n: s for n, s in near.items() if not elements()[n].system} if bare else near, worth)
    role, rest = role_in(header.full)
    _somebody(found, header)
    if role:
        _other_person(found, role, rest, header)
    elif whose := _whose(around):
        _context_person(found, whose, header)
    for text, worth, subject in _about(header, around):
        _take(found, {n: s for n, s in scores(text).items() if n.startswith(f"{subject}.")}, worth)
    if registered(around.title):
        _own_subject(found, registered(around.title))
    return found


def _readings(header: Header) -> list[tuple[str, float, bool]]:
    """The header as it is, without idle words, its lower part, and without a plain subject word in front: then it is no
    serial number (员工编号 is no 编号). -> [(text, worth, bare)]"""
    found = [(header.full, 1.0, False), (header.core, 0.99, False)]
    if "/" in header.text:
        found.append((read_header(header.text.rpartition("/")[2]).core, 0.95, False))
    first = LISTED.split(header.text.strip())[0]
    if len(first) > 1 and first != header.text:
        found.append((read_header(first).core, 0.93, False))
    for word, subject in _plain_words():
        rest = header.core.removeprefix(word)
        if rest != header.core and len(rest) > 1:
            found.append((rest, 0.98 if subject == "person" else 0.95, True))
            break
    return found


def _somebody(found: dict[str, tuple[float, str]], header: Header) -> None:
    """A name or a number of somebody in words the dictionary does not know (护林员姓名): a person is to look."""
    for ending, source in NAMED.items():
        if header.core.endswith(ending) and header.core != ending:
            _take(found, {source: (SOMEBODY, ending)}, 1.0)


def _take(found: dict[str, tuple[float, str]], more: dict[str, tuple[float, str]], worth: float) -> None:
    for name, (score, word) in more.items():
        if score * worth > found.get(name, (0.0, ""))[0]:
            found[name] = (score * worth, word)


def _other_person(found: dict[str, tuple[float, str]], role: str, rest: str, header: Header) -> None:
    """The header names another person: their attributes, as far as the rest is like the same attribute of anybody."""
    rest_scores = dict(scores(read_header(rest).core)) if rest else {"person.name": (0.97, "姓名")}
    if rest and not header.yes_no and any(header.full.endswith(w) for w, s in _role_words() if s == role):
        _take(rest_scores, {"person.name": (0.95, "姓名")}, 1.0)  # 社区网格员: what stands before says which one
    behind = next((header.full.partition(w)[2] for w, s in _role_words() if s == role and w in header.full), "")
    if behind and behind != rest:  # 委托代理人姓名: what stands before only says more of the person
        _take(rest_scores, scores(read_header(behind).core), 0.96)
    like = subjects()[role].like
    for name, (score, word) in found.items():
        if score < 0.99 and not name.startswith(f"{role}."):
            found[name] = (score * 0.8, word)
    more = {f"{role}.{a}": rest_scores[source] for a, source in like.items() if source in rest_scores}
    _take(found, more, 0.985)


def _whose(around: Around) -> str:
    """Whose attribute a header without a person in it asks: by its upper header, its column's name, its neighbours."""
    group_role, _ = role_in(read_header(around.group).full) if around.group else ("", "")
    key_role, _ = subject_of_key(around.key)
    return group_role or key_role or around.before


def _context_person(found: dict[str, tuple[float, str]], role: str, header: Header) -> None:
    like = subjects()[role].like
    own = {f"{role}.{a}": found[source] for a, source in like.items() if source in found}
    for source in set(like.values()) & found.keys():
        score, word = found[source]
        found[source] = (score * 0.85, word)
    _take(found, own, 0.98)


def _own_subject(found: dict[str, tuple[float, str]], role: str) -> None:
    """In a register of tenants the tenant is the person of the row."""
    for attribute, source in subjects()[role].like.items():
        name = f"{role}.{attribute}"
        if name in found and found[name][0] > found.get(source, (0.0, ""))[0]:
            score, word = found[name]
            found[source], found[name] = (score, word), (score * 0.9, word)


def _about(header: Header, around: Around) -> list[tuple[str, float, str]]:
    """A short header in a form about one thing: 开始时间 in a form of isolation is 隔离开始时间."""
    if len(header.core) > 5:
        return []
    found = []
    for subject in subjects().values():
        for word in subject.about:
            for place, worth in ((around.group, 0.97), (around.title, 0.93)):
                if word in place and word not in header.core:
                    found.append((word + header.core, worth, subject.name))
    return found


def adjust(found: dict[str, tuple[float, str]], around: Around) -> dict[str, tuple[float, list[str]]]:
    """Weigh in the column's name, type, choices and title. -> {element: (score 0..1, reasons in words)}"""
    keyed = by_key(around.key) if around.key else {}
    out: dict[str, tuple[float, list[str]]] = {}
    for name in found.keys() | keyed.keys():
        score, word = found.get(name, (0.0, ""))
        why = [f"标题像“{word}”"] if word else []
        if name in keyed:
            score = max(score + 0.12 * keyed[name], 0.5 * keyed[name])
            why.append(f"列名 {around.key}")
        bonus, more = _small_evidence(name, around)
        out[name] = (min(score + (bonus if score > 0.3 else 0.0), 1.2), why + more)
    return out


def _small_evidence(name: str, around: Around) -> tuple[float, list[str]]:
    element, subject = elements()[name], subjects()[name.partition(".")[0]]
    bonus, why = 0.0, []
    if around.options:
        share = _shared(name, around.options)
        bonus += 0.15 * share
        if share:
            why.append("选项相符")
        if set(around.options) <= YES_NO:
            bonus += 0.04 if element.type == "yes_no" else -0.04
    if around.type in ("date", "datetime", "datepicker") or around.type.startswith("date"):
        bonus += 0.04 if element.type in ("date", "instant") else -0.06
    if _titled(subject, around.title):
        bonus += 0.03
        why.append(f"表名属于{subject.zh}")
    elif subject.titled_only:
        bonus -= 0.08
    return bonus, why


@cache
def _titled(subject: Subject, title: str) -> bool:
    return any(word in title for word in subject.titles)


def _shared(name: str, options: Sequence[str]) -> float:
    """How many of the choices are in the element's code list."""
    element = elements()[name]
    if not element.codes:
        return 0.0
    labels = " ".join(code_list(element.codes).values())
    return sum(1 for o in options if o and (o in labels or any(label in o for label in labels.split()))) / len(options)
