"""What a person says when a form is brought in."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from wangge import policy
from wangge.forms.convert import KINDS
from wangge_server.accounts.queries import accounts
from wangge_server.forms.words import collecting_purposes
from wangge_server.policy.queries import label

LONGEST = dt.timedelta(days=365)
MOST_FILE = 10 << 20


class UploadForm(forms.Form):
    """A form workbook, what it is for and until when."""

    file = forms.FileField(label=_("表单工作簿（XLSForm）"))
    purpose = forms.ChoiceField(label=_("为了什么目的"))
    until = forms.DateField(label=_("采集到哪一天"))

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        lang = get_language() or "zh-hans"
        choices = [(code, label("purpose", code, lang)) for code in collecting_purposes()]
        self.fields["purpose"].choices = choices  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if Path(file.name).suffix.lower() not in KINDS:
            raise forms.ValidationError(_("只接收 .xlsx、.xls、.csv 或 .md 的 XLSForm。"))
        return file

    def clean_until(self) -> dt.date:
        until, today = self.cleaned_data["until"], timezone.localdate()
        if not today <= until <= today + LONGEST:
            raise forms.ValidationError(_("请写今天起一年以内的日期。"))
        return until  # type: ignore[no-any-return]


class FormFileForm(forms.Form):
    """A file that the form names."""

    file = forms.FileField(label=_("文件"))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_FILE:
            raise forms.ValidationError(_("文件不能超过 10 MB。"))
        return file


PAPERS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".csv", ".tsv", ".json")


class DepartmentFormForm(forms.Form):
    """A department's form as it is, whose it is and what it is for."""

    file = forms.FileField(label=_("部门表格"))
    department = forms.CharField(label=_("哪个部门的表"), max_length=60, strip=True)
    purpose = forms.ChoiceField(label=_("为了什么目的"))

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        lang = get_language() or "zh-hans"
        choices = [(code, label("purpose", code, lang)) for code in policy.purposes_that_ask()]
        self.fields["purpose"].choices = choices  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if Path(file.name).suffix.lower() not in PAPERS:
            raise forms.ValidationError(_("只接收工作簿、CSV 或 JSON。"))
        if file.size > MOST_FILE:
            raise forms.ValidationError(_("文件不能超过 10 MB。"))
        return file


class DeviceForm(forms.Form):
    """Whose device it is, what for and for how long."""

    name = forms.CharField(label=_("设备名称"), max_length=80)
    user: Any = forms.ModelChoiceField(label=_("使用人"), queryset=None)
    purpose = forms.ChoiceField(label=_("为了什么目的"))
    days = forms.IntegerField(label=_("有效天数"), min_value=1, max_value=180, initial=30)

    def __init__(self, *args: Any, area: dict[str, str], **given: Any) -> None:
        super().__init__(*args, **given)
        lang = get_language() or "zh-hans"
        roles = {grant["role"] for grant in policy.table()["grant"] if "form.fetch" in grant["may"]}
        self.fields["user"].queryset = accounts().filter(role__in=roles, is_active=True, **area)  # type: ignore[attr-defined]
        self.fields["user"].label_from_instance = lambda one: f"{one.name}（{one.username}）"  # type: ignore[attr-defined]
        choices = [(code, label("purpose", code, lang)) for code in collecting_purposes()]
        self.fields["purpose"].choices = choices  # type: ignore[attr-defined]
        for name, field in self.fields.items():
            field.widget.attrs["class"] = "form-select" if name in ("user", "purpose") else "form-control"
