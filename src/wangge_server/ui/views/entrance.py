"""Coming in, going out, where one lands, and what is said when something is wrong."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import views as auth
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.i18n import set_language as django_set_language

from wangge_server.emergency.queries import current_phase
from wangge_server.policy.actions import choose_purpose, record_login
from wangge_server.policy.gate import gate, open_to_all
from wangge_server.policy.queries import label
from wangge_server.ui.context import allowed
from wangge_server.ui.queries import database_answers, demo_logins, machine_version


class Entrance(auth.LoginView):
    """Name and password. In a demo of made-up people the page lists one login a role; a click fills the form."""

    template_name = "ui/login.html"
    redirect_authenticated_user = True

    def get_initial(self) -> dict[str, Any]:
        chosen = next((row for row in self._logins() if row["username"] == self.request.GET.get("as")), None)
        return super().get_initial() | ({"username": chosen["username"]} if chosen else {})

    def get_context_data(self, **given: Any) -> dict[str, Any]:
        logins, asked = self._logins(), self.request.GET.get("as")
        chosen = next((row for row in logins if row["username"] == asked), None)
        return super().get_context_data(**given) | {"logins": logins, "chosen": chosen}

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        record_login(self.request.user)
        return response

    def _logins(self) -> list[dict[str, str]]:
        return demo_logins(get_language() or "zh-hans")


# Roles without pages of their own yet: what there is, what there is not, and where to go meanwhile.
NO_PAGES = {
    "volunteer": (
        (gettext_lazy("现在有"), gettext_lazy("只有这个账号：可以登录、换语言和字号。志愿者账号看不到任何居民的信息。")),
        (gettext_lazy("还没有"), gettext_lazy("排班、求助单和物资的页面还没有做。")),
        (gettext_lazy("接下来"), gettext_lazy("请按社区负责人的安排行事。若您同时担任网格员，请用网格员账号登录，或请数据主管更改角色。")),
    ),
    "resident": (
        (gettext_lazy("现在有"), gettext_lazy("只有这个账号：可以登录、换语言和字号。")),
        (gettext_lazy("还没有"), gettext_lazy("查看本人信息、更正、求助和公告的页面还没有做。")),
        (gettext_lazy("接下来"), gettext_lazy("要查看、更正本人信息或求助，请向所在社区的负责人或上门的网格员提出；他们需当面核对身份。")),
    ),
}  # fmt: skip

login = open_to_all(Entrance.as_view())
logout = open_to_all(auth.LogoutView.as_view())


@open_to_all
def set_language(request: HttpRequest) -> HttpResponse:
    """Language of this browser, in a cookie."""
    return django_set_language(request)


@gate("home.view")
def home(request: HttpRequest) -> HttpResponse:
    """The first page of the role: the phone for workers (and supervisors on a phone), else the menu's first."""
    user: Any = request.user
    on_phone = "Mobile" in request.headers.get("User-Agent", "")
    if user.role == "grid_worker" or (user.role == "supervisor" and on_phone):
        return redirect(_phone())
    sections = allowed(user.role, request.purpose, current_phase())  # type: ignore[attr-defined]
    if sections:
        return redirect(sections[0].leaves[0].url)
    return render(request, "ui/home.html", {"role": label("role", user.role, get_language() or "zh-hans"),
                                            "lines": NO_PAGES.get(user.role, ())})  # fmt: skip


def _phone() -> str:
    try:
        return reverse("phone")
    except NoReverseMatch:
        return "/m/"


@gate("home.view")
def purpose(request: HttpRequest) -> HttpResponse:
    """Change the purpose of this session (POST); one click, recorded."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    before = request.purpose  # type: ignore[attr-defined]
    chosen = choose_purpose(chosen=request.POST.get("purpose", ""), by=request.user, purpose=before)
    request.session["purpose"] = chosen
    messages.info(
        request, _("目的已改为“%(label)s”，已留痕。") % {"label": label("purpose", chosen, get_language() or "zh-hans")}
    )
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return redirect(_still_open(request, target) if safe else "home")


def _still_open(request: HttpRequest, target: str) -> str:
    """The page one stood on where the new purpose still allows it, else the way home (which finds one that is)."""
    sections = allowed(request.user.role, request.session["purpose"], current_phase())  # type: ignore[union-attr]
    open_pages = [reverse(leaf.url) for section in sections for leaf in section.leaves]
    return target if any(target.startswith(page) for page in open_pages) else reverse("home")


@open_to_all
def health(request: HttpRequest) -> HttpResponse:
    """For machines: is it up, which version, does the database answer. Nothing else."""
    reachable = database_answers()
    body = {"ok": reachable, "version": machine_version(), "database": reachable}
    return JsonResponse(body, status=200 if reachable else 503, headers={"Cache-Control": "no-store"})


# ---- what is said when something is wrong -----------------------------------------------------------


def refused(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return _sorry(request, 403, "forbidden", _("不能打开"), _("当前账号或目的不允许打开这一页。"))


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return _sorry(request, 404, "empty", _("没有这一页"), _("地址有误，或该内容不在您的范围内。"))


def failed(request: HttpRequest) -> HttpResponse:
    """No context here: whatever broke may break it again."""
    return render(None, "ui/failed.html", status=500)  # type: ignore[arg-type]


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _sorry(request, 403, "failed", _("页面已过期"), _("请返回上一页，刷新后重试；已填写的内容不会丢失。"))


def _sorry(request: HttpRequest, status: int, state: str, title: str, text: str) -> HttpResponse:
    return render(request, "ui/sorry.html", {"state": state, "title": title, "text": text}, status=status)
