"""Search in the register."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class SearchForm(forms.Form):
    """The beginning of a name, a part of an address. Sent by POST: neither may stand in an address bar."""

    name = forms.CharField(required=False, max_length=40, strip=True)
    address = forms.CharField(required=False, max_length=80, strip=True)


class UrgentForm(forms.Form):
    """Whom, by name and one number, and why it cannot wait. Sent by POST: none of it may stand in an address."""

    name = forms.CharField(label=_("姓名"), max_length=40)
    phone = forms.CharField(label=_("电话"), max_length=30, required=False)
    id_number = forms.CharField(label=_("证件号码"), max_length=30, required=False)
    reason = forms.CharField(label=_("理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not said.get("phone") and not said.get("id_number"):
            raise forms.ValidationError(_("请写电话或证件号码之一：只凭姓名不能查找。"))
        return said
