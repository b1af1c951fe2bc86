"""What a person says when a place is to ask for passes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class CheckpointForm(forms.Form):
    """Where, on which basis, until when, and where the three lanes without a code are."""

    place = forms.CharField(label=_("地点"), max_length=80)
    area_code = forms.RegexField(r"^\d{12}(\d{3})?$", label=_("社区或网格代码"))
    basis = forms.CharField(label=_("依据（文件名与文号）"), max_length=200)
    until = forms.DateField(label=_("查到哪一天"))
    paper_at = forms.CharField(label=_("纸质凭条在哪里查看"), max_length=80, required=False)
    proxy_at = forms.CharField(label=_("代办在哪里办理"), max_length=80, required=False)
    register_at = forms.CharField(label=_("人工登记在哪里"), max_length=80, required=False)

    def __init__(self, *args: Any, area: str = "", **given: Any) -> None:
        super().__init__(*args, **given)
        self._area = area

    def clean_area_code(self) -> str:
        code = str(self.cleaned_data["area_code"])
        if not code.startswith(self._area):
            raise forms.ValidationError(_("只能为自己负责的区域设置查验点。"))
        return code
