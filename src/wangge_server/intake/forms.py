"""What an upload must be before it is taken in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _

from wangge.base.errors import WanggeError, Where
from wangge_server.intake.queries import mapping
from wangge_server.intake.words import list_words

KINDS = (".csv", ".txt", ".xlsx", ".xls", ".xlsm", ".ods")


class UploadForm(forms.Form):
    """One list and its file, as it is."""

    list_name = forms.ChoiceField()
    file = forms.FileField(allow_empty_file=True)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["list_name"].choices = [(name, list_words(name)) for name in mapping().lists]  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.UPLOAD_LIMIT_MB << 20:
            raise forms.ValidationError(_("文件超过 %(n)s MB。请分成几份上传。") % {"n": settings.UPLOAD_LIMIT_MB})
        return file

    def refuse_unreadable(self) -> None:
        """E1001 for no spreadsheet by its name, E1002 for an empty file: said before anything is stored."""
        file = self.cleaned_data["file"]
        where = Where(file=Path(file.name).name)
        if Path(file.name).suffix.lower() not in KINDS:
            raise WanggeError("E1001", where, name=where.file)
        if not file.size:
            raise WanggeError("E1002", where, name=where.file)
