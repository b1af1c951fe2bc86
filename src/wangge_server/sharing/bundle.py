"""What two regions send each other: a bundle about one person, a receipt for it; signed, addressed, dated. Knows no database."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import tomllib
from functools import cache
from importlib import resources
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from wangge.audit.keys import InstallationKey, verify
from wangge.base.errors import WanggeError

BUNDLE, RECEIPT = b"wangge-handover-v1\n", b"wangge-handover-receipt-v1\n"
NEEDS = {"id", "sender", "receiver", "purpose", "basis", "reason", "place", "issued_at", "expires_at", "person"}
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


@cache
def handover_terms() -> dict[str, Any]:
    """The whole file: limits, elements, states, moves."""
    return tomllib.loads(resources.files(__package__).joinpath("handovers.toml").read_text("utf-8"))


def handover_words(lang: str = "zh-hans") -> dict[str, str]:
    """States in words. -> {code: words}"""
    return {code: row["label"].get(lang, row["label"]["zh-hans"]) for code, row in handover_terms()["state"].items()}


OPEN = tuple(code for code, row in handover_terms()["state"].items() if row["open"])
UNDER_WAY = ("waiting", "arrived")


def can_step(side: str, state: str, act: str) -> str:
    """The state that follows, or empty where the act is not possible from here."""
    rows = handover_terms()["move"]
    return next((m["to"] for m in rows if m["side"] == side and m["act"] == act and state in m["from"]), "")


def handover_step(side: str, state: str, act: str) -> str:
    """The state that follows. E8250 where the act is not possible from here."""
    to = can_step(side, state, act)
    if not to:
        raise WanggeError("E8250", state=handover_words().get(state, "—"), act=act)
    return to


def canonical(body: Any) -> bytes:
    """The bytes under a signature: keys sorted, no spaces."""
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest_of(body: Any) -> str:
    """What tells one bundle from another."""
    return hashlib.sha256(canonical(body)).hexdigest()


def sealed(kind: bytes, name: str, body: dict[str, Any], key: InstallationKey) -> bytes:
    """{name: body, signature} as it travels."""
    signature = base64.b64encode(key.sign(kind + canonical(body))).decode()
    return json.dumps({name: body, "signature": signature}, ensure_ascii=False).encode()


def opened(kind: bytes, name: str, raw: bytes, public: bytes | None = None) -> dict[str, Any]:
    """The body, if its signature is that of `public`, or else of whom it names as its sender. E8253 otherwise."""
    try:
        whole = json.loads(raw)
        body, signature = whole[name], base64.b64decode(whole["signature"], validate=True)
        key = public if public is not None else base64.b64decode(body["sender"], validate=True)
        good = verify(key, kind + canonical(body), signature)
    except (ValueError, KeyError, TypeError, RecursionError) as why:
        raise WanggeError("E8253") from why
    if not good or not isinstance(body, dict):
        raise WanggeError("E8253")
    return body


def must_be_whole(bundle: dict[str, Any], own: str, now: dt.datetime) -> None:
    """A bundle for us, complete, and of a day that can be. E8253, E8255 (the clocks differ, or it is too old)."""
    may_come = set(handover_terms()["elements"])
    try:
        UUID(bundle["id"])
        issued, ends = (dt.datetime.fromisoformat(bundle[k]).astimezone(dt.UTC) for k in ("issued_at", "expires_at"))
        person = bundle["person"]
        ours = set(bundle) >= NEEDS and bundle["receiver"] == own and set(person) <= may_come
        plain = all(isinstance(v, str) for v in (*person.values(), *(bundle[k] for k in NEEDS - {"person"})))
    except (ValueError, KeyError, TypeError, AttributeError) as why:
        raise WanggeError("E8253") from why
    if not ours or not plain or not person.get("person.name"):
        raise WanggeError("E8253")
    if issued > now + dt.timedelta(minutes=handover_terms()["limits"]["ahead_minutes"]) or now > ends:
        raise WanggeError(
            "E8255", minutes=handover_terms()["limits"]["ahead_minutes"], days=handover_terms()["limits"]["days"]
        )


def must_be_safe(url: str) -> None:
    """People's data leave over HTTPS only, except on one's own machine. E8254"""
    where = urlsplit(url)
    if where.scheme != "https" and not (where.scheme == "http" and where.hostname in LOOPBACK):
        raise WanggeError("E8254")
