"""One filled form, checked again where it arrives: shape, types, choices, required, constraint, relevance.

The device has checked all this with the real engine; a server that believes the device believes anybody. What does not
hold is told with its number and its question, never with the answer. Nothing is dropped: whether an answer counts is for
whoever calls.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from wangge.base.errors import WanggeError
from wangge.forms.evaluate import Evaluator, plain_tree
from wangge.forms.safe_xml import parse_xml
from wangge.forms.xform import Question, XForm

ID = re.compile(r"[\x21-\x7e一-鿿]{1,120}")
POINT = re.compile(r"-?\d{1,2}(\.\d+)? -?\d{1,3}(\.\d+)?( -?\d+(\.\d+)?){0,2}", re.A)
INTEGER, DECIMAL = re.compile(r"-?\d{1,18}", re.A), re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.A)
CLOCK = re.compile(r"\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}(:?\d{2})?)?", re.A)
# "No" and "don't know" are answers too, and different ones.
REFUSED, NOT_KNOWN = {"refused", "declined", "prefer_not_to_say"}, {"not_known", "unknown", "dont_know", "dk"}
MOST_PROBLEMS = 200


@dataclass(frozen=True)
class Sent:
    """What a submission says of itself, before anybody looks for its form."""

    form_id: str
    version: str
    instance_id: str
    replaces: str  # instanceID of the submission this one corrects; empty for a first one
    root: Any


@dataclass(frozen=True)
class Problem:
    """What does not hold, at which question. `what` is a fact about the form, never an answer."""

    code: str
    path: str
    what: str = ""


@dataclass(frozen=True)
class Answer:
    """One answer: the question's path, which turn of its repeats (`person/2`), what was written, whether it may count."""

    path: str
    subject: str
    value: str
    counts: bool = True

    @property
    def said(self) -> str:
        """answered, refused or not_known."""
        return "refused" if self.value in REFUSED else "not_known" if self.value in NOT_KNOWN else "answered"


@dataclass
class Checked:
    """What came of a check. `unchecked`: expressions nobody here could evaluate; that is neither good nor bad."""

    problems: list[Problem] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    unchecked: int = 0


def read_submission(raw: bytes) -> Sent:
    """Who a submission says it is. E3838 for hostile or broken XML, E3839 without form id or instanceID."""
    root = plain_tree(parse_xml(raw))
    form_id = (root.get("id") or "").strip()
    instance_id, replaces = (_meta(root, name) for name in ("instanceID", "deprecatedID"))
    if not ID.fullmatch(form_id):
        raise WanggeError("E3839", what="id")
    if not ID.fullmatch(instance_id):
        raise WanggeError("E3839", what="meta/instanceID")
    if replaces and not ID.fullmatch(replaces):
        raise WanggeError("E3839", what="meta/deprecatedID")
    return Sent(form_id[:80], (root.get("version") or "").strip()[:60], instance_id, replaces, root)


def _meta(root: Any, name: str) -> str:
    return (root.findtext(f"meta/{name}") or "").strip()


def check(form: XForm, sent: Sent, lists: Mapping[str, bytes], now: dt.datetime) -> Checked:
    """Check a submission against its form. `lists`: files the form chooses from (CSV), by name, as this device holds them.

    A choice from a list that is not given is not checked. `now` is the sender's clock for today() and now().
    """
    found, root = Checked(), plain_tree(sent.root)
    if root.tag != form.root:
        found.problems.append(Problem("E3841", f"/{form.root}", "root"))
        return found
    _shape(form, root, f"/{form.root}", found)
    _complete(form, root, f"/{form.root}")
    rules = Evaluator(form, plain_tree(root), _instances(form, lists), now)
    for path, question in form.questions.items():
        for node, original in zip(rules.nodes(path), root.xpath(path), strict=True):
            _question(form, question, node, original, rules, found)
    found.problems = found.problems[:MOST_PROBLEMS]
    return found


