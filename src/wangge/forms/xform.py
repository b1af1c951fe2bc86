"""An XForm as the server needs it: which questions there are, what binds them, what may be chosen.

Source: ODK XForms specification (getodk.github.io/xforms-spec). Namespaces are left out of names: forms in the wild use
three different ones for the same `meta`, and submissions often none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from wangge.base.errors import WanggeError, Where
from wangge.forms.safe_xml import local, parse_xml

CONTROLS = ("input", "secret", "textarea", "select", "select1", "upload", "range", "rank", "trigger", "odk:rank")
CHOOSING = ("select", "select1", "rank")
PREFIX = re.compile(r"\b(orx|odk|h|xf|oor|entities|xforms):(?=[A-Za-z_])")
TEMPLATE = "{http://openrosa.org/javarosa}template"
NUMBER = re.compile(r"-?\d+(\.\d+)?", re.A)
MOST_QUESTIONS = 4000


@dataclass(frozen=True)
class Question:
    """One node of the instance that a bind or a control names. Expressions are XPath as written, empty where there is none."""

    path: str
    type: str = "string"
    control: str = ""
    label: str = ""
    save_to: str = ""
    element: str = ""  # data element that the bind names itself
    required: str = ""
    constraint: str = ""
    relevant: str = ""
    calculate: str = ""
    preload: str = ""  # what the device fills in by itself: timestamp/start, property/username
    choices: tuple[str, ...] = ()
    choice_labels: tuple[str, ...] = ()
    itemset: str = ""  # nodeset of the items
    item_value: str = ""
    media: str = ""

    @property
    def name(self) -> str:
        return self.path.rsplit("/", 1)[-1]


@dataclass
class XForm:
    """A parsed form. `paths` are all nodes of the instance; `repeats` those that may stand many times."""

    form_id: str
    version: str
    title: str
    root: str
    paths: dict[str, bool]  # path -> has children
    questions: dict[str, Question]
    repeats: frozenset[str]
    instances: dict[str, Any]  # secondary instances written in the form
    external: dict[str, str]  # id -> file name of instances that come as files
    languages: tuple[str, ...] = ()
    files: tuple[str, ...] = ()  # every file the form names, instances included
    texts: dict[str, str] = field(default_factory=dict)


def parse_xform(raw: bytes, file: str = "") -> XForm:
    """Read an XForm. E3838 for what is no honest XML, E3847 for what is no XForm, with the reason."""
    top = parse_xml(raw)
    models = [node for node in top.iter() if isinstance(node.tag, str) and local(node) == "model"]
    if not models:
        raise WanggeError("E3847", Where(file=file), reason="no model")
    model = models[0]
    instances = [node for node in model if local(node) == "instance"]
    body = next((node for node in top.iter() if local(node) == "body"), None)
    if not instances or len(instances[0]) == 0 or body is None:
        raise WanggeError("E3847", Where(file=file), reason="no instance" if body is not None else "no body")
    primary = instances[0][0]
    form_id = primary.get("id") or primary.nsmap.get(primary.prefix) or primary.nsmap.get(None) or ""
    texts = _texts(model)
    found = XForm(
        form_id=form_id, version=primary.get("version", ""), title=_title(top), root=local(primary),
        paths={path: len(node) > 0 for path, node in _walk(primary)}, questions={}, repeats=frozenset(),
        instances={one.get("id"): one for one in instances[1:] if not one.get("src")},
        external={one.get("id"): _file_name(one.get("src")) for one in instances[1:] if one.get("src")},
        languages=tuple(t.get("lang", "") for t in model.iter() if local(t) == "translation"), texts=texts,
    )  # fmt: skip
    if len(found.paths) > MOST_QUESTIONS:
        raise WanggeError("E3832", Where(file=file), what="questions", n=len(found.paths), most=MOST_QUESTIONS)
    _bind(found, model, body)
    found.files = tuple(sorted({*_media_files(top), *(name for name in found.external.values() if name)}))
    return found


def _title(top: Any) -> str:
    return next(("".join(node.itertext()).strip() for node in top.iter() if local(node) == "title"), "")


def _walk(node: Any, above: str = "") -> Iterator[tuple[str, Any]]:
    path = f"{above}/{local(node)}"
    yield path, node
    for child in node:
        yield from _walk(child, path)


def _file_name(src: str) -> str:
    """`jr://file-csv/streets.csv` -> `streets.csv`; last-saved answers are no file."""
    return "" if src.startswith("jr://instance/") else src.rsplit("/", 1)[-1]


def _media_files(top: Any) -> Iterator[str]:
    for node in top.iter():
        if local(node) == "value" and node.get("form") in ("image", "big-image", "audio", "video") and node.text:
            yield _file_name(node.text.strip())


def _texts(model: Any) -> dict[str, str]:
    """Labels of the first language, by their id."""
    for translation in (node for node in model.iter() if local(node) == "translation"):
        return {text.get("id"): "".join(text[0].itertext()).strip() for text in translation if len(text)}
    return {}


def _bind(form: XForm, model: Any, body: Any) -> None:
    """Put together what binds and controls say of the same node."""
    said: dict[str, dict[str, Any]] = {}
    ids: dict[str, str] = {}
    for bind in (node for node in model if local(node) == "bind"):
        path = resolve(bind.get("nodeset") or bind.get("ref") or "", f"/{form.root}")
        if bind.get("id"):
            ids[bind.get("id")] = path
        said.setdefault(path, {}).update(_bound(bind))
    repeats: set[str] = set()
    for path, control, media in _controls(body, f"/{form.root}", ids, repeats):
        said.setdefault(path, {}).update(
            control=local(control), label=_label(control, form.texts), media=media, **_choices(control, form.texts)
        )
    lost = sorted(path for path, facts in said.items() if path not in form.paths and facts.get("control"))
    if lost:
        raise WanggeError("E3847", reason=f"{lost[0]} is asked and not in the instance")
    form.questions = {path: Question(path=path, **facts) for path, facts in said.items() if path in form.paths}
    form.repeats = frozenset(repeats)


def _bound(bind: Any) -> dict[str, Any]:
    plain = {local_name(key): plain_names(value) for key, value in bind.attrib.items()}
    facts = {key: plain[key] for key in ("constraint", "relevant", "calculate") if key in plain}
    kind = plain.get("type", "string").rsplit(":", 1)[-1] or "string"
    preload = f"{plain['preload']}/{plain.get('preloadParams', '')}" if "preload" in plain else ""
    return facts | {"type": kind, "required": plain.get("required", ""), "preload": preload,
                    "save_to": plain.get("saveto", ""), "element": plain.get("element", "")}  # fmt: skip


def local_name(key: str) -> str:
    """An attribute's name without its namespace."""
    return key.rsplit("}", 1)[-1]


