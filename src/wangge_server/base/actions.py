"""What makes a function an action: the only way to change what the house remembers.

An action is keyword-only, takes `by` (a user) and `purpose`, asks the policy table, runs in one transaction, and
writes its audit event in that same transaction. `note()` adds what the event should say: ids and counts, never values.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, TypeVar

from django.db import transaction

from wangge import policy
from wangge.base.errors import WanggeError

F = TypeVar("F", bound=Callable[..., Any])
_notes: ContextVar[dict[str, Any] | None] = ContextVar("notes", default=None)
# What was asked once in the outermost running action and holds until it ends.
_asked: ContextVar[dict[str, Any] | None] = ContextVar("asked", default=None)
# audit/actions.py puts its writer here when Django starts: base knows no room.
write_event: Callable[..., None] | None = None
# emergency/apps.py puts its reader here: what ends with the emergency must end for actions too.
phase_now: Callable[[], str] | None = None


def note(*, about: str = "", **facts: object) -> None:
    """Tell the running action's audit event what it is about (an opaque id) and how many rows it touched."""
    notes = _notes.get()
    if notes is None:
        raise RuntimeError("note() outside an action")
    if about:
        notes["about"] = about
    notes["facts"].update(facts)


def once(name: str, find: Callable[[], Any]) -> Any:
    """`find()`, asked once in a running action, which sees one state of the house; outside one, each time."""
    asked = _asked.get()
    if asked is None:
        return find()
    if name not in asked:
        asked[name] = find()
    return asked[name]


def action(permission: str) -> Callable[[F], F]:
    """Mark a function as an action that needs `permission` for the caller's role and purpose."""

    def wrap(function: F) -> F:
        _refuse_bad_shape(function)

        @functools.wraps(function)
        def run(*, by: Any, purpose: str, **given: Any) -> Any:
            decision = policy.decide(by.role, purpose, permission, phase_now() if phase_now else "peace")
            if not decision.allowed:
                raise WanggeError("E8003" if decision.verdict == "gap" else "E8002")
            notes: dict[str, Any] = {"about": "", "facts": {}}
            token = _notes.set(notes)
            outermost = _asked.set({}) if _asked.get() is None else None
            try:
                with transaction.atomic():
                    result = function(by=by, purpose=purpose, **given)
                    if write_event is None:
                        raise RuntimeError("the audit room is not installed")
                    write_event(by=by, purpose=purpose, verb=function.__name__, permission=permission, **notes)
                return result
            finally:
                _notes.reset(token)
                if outermost is not None:
                    _asked.reset(outermost)

        run.is_action = True  # type: ignore[attr-defined]
        run.permission = permission  # type: ignore[attr-defined]
        return run  # type: ignore[return-value]

    return wrap


def _refuse_bad_shape(function: Callable[..., Any]) -> None:
    parameters = inspect.signature(function).parameters
    loose = [p.name for p in parameters.values() if p.kind is not inspect.Parameter.KEYWORD_ONLY]
    if loose or not {"by", "purpose"} <= set(parameters):
        raise TypeError(f"{function.__name__} is no action: keyword-only, with `by` and `purpose` (loose: {loose})")
