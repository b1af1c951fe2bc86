"""Who may open which address: real requests against a table expanded here, from table.toml, by other code than the product's.

A question is (address, method, role, purpose, phase, relation). The answer must be: signed in first; refused with 403 and one
event where the table does not grant it; 404 where the object lies beyond the relation; else let in, with no value of an
element that is not granted and none of anybody out of reach, in whatever page, list, file or call.
"""

from __future__ import annotations

import gzip
import io
import json
import random
import tomllib
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from tests.server.matrix_world import NOWHERE, World

from wangge_server.audit.models import Event
from wangge_server.emergency.models import Emergency
from wangge_server.forms.models import Device

PHASES = ("active", "wind_down", "ended")
REACH = {"counts": 0, "own": 0, "assigned": 1, "area": 2, "all": 3}
NEEDS = {"assigned": 1, "area": 2, "elsewhere": 3}
# Which thing an address is about, by its name; what is not here is asked for with an id that nobody has.
KINDS = {
    "household": "household", "check": "household", "person": "person", "desk_group": "group", "desk_settle": "group",
    "desk_undo": "verdict", "case": "case", "case_confirm": "case", "phone_task": "task", "phone_close": "task", "phone_recheck": "lead",
    "campaign": "campaign", "campaign_approve": "campaign", "campaign_stop": "campaign", "door": "door",
    "device_revoke": "device", "poster": "poster", "poster_print": "poster", "poster_paper": "poster", "poster_key": "poster",
    "poster_close": "poster", "batch": "batch", "batch_state": "batch", "batch_table": "batch", "batch_columns": "batch",
    "batch_draft": "batch", "batch_confirm": "batch", "batch_cancel": "batch", "batch_held": "batch", "batch_errors": "batch",
    "mapping_forget": "mapping", "release": "release", "release_approve": "release", "run": "run", "run_state": "run",
    "form_version": "version", "form_publish": "version", "form_retire": "version", "form_preview": "version",
    "form_xform": "version", "appeal": "appeal", "appeal_act": "appeal", "explain_person": "person", "explain_sheet": "person", "explain_appeal": "person",
    "department_form": "department_form", "department_form_withdraw": "department_form",
    "share": "share", "share_read": "share", "share_confirm": "share", "share_request": "share", "share_approve": "share",
    "share_revoke": "share",
}  # fmt: skip
PLACED = {
    "board",
    "screen",
    "grids_geojson",
    "base_geojson",
    "grids",
    "dispatch",
    "supervision",
    "door_ledger",
}  # their figures follow ?in=
EMPTY = {
    "batch_errors",
    "desk_settle",
    "door",
    "appeal_act",
    "handover_assign",
    "handover_redivide",
    "share_request",
    "share_approve",
    "share_revoke",
}  # where an empty question may find nothing to act on


@dataclass(frozen=True)
class Address:
    """One pattern of the resolver, with the verb its gate asks for."""

    name: str
    route: str
    converters: tuple[tuple[str, str], ...]
    verb: str
    writes: str
    machine: bool

    @property
    def is_open(self) -> bool:
        return self.verb == "public"


@dataclass(frozen=True)
class Ask:
    address: Address
    method: str
    role: str  # empty: nobody signed in
    purpose: str
    phase: str
    relation: str  # of the thing, empty where the address is about none
    place: str = ""  # ?in=


def addresses() -> list[Address]:
    """Every pattern the resolver knows."""
    found = [_address(route, pattern) for route, pattern in _patterns(get_resolver(), "")]
    return sorted(found, key=lambda one: one.route)


def _patterns(resolver: Any, above: str) -> Iterator[tuple[str, URLPattern]]:
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from _patterns(one, above + str(one.pattern))
        else:
            yield above + str(one.pattern), one


def _address(route: str, pattern: URLPattern) -> Address:
    view: Any = pattern.callback
    verb = writes = ""
    while view is not None and not verb:
        verb, writes = getattr(view, "permission", ""), getattr(view, "writes", "")
        view = getattr(view, "__wrapped__", None) or getattr(view, "view_class", None)
    kinds = tuple((name, type(c).__name__.removesuffix("Converter").lower().replace("string", "str"))
                  for name, c in pattern.pattern.converters.items())  # fmt: skip
    is_machine = route.startswith(("v1/", "open311/"))
    return Address(str(pattern.name), route, kinds, verb, writes, is_machine)


# ---- the oracle: table.toml expanded, by nobody's code but this ------------------------------------------


