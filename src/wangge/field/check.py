"""Is an answer from the door fit to be kept? The same rules, from the same data, run on the phone."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

CHOICES = ("person", "residence", "status", "result")
LISTS = ("symptoms", "needs")
LONG_NUMBER = re.compile(r"\d{17}[\dXx]|(?<!\d)1\d{10}(?!\d)|(?<!\d)\d{15}(?!\d)")


@cache
def door() -> dict[str, Any]:
    """The form at the door as data: codes with labels in three languages, what ends a lead, what needs what."""
    return tomllib.loads(resources.files(__package__).joinpath("door.toml").read_text("utf-8"))


def check_answer(answer: Mapping[str, Any], now: dt.datetime) -> list[str]:
    """What keeps this answer from being stored, as `field:problem` codes of door.toml; an empty list means it fits.

    answer: person, residence, status, result, observed_at (with its zone; text or datetime), and where given
    temperature (°C), symptoms, needs, note. `now` is the receiver's clock. No value of the answer is repeated.
    """
    form = door()
    problems = [f"{f}:{p}" for f in CHOICES for p in _choice(form, f, answer.get(f))]
    problems += [f"{f}:unknown_code" for f in LISTS if set(answer.get(f) or ()) - set(form[f])]
    problems += _time(form, answer.get("observed_at"), now)
    problems += _temperature(form, answer) + _note(form, answer.get("note"))
    return problems or _together(form, answer)


def is_full(answer: Mapping[str, Any]) -> bool:
    """Person seen, dwelling seen, status taken: the only thing that counts as verified."""
    full = door()["full"]
    return answer.get("result") == "visited" and all(answer.get(f) in full[f] for f in full)


def _choice(form: Mapping[str, Any], name: str, value: Any) -> list[str]:
    if value in (None, ""):
        return ["missing"]
    return [] if value in form[name] else ["unknown_code"]


def _time(form: Mapping[str, Any], value: Any, now: dt.datetime) -> list[str]:
    try:
        moment = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(str(value))
    except ValueError:
        return ["observed_at:missing"]
    if moment.tzinfo is None:
        return ["observed_at:missing"]
    if moment > now + dt.timedelta(minutes=form["limits"]["clock_ahead_minutes"]):
        return ["observed_at:time_ahead"]
    return ["observed_at:time_too_old"] if moment < now - dt.timedelta(days=form["limits"]["oldest_days"]) else []


def _temperature(form: Mapping[str, Any], answer: Mapping[str, Any]) -> list[str]:
    value = answer.get("temperature")
    if value in (None, ""):
        return []
    try:
        fits = form["limits"]["temperature_low"] <= float(value) <= form["limits"]["temperature_high"]
    except (TypeError, ValueError):
        fits = False
    return [] if fits else ["temperature:out_of_range"]


def _note(form: Mapping[str, Any], note: Any) -> list[str]:
    """A note must not become a place where numbers of people pile up."""
    text = str(note or "")
    found = ["note:out_of_range"] if len(text) > form["limits"]["note_length"] else []
    return found + (["note:personal_number"] if LONG_NUMBER.search(text) else [])


def _together(form: Mapping[str, Any], answer: Mapping[str, Any]) -> list[str]:
    """Fields that contradict each other, and fields a result cannot do without."""
    result = form["result"][answer["result"]]
    problems = [f"{f}:missing" for f in result.get("needs", ()) if not answer.get(f)]
    if answer["person"] not in result["person"]:
        problems.append("person:does_not_go_together")
    if answer["status"] == "assessed" and (answer["person"] == "not_seen" or answer["result"] == "deceased"):
        problems.append("status:does_not_go_together")
    if answer["status"] != "assessed" and (answer.get("symptoms") or answer.get("temperature") not in (None, "")):
        problems.append("status:does_not_go_together")
    symptoms = set(answer.get("symptoms") or ())
    if "none" in symptoms and len(symptoms) > 1:
        problems.append("symptoms:does_not_go_together")
    if answer["person"] == "seen" and answer["residence"] == "not_seen" and answer["result"] == "visited":
        problems.append("residence:does_not_go_together")
    return problems
