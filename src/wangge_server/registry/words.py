"""Codes of the register as people read them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

SEX = {"1": gettext_lazy("男"), "2": gettext_lazy("女")}
RELATIONS = {
    "head": gettext_lazy("户主"), "spouse": gettext_lazy("配偶"), "child": gettext_lazy("子女"),
    "parent": gettext_lazy("父母"), "grandparent": gettext_lazy("祖父母"), "grandchild": gettext_lazy("孙子女"),
    "sibling": gettext_lazy("兄弟姐妹"), "tenant": gettext_lazy("租客"), "other": gettext_lazy("其他"),
    # as lists write it
    "户主": gettext_lazy("户主"), "本人": gettext_lazy("本人"), "配偶": gettext_lazy("配偶"), "夫": gettext_lazy("夫"), "妻": gettext_lazy("妻"),
    "子": gettext_lazy("子"), "女": gettext_lazy("女儿"), "子女": gettext_lazy("子女"), "父亲": gettext_lazy("父亲"), "母亲": gettext_lazy("母亲"),
    "父母": gettext_lazy("父母"), "其他": gettext_lazy("其他"),
}  # fmt: skip
HOW = {
    "full": gettext_lazy("到门牌"), "building": gettext_lazy("到楼栋"), "compound": gettext_lazy("到小区"),
    "none": gettext_lazy("未落格"),
}  # fmt: skip
REASONS = {
    "no_address": gettext_lazy("名单里没有地址"), "no_such_compound": gettext_lazy("找不到这个小区"),
    "no_such_building": gettext_lazy("小区里没有这栋楼"), "no_such_room": gettext_lazy("楼里没有这个房号"),
    "no_building": gettext_lazy("地址里没有楼栋"), "no_room": gettext_lazy("地址里没有房号"),
    "ambiguous": gettext_lazy("有几处同样的地址"), "area_contradicts": gettext_lazy("写的街道与小区不符"),
}  # fmt: skip
RESIDENCES = {
    "permanent": gettext_lazy("常住"), "boarding": gettext_lazy("寄住"), "floating": gettext_lazy("流动"),
    "unknown": gettext_lazy("不清楚"),
}  # fmt: skip
HOUSEHOLDS = {
    "family": gettext_lazy("家庭户"), "collective": gettext_lazy("集体户"), "dormitory": gettext_lazy("宿舍"),
    "care_home": gettext_lazy("养老院"), "unknown": gettext_lazy("户别未知"),
}  # fmt: skip
ENDS = {
    "moved_within": gettext_lazy("搬到本区别处"), "moved_away": gettext_lazy("已搬走"), "died": gettext_lazy("已去世"),
    "corrected": gettext_lazy("名单更正"),
}  # fmt: skip
EVENTS = {
    "born": gettext_lazy("出生"), "moved_in": gettext_lazy("搬入"), "moved_within": gettext_lazy("搬到本区别处"),
    "moved_away": gettext_lazy("搬走"), "died": gettext_lazy("去世"),
}  # fmt: skip
RESULTS = {
    "as_known": gettext_lazy("都还在"), "changed": gettext_lazy("有变化"), "nobody_home": gettext_lazy("没有人在家"),
    "refused": gettext_lazy("谢绝走访"),
}  # fmt: skip
# rules of survivorship, by the words of the ground floor
WHY = {
    "confirmed": gettext_lazy("上门问过"), "freshest": gettext_lazy("最新"), "most_lists": gettext_lazy("多数名单"),
    "source": gettext_lazy("名单次序"), "valid_number": gettext_lazy("号码有效"), "only": gettext_lazy("只有这一种说法"),
    "full_number": gettext_lazy("18 位号码"), "agrees": gettext_lazy("说法相同"), "place": gettext_lazy("先后次序"),
    "from_number": gettext_lazy("由证件号得出"),
}  # fmt: skip
KEYS = {
    "door": gettext_lazy("上门登记"),
    "exact_name": gettext_lazy("姓名一字不差"), "near_name": gettext_lazy("姓名相近"), "pinyin": gettext_lazy("姓名拼音"),
    "document": gettext_lazy("其他证件"), "only_holder": gettext_lazy("只有此人用的号码"),
    "id": gettext_lazy("证件号"), "near_id": gettext_lazy("证件号只差一位"), "name": gettext_lazy("姓名"),
    "phone": gettext_lazy("电话"), "birth": gettext_lazy("出生日期"), "address": gettext_lazy("地址"),
    "account": gettext_lazy("平台账号"), "household": gettext_lazy("户号"),
}  # fmt: skip


def evidence_words(code: str) -> str:
    """`name+phone` -> 姓名、电话相同; a row that joined nobody says so."""
    if code == "alone":
        return _("仅此一行")
    if code.startswith("model:"):
        return _("多项相近（可能性 %(p)s）") % {"p": code.removeprefix("model:")}
    return _("%(keys)s相符") % {"keys": _("、").join(str(KEYS.get(key, key)) for key in code.split("+"))}


def masked_phone(phone: str | None) -> str | None:
    """138 **** 5678; None where there is none."""
    if not phone:
        return None
    return f"{phone[:3]} **** {phone[-4:]}" if len(phone) == 11 else "****"


def masked_number(number: str | None) -> str | None:
    """4403** **** **** 1234: the first and last four places."""
    return f"{number[:4]}{'*' * max(len(number) - 8, 4)}{number[-4:]}" if number else None


def household_words(kind: str | None, dwelling: Any) -> str | None:
    """What a household is, and that the frame of dwellings says so where no list does; None where nobody does."""
    if kind:
        return str(HOUSEHOLDS.get(kind, kind))
    if dwelling is not None and dwelling.kind == "dormitory":
        return _("宿舍（按房屋台账）")
    return None


def residence_words(kinds: dict[str, int]) -> str:
    """{permanent: 2, floating: 1} -> 常住 2 · 流动 1, in the order of RESIDENCES."""
    return " · ".join(f"{word} {kinds[kind]}" for kind, word in RESIDENCES.items() if kinds.get(kind))
