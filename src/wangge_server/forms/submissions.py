"""What a submission means: which of its answers count, under which element, for which household. Changes nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from wangge.forms.submission import Answer, Sent, check, chosen_from, day_of
from wangge.forms.xform import XForm
from wangge_server.forms import queries
from wangge_server.forms.models import FormVersion, Reply

HOUSEHOLDS = "households.csv"
FORM_LEVEL = {"E3836", "E3837"}  # the form, not an answer, is why it waits


@dataclass
class Weighed:
    """A submission with its verdict. `replies` are unsaved; they are kept only once it is accepted."""

    version: FormVersion | None
    problems: list[dict[str, str]] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    household_id: str = ""


def weigh(sent: Sent, by: Any, purpose: str, now: dt.datetime) -> Weighed:
    """Check a submission against the version it names. An unknown, foreign, retired or ended form is a problem, no error."""
    version = queries.version_said(sent.form_id, sent.version)
    if version is None or version.state == "draft" or version.form.purpose != purpose:
        return Weighed(None, [{"code": "E3836", "path": ""}])
    form = queries.read_form(version)
    found = check(form, sent, queries.lists_for(version, form, by, purpose), now)
    day = day_of(form, found.answers, now.date())
    weighed = Weighed(
        version, [vars(one) for one in found.problems], household_id=chosen_from(form, found.answers, HOUSEHOLDS)
    )
    if version.state == "retired" or day > version.until:
        weighed.problems.insert(0, {"code": "E3837", "path": ""})
    weighed.replies = [_reply(one, version, weighed.household_id, day) for one in found.answers
                       if one.counts and one.path in version.elements]  # fmt: skip
    return weighed


def _reply(answer: Answer, version: FormVersion, household_id: str, day: dt.date) -> Reply:
    value = answer.value if answer.said == "answered" else ""
    return Reply(path=answer.path, subject=answer.subject, household_id=household_id, value=value, said=answer.said,
                 element=version.elements[answer.path], collected_on=day)  # fmt: skip


def shown(form: XForm, elements: dict[str, str], granted: frozenset[str], root: Any) -> dict[str, Any]:
    """The answers as nested groups and repeats, typed; a question whose element is not granted is absent."""
    return _group(form, elements, granted, root, f"/{form.root}")


def _group(form: XForm, elements: dict[str, str], granted: frozenset[str], node: Any, path: str) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for child in node:
        below = f"{path}/{child.tag}"
        if below not in form.paths or (below in elements and elements[below] not in granted):
            continue
        if below in form.repeats:
            out.setdefault(child.tag, []).append(_group(form, elements, granted, child, below))
        elif form.paths[below]:
            out[child.tag] = _group(form, elements, granted, child, below)
        else:
            out[child.tag] = _typed(
                (child.text or "").strip(), form.questions[below].type if below in form.questions else ""
            )
    return out


def _typed(text: str, kind: str) -> Any:
    if not text:
        return None
    try:
        if kind in ("int", "integer"):
            return int(text)
        if kind == "decimal":
            return float(text)
        if kind == "geopoint":
            lat, lon = map(float, text.split()[:2])
            return {"type": "Point", "coordinates": [lon, lat]}
    except ValueError:
        return text  # held because of it; what was written is shown as it is
    return text
