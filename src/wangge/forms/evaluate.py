"""XForms expressions on a filled form: constraint, relevant, required, and the items one may choose from.

The XPath 1.0 engine is libxml2's; this file adds the functions of the ODK XForms specification and three things in which an
XForm differs from plain XPath: dates are numbers (days since 1970), an absolute path inside a repeat means the same turn of
that repeat, and secondary instances hang beside the answers. An expression that cannot be read answers None: don't know.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Iterator
from typing import Any

from lxml import etree

from wangge.forms.functions import EXTENSIONS, NAMESPACES, RENAMED, days_of
from wangge.forms.xform import XForm

LITERAL = re.compile(r"'[^']*'|\"[^\"]*\"")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:?\d{2})?)?")
ABSOLUTE = re.compile(r"(?<![\w.)\]*/])((?:/[A-Za-z_][\w.-]*)+)(?!\s*\()")
INSTANCE = re.compile(r"instance\(\s*(?:'([^']*)'|\"([^\"]*)\")\s*\)")
CALL = re.compile(rf"\b({'|'.join(map(re.escape, RENAMED))})\s*\(")
DATED = ("date", "dateTime")
HUNG = "instances-of-the-form"


class Evaluator:
    """Expressions of one form on one filled instance. `root` is changed: dates become numbers, instances are hung beside."""

    def __init__(self, form: XForm, root: Any, lists: dict[str, Any], now: dt.datetime) -> None:
        self.form, self.root, self.now = form, root, now
        self._hung: dict[str, str] = {}
        self._compiled: dict[str, Any] = {}
        self._hang({**form.instances, **lists})
        for path, question in form.questions.items():
            if question.type in DATED:
                for node in self.nodes(path):
                    node.text = _number_text(node.text)

    def _hang(self, instances: dict[str, Any]) -> None:
        """Secondary instances below the root, so that a path inside them may look back at the answers."""
        place = etree.SubElement(self.root, HUNG)
        for number, (name, instance) in enumerate(instances.items()):
            holder = etree.SubElement(place, f"i{number}")
            holder.extend(plain_tree(one) for one in instance)
            self._hung[name] = f"/{self.root.tag}/{HUNG}/i{number}"

    def nodes(self, path: str) -> list[Any]:
        """All nodes that stand at a path, over all turns of its repeats."""
        return self.root.xpath("/" + "/".join(path.strip("/").split("/")))  # type: ignore[no-any-return]

    def truth(self, expression: str, node: Any) -> bool | None:
        """What an expression says at a node; None where it cannot be told."""
        found = self.value(f"boolean({expression})", node)
        return None if found is None else bool(found)

    def value(self, expression: str, node: Any) -> Any:
        """The value of an expression at a node: number, text, truth or nodes; None where it cannot be told."""
        try:
            text = self._in_place(expression, node)
            if text not in self._compiled:
                self._compiled[text] = etree.XPath(text, namespaces=NAMESPACES, extensions=self._extensions())
            return self._compiled[text](node)
        except (etree.XPathError, ValueError, TypeError, OverflowError, IndexError):
            return None

    def _extensions(self) -> dict[tuple[str | None, str], Callable[..., Any]]:
        return EXTENSIONS | {
            (None, "now"): lambda _: days_of(self.now.isoformat()),
            (None, "today"): lambda _: math.floor(days_of(self.now.isoformat())),
            ("http://openrosa.org/javarosa", "choice-name"): self._choice_name,
        }

    def _choice_name(self, _: Any, value: Any, path: Any) -> str:
        """Label of a choice: for the texts a form puts together; never what an answer is judged by."""
        question = self.form.questions.get(str(path))
        labels = dict(zip(question.choices, question.choice_labels, strict=False)) if question else {}
        said = value[0].text or "" if isinstance(value, list) and value else str(value)
        return labels.get(said, said)

    def _in_place(self, expression: str, node: Any) -> str:
        """The expression as libxml2 reads it at this node."""
        here = node.getroottree().getpath(node)
        text = INSTANCE.sub(lambda m: self._hung.get(m[1] or m[2], f"/{self.root.tag}/nowhere") + "/.", expression)
        parts = []
        for piece, literal in _pieces(text):
            piece = CALL.sub(lambda m: f"odk-{m[1]}(", piece)
            piece = piece.replace("current()", here)
            piece = ABSOLUTE.sub(lambda m: self._same_turn(m[1], here), piece)
            parts.append(piece + (_number_text(literal[1:-1], literal) if literal else ""))
        return "".join(parts)

    def _same_turn(self, path: str, here: str) -> str:
        """`/data/person/age` asked in the second person is `/data/person[2]/age`; the repeat itself means all its turns."""
        turns = dict(_turns(here))
        steps, out = path.strip("/").split("/"), ""
        plain = ""
        for number, step in enumerate(steps, 1):
            plain, out = f"{plain}/{step}", f"{out}/{step}"
            if number < len(steps) and plain in turns and plain in self.form.repeats:
                out += f"[{turns[plain]}]"
            elif plain not in turns:
                turns = {}
        return out


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """Code and the literal after it, in turn."""
    at = 0
    for found in LITERAL.finditer(text):
        yield text[at : found.start()], found[0]
        at = found.end()
    yield text[at:], ""


def _turns(here: str) -> Iterator[tuple[str, int]]:
    """Which turn each step of a node's own path stands at. `/data/person[2]/age` -> /data: 1, /data/person: 2, …"""
    plain = ""
    for step in here.strip("/").split("/"):
        name, _, turn = step.partition("[")
        plain += f"/{name}"
        yield plain, int(turn.rstrip("]") or 1)


def _number_text(text: str | None, otherwise: str = "") -> str:
    """A date as the number of its days; any other text as it is."""
    text = (text or "").strip()
    return f"{days_of(text):.10g}" if DAY.fullmatch(text) and not math.isnan(days_of(text)) else otherwise or text


def plain_tree(node: Any) -> Any:
    """A copy without namespaces, comments and whitespace around values."""
    made = etree.Element(etree.QName(node).localname, {k: v for k, v in node.attrib.items() if not k.startswith("{")})
    made.text = (node.text or "").strip()
    made.extend(plain_tree(child) for child in node if isinstance(child.tag, str))
    return made
