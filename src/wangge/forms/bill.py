"""The bill: how often the same thing is asked, by form and by department, and the minutes that one visit saves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from wangge.forms.form import Form
from wangge.forms.union import Asked


def department_of(form: Form) -> str:
    """Who sends the form: as it says, else its title stands for its department."""
    return form.department or form.title or form.form_id


def bill(forms: Sequence[Form], asked: Sequence[Asked]) -> dict[str, Any]:
    """asks = the sum over forms = distinct + repeated. Withheld questions count too: departments asked for them.

    `minutes_saved` is for one person who would have to answer every form: what is asked again costs what an answer of its
    type takes at the door.
    """
    by = {form.form_id: _form_line(form, asked) for form in sorted(forms, key=lambda f: f.form_id)}
    departments: dict[str, list[str]] = {}
    for form in forms:
        departments.setdefault(department_of(form), []).append(form.form_id)
    asks, distinct = sum(line["asks"] for line in by.values()), len(asked)
    return {
        "asks": asks,
        "distinct": distinct,
        "repeated": asks - distinct,
        "saved_percent": round(100 * (asks - distinct) / asks, 1) if asks else 0.0,
        "minutes_asked": round(sum(one.seconds * one.question.asks for one in asked) / 60, 1),
        "minutes_saved": round(sum(one.seconds * (one.question.asks - 1) for one in asked) / 60, 1),
        "undecided": sum(1 for one in asked if one.state == "undecided"),
        "withheld": sum(1 for one in asked if one.state == "withheld"),
        "by_form": by,
        "by_department": {name: _line(ids, asked) for name, ids in sorted(departments.items())},
    }


def _form_line(form: Form, asked: Sequence[Asked]) -> dict[str, Any]:
    return {"title": form.title, "department": department_of(form)} | _line([form.form_id], asked)


def _line(forms: Iterable[str], asked: Sequence[Asked]) -> dict[str, Any]:
    """`asks` of these forms, `distinct` among them, `shared` with other forms: those they could have been spared."""
    own = set(forms)
    asks = distinct = shared = 0
    seconds = 0.0
    for one in asked:
        times = sum(1 for row in one.question.askers if row.form.form_id in own)
        if not times:
            continue
        asks += times
        distinct += 1
        others = set(one.question.forms) - own
        shared += bool(others)
        seconds += one.seconds * (times if others else times - 1)
    return {"asks": asks, "distinct": distinct, "shared": shared, "minutes": round(seconds / 60, 1)}


def overlaps(asked: Sequence[Asked]) -> list[dict[str, Any]]:
    """Pairs of forms that ask the same, each pair once: how many questions, and which."""
    found: dict[tuple[str, str], list[str]] = {}
    for one in asked:
        forms = one.question.forms
        for i, a in enumerate(forms):
            for b in forms[i + 1 :]:
                found.setdefault((a, b), []).append(one.question.label)
    totals: dict[str, int] = {}
    for one in asked:
        for form in one.question.forms:
            totals[form] = totals.get(form, 0) + 1
    return [
        {"form_a": a, "form_b": b, "distinct_a": totals[a], "distinct_b": totals[b], "shared": len(labels),
         "share_of_smaller": round(len(labels) / min(totals[a], totals[b]), 3), "questions": "|".join(labels)}
        for (a, b), labels in sorted(found.items())
    ]  # fmt: skip
