"""The public register of shares, in aggregate: for anybody, without an account. Nobody stands in it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from wangge_server.policy.gate import open_to_all
from wangge_server.policy.queries import label, purpose_words
from wangge_server.sharing import queries
from wangge_server.sharing.life import share_words
from wangge_server.sharing.words import element_words


@open_to_all
@never_cache
@require_GET
def register(request: HttpRequest) -> HttpResponse:
    """What was shared for which purpose on which basis, how often it was used, who answers by role."""
    lang = get_language() or "zh-hans"
    rows = [
        row | {"dataset": share_words("dataset", lang)[row["dataset"]], "purpose": label("purpose", row["purpose"], lang),
               "elements": element_words(row["elements"], lang), "answerable": (purpose_words(row["purpose"], lang) or {})["answerable"]}
        for row in queries.public_register()
    ]  # fmt: skip
    return render(request, "sharing/register.html", {"rows": rows, "at": timezone.now(), "smallest": queries.SMALLEST})