def _shape(form: XForm, node: Any, path: str, found: Checked) -> None:
    """Nodes the form does not have, and nodes that stand twice where there is no repeat. Names from outside are not told."""
    seen: set[str] = set()
    for child in list(node):
        below = f"{path}/{child.tag}"
        if below not in form.paths and f"{below}/".startswith(f"/{form.root}/meta/"):
            node.remove(child)  # what a client says of the sending itself: deprecatedID, timestamps of its own
        elif below not in form.paths:
            found.problems.append(Problem("E3841", path, "a node the form does not have"))
            node.remove(child)
        elif below in seen and below not in form.repeats:
            found.problems.append(Problem("E3841", below, "twice"))
            node.remove(child)
        else:
            seen.add(below)
            _shape(form, child, below, found)


def _complete(form: XForm, root: Any, top: str) -> None:
    """Leave an empty place for whatever was not sent: a form without answers leaves its nodes out."""
    below: dict[str, list[str]] = {}
    for path in form.paths:
        if path != top and path not in form.repeats:
            below.setdefault(path.rsplit("/", 1)[0], []).append(path.rsplit("/", 1)[1])
    waiting = [(root, top)]
    while waiting:
        node, path = waiting.pop()
        have = {child.tag for child in node}
        for name in below.get(path, ()):
            if name not in have:
                etree.SubElement(node, name)
        waiting.extend((child, f"{path}/{child.tag}") for child in node)


def _question(form: XForm, q: Question, node: Any, original: Any, rules: Evaluator, found: Checked) -> None:
    """All that the form says of one question, at one turn."""
    relevant = _relevant(form, node, rules, found)
    value = (original.text or "").strip() if not len(original) else ""
    if not value:
        if relevant and q.control and q.required and not len(original) and _holds(q.required, node, rules, found):
            found.problems.append(Problem("E3844", q.path))
        return
    problems = []
    if not relevant and q.control:
        problems.append(Problem("E3846", q.path))
    elif not is_of_type(value, q.type):
        problems.append(Problem("E3842", q.path, q.type))
    elif not _is_choice(q, value, node, rules, found):
        problems.append(Problem("E3843", q.path))
    elif q.constraint and _holds(q.constraint, node, rules, found) is False:
        problems.append(Problem("E3845", q.path))
    found.problems += problems
    if q.path.split("/")[2:3] != ["meta"]:
        found.answers.append(Answer(q.path, subject_of(form, original), value, counts=not problems))


def _holds(expression: str, node: Any, rules: Evaluator, found: Checked) -> bool | None:
    told = rules.truth(expression, node)
    found.unchecked += told is None
    return told


def _relevant(form: XForm, node: Any, rules: Evaluator, found: Checked) -> bool:
    """A node is asked when it and all that hold it are; what cannot be told counts as asked."""
    while node is not None:
        path = path_of(node)
        question = form.questions.get(path)
        if question and question.relevant and _holds(question.relevant, node, rules, found) is False:
            return False
        node = node.getparent()
    return True


def path_of(node: Any) -> str:
    """A node's path without turns."""
    names = [node.tag, *(one.tag for one in node.iterancestors())]
    return "/" + "/".join(reversed(names))


def subject_of(form: XForm, node: Any) -> str:
    """Which turn of which repeats a node belongs to: `person/2`, `person/2/visit/1`; empty outside repeats."""
    parts = []
    for one in reversed([node, *node.iterancestors()]):
        if path_of(one) in form.repeats:
            parts.append(f"{one.tag}/{1 + sum(1 for _ in one.itersiblings(one.tag, preceding=True))}")
    return "/".join(parts)


def is_of_type(value: str, kind: str) -> bool:
    """Whether a text is of an XForms type; of a type nobody here knows it always is."""
    if kind in ("date", "dateTime"):
        return _is_day(value[:10]) and ((kind == "date" and len(value) == 10) or bool(CLOCK.fullmatch(value[11:])))
    if kind in ("geotrace", "geoshape"):
        points = [one.strip() for one in value.strip().strip(";").split(";")]
        return all(map(_is_point, points)) and (kind == "geotrace" or (len(points) > 3 and points[0] == points[-1]))
    tests: dict[str, Callable[[str], Any]] = {"int": INTEGER.fullmatch, "integer": INTEGER.fullmatch, "decimal": DECIMAL.fullmatch, "geopoint": _is_point,
             "time": CLOCK.fullmatch, "boolean": ("true", "false", "1", "0").__contains__,
             "binary": lambda name: "/" not in name and "\\" not in name and len(name) <= 200}  # fmt: skip
    test = tests.get(kind)
    return test is None or bool(test(value))