@cache
def expanded() -> tuple[dict[tuple[str, str, str, str], tuple[str, frozenset[str]]], dict[str, list[str]]]:
    """-> {(role, purpose, verb, phase): (relation, elements)}, {role: purposes in order}"""
    file = Path(__file__).resolve().parents[2] / "src" / "wangge" / "policy" / "table.toml"
    table = tomllib.loads(file.read_text("utf-8"))
    flat: dict[tuple[str, str, str, str], tuple[str, frozenset[str]]] = {}
    purposes: dict[str, list[str]] = {role: [] for role in table["role"]}
    for grant in table["grant"]:
        role, purpose = grant["role"], grant["purpose"]
        purposes[role].append(purpose)
        for verb, relation in grant["may"].items():
            for phase in grant.get("phases", ("peace", *PHASES)):
                flat[role, purpose, verb, phase] = (relation, frozenset(grant["elements"]))
    for line in table["forbid"]:
        for key, (relation, elements) in list(flat.items()):
            if _hit(line, "roles", key[0]) and _hit(line, "purposes", key[1]):
                left = frozenset(e for e in elements if not any(fnmatchcase(e, p) for p in line.get("elements", ())))
                flat[key] = (relation, left)
                if any(fnmatchcase(key[2], p) for p in line.get("verbs", ())):
                    del flat[key]
    return flat, purposes


def _hit(line: dict[str, Any], key: str, word: str) -> bool:
    return key not in line or any(fnmatchcase(word, p) for p in line[key])


def granted(ask: Ask) -> tuple[str, frozenset[str]] | None:
    """What the table gives for this question, before any object is looked at."""
    flat, purposes = expanded()
    mine, purpose = purposes.get(ask.role, []), ask.purpose
    if not ask.address.machine and purpose not in mine:
        purpose = mine[0] if mine else ""  # a session works for the first until one is chosen that the role has
    verb = ask.address.writes if ask.address.writes and ask.method == "POST" else ask.address.verb
    return flat.get((ask.role, purpose, verb, ask.phase))


def in_reach(ask: Ask, relation: str) -> bool:
    """Does a grant as far as `relation` reach the thing of this question?"""
    kind = KINDS.get(ask.address.name, "")
    if kind == "verdict":
        return False  # one's own last one only
    if kind in ("batch", "mapping"):
        return relation == "all" or (ask.relation == "own" and ask.role == "clerk")
    if kind == "share":  # a unit's own on either side; as far as people reach says whose rows are in it
        return relation == "all" or (ask.relation == "own" and ask.role == "cdc")
    if ask.relation in NEEDS:
        return REACH[relation] >= NEEDS[ask.relation]
    return True


def expected(ask: Ask) -> str:
    """open, refused, absent, sign_in, or anything (an address for everybody)."""
    if ask.address.is_open:
        return "anything"
    if not ask.role:
        return "sign_in"
    grant = granted(ask)
    if grant is None:
        return "refused"
    beyond = bool(ask.place) and grant[0] != "all"  # a place that is not the reader's own ground
    if beyond or (ask.address.converters and not in_reach(ask, grant[0])):
        return "absent"
    return "open"


# ---- asking -----------------------------------------------------------------------------------------------


class Asker:
    """Puts questions to the product, each in a transaction that is taken back."""

    def __init__(self, world: World) -> None:
        self.world, self.clients, self.phase = world, {}, ""
        self.all_addresses = addresses()
        self.poor = False  # as if no element were granted to anybody

    def wrong(self, ask: Ask) -> str:
        """What is wrong with the product's answer to this question; empty where it agrees with the oracle."""
        self._enter(ask.phase)
        url, client, headers = self._url(ask), self._client(ask), self._headers(ask)
        with transaction.atomic():
            send = client.post if ask.method == "POST" else client.get
            response = send(url, headers=headers, **({"query_params": {"in": ask.place}} if ask.place else {}))
            body = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
            last = Event.objects.order_by("-id").values_list("kind", "permission").first()
            transaction.set_rollback(True)
        return self._judge(ask, response, readable(body, response.get("Content-Type", "")), last)

    def _judge(self, ask: Ask, response: Any, body: str, last: Any) -> str:
        status, wanted = response.status_code, expected(ask)
        if status >= 500:
            return f"server error {status}"
        leaked = self._leaked(ask, body)
        if leaked:
            return f"shows {leaked}"
        if status == 405 or wanted == "anything":
            return ""
        if wanted == "sign_in":
            ok = status == 401 or (status == 302 and "/login/" in response["Location"])
        elif wanted == "refused":
            ok = status == 403 and last is not None and last[0] == "refused"
        elif wanted == "absent":
            ok = status == 404
        else:
            # Let in; then the act itself may refuse (a second person, a word), which is no refusal of the gate and leaves none,
            # and only where there is a thing of ours must it be found.
            found = ask.address.name in KINDS and ask.address.name not in EMPTY
            refused = status == 401 or (status == 403 and last is not None and last[0] == "refused")
            ok = not refused and not (status == 404 and found)
        return "" if ok else f"{status} where {wanted} is right"

    def _leaked(self, ask: Ask, body: str) -> str:
        """The first value in the answer that this reader may not see."""
        grant = granted(ask) if ask.role else None
        for relation, needles in self.world.needles.items():
            for element, value in needles.items():
                near = (
                    not self.poor and grant is not None and element in grant[1] and REACH[grant[0]] >= NEEDS[relation]
                )
                if not near and any(form in body for form in forms_of(element, value)):
                    return f"{element} of somebody {relation}"
        return ""

    def _enter(self, phase: str) -> None:
        if phase != self.phase:
            Emergency.objects.all().update(phase=phase)
            self.phase = phase

    def _url(self, ask: Ask) -> str:
        route, kind = ask.address.route, KINDS.get(ask.address.name, "")
        known = self.world.ids.get(kind, {}).get(ask.relation)
        for name, converter in ask.address.converters:
            value = NOWHERE.get(converter, "nowhere")
            if name == "project":
                value = "1"
            elif name == "key":
                value = self._token(ask, "device")
            elif name == "form_id":
                value = "matrix"
            elif known:
                value, known = known, ""
            route = route.replace(f"<{converter}:{name}>", value)
        return "/" + route

    def _client(self, ask: Ask) -> Client:
        if not ask.role or ask.address.machine:
            return Client(raise_request_exception=False)
        cookies = self.clients.get((ask.role, ask.purpose))
        client = Client(raise_request_exception=False)
        if cookies is None:
            client.force_login(self.world.readers[ask.role], backend="django.contrib.auth.backends.ModelBackend")
            session = client.session
            session["purpose"] = ask.purpose
            session["register_search"] = {"name": "针尖"}
            session.save()
            self.clients[ask.role, ask.purpose] = client.cookies.copy()
        else:
            client.cookies = cookies.copy()  # type: ignore[assignment]
        return client

    def _headers(self, ask: Ask) -> dict[str, str]:
        if ask.role and ask.address.machine and "key" not in dict(ask.address.converters):
            return {"Authorization": f"Bearer {self._token(ask, 'session')}"}
        return {}

    def _token(self, ask: Ask, kind: str) -> str:
        if not ask.role:
            return "nobody"
        name = f"matrix-{kind}-{ask.role}-{ask.purpose}"
        user = self.world.readers[ask.role]
        # Made anew each time: what a question made is taken back with it.
        Device.objects.get_or_create(key_digest=sha256(name.encode()).hexdigest(), defaults={
            "name": "x", "kind": kind, "user": user, "purpose": ask.purpose, "issued_by": user,
            "expires_at": timezone.now() + timezone.timedelta(1)})  # fmt: skip
        return name


