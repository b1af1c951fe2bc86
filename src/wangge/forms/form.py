"""A form as a department wrote it: its questions in their order, nothing decided about them yet."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from wangge.base.errors import WanggeError, Where
from wangge.dictionary import normal_header

MOST_FIELDS = 1000  # no paper form is so long; a sheet of 5,000 columns is not a form
REFERENCE = re.compile(r"\$\{([^}]+)\}")


@dataclass(frozen=True)
class Field:
    """One question. `n` counts from 1 in the form's order; `key` is the form's own name for it, may be empty."""

    n: int
    label: str
    key: str = ""
    options: tuple[str, ...] = ()
    type: str = ""  # as the form says: text, date, select...; empty where it does not say
    group: str = ""  # heading, or the person it is about where that is not whom the row is about (房主)
    required: bool = False
    relevant: str = ""  # XLSForm expression
    note: str = ""


@dataclass(frozen=True)
class Form:
    """One form. `purpose` and `department` are empty where neither the form nor who brought it says so."""

    form_id: str
    title: str
    fields: tuple[Field, ...]
    use: str = ""
    department: str = ""
    purpose: str = ""
    version: str = ""
    file: str = ""
    sheet: str = ""

    @property
    def where(self) -> Where:
        """The place to name in an error."""
        return Where(file=self.file or self.form_id, sheet=self.sheet)


def checked(form: Form) -> Form:
    """The form, if it can be understood; subjects of repeated labels filled in.

    Raises E3810 (no question in it), E3811 (two questions with one name), E3812 (relevance goes in a circle),
    E3813 (too many columns).
    """
    if not form.fields:
        raise WanggeError("E3810", form.where, name=form.file or form.form_id)
    if len(form.fields) > MOST_FIELDS:
        raise WanggeError("E3813", form.where, n=len(form.fields), limit=MOST_FIELDS)
    form = replace(form, fields=tuple(with_subjects(form.fields)))
    _refuse_same_names(form)
    _refuse_circles(form)
    return form


def _refuse_same_names(form: Form) -> None:
    """A key names a question; without keys, its label under its heading does."""
    names = Counter(
        f"key {f.key}" if f.key else f"{f.group}\x1f{normal_header(f.label) or f.label}" for f in form.fields
    )
    twice = next((name for name, n in names.items() if n > 1), "")
    if twice:
        raise WanggeError("E3811", form.where, column=twice.removeprefix("key ").replace("\x1f", "/").strip("/"))


def _refuse_circles(form: Form) -> None:
    """`relevant` of a question may not lead back to itself. Depth first, without recursion: forms may be long."""
    needs = {f.key: list(REFERENCE.findall(f.relevant)) for f in form.fields if f.key}
    done: set[str] = set()
    for start in needs:
        path: list[str] = []
        stack: list[tuple[str, bool]] = [(start, False)]
        while stack:
            name, leaving = stack.pop()
            if leaving:
                done.add(path.pop())
            elif name in path:
                raise WanggeError("E3812", form.where, circle=" -> ".join([*path[path.index(name) :], name]))
            elif name not in done and name in needs:
                path.append(name)
                stack.append((name, True))
                stack.extend((one, False) for one in needs[name])


NAME_OF = re.compile(r"^(.{1,6}?)(?:的)?姓名$")  # 房主姓名: the questions below may be about 房主
NOBODY = {"", "您", "您的", "本人", "人员", "对象", "居民"}


def with_subjects(fields: Iterable[Field]) -> list[Field]:
    """Fields whose label stands more than once get the person they stand under: 房主姓名, 联系电话 | 使用者姓名, 联系电话."""
    fields = list(fields)
    labels = Counter(normal_header(f.label) for f in fields)
    subject, found = "", []
    for one in fields:
        name = NAME_OF.match(normal_header(one.label))
        if name:
            subject = "" if name[1] in NOBODY else name[1]
        again = labels[normal_header(one.label)] > 1 and subject and not one.group
        found.append(replace(one, group=subject) if again else one)
    return found
