"""Codes of intake as people read them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from wangge.base.errors import table
from wangge.dictionary import elements
from wangge.dictionary.refused import banned_by_words
from wangge_server.base.panel import reason

LISTS = {
    "police": gettext_lazy("公安人口名单"), "health": gettext_lazy("卫健名单"), "civil": gettext_lazy("民政名单"),
    "transport": gettext_lazy("交通出行名单"), "census": gettext_lazy("入户登记"), "visitors": gettext_lazy("来访登记"),
    "cases": gettext_lazy("病例名单"), "door": gettext_lazy("上门走访"), "census_desk": gettext_lazy("台账登记"), "accounts": gettext_lazy("平台账号"),
}  # fmt: skip
STATES: dict[str, tuple[str, Any]] = {
    "received": ("", gettext_lazy("正在认表头")), "previewed": ("warn", gettext_lazy("等您核对")),
    "mapped": ("", gettext_lazy("正在试算")), "checked": ("warn", gettext_lazy("等您确认")),
    "confirmed": ("", gettext_lazy("等待入库")), "reading": ("", gettext_lazy("正在入库")),
    "read": ("good", gettext_lazy("已入库")), "refused": ("bad", gettext_lazy("已退回")),
    "replaced": ("unknown", gettext_lazy("已被替换")), "cancelled": ("unknown", gettext_lazy("已撤回")),
    "expired": ("unknown", gettext_lazy("过期未确认")),
}  # fmt: skip
OUTCOMES: dict[str, tuple[str, Any]] = {
    "new": ("good", gettext_lazy("新增")), "update": ("good", gettext_lazy("更新")),
    "skip": ("unknown", gettext_lazy("跳过")), "error": ("bad", gettext_lazy("错误")),
}  # fmt: skip
MODES = {
    "add": gettext_lazy("追加到清单"), "replace": gettext_lazy("替换清单以前的文件"), "correct": gettext_lazy("更正以前的错误行"),
}  # fmt: skip
# Why a row is new, an update or skipped, where no numbered error says so: what it is, and what follows from it.
REASONS: dict[str, tuple[Any, Any]] = {
    "": (gettext_lazy("登记里没有此人"), gettext_lazy("入库后新建档案。")),
    "several": (gettext_lazy("与登记中多人相符"), gettext_lazy("不自动合并，交人工判断。")),
    "changed": (gettext_lazy("此人已在登记中，内容有变化"), gettext_lazy("新旧两个说法都留存，按来源规则取用。")),
    "added": (gettext_lazy("此人已在登记中，增加一条记录"), gettext_lazy("记入此人的档案。")),
    "seen": (gettext_lazy("与已入库的一行完全相同"), gettext_lazy("不重复计入。")),
    "known": (gettext_lazy("此人已在登记中，没有新内容"), gettext_lazy("只记下又有一份来源。")),
    "twice": (gettext_lazy("本文件前面已有此人"), gettext_lazy("与前一行算作一人。")),
}  # fmt: skip


def banned_words(header: str, why: str) -> str:
    """Why a column of this name is dropped, in the reader's language; the dictionary has the words."""
    found = next(filter(None, (banned_by_words(part) for part in (header, *header.split("/")))), None)
    return found.reason(get_language() or "zh-hans") if found else why


# What the reader noticed; some notes carry a detail after a colon.
NOTES = {
    "quotes_ignored": gettext_lazy("文件里有不成对的引号，按原样读入。"),
    "encoding_guessed": gettext_lazy("编码是推断的，请看一看下面的文字是否正常。"),
    "ambiguous_header": gettext_lazy("同一列名出现在两个大标题下，请按“大标题/列名”对应。"),
    "id_from_number": gettext_lazy("有证件号码存成了数字，末几位可能已丢失；这些行会标出，不会自动改。"),
    "address_from_date": gettext_lazy("有门牌号被表格软件改成了日期。"),
    "formula_without_value": gettext_lazy("有公式没有存下结果，那些单元格按空白读入。"),
    "cell_error": gettext_lazy("有单元格是错误值（如 #N/A），按空白读入。"),
    "hidden_sheet_read": gettext_lazy("读的是一张隐藏的工作表。"),
    "kind_not_named": gettext_lazy("文件内容与扩展名不符，按内容读取。"),
}  # fmt: skip


def note_words(note: str) -> str:
    """A note of the reader in words, with its detail."""
    code, _colon, detail = note.partition(":")
    words = str(NOTES.get(code.strip(), code))
    return f"{words} ({detail.strip()})" if detail.strip() else words


def list_words(name: str) -> str:
    """A list by the name people know, else as the mapping file calls it; one nobody named yet says so."""
    return str(LISTS.get(name, name)) or _("清单待定")


def element_words(name: str) -> str:
    """A data element in words; the whole row where none is named."""
    if not name:
        return _("整行")
    found = elements().get(name)
    return _(found.zh) if found else name


def state_words(state: str) -> str:
    """Where a file stands."""
    return str(STATES[state][1]) if state in STATES else state


def state_badge(state: str) -> dict[str, Any]:
    tone, word = STATES.get(state, ("unknown", state))
    return {"kind": "badge", "tone": tone, "word": word, "icon": "" if tone else "clock"}


def outcome_badge(outcome: str, kind: str = "") -> dict[str, Any]:
    """新增, 更新, 跳过 or 错误, with its colour; of an error whether its row went on without a value or not at all."""
    tone, word = OUTCOMES[outcome]
    if outcome == "error":
        tone, word = ("warn", _("错误 · 待人工")) if kind == "person" else ("bad", _("错误 · 退回"))
    return {"kind": "badge", "tone": tone, "word": word}


def row_reason(code: str) -> dict[str, str]:
    """Why a row is what it is: a numbered error, or a word of the dry run. -> {what, todo}"""
    if code in table():
        return reason(code)
    what, todo = REASONS.get(code, (code, ""))
    return {"what": str(what), "todo": str(todo)}
