"""The gate for machine clients: ODK Collect, pyodk, scripts. The same table, another way to say who one is.

Three ways in, tried in this order: a device's key in the address (`/v1/key/KEY/…`), a session's token (`Authorization:
Bearer`), account and password (`Authorization: Basic`). A browser's cookie is none of them, so no page of another site can
send anything here. The purpose comes with the key or session; with a password the account is written `account@purpose`.
"""

from __future__ import annotations

import base64
import binascii
import functools
from collections.abc import Callable
from typing import Any

from django.contrib.auth import authenticate
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils import timezone
from django.utils.html import escape
from django.utils.http import http_date
from django.views.decorators.csrf import csrf_exempt

from wangge import policy
from wangge.base.errors import WanggeError
from wangge_server.audit.actions import write_event
from wangge_server.emergency.queries import current_phase
from wangge_server.forms import queries

View = Callable[..., HttpResponse]
MOST_BYTES = 20_000_000  # of one post; Collect splits bigger submissions by itself
PROJECT = 1
RESPONSE = '<?xml version="1.0" encoding="UTF-8"?><OpenRosaResponse xmlns="http://openrosa.org/http/response"><message nature="{nature}">{text}</message></OpenRosaResponse>'
STATUS = {"E3849": 401, "E8002": 403, "E8003": 403, "E8004": 403, "E3832": 413, "E3840": 409, "E3836": 404}


def machine(permission: str, *, writes: str = "", openrosa: bool = False) -> Callable[[View], View]:
    """Let the view run only for a client whose account and purpose may do that; `writes`: what POST and PUT need instead.

    Errors come as OpenRosa's XML or as JSON, with a number.
    """

    def wrap(view: View) -> View:
        @csrf_exempt
        @functools.wraps(view)
        def run(request: HttpRequest, *args: Any, key: str = "", project: int = PROJECT, **given: Any) -> HttpResponse:
            try:
                is_write = writes and request.method in ("POST", "PUT")
                _admit(request, key, writes if is_write else permission)
                if project != PROJECT:
                    raise WanggeError("E3836", form=f"project {project}", version="")
                response = view(request, *args, **given)
            except WanggeError as error:
                response = told(request, error, openrosa)
            except Http404:
                response = told(request, WanggeError("E3836", form="—", version=""), openrosa)
            except (MultiPartParserError, SuspiciousOperation, UnreadablePostError):
                response = told(request, WanggeError("E3838", reason="multipart"), openrosa)
            return _headers(request, response)

        run.permission, run.writes = permission, writes  # type: ignore[attr-defined]
        return run

    return wrap


def _admit(request: HttpRequest, key: str, permission: str) -> None:
    """Who this is and what for. E3849 where nobody, E8002 where the table does not allow it."""
    user, purpose, device = caller(request, key)
    decision = policy.decide(user.role, purpose, permission, current_phase())
    if not decision.allowed:
        code = "E8003" if decision.verdict == "gap" else "E8002"
        write_event(
            by=user, purpose=purpose, verb="refused", permission=permission, facts={"code": code}, kind="refused"
        )
        raise WanggeError(code)
    if int(request.headers.get("Content-Length") or 0) > MOST_BYTES:
        raise WanggeError("E3832", what="bytes", n=request.headers["Content-Length"], most=MOST_BYTES)
    request.user = user
    request.purpose, request.decision, request.device = purpose, decision, device  # type: ignore[attr-defined]


def caller(request: HttpRequest, key: str) -> tuple[Any, str, Any]:
    """-> (account, purpose, device or session). E3849 where nobody is told."""
    kind, _, said = request.headers.get("Authorization", "").partition(" ")
    if key or kind.lower() == "bearer":
        device = queries.device_of(key or said.strip(), "device" if key else "session", timezone.now())
        if device is not None:
            return device.user, device.purpose, device
    elif kind.lower() == "basic":
        return (*by_password(request, *_basic(said)), None)
    raise WanggeError("E3849")


def _basic(said: str) -> tuple[str, str]:
    try:
        name, _, password = base64.b64decode(said, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as why:
        raise WanggeError("E3849") from why
    return name, password


def by_password(request: HttpRequest, name: str, password: str) -> tuple[Any, str]:
    """`account` or `account@purpose` with its password; wrong ones count towards the lock-out. -> (account, purpose)"""
    username, _, purpose = name.rpartition("@") if "@" in name else (name, "", "")
    user = authenticate(request, username=username, password=password)
    if user is None:
        raise WanggeError("E3849")
    allowed = policy.purposes_for(user.role)  # type: ignore[attr-defined]
    if purpose and purpose not in allowed:
        raise WanggeError("E8002")
    usual = [one for one in allowed if policy.decide(user.role, one, "session.open").allowed]  # type: ignore[attr-defined]
    return user, purpose or next(iter(usual or allowed), "")


def told(request: HttpRequest, error: WanggeError, openrosa: bool) -> HttpResponse:
    """A numbered error as the client reads it: OpenRosa's XML, or JSON as ODK Central writes it."""
    status = STATUS.get(error.code, 400)
    text = error.text(getattr(request, "LANGUAGE_CODE", "zh-hans"))
    response = message(text, "submit_error", status) if openrosa else JsonResponse({"code": error.code, "message": text}, status=status)  # fmt: skip
    if status == 401:
        response["WWW-Authenticate"] = 'Basic realm="wangge", charset="UTF-8"'
    return response


def message(text: str, nature: str, status: int) -> HttpResponse:
    """OpenRosa's answer in one sentence."""
    return xml(RESPONSE.format(nature=nature, text=escape(text)), status)


def xml(text: str, status: int = 200) -> HttpResponse:
    """XML as OpenRosa clients take it."""
    return HttpResponse(text, content_type="text/xml; charset=utf-8", status=status)


def _headers(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    response["X-OpenRosa-Version"] = "1.0"
    response["X-OpenRosa-Accept-Content-Length"] = str(MOST_BYTES)
    response["Date"] = http_date()
    response["Content-Language"] = getattr(request, "LANGUAGE_CODE", "zh-hans")
    response.setdefault("Cache-Control", "no-store")
    return response


def body_of(request: HttpRequest) -> bytes:
    """The raw body, also where it comes in chunks of unknown number (pyodk sends files so). E3832 where it is too much."""
    is_chunked = request.headers.get("Transfer-Encoding", "").lower() == "chunked"
    stream = request.environ["wsgi.input"] if is_chunked else request  # type: ignore[attr-defined]
    data: bytes = stream.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise WanggeError("E3832", what="bytes", n=len(data), most=MOST_BYTES)
    return data
