"""The page of a gate: it checks passes in the browser, offline after its first load. No pass is ever sent to the server."""

from __future__ import annotations

import base64
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from wangge.base.errors import WanggeError
from wangge.risk.pass_code import settings as pass_settings
from wangge_server.policy.gate import open_to_all
from wangge_server.resident import pass_queries as queries

SCRIPTS = Path(__file__).resolve().parents[1] / "static" / "resident"
REFUSALS = [f"E{n}" for n in range(6070, 6080)]


@open_to_all
@require_GET
def check(request: HttpRequest, code: str) -> HttpResponse:
    """The gate's page. A gate without its lanes is not active, and has no page."""
    found = queries.active_checkpoint(code, timezone.localdate())
    if found is None:
        raise Http404
    lang, given = get_language() or "zh-hans", pass_settings()
    words = {
        "green": _("绿码"), "yellow": _("黄码"), "red": _("红码"), "paper": _("纸质凭条"), "phone": _("手机"), "proxy": _("代办"),
        "pass": _("可以通行"), "lane": _("请到人工登记处，由人处理；不得拒绝急诊、分娩、透析、用药"), "until": _("有效至"),
        "unproven": _("仅凭码：不能证明出示人就是本人"), "fresh": _("收回名单更新于"), "offline": _("离线：用已保存的密钥和名单查验"),
    }  # fmt: skip
    return render(request, "resident/check.html", {
        "gate": found, "words": words | {code: WanggeError(code, most=given["most_characters"]).text(lang) for code in REFUSALS},
        "numbers": {"colour": given["number"]["colour"], "kind": given["number"]["kind"], "most": given["most_characters"],
                    "window": given["window_seconds"], "hours": given["most_hours"]},
    })  # fmt: skip


@open_to_all
@never_cache
@require_GET
def keys(request: HttpRequest) -> JsonResponse:
    """Public keys and the signed list of withdrawn passes: says nothing of anybody."""
    now = timezone.now()
    public, withdrawn = queries.what_gates_believe(now)
    return JsonResponse({
        "keys": {key_id.hex(): key.hex() for key_id, key in public.items()},
        "list": base64.b64encode(withdrawn).decode(), "now": int(now.timestamp()),
    })  # fmt: skip


@open_to_all
@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker; it stands beside the pages it keeps, because its reach ends at its own folder."""
    return HttpResponse((SCRIPTS / "gate_worker.js").read_text("utf-8"), content_type="text/javascript; charset=utf-8")
