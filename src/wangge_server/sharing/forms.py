"""What an office says when it asks for a share."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from wangge import policy
from wangge_server.sharing.life import datasets, share_words
from wangge_server.sharing.words import element_word

GRADES = (("red", _("红")), ("yellow", _("黄")), ("blue", _("蓝")))


def _day() -> forms.DateInput:
    """A day as the browser's own picker reads it, whatever the language of the page."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class ShareForm(forms.Form):
    """Which elements of which rows, for how long and how often, on which basis, and who answers for it."""

    dataset = forms.ChoiceField(label=_("数据集"))
    fields_asked = forms.MultipleChoiceField(label=_("数据项"), widget=forms.CheckboxSelectMultiple)
    pseudonymised = forms.MultipleChoiceField(
        label=_("只要代号的数据项"), required=False, widget=forms.CheckboxSelectMultiple
    )
    area_code = forms.RegexField(
        r"^\d{6}(\d{3}){0,3}$", label=_("区域代码"), error_messages={"invalid": _("请写 6 到 15 位区域代码。")}
    )
    grades = forms.MultipleChoiceField(
        label=_("只要这些等级"), required=False, choices=GRADES, widget=forms.CheckboxSelectMultiple
    )
    since = forms.DateField(label=_("只要这天以后确认的"), required=False, widget=_day())
    max_rows = forms.IntegerField(label=_("最多行数"), min_value=1, initial=200)
    max_reads = forms.IntegerField(label=_("最多读取次数"), min_value=1, initial=10)
    begins_on = forms.DateField(label=_("起始日"), widget=_day())
    ends_on = forms.DateField(label=_("结束日"), widget=_day())
    basis = forms.CharField(label=_("依据（文件名与文号）"), max_length=200)
    reason = forms.CharField(label=_("为什么需要这些数据项"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    officer = forms.ChoiceField(label=_("本单位的使用责任人"))

    def __init__(self, *args: Any, role: str, purpose: str, officers: list[Any], **given: Any) -> None:
        super().__init__(*args, **given)
        lang, allowed = get_language() or "zh-hans", policy.elements_for(role, purpose)
        words = share_words("dataset", lang)
        there = {c: [n for n in row["elements"] if n in allowed] for c, row in datasets().items()}
        self.fields["dataset"].choices = [(c, words[c]) for c, names in there.items() if names]  # type: ignore[attr-defined]
        names = list(dict.fromkeys(name for names in there.values() for name in names))
        for field in ("fields_asked", "pseudonymised"):
            self.fields[field].choices = [(name, element_word(name, lang)) for name in names]  # type: ignore[attr-defined]
        for one in self.fields.values():
            if not isinstance(one.widget, forms.CheckboxSelectMultiple):
                one.widget.attrs["class"] = "form-select" if isinstance(one.widget, forms.Select) else "form-control"
        self.fields["officer"].choices = [(str(one.pk), one.name) for one in officers]  # type: ignore[attr-defined]

    def terms(self, emergency: Any) -> dict[str, Any]:
        """What request_share takes."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "officer"}
        return said | {"emergency": emergency, "fields": said.pop("fields_asked")}
