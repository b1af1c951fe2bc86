"""What a person says when a code is made for a wall."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wangge_server.forms.queries import published_versions


class PosterForm(forms.Form):
    """Which form, for which place, on which basis, until when."""

    version = forms.ChoiceField(label=_("表单"))
    place = forms.CharField(label=_("小区或活动"), max_length=80)
    area_code = forms.RegexField(
        r"^\d{12}(\d{3})?$",
        label=_("社区或网格代码"),
        error_messages={"invalid": _("请写 12 位社区代码或 15 位网格代码。")},
    )
    basis = forms.CharField(label=_("依据（文件名与文号）"), max_length=200)
    closes_on = forms.DateField(label=_("登记截止日"))
    keep_until = forms.DateField(label=_("销毁日"))

    def __init__(self, *args: Any, area: str = "", **given: Any) -> None:
        super().__init__(*args, **given)
        self._area = area
        out = published_versions(timezone.localdate())
        self.fields["version"].choices = [(str(v.pk), f"{v.title} · {v.version or '—'}") for v in out]  # type: ignore[attr-defined]

    def clean_area_code(self) -> str:
        code = str(self.cleaned_data["area_code"])
        if not code.startswith(self._area):
            raise forms.ValidationError(_("只能为自己负责的区域制作登记码。"))
        return code
