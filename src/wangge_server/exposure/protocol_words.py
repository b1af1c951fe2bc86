"""A protocol as an epidemiologist reads it: sentences, minutes by place, time limits."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wangge_server.exposure.words import category_words, kind_words, minutes_words, place_words

TIERS = {"red": gettext_lazy("红"), "yellow": gettext_lazy("黄"), "blue": gettext_lazy("蓝")}


def sentences(p: Any) -> list[tuple[str, str]]:
    """What a doctor would say of it, without looking at the file."""

    def join(kinds: Any) -> str:
        return _("、").join(str(place_words(kind)) for kind in kinds)

    return [
        (_("何时有效"), _("%(start)s 至 %(end)s（两端都算）") % {"start": p.start, "end": p.end}),
        (_("往前查几天"), _("发病前 %(n)s 天起；没有症状的从采样前 %(n)s 天起") % {"n": p.lookback_days}),
        *((_("往前查几天：%(kind)s") % {"kind": kind_words(kind)}, _("%(n)s 天") % {"n": n}) for kind, n in p.lookback_by_kind.items()),
        (_("建议为密切接触"), join(p.close_kinds)), (_("建议为一般接触"), join(p.general_kinds)),
        (_("次密接从哪里算"), join(p.second_degree_kinds)),
        (_("人多的地方"), _("一天超过 %(n)s 人的地点只提示时空伴随，不建议分级") % {"n": p.max_place_people}),
        *((_("观察期：%(category)s") % {"category": category_words(name)}, _("最后一次接触起 %(n)s 天") % {"n": n})
          for name, n in p.observation_days.items()),
        (_("颜色"), _("；").join(f"{category_words(name)}：{TIERS[tier]}" for name, tier in p.tiers.items()) or _("由分级规则定")),
        (_("时空伴随"), _("单列一类，永远不会自行升级；只有疾控人员写明理由才能改")),
        (_("几天后到期"), _("红 %(red)s 天，黄 %(yellow)s 天，蓝 %(blue)s 天，从最后一次接触算起") % p.expiry_days),
        (_("何时停下来问"), _("若一次要标记超过 %(n)s%% 的人，整批不分级，先核对病例与方案") % {"n": f"{p.share_cap * 100:g}"}),
    ]  # fmt: skip


def proposes(p: Any, kind: str) -> str:
    if kind in p.close_kinds:
        return str(category_words("close"))
    return str(category_words("general")) if kind in p.general_kinds else "—"


def dues(p: Any) -> list[dict[str, Any]]:
    return [{"grade": tier, **{key: minutes_words(p.due_minutes[tier][key]) for key in ("open", "first_attempt", "result")}}
            for tier in TIERS if tier in p.due_minutes]  # fmt: skip
