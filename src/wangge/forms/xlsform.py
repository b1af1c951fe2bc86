"""XLSForm sheets (survey, choices, settings) as a form: what is asked, not how it looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wangge.base.errors import WanggeError, Where
from wangge.forms.form import Field, Form, checked

Lines = Sequence[Sequence[str]]
# Question types of the XLSForm standard that the device or the form fills itself, or that ask nothing.
NOT_ASKED = {
    "start", "end", "today", "deviceid", "subscriberid", "simserial", "phonenumber", "username", "email", "audit",
    "calculate", "hidden", "note", "start-geopoint", "xml-external", "csv-external", "background-audio", "background-geopoint",
}  # fmt: skip
BEGIN, END = ("begin group", "begin repeat"), ("end group", "end repeat")


def is_xlsform(sheets: Mapping[str, Lines]) -> bool:
    """Whether a workbook is an XLSForm: a sheet `survey` with the columns type and name."""
    survey = next((lines for name, lines in sheets.items() if name.strip().lower() == "survey"), [])
    head = {cell.strip().lower() for cell in (survey[0] if survey else [])}
    return {"type", "name"} <= head


def from_xlsform(sheets: Mapping[str, Lines], file: str) -> Form:
    """The sheets of an XLSForm, cells as text, as one form. Raises E3810 to E3813, E3816 (groups do not close)."""
    by_name = {name.strip().lower(): lines for name, lines in sheets.items()}
    settings = next(iter(_rows(by_name.get("settings", []))), {})
    choices: dict[str, list[str]] = {}
    for row in _rows(by_name.get("choices", [])):
        choices.setdefault(row.get("list_name", row.get("list name", "")), []).append(
            _label(row) or row.get("name", "")
        )
    form_id = settings.get("form_id") or settings.get("id_string") or file.rpartition(".")[0]
    fields = tuple(_fields(_rows(by_name["survey"]), choices, file))
    texts = {name: settings.get(name, "") for name in ("version", "department", "purpose")}
    return checked(Form(form_id, settings.get("form_title") or form_id, fields, file=file, sheet="survey", **texts))


def _rows(lines: Lines) -> list[dict[str, str]]:
    """Rows as {column: text}, empty ones left out. Row i of the sheet carries its number as "#"."""
    if not lines:
        return []
    head = [cell.strip() if "::" in cell else cell.strip().lower() for cell in lines[0]]
    found = []
    for at, line in enumerate(lines[1:], 2):
        row = {name: cell.strip() for name, cell in zip(head, line, strict=False) if name and cell.strip()}
        if row:
            found.append(row | {"#": str(at)})
    return found


def _label(row: Mapping[str, str]) -> str:
    """The label in Chinese where there is one, else the first."""
    labels = {name.lower(): text for name, text in row.items() if name.lower().split("::")[0].strip() == "label"}
    chinese = [text for name, text in labels.items() if "zh" in name or "中文" in name or "chinese" in name]
    return next(iter(chinese), "") or next(iter(labels.values()), "")


def _fields(rows: Sequence[Mapping[str, str]], choices: Mapping[str, list[str]], file: str) -> list[Field]:
    groups: list[tuple[str, str]] = []  # (kind, heading)
    found: list[Field] = []
    for row in rows:
        kind = " ".join(row.get("type", "").lower().replace("_", " ").split())
        place = Where(file, "survey", int(row["#"]))
        if kind in BEGIN:
            groups.append((kind.split()[1], _label(row)))
        elif kind in END:
            if not groups or groups.pop()[0] != kind.split()[1]:
                raise WanggeError("E3816", place)
        elif kind.split(" ")[0] and not _not_asked(row.get("type", "")):
            found.append(_field(len(found) + 1, row, choices, groups))
    if groups:
        raise WanggeError("E3816", Where(file, "survey"))
    return found


def _not_asked(kind: str) -> bool:
    return kind.split()[0].lower() in NOT_ASKED


def _field(
    n: int, row: Mapping[str, str], choices: Mapping[str, list[str]], groups: Sequence[tuple[str, str]]
) -> Field:
    kind, _, rest = row["type"].partition(" ")
    if kind == "select":  # the older way to write it: select one LIST
        kind, rest = "select_" + rest.split()[0], rest.partition(" ")[2]
    options = choices.get(rest.split()[0], []) if kind.startswith(("select", "rank")) and rest else []
    required = row.get("required", "").lower() in ("yes", "true", "true()", "1")
    return Field(
        n, _label(row) or row.get("name", ""), row.get("name", ""), tuple(options), kind, groups[-1][1] if groups else "",
        required, row.get("relevant", ""), "repeat" if any(one == "repeat" for one, _ in groups) else "",
    )  # fmt: skip
