"""Forms written down as JSON: a list of {form_id, title, fields: [{n, label, key, options}]}, or one of them."""

from __future__ import annotations

from typing import Any

from wangge.base.errors import WanggeError, Where
from wangge.forms.form import Field, Form, checked


def from_record(raw: Any, file: str) -> list[Form]:
    """Every form of a parsed JSON file. Raises E3814 (not such a list), and what `checked` raises."""
    rows = raw if isinstance(raw, list) else [raw]
    forms = [checked(_form(row, file)) for row in rows]
    if not forms:
        raise WanggeError("E3810", Where(file=file), name=file)
    return forms


def _form(row: Any, file: str) -> Form:
    if not isinstance(row, dict) or not isinstance(row.get("fields"), list):
        raise WanggeError("E3814", Where(file=file), reason="fields")
    form_id = str(row.get("form_id") or row.get("title") or file.rpartition(".")[0])
    fields = tuple(_field(i, one, file) for i, one in enumerate(row["fields"], 1))
    texts = {name: str(row.get(name) or "") for name in ("title", "use", "department", "purpose", "version")}
    return Form(form_id, fields=fields, file=file, sheet=form_id, **texts)


def _field(i: int, raw: Any, file: str) -> Field:
    if not isinstance(raw, dict) or not str(raw.get("label") or "").strip():
        raise WanggeError("E3814", Where(file=file, row=i), reason="label")
    options, n = raw.get("options") or [], raw.get("n", i)
    if not isinstance(options, list) or not isinstance(n, int):
        raise WanggeError("E3814", Where(file=file, row=i), reason="options" if isinstance(n, int) else "n")
    texts = {name: str(raw.get(name) or "").strip() for name in ("key", "type", "group", "relevant", "note")}
    return Field(
        n, str(raw["label"]).strip(), options=tuple(map(str, options)), required=bool(raw.get("required")), **texts
    )
