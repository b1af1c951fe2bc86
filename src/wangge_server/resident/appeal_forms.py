"""What a person says when they appeal, for themselves or for somebody."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from wangge import risk

MOST = 2000  # characters


def _words(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=MOST, widget=forms.Textarea(attrs={"rows": 5, "class": "form-control"})
    )


def _chosen(kind: str, blank: bool = False) -> list[tuple[str, str]]:
    said = list(risk.said(kind, get_language() or "zh-hans").items())
    return [("", "—"), *said] if blank else said


class AppealForm(forms.Form):
    """In somebody's own words; a number where this device holds none yet; who speaks, where it is somebody else."""

    number = forms.CharField(label=_("凭条号"), max_length=40, required=False)
    words = _words(_("为什么不对？用自己的话写"))
    for_another = forms.BooleanField(label=_("我替别人提出，本人知道"), required=False)
    relation = forms.ChoiceField(label=_("我是本人的"), required=False)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["relation"].choices = _chosen("relation", blank=True)  # type: ignore[attr-defined]


class SayForm(forms.Form):
    """Something more."""

    words = _words(_("还想说明的"))


class DeskAppealForm(forms.Form):
    """Written down by a worker or at a desk, in the person's own words."""

    channel = forms.ChoiceField(label=_("对方怎么提出的"))
    relation = forms.ChoiceField(label=_("代办人是本人的"), required=False)
    words = _words(_("对方的原话"))

    def __init__(self, *args: Any, channels: tuple[str, ...], **given: Any) -> None:
        super().__init__(*args, **given)
        known = dict(_chosen("channel"))
        self.fields["channel"].choices = [(code, known[code]) for code in channels]  # type: ignore[attr-defined]
        self.fields["relation"].choices = _chosen("relation", blank=True)  # type: ignore[attr-defined]


class FindForm(forms.Form):
    """Who stands there: their slip, or their whole name with the birth date."""

    number = forms.CharField(label=_("凭条号"), max_length=40, required=False)
    name = forms.CharField(label=_("姓名（全名）"), max_length=40, required=False)
    birth_date = forms.DateField(label=_("出生日期"), required=False)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if not given.get("number") and not (given.get("name") and given.get("birth_date")):
            raise forms.ValidationError(_("请填凭条号，或同时填姓名和出生日期。"))
        return given