def _is_day(text: str) -> bool:
    try:
        return bool(dt.date.fromisoformat(text)) and len(text) == 10
    except ValueError:
        return False


def _is_point(text: str) -> bool:
    if not POINT.fullmatch(text):
        return False
    lat, lon = map(float, text.split()[:2])
    return abs(lat) <= 90 and abs(lon) <= 180


def _is_choice(q: Question, value: str, node: Any, rules: Evaluator, found: Checked) -> bool:
    """Whether what was chosen could be chosen; true where nobody can tell."""
    if q.control not in ("select", "select1", "rank"):
        return True
    may = set(q.choices)
    if q.itemset:
        items = rules.value(_items(q.itemset), node)
        name = file_of(q.itemset, rules.form)
        if not isinstance(items, list) or (name and not items):
            found.unchecked += 1
            return True
        may |= {(one.findtext(q.item_value.strip("./")) or "").strip() for one in items}
    return set(value.split() if q.control != "select1" else [value]) <= may


def _items(nodeset: str) -> str:
    """The items themselves, in whatever order the screen shows them."""
    inner = re.fullmatch(r"randomize\((.*?)(?:,[^,\])]*)?\)", nodeset.strip(), re.S)
    return inner[1] if inner else nodeset


def file_of(nodeset: str, form: XForm) -> str:
    """The file a set of choices comes from; empty where the choices stand in the form."""
    named = re.search(r"instance\(\s*['\"]([^'\"]*)['\"]", nodeset)
    return form.external.get(named[1], "") if named else ""


def _instances(form: XForm, lists: Mapping[str, bytes]) -> dict[str, Any]:
    """CSV files as secondary instances: one item a line, its columns as elements."""
    found: dict[str, Any] = {}
    for name, file in form.external.items():
        if file in lists and file.endswith(".csv"):
            found[name] = _csv_tree(lists[file])
    return found


def _csv_tree(data: bytes) -> Any:
    top = etree.Element("instance")
    root = etree.SubElement(top, "root")
    for line in csv.DictReader(io.StringIO(data.decode("utf-8-sig", "replace"))):
        item = etree.SubElement(root, "item")
        for column, value in line.items():
            if column and re.fullmatch(r"[A-Za-z_][\w.-]*", column):
                etree.SubElement(item, column).text = value or ""
    return top


def chosen_from(form: XForm, answers: list[Answer], file: str) -> str:
    """What was chosen from a list of the register (households.csv), first answer first; empty where nothing was."""
    asked = {path for path, q in form.questions.items() if q.itemset and file_of(q.itemset, form) == file}
    return next((one.value for one in answers if one.path in asked and one.counts), "")


def day_of(form: XForm, answers: list[Answer], received: dt.date) -> dt.date:
    """The day the answers speak of: the device's own stamp where it is believable, else the day they came."""
    for wanted in ("timestamp/end", "timestamp/start", "date/today"):
        for one in answers:
            if form.questions[one.path].preload == wanted and _is_day(one.value[:10]):
                day = dt.date.fromisoformat(one.value[:10])
                if received - dt.timedelta(days=366) <= day <= received + dt.timedelta(days=1):
                    return day
    return received


def expected_files(form: XForm, answers: list[Answer]) -> Iterator[str]:
    """Names of the files the answers speak of."""
    for one in answers:
        if form.questions[one.path].type == "binary" or form.questions[one.path].control == "upload":
            yield one.value


__all__ = [
    "Answer",
    "Checked",
    "Problem",
    "Sent",
    "check",
    "chosen_from",
    "day_of",
    "expected_files",
    "read_submission",
]
