"""Outcomes as people read them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

OUTCOMES = {
    "full": gettext_lazy("见人、见居、见状态"), "video": gettext_lazy("视频见人"), "moved": gettext_lazy("已搬离"),
    "refused": gettext_lazy("拒绝"), "deceased": gettext_lazy("已去世"), "duplicate": gettext_lazy("重复"),
    "wrong_jurisdiction": gettext_lazy("不在本辖区"), "data_error": gettext_lazy("资料有误"), "not_found": gettext_lazy("查无此人"),
    "partial": gettext_lazy("部分核实"),
}  # fmt: skip


def outcome_words(code: str) -> Any:
    return OUTCOMES.get(code, code)
