"""Every guard taken away, one at a time: the matrix must notice each. A guard whose loss nobody notices is not tested.

Guards are: the gate of each address; the gate of actions; the phase; the purpose of the session; each filter that keeps
rows in reach; and, at each page that shows people, the leaving out of elements that are not granted.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from tests.server.matrix import KINDS, PHASES, PLACED, Address, Ask, Asker, _beyond, expanded, granted, relations_of

from wangge import policy
from wangge.base.errors import WanggeError
from wangge.policy import Decision

EVERYTHING = frozenset({"person.name", "person.address", "person.phone", "person.birth_date", "person.id_number"})
GATES = ("wangge_server.policy.gate", "wangge_server.forms.machine")
# Filters that keep rows in reach: module, name, and what stands in for it without the guard.
FILTERS: tuple[tuple[str, str, Callable[[Any], Callable[..., Any]]], ...] = (
    ("wangge_server.policy.gate", "in_area", lambda real: lambda request, field="grid_code": {}),
    ("wangge_server.policy.scope", "rows_in", lambda real: lambda request, field="grid_code": {}),
    ("wangge_server.policy.scope", "place", lambda real: lambda request: _everywhere()),
    ("wangge_server.forms.campaign_queries", "campaigns_in", lambda real: lambda area: real("")),
    ("wangge_server.forms.campaign_queries", "doors_for", lambda real: lambda grids, purpose: real(_all_grids(), purpose)),
    ("wangge_server.resident.queries", "poster_by_id", lambda real: lambda pk, area: real(pk, "")),
    ("wangge_server.dispatch.queries", "task_of", lambda real: lambda user, task_id: _any_task(task_id)),
    ("wangge_server.dispatch.queries", "people_in_hand", lambda real: lambda user: _any_lead()),
    ("wangge_server.dispatch.queries", "grids_of", lambda real: lambda user: _all_grids()),
    ("wangge_server.feedback.queries", "_within", lambda real: lambda user: _any_recheck()),
    ("wangge_server.intake.queries", "scope", lambda real: lambda user, relation: real(user, "all")),
    ("wangge_server.intake.queries", "mappings", lambda real: lambda user, relation: real(user, "all")),
)  # fmt: skip


class Holed:
    """The policy as a gate reads it, with a hole."""

    def __init__(self, decide: Callable[..., Decision]) -> None:
        self.decide = decide

    def __getattr__(self, name: str) -> Any:
        return getattr(policy, name)


@contextmanager
def gates_with(decide: Callable[..., Decision]) -> Iterator[None]:
    """Both gates, of people and of machines, decide so."""
    holed = Holed(decide)
    with patch(f"{GATES[0]}.policy", holed), patch(f"{GATES[1]}.policy", holed):
        yield


def let_in(*_asked: str) -> Decision:
    """No gate at all."""
    return Decision("allowed", "all", EVERYTHING)


def no_elements(*asked: str) -> Decision:
    """The gate as it is, as if the table granted nobody an element: no page may show one then."""
    return replace(policy.decide(*asked), elements=frozenset())


def found(asker: Asker, asks: Iterator[Ask] | list[Ask], most: int = 40) -> bool:
    """Does one of the first questions disagree?"""
    return any(asker.wrong(ask) for _turn, ask in zip(range(most), asks, strict=False))


def asks_of(address: Address, asker: Asker, *, may: bool, relation: str = "") -> Iterator[Ask]:
    """Questions at one address by those who may, or who may not; things beyond reach last, where none is named."""
    relations = (relation,) if relation else relations_of(address, asker.world)
    pairs = sorted({key[:2] for key in expanded()[0] if key[0] in asker.world.readers})
    for role, purpose in pairs:
        for method in ("GET", "POST"):
            for one in relations:
                ask = Ask(address, method, role, purpose, "active", one)
                if (granted(ask) is not None) == may:
                    yield ask


def plant_all(asker: Asker, every: int = 1) -> dict[str, bool]:
    """Each plant by name, and whether it was found. `every`: only each so many-th, for a short form."""
    plants = [*_gates(asker), *_filters(asker), *_elements(asker), *_actions(), *_whole(asker)]
    return {name: tried() for name, tried in plants[::every]}


def _gates(asker: Asker) -> Iterator[tuple[str, Callable[[], bool]]]:
    def tried(address: Address) -> bool:
        with gates_with(let_in):
            return found(asker, asks_of(address, asker, may=False))

    for address in asker.all_addresses:
        if not address.is_open:
            yield f"gate of {address.name}", lambda address=address: tried(address)


def _filters(asker: Asker) -> Iterator[tuple[str, Callable[[], bool]]]:
    def tried(module: str, name: str, without: Callable[[Any], Any]) -> bool:
        real = getattr(importlib.import_module(module), name)
        with everywhere(real, name, without(real)):
            return found(asker, _beyond_reach(asker), 2000)

    for module, name, without in FILTERS:
        yield f"filter {name}", lambda module=module, name=name, without=without: tried(module, name, without)


@contextmanager
def everywhere(real: Any, name: str, instead: Any) -> Iterator[None]:
    """Put `instead` for `real` in every module that took it in by name."""
    holders = [
        m for key, m in list(sys.modules.items()) if key.startswith("wangge_server") and getattr(m, name, None) is real
    ]
    for one in holders:
        setattr(one, name, instead)
    try:
        yield
    finally:
        for one in holders:
            setattr(one, name, real)


def _beyond_reach(asker: Asker) -> Iterator[Ask]:
    """By those who may, about what lies beyond: things, lists, and other areas in the address."""
    far = _beyond(asker.world.readers["commander"].area_code)
    for address in asker.all_addresses:
        beyond = [r for r in relations_of(address, asker.world) if r in ("elsewhere", "foreign", "area")]
        for relation in beyond or ([""] if not address.converters else []):
            asks = list(asks_of(address, asker, may=True, relation=relation))
            for ask in asks[:6]:
                yield replace(ask, place=far) if address.name in PLACED and ask.method == "GET" else ask


def _elements(asker: Asker) -> Iterator[tuple[str, Callable[[], bool]]]:
    """No element is granted to anybody, and the page shows what it shows nevertheless."""

    def tried(address: Address) -> bool:
        asker.poor = True
        try:
            return found(asker, asks_of(address, asker, may=True))
        finally:
            asker.poor = False

    for address in asker.all_addresses:
        if address.name in SHOW:
            yield f"elements of {address.name}", lambda address=address: tried(address)


def shown_to_nobody(asker: Asker, each: int = 8) -> list[tuple[Ask, str]]:
    """Every address, as if the table granted nobody an element: what is shown all the same leaks past the table."""
    asker.poor = True
    try:
        with gates_with(no_elements):
            asks = [
                ask for a in asker.all_addresses if not a.is_open for ask in list(asks_of(a, asker, may=True))[:each]
            ]
            return [(ask, what) for ask in asks if (what := asker.wrong(ask)).startswith("shows")]
    finally:
        asker.poor = False


# Pages that show people of this small world. Two lists are not tried so, for they show others first: judgement, checks.
SHOW = (
    "register",
    "household",
    "person",
    "check",
    "phone_task",
    "cases",
    "case",
    "door",
    "desk_group",
    "appeal",
    "appeals",
    "explain_person",
)


def _whole(asker: Asker) -> Iterator[tuple[str, Callable[[], bool]]]:
    """Holes in the whole gate: the phase is not asked, the session's purpose is not asked, events are not written."""
    some = [one for one in asker.all_addresses if one.name in ("household", "phone_today", "judgement", "case")]

    def phase() -> bool:
        with gates_with(lambda role, purpose, verb, phase="active": policy.decide(role, purpose, verb, "active")):
            return found(asker, (replace(ask, phase=PHASES[2]) for a in some for ask in asks_of(a, asker, may=True)))

    def purpose() -> bool:
        with everywhere_purpose():
            return found(asker, (ask for a in some for may in (True, False) for ask in asks_of(a, asker, may=may)), 400)

    def event() -> bool:
        with patch(f"{GATES[0]}.write_event", lambda **_facts: None):
            return found(asker, (ask for a in some for ask in asks_of(a, asker, may=False)))

    def sign_in() -> bool:
        nobody = [Ask(a, "GET", "", "visit", "active", r) for a in some for r in relations_of(a, asker.world)]
        with gates_with(let_in), patch("django.contrib.auth.models.AnonymousUser.is_authenticated", True):
            return found(asker, nobody)

    yield from (("phase", phase), ("purpose", purpose), ("event of a refusal", event), ("sign in", sign_in))


