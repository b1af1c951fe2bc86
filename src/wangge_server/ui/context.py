"""What every page of the console shows around its own content: menu, purpose bar, emergency."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from wangge import policy
from wangge_server.emergency.queries import current_emergency, late_review
from wangge_server.geography.queries import names_of
from wangge_server.policy.gate import chosen_purpose
from wangge_server.policy.queries import label, n_alarms_waiting, n_looks_waiting, purpose_words, purposes
from wangge_server.risk.appeal_queries import OPEN, waiting_counts


@dataclass(frozen=True)
class Leaf:
    """One page that the menu or a tab leads to."""

    url: str
    label: Any
    permission: str


@dataclass(frozen=True)
class Section:
    """One line of the menu, with the pages behind it; the first page a reader may see is where it leads."""

    key: str
    label: Any
    icon: str
    leaves: tuple[Leaf, ...]


# The menu in the order of the way.
MENU = (
    Section("board", _("总览"), "layout-dashboard", (
        Leaf("board", _("今日覆盖"), "board.view"), Leaf("door_ledger", _("户不漏人"), "ledger.view"))),
    Section("emergency", _("应急"), "urgent", (
        Leaf("emergencies", _("应急响应"), "emergency.view"), Leaf("protocol", _("方案与规则"), "protocol.view"))),
    Section("intake", _("汇聚"), "file-import", (
        Leaf("batches", _("批次"), "batch.view"), Leaf("mappings", _("列对应"), "batch.upload"),
        Leaf("runs", _("运算"), "run.view"))),
    Section("register", _("一人一档"), "id", (
        Leaf("register", _("共享登记"), "household.view"), Leaf("checks", _("每月走访"), "check.list"),
        Leaf("desk", _("并档复核"), "review.view"), Leaf("gaps", _("缺口"), "gap.view"),
        Leaf("urgent", _("紧急查看"), "glass.open"), Leaf("urgent_told", _("复核紧急查看"), "glass.review"),
        Leaf("pass_desk", _("通行凭条"), "pass.give"), Leaf("checkpoints", _("查验点"), "checkpoint.view"))),
    Section("forms", _("一表通"), "notes", (
        Leaf("forms", _("表单"), "form.view"), Leaf("posters", _("自主登记"), "poster.view"),
        Leaf("submissions", _("收到的报送"), "submission.view"),
        Leaf("devices", _("设备"), "device.issue"), Leaf("department_forms", _("部门表格"), "form.view"),
        Leaf("union_form", _("合并后的问题"), "form.view"), Leaf("campaigns", _("采集"), "campaign.view"),
        Leaf("doors", _("补问的门"), "door.list"), Leaf("dictionary", _("数据字典"), "dictionary.view"))),
    Section("judgement", _("研判"), "scale", (
        Leaf("judgement", _("今日研判"), "grade.view"), Leaf("cases", _("病例"), "case.view"),
        Leaf("cell", _("联席研判"), "cell.view"), Leaf("appeals", _("申诉"), "appeal.view"),
        Leaf("explain", _("等级说明"), "grade.explain"))),
    Section("dispatch", _("派单"), "send", (
        Leaf("dispatch", _("派单进度"), "flow.view"), Leaf("handover", _("移交与调整"), "grid.assign"))),
    Section("supervision", _("督办"), "eye-check", (
        Leaf("matters", _("事项"), "matter.view"), Leaf("supervision", _("复核"), "recheck.list"))),
    Section("grids", _("网格"), "map-2", (Leaf("grids", _("网格"), "grid.view"),)),
    Section("sharing", _("共享"), "files", (
        Leaf("shares", _("共享台账"), "share.view"), Leaf("catalogue", _("数据目录"), "catalogue.view"),
        Leaf("handovers", _("跨区移交"), "handover.view"), Leaf("regions", _("互认地区"), "region.view"))),
    Section("publishing", _("发布"), "speakerphone", (Leaf("publishing", _("发布"), "release.view"),)),
    Section("audit", _("留痕"), "history", (
        Leaf("audit", _("留痕"), "audit.view"), Leaf("audit_heads", _("树头与见证"), "audit.view"))),
    Section("settings", _("设置"), "settings", (
        Leaf("policy", _("策略说明"), "policy.view"), Leaf("people", _("人员与角色"), "people.view"),
        Leaf("health_page", _("运行状况"), "health.view"), Leaf("sunset", _("数据销毁"), "sunset.view"))),
)  # fmt: skip


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context for the frame of a page; nothing for people who have not come in."""
    user: Any = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    lang, purpose, emergency = get_language() or "zh-hans", chosen_purpose(request), current_emergency()
    sections = allowed(user.role, purpose, emergency.phase if emergency else "peace")
    names = names_of([user.area_code, user.unit_code])
    person = {
        "name": user.name or user.username,
        "role": label("role", user.role, lang),
        "unit": names.get(user.unit_code, ""),
    }
    now = purpose_words(purpose, lang)
    section, leaf = _here(request, sections)
    return {
        "menu": [_item(request, one, one is section) for one in sections],
        "tabs": _tabs(section, leaf),
        "breadcrumb": _crumbs(section, leaf),
        "purpose": now and now | {"until": emergency.review_on if emergency else None, "choices": purposes(user.role, lang)},
        "emergency": _emergency(emergency, sections),
        "area": {"name": names.get(user.area_code, user.area_code), "url": reverse("home")} if user.area_code else None,
        "person": person, "urgent": _urgent(user), "appeals": _appeals(user, purpose, emergency),
        "watermark": " · ".join(map(str, filter(None, (
            person["name"], person["role"], timezone.localtime().strftime("%Y-%m-%d %H:%M"), now and now["label"])))),
    }  # fmt: skip


