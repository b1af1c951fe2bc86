"""The data catalogue: as a page, and as DCAT for other catalogues."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from wangge_server.emergency.queries import current_emergency
from wangge_server.policy.gate import gate
from wangge_server.policy.queries import label
from wangge_server.policy.scope import may
from wangge_server.sharing import catalogue as entries_of
from wangge_server.sharing.life import datasets, share_words
from wangge_server.sharing.words import element_word, element_words


@gate("catalogue.view")
def catalogue(request: HttpRequest) -> HttpResponse:
    """What can be asked for, who answers for it, how fresh and how full it is, who may ask."""
    lang, found = get_language() or "zh-hans", entries_of.entries(timezone.localdate())
    acts = [{"label": "DCAT", "url": reverse("catalogue_dcat"), "icon": "download"}]
    if may(request, "share.request"):
        acts.append({"label": _("申请共享"), "url": reverse("share_new"), "icon": "send", "primary": True})  # type: ignore[dict-item]
    return render(request, "sharing/catalogue.html", {
        "head": {"title": _("数据目录"), "answer": _("可以申请的数据集"), "number": len(found), "unit": _("项"),
                 "as_of": timezone.now(), "actions": acts},
        "entries": [_shown(one, lang) for one in found],
    })  # fmt: skip


@gate("catalogue.view")
def catalogue_dcat(request: HttpRequest) -> HttpResponse:
    """The same as JSON-LD (DCAT 3)."""
    now, emergency = timezone.now(), current_emergency()
    body = entries_of.dcat(entries_of.entries(timezone.localdate(now)), now, emergency.area_code if emergency else "")
    response = HttpResponse(
        json.dumps(body, ensure_ascii=False, indent=1) + "\n", content_type="application/ld+json; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="catalogue-{timezone.localdate(now):%Y%m%d}.jsonld"'
    return response


def _shown(one: dict[str, Any], lang: str) -> dict[str, Any]:
    row = datasets()[one["code"]]
    return one | {
        "word": share_words("dataset", lang)[one["code"]], "about": row["about"].get(lang, row["about"]["zh-hans"]),
        "owner": label("role", one["owner"], lang),
        "elements": [element | {"word": element_word(element["name"], lang)} for element in one["elements"]],
        "asks": [(label("role", role, lang), label("purpose", purpose, lang), element_words(names, lang))
                 for role, purpose, names in one["asks"]],
    }  # fmt: skip
