"""What an upload must be before it is taken in, and what a person may say of its columns."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from wangge.base.errors import WanggeError, Where
from wangge.dictionary import elements, normal_header, suggest
from wangge_server.intake.queries import mapping
from wangge_server.intake.words import element_words, list_words

KINDS = (
    ".csv",
    ".tsv",
    ".txt",
    ".xlsx",
    ".xls",
    ".xlsm",
    ".xlsb",
    ".ods",
    ".xml",
    ".mht",
    ".mhtml",
    ".htm",
    ".html",
    ".zip",
)


class UploadForm(forms.Form):
    """A file, as it is, and the list it belongs to where the sender knows."""

    list_name = forms.ChoiceField(required=False)
    file = forms.FileField(allow_empty_file=True)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["list_name"].choices = [("", ""), *list_choices()]  # type: ignore[attr-defined]

    def refuse_unreadable(self) -> None:
        """E1001 for no spreadsheet by its name, E1002 for an empty file, E1031 for too big a one: before anything is stored."""
        file = self.cleaned_data["file"]
        where = Where(file=Path(file.name).name)
        if Path(file.name).suffix.lower() not in KINDS:
            raise WanggeError("E1001", where, name=where.file)
        if not file.size:
            raise WanggeError("E1002", where, name=where.file)
        if file.size > settings.UPLOAD_LIMIT_MB << 20:
            raise WanggeError("E1031", where, size=(file.size >> 20) + 1, limit=settings.UPLOAD_LIMIT_MB)


class TableForm(forms.Form):
    """Where the table stands in the file."""

    sheet = forms.CharField(required=False, max_length=120, strip=False)
    header_row = forms.IntegerField(required=False, min_value=0, max_value=1_000_000)


def list_choices() -> list[tuple[str, str]]:
    """The lists this installation knows, in words."""
    return [(name, list_words(name)) for name in mapping().lists]


def element_choices() -> list[tuple[str, str]]:
    """Elements a column may mean, in words. -> [(code, words)], by subject and words"""
    return [(name, element_words(name)) for name, one in elements().items() if not one.banned]


@cache
def _by_words(language: str) -> dict[str, str]:
    """What people may write for an element, in one language. -> {normal words: code}"""
    return {normal_header(words): name for name, words in reversed(element_choices())}


def element_of(text: str) -> str | None:
    """The element a person wrote, by its words, its code or a synonym; "" for nothing, None for nothing known."""
    text = text.strip()
    if not text:
        return ""
    if text in elements():
        return text
    known = _by_words(get_language() or "").get(normal_header(text)) or getattr(suggest(text), "name", None)
    return known if known and not elements()[known].banned else None


def read_columns(posted: Any, columns: list[dict[str, Any]]) -> tuple[dict[str, str], dict[int, str]]:
    """What was said of each column. -> ({header: element}, {index of the column: what is wrong})"""
    said: dict[str, str] = {}
    wrong: dict[int, str] = {}
    for column in columns:
        if not column["header"]:
            continue  # a column without a name cannot be told apart in the next file
        written = posted.get(f"col-{column['index']}", "")
        element = "" if column["banned"] else element_of(written)
        if element is None:
            wrong[column["index"]] = _("字典里没有“%(word)s”，请从列表中选择，或留空不读入。") % {"word": written[:40]}
        elif not said.get(column["header"]):  # where a header stands twice, what was said first counts
            said[column["header"]] = element
    return said, wrong