def plain_names(expression: str) -> str:
    """An expression without prefixes of element names; functions keep theirs (`jr:choice-name`)."""
    return PREFIX.sub("", expression)


def resolve(ref: str, context: str) -> str:
    """A reference of a bind or control as an absolute path; predicates left out."""
    ref = re.sub(r"\[[^\]]*\]", "", plain_names(ref.strip()))
    ref = re.sub(r"\bcurrent\(\)/", "", ref)
    parts = [] if ref.startswith("/") else context.strip("/").split("/")
    for part in ref.strip("/").split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part.rsplit(":", 1)[-1])
    return "/" + "/".join(parts)


def _controls(node: Any, context: str, ids: dict[str, str], repeats: set[str]) -> Iterator[tuple[str, Any, str]]:
    """Every control below `node` with the path it writes to."""
    for child in node:
        name = local(child)
        ref = child.get("nodeset") or child.get("ref")
        path = ids.get(child.get("bind", ""), "") or (resolve(ref, context) if ref else context)
        if name == "repeat":
            repeats.add(path)
        if name in CONTROLS and (ref or child.get("bind")):
            yield path, child, child.get("mediatype", "")
        elif name in ("group", "repeat"):
            yield from _controls(child, path, ids, repeats)


def _label(control: Any, texts: dict[str, str]) -> str:
    for node in control:
        if local(node) == "label":
            ref = re.fullmatch(r"jr:itext\('([^']+)'\)", node.get("ref", "").strip())
            return texts.get(ref[1], "") if ref else "".join(node.itertext()).strip()
    return ""


def _choices(control: Any, texts: dict[str, str]) -> dict[str, Any]:
    """What may be chosen: values written in the control, or where the items are. E3847 for a scale without numbers."""
    if local(control) == "range" and not all(
        NUMBER.fullmatch(control.get(part, "")) for part in ("start", "end", "step")
    ):
        raise WanggeError("E3847", reason="a range without numbers for start, end and step")
    if local(control) not in CHOOSING:
        return {}
    items = [node for node in control if local(node) == "item"]
    values = ["".join(v.itertext()).strip() for one in items for v in one if local(v) == "value"]
    for node in control:
        if local(node) == "itemset":
            value = next((v.get("ref", "") for v in node if local(v) in ("value", "copy")), "")
            return {"itemset": plain_names(node.get("nodeset", "")), "item_value": plain_names(value)}
    return {"choices": tuple(values), "choice_labels": tuple(_label(one, texts) for one in items)}
