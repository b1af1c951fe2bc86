"""Every route of machine clients is documented, and every documented one exists."""

from __future__ import annotations

import re
from pathlib import Path

from wangge_server.forms.urls import urlpatterns

NAMES = {"project": "1", "form_id": "FORM", "version": "VERSION", "name": "NAME", "instance_id": "ID"}


def test_the_routes_of_the_how_to_are_the_routes(root: Path) -> None:
    text = (root / "docs" / "how-to" / "collect-with-odk-collect.md").read_text("utf-8")
    documented = set(re.findall(r"^\| `(v1/[^`]+)` \|", text, re.M))
    built = {re.sub(r"<\w+:(\w+)>", lambda m: NAMES.get(m[1], m[0]), str(one.pattern)) for one in urlpatterns}
    assert documented == {route for route in built if route.startswith("v1/") and not route.startswith("v1/key/")}
    keyed = {route.replace("v1/key/<str:key>/", "v1/") for route in built if route.startswith("v1/key/")}
    assert len(keyed) == 6 and keyed <= documented
