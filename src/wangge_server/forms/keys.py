"""Keys of machine clients: what is in a device's code, and what is kept of it."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import zlib

import segno


def new_key() -> str:
    """A key nobody can guess: 256 bits, safe in an address."""
    return secrets.token_urlsafe(32)


def key_digest(key: str) -> str:
    """What is kept of a key. A random key of 256 bits needs no slow hash."""
    return hashlib.sha256(key.encode()).hexdigest()


def collect_settings(address: str, name: str) -> str:
    """The text of ODK Collect's settings code: JSON, deflated, base64."""
    settings = {
        "general": {"server_url": address, "form_update_mode": "match_exactly", "autosend": "wifi_and_cellular"},
        "project": {"name": name, "icon": "网", "color": "#206bc4"},
        "admin": {},
    }
    return base64.b64encode(zlib.compress(json.dumps(settings, ensure_ascii=False).encode())).decode()


def as_svg(text: str) -> str:
    """The code as a picture for a page."""
    return segno.make(text, error="l", boost_error=False).svg_inline(scale=4, border=4, light="#fff", dark="#000")  # type: ignore[no-any-return]
