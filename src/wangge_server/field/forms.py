"""The form of the monthly check: one part for the visit, one for each person who lives there, one for each newcomer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

RESULTS = (("as_known", _("都还在，没有变化")), ("changed", _("有变化，已在下面写明")), ("nobody_home", _("没有人在家")),
           ("refused", _("谢绝走访")))  # fmt: skip
METHODS = (("visit", _("上门")), ("phone", _("电话")), ("paper", _("纸质登记")))
KINDS = (
    ("", _("不改")),
    ("permanent", _("常住")),
    ("boarding", _("寄住")),
    ("floating", _("流动")),
    ("unknown", _("不清楚")),
)
WHAT = (("here", _("还住在这里")), ("changed", _("资料有变化")), ("moved_away", _("已搬走")), ("died", _("已去世")))
EVENTS = (("moved_in", _("搬入")), ("born", _("新生儿")))
SEXES = (("", "—"), ("1", _("男")), ("2", _("女")))
MOST_NEWCOMERS = 4


class Tidy(forms.Form):
    """Fields as the console draws them."""

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        for field in self.fields.values():
            kind = (
                "form-select form-select-sm"
                if isinstance(field.widget, forms.Select)
                else "form-control form-control-sm"
            )
            field.widget.attrs |= {"class": kind, "autocomplete": "off"}


def _day(**given: Any) -> forms.DateField:
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **given)


class CheckForm(Tidy):
    """The visit itself."""

    result = forms.ChoiceField(choices=RESULTS, label=_("结果"))
    method = forms.ChoiceField(choices=METHODS, label=_("方式"))
    on = _day(label=_("日期"))


class MemberForm(Tidy):
    """One person who lives there, as far as known."""

    person_id = forms.CharField(widget=forms.HiddenInput, max_length=40)
    what = forms.ChoiceField(choices=WHAT, initial="here", label=_("情况"))
    kind = forms.ChoiceField(choices=KINDS, required=False, label=_("居住类别"))
    on = _day(required=False, label=_("哪一天（搬走或去世）"))
    name = forms.CharField(required=False, max_length=80, label=_("姓名"))
    phone = forms.CharField(required=False, max_length=30, label=_("电话"))
    relation_to_head = forms.CharField(required=False, max_length=20, label=_("与户主关系"))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("what") in ("moved_away", "died") and not given.get("on"):
            self.add_error("on", _("请写明日期；不知道就写得知的那一天。"))
        return given

    def row(self) -> dict[str, Any]:
        """As record_check() takes it."""
        given = self.cleaned_data
        values = {name: given[name].strip() for name in ("name", "phone", "relation_to_head")}
        return {key: given[key] for key in ("person_id", "what", "kind", "on")} | {"values": values}


class NewcomerForm(Tidy):
    """Somebody no list knows yet. Left empty it counts for nothing."""

    event = forms.ChoiceField(choices=EVENTS, label=_("怎么来的"))
    name = forms.CharField(required=False, max_length=80, label=_("姓名"))
    sex = forms.ChoiceField(choices=SEXES, required=False, label=_("性别"))
    birth_date = _day(required=False, label=_("出生日期"))
    phone = forms.CharField(required=False, max_length=30, label=_("电话"))
    relation_to_head = forms.CharField(required=False, max_length=20, label=_("与户主关系"))
    kind = forms.ChoiceField(choices=KINDS[1:], required=False, initial="unknown", label=_("居住类别"))
    on = _day(required=False, label=_("自哪一天起"))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        filled = [name for name in ("sex", "birth_date", "phone", "relation_to_head", "on") if given.get(name)]
        if filled and not given.get("name"):
            self.add_error("name", _("请写姓名；还没有起名的孩子写“某某之子”或“某某之女”。"))
        return given

    def row(self) -> dict[str, Any] | None:
        """As record_check() takes it; None where nobody was written."""
        given = self.cleaned_data
        if not given.get("name"):
            return None
        values = {name: given.get(name) for name in ("name", "sex", "birth_date", "phone", "relation_to_head")}
        born = given["birth_date"] if given["event"] == "born" else None
        return {"event": given["event"], "on": given.get("on") or born, "kind": given.get("kind"), "values": values}
