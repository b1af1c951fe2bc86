"""The bytes of an entry: what the log is sworn on. Changing this file changes every hash; then `FORM` must change too."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

FORM = 1


def entry_bytes(
    *, id: int, at: dt.datetime, by: int | None, role: str, purpose: str, permission: str, verb: str, kind: str,
    about: str, facts: dict[str, Any], policy: str,
) -> bytes:  # fmt: skip
    """One event as one line of JSON: keys sorted, no spaces, UTF-8, the instant in UTC to the microsecond.

    `by` is the account's number, `about` and the ids in `facts` are opaque: no personal value is in an entry. `facts` may
    also say which elements were shown. A refusal is an entry like any other, with the decision "refused".
    """
    if at.tzinfo is None:
        raise ValueError("an instant without a zone")
    body = {
        "form": FORM,
        "id": id,
        "at": at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "by": by,
        "role": role,
        "purpose": purpose,
        "permission": permission,
        "verb": verb,
        "kind": kind,
        "decision": "refused" if kind == "refused" else "allowed",
        "about": about,
        "facts": facts,
        "policy": policy,
    }
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
