"""A form as paper shows it: every question in its order, with boxes for what may be chosen and lines for what is written.

Made from the same XForm the phone runs, so that the paper lane asks nothing more, nothing less and nothing else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from wangge.base.errors import WanggeError, Where
from wangge.forms.safe_xml import local, parse_xml
from wangge.forms.xform import CHOOSING, CONTROLS

TEXT = re.compile(r"jr:itext\('([^']+)'\)")
INSTANCE = re.compile(r"instance\('([^']+)'\)")
REPEATED = 4  # members of a household for whom a paper leaves room; a second sheet takes more


@dataclass(frozen=True)
class Line:
    """One line of the paper. kind: note, write, one (of the options), many, group, repeat; depth: groups above it."""

    kind: str
    label: str
    hint: str = ""
    options: tuple[str, ...] = ()
    depth: int = 0
    asks_when: str = ""  # name of the question it depends on: a paper cannot hide it, so it says so


def paper_of(raw: bytes, lang: str = "zh-Hans", file: str = "") -> list[Line]:
    """Lines of a form in the language asked for, else in its first one. E3838, E3847 as `parse_xform`."""
    top = parse_xml(raw)
    body = next((node for node in top.iter() if local(node) == "body"), None)
    if body is None:
        raise WanggeError("E3847", Where(file=file), reason="no body")
    words = _Words(top, lang)
    return [line for line in _lines(body, words, 0) if line.label or line.kind == "write"]


class _Words:
    """Labels of one language, and what may be chosen from lists written in the form."""

    def __init__(self, top: Any, lang: str) -> None:
        spoken = [node for node in top.iter() if local(node) == "translation"]
        self.texts = _texts(_chosen(spoken, lang)) if spoken else {}
        self.lists = {node.get("id"): node for node in top.iter() if local(node) == "instance" and node.get("id")}
        binds = (node for node in top.iter() if local(node) == "bind")
        self.relevant = {b.get("nodeset"): b.get("relevant") for b in binds if b.get("relevant")}

    def say(self, node: Any) -> str:
        named = TEXT.fullmatch((node.get("ref") or "").strip())
        return self.texts.get(named[1], "") if named else "".join(node.itertext()).strip()

    def of(self, control: Any, part: str) -> str:
        found = next((node for node in control if local(node) == part), None)
        return "" if found is None else self.say(found)

    def options(self, control: Any) -> tuple[str, ...]:
        written = tuple(self.of(item, "label") for item in control if local(item) == "item")
        listed = next((node for node in control if local(node) == "itemset"), None)
        if listed is None:
            return written
        named = INSTANCE.search(listed.get("nodeset") or "")
        items = self.lists.get(named[1]) if named else None
        return () if items is None else tuple(self._item(i) for i in items.iter() if local(i) == "item")

    def _item(self, item: Any) -> str:
        parts = {local(child): (child.text or "").strip() for child in item}
        return self.texts.get(parts.get("itextId", ""), "") or parts.get("label", "") or parts.get("name", "")


def _chosen(spoken: list[Any], lang: str) -> Any:
    wanted = lang.lower()
    by_code = {
        (re.search(r"\(([^()]+)\)\s*$", n.get("lang", "")) or [None, n.get("lang", "")])[1].lower(): n for n in spoken
    }
    near = [code for code in by_code if code.split("-")[0] == wanted.split("-")[0]]
    return by_code.get(wanted) if wanted in by_code else by_code[near[0]] if near else spoken[0]


def _texts(translation: Any) -> dict[str, str]:
    return {text.get("id"): "".join(text[0].itertext()).strip() for text in translation if len(text)}


def _lines(node: Any, words: _Words, depth: int) -> list[Line]:
    found: list[Line] = []
    for child in node:
        name = local(child)
        if name == "group":
            inside = next((c for c in child if local(c) == "repeat"), None)
            found.append(Line("group" if inside is None else "repeat", words.of(child, "label"), depth=depth))
            found += _lines(child if inside is None else inside, words, depth + 1)
        elif name == "repeat":
            found += _lines(child, words, depth + 1)
        elif name in CONTROLS:
            found.append(_question(child, words, depth))
    return found


def _question(control: Any, words: _Words, depth: int) -> Line:
    name = local(control)
    kind = "write"
    if name in CHOOSING:
        kind = "one" if name == "select1" else "many"
    elif name == "trigger" or _is_note(control):
        kind = "note"
    depends = re.search(r"/(\w+)\s*(?:[<>=!]|$|,|\))", words.relevant.get(control.get("ref"), ""))
    return Line(kind, words.of(control, "label"), words.of(control, "hint").strip("-"), words.options(control), depth,
                depends[1] if depends else "")  # fmt: skip


def _is_note(control: Any) -> bool:
    """pyxform writes a note as an input that nobody may change."""
    top = control.getroottree().getroot()
    bind = next((b for b in top.iter() if local(b) == "bind" and b.get("nodeset") == control.get("ref")), None)
    return bind is not None and bind.get("readonly") == "true()"