def readable(body: bytes, kind: str) -> str:
    """What stands in an answer: JSON with its characters unescaped, a workbook with its sheets unpacked."""
    if body[:2] == b"\x1f\x8b":
        body = gzip.decompress(body)
    if "json" in kind:
        return json.dumps(json.loads(body), ensure_ascii=False)
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            body = b"".join(book.read(name) for name in book.namelist())
    return body.decode("utf-8", "replace")


def forms_of(element: str, value: str) -> tuple[str, ...]:
    """A value as pages write it: whole, or with its middle hidden."""
    if element in ("person.phone", "person.id_number"):
        return (value, f"* {value[-4:]}", f"*{value[-4:]}")
    return (value,)


# ---- which questions -----------------------------------------------------------------------------------


def relations_of(address: Address, world: World) -> tuple[str, ...]:
    """The relations in which there is a thing for this address."""
    return tuple(world.ids.get(KINDS.get(address.name, ""), {})) or ("",)


def sample(world: World, n: int, seed: int = 1) -> Iterator[Ask]:
    """`n` questions: every address in turn; half of them by somebody who may, so that both answers are tried."""
    draw, flat = random.Random(seed), expanded()[0]
    places, pool = [], addresses()
    roles, purposes = [*world.readers, ""], sorted({key[1] for key in flat})
    far = world.readers["commander"].area_code
    while len(places) < n:
        draw.shuffle(pool)
        places += pool
    for i, address in enumerate(places[:n]):
        role, purpose, phase = draw.choice(roles), draw.choice(purposes), draw.choice(PHASES)
        method = draw.choice(("GET", "GET", "POST"))
        may = [
            key for key in flat if key[2] == (address.writes if method == "POST" and address.writes else address.verb)
        ]
        may = [key for key in may if key[0] in world.readers and key[3] in PHASES]
        if i % 2 and may:
            role, purpose, _verb, phase = draw.choice(may)
        place = _beyond(far) if address.name in PLACED and method == "GET" and draw.random() < 0.3 else ""
        yield Ask(address, method, role, purpose, phase, draw.choice(relations_of(address, world)), place)


def _beyond(area: str) -> str:
    """A community that is not the readers'."""
    return area[:9] + ("998" if area[9:] != "998" else "997")


def sweep(asker: Asker, asks: Iterable[Ask]) -> tuple[int, list[tuple[Ask, str]]]:
    """Put all of them. -> how many, and those the product answers otherwise, with what is wrong"""
    n, found = 0, list[tuple[Ask, str]]()
    for ask in asks:
        n += 1
        if what := asker.wrong(ask):
            found.append((ask, what))
    return n, found


def in_words(wrong: tuple[Ask, str]) -> str:
    """A disagreement in one line."""
    ask, what = wrong
    who = f"{ask.role or 'nobody'} for {ask.purpose}, {ask.phase}"
    return f"{ask.method} {ask.address.name} ({ask.address.verb}) {who}, {ask.relation or '-'}{ask.place and ' in=' + ask.place}: {what}"
