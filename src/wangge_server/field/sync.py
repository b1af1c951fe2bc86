"""The morning call: a worker's own open doors, and from then on only what changed."""

from __future__ import annotations

import datetime as dt
import json
import zlib

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from wangge_server.dispatch.queries import Mark, pull
from wangge_server.policy.quick import quick_gate

LEASE = dt.timedelta(hours=72)  # after so long without contact the phone forgets what it holds
EVERY_S, SPREAD_S = 600, 300
SAYS = {"person.address": "place", "grade": "grade"}  # element -> where a line says it


@require_GET
@quick_gate("task.list")
def pulled(request: HttpRequest) -> HttpResponse:
    """Open envelopes (at first), then what changed: `tasks` to put in place, `closed` and `gone` to take away; no names.

    `cursor` goes back as `since`; while `more` is true there is more at once. `first` says that what the phone holds
    and this round did not bring is to go when the round is over, not before. `next_in_s` is spread over the workers.
    """
    now, user = timezone.now(), request.user
    part = pull(user.username, Mark.read(request.GET.get("since", "")))  # type: ignore[union-attr]
    rest = {
        "cursor": part.mark.text(), "more": part.has_more, "first": part.is_first, "server_time": now.isoformat(),
        "lease_until": (now + LEASE).isoformat(), "next_in_s": 0 if part.has_more else EVERY_S + spread(user.username, now),  # type: ignore[union-attr]
    }  # fmt: skip
    tasks = granted(part.tasks, request.decision.elements)  # type: ignore[attr-defined]
    body = f'{{"tasks":{tasks},"closed":{part.closed},"gone":{part.gone},{json.dumps(rest)[1:]}'
    return HttpResponse(body, content_type="application/json")


def granted(tasks: str, elements: frozenset[str]) -> str:
    """The lines without what the reader is not granted. Read again only where something is to go: never for a worker of today."""
    hidden = [key for element, key in SAYS.items() if element not in elements]
    if not hidden:
        return tasks
    return json.dumps([row | dict.fromkeys(hidden, "") for row in json.loads(tasks)], ensure_ascii=False)


def spread(username: str, now: dt.datetime) -> int:
    """Seconds by which this phone waits longer than others today, so that 180,000 do not come in the same second."""
    return zlib.crc32(f"{username}/{timezone.localdate(now)}".encode()) % SPREAD_S