def _urgent(user: Any) -> dict[str, Any] | None:
    """Urgent looks and alarms this reader was told of and has not judged: on every page, whatever the purpose, until they are."""
    if user.role not in policy.table()["break_glass"]["told"]:
        return None
    n = n_looks_waiting(user) + n_alarms_waiting(user)
    return {"n": n, "url": reverse("urgent_told")} if n else None


def _appeals(user: Any, purpose: str, emergency: Any) -> dict[str, Any] | None:
    """Appeals that wait for somebody like this reader, on every page of the purpose: an hour is short."""
    decision = policy.decide(user.role, purpose, "appeal.decide", emergency.phase if emergency else "peace")
    if not decision.allowed:
        return None
    whole = decision.relation == "all" or user.area_code == emergency.area_code
    n = waiting_counts(
        {} if whole else {"person__household__grid_code__startswith": user.area_code or "-"}, timezone.now()
    )
    waiting = sum(n[state] for state in OPEN)
    return {"n": waiting, "late": n["late"], "url": reverse("appeals")} if waiting else None


def allowed(role: str, purpose: str, phase: str) -> list[Section]:
    """The sections with only the pages this role may open for this purpose; empty sections are gone."""
    found = []
    for section in MENU:
        leaves = tuple(
            x for x in section.leaves if policy.decide(role, purpose, x.permission, phase).allowed and _url(x.url)
        )
        if leaves:
            found.append(Section(section.key, section.label, section.icon, leaves))
    return found


def _url(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _here(request: HttpRequest, sections: list[Section]) -> tuple[Section | None, Leaf | None]:
    """Where in the menu this page stands: the longest address that begins the page's own."""
    fits = [(len(_url(leaf.url)), section, leaf) for section in sections for leaf in section.leaves
            if request.path.startswith(_url(leaf.url))]  # fmt: skip
    return max(fits, key=lambda fit: fit[0])[1:] if fits else (None, None)


def _item(request: HttpRequest, section: Section, active: bool) -> dict[str, Any]:
    return {"key": section.key, "label": section.label, "url": reverse(section.leaves[0].url), "icon": section.icon,
            "active": active}  # fmt: skip


def _tabs(section: Section | None, leaf: Leaf | None) -> list[dict[str, Any]]:
    """Pages of the same section, where there are several."""
    if section is None or len(section.leaves) < 2:
        return []
    return [{"label": one.label, "url": reverse(one.url), "active": one is leaf} for one in section.leaves]


def _crumbs(section: Section | None, leaf: Leaf | None) -> list[dict[str, Any]]:
    if section is None or leaf is None:
        return []
    crumbs = [{"label": section.label, "url": reverse(section.leaves[0].url)}]
    return crumbs if str(leaf.label) == str(section.label) else [*crumbs, {"label": leaf.label}]


def _level(code: str) -> Any:
    """Levels of an emergency in the words of the law."""
    return {"I": _("Ⅰ级"), "II": _("Ⅱ级"), "III": _("Ⅲ级"), "IV": _("Ⅳ级")}.get(code, code)


def _emergency(emergency: Any, sections: list[Section]) -> dict[str, Any] | None:
    """What the header says: the emergency in force, that it winds down, that its review is late; nothing once it ended."""
    if emergency is None or emergency.phase == "ended":
        return None
    pages = {leaf.url for section in sections for leaf in section.leaves}
    url = next((_url(name) for name in ("emergencies", "protocol") if name in pages), "")
    word = _("复审日已过") if late_review(emergency, timezone.localdate()) else ""
    if not word and emergency.phase == "wind_down":
        word = _("收尾中")
    return {"name": emergency.name, "level": _level(emergency.level), "url": url, "word": word}