@contextmanager
def everywhere_purpose() -> Iterator[None]:
    """Whatever the session says, one works for the last purpose of the role."""
    from wangge_server.policy import gate

    def last(request: Any) -> str:
        mine = policy.purposes_for(request.user.role)
        return mine[-1] if mine else ""

    with everywhere(gate.chosen_purpose, "chosen_purpose", last):
        yield


def _actions() -> Iterator[tuple[str, Callable[[], bool]]]:
    """Without its gate an action runs into its missing arguments instead of being refused."""

    def refused(function: Any) -> bool:
        from types import SimpleNamespace

        try:
            function(by=SimpleNamespace(role="nobody", pk=None, unit_code="", area_code=""), purpose="own")
        except WanggeError as error:
            return error.code in ("E8002", "E8003")
        except Exception:
            return False
        return False

    def tried(function: Any) -> bool:
        with patch("wangge_server.base.actions.policy", Holed(let_in)):
            return not refused(function)

    for name, function in all_actions():
        yield f"gate of action {name}", lambda function=function: refused(function) and tried(function)


def all_actions() -> Iterator[tuple[str, Any]]:
    """Every action of the house that is loaded."""
    for key, module in sorted(sys.modules.items()):
        if key.startswith("wangge_server.") and key.endswith("actions") and module is not None:
            for name, function in sorted(vars(module).items()):
                if getattr(function, "is_action", False) and function.__module__ == key:
                    yield f"{key.split('.')[1]}.{name}", function


def _everywhere() -> Any:
    from wangge_server.policy.scope import Place

    return Place("4403", "", "4403")


def _all_grids() -> list[str]:
    from wangge_server.dispatch.models import Worker
    from wangge_server.forms.models import CampaignDoor
    from wangge_server.registry.models import Household

    grids = {
        g for model in (Worker, CampaignDoor, Household) for g in model.objects.values_list("grid_code", flat=True) if g
    }
    return sorted(grids)


def _any_task(task_id: str) -> Any:
    from wangge_server.dispatch.models import Task

    return Task.objects.filter(task_id=task_id).first()


def _any_recheck() -> Any:
    from wangge_server.feedback.models import Recheck

    return Recheck.objects.select_related("lead__person", "lead__task__household__dwelling")


def _any_lead() -> Any:
    from wangge_server.dispatch.models import Lead

    return Lead.objects.select_related("person", "task")


assert set(SHOW) <= {*KINDS, "register", "cases", "appeals"}
