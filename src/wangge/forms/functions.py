"""Functions of the ODK XForms specification (section "XPath functions") for libxml2's XPath engine.

Functions that XPath 1.0 has under the same name with other manners are called `odk-NAME` here (RENAMED); the evaluator
writes expressions so. Dates are numbers of days since 1970-01-01; nodes come as lists.
"""

from __future__ import annotations

import datetime as dt
import math
import random
import re
import uuid
from collections.abc import Callable
from typing import Any

NAMESPACES = {"jr": "http://openrosa.org/javarosa", "odk": "http://www.opendatakit.org/xforms"}
RENAMED = ("round", "number", "concat", "position", "boolean-from-string")
CORE = {  # what libxml2 brings
    "last", "count", "id", "local-name", "namespace-uri", "name", "string", "starts-with", "contains", "substring-before",
    "substring-after", "substring", "string-length", "normalize-space", "translate", "boolean", "not", "true", "false", "lang",
    "sum", "floor", "ceiling", "text", "node", "comment", "processing-instruction", "current", "instance",
}  # fmt: skip
EPOCH = dt.date(1970, 1, 1)
_table: dict[tuple[str | None, str], Callable[..., Any]] = {}


def xpath(name: str, namespace: str | None = None) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Enter a function under its XPath name; the first argument it gets is libxml2's context."""

    def enter(function: Callable[..., Any]) -> Callable[..., Any]:
        _table[(namespace, name)] = function
        return function

    return enter


def text_of(value: Any) -> str:
    """A value as XPath's string()."""
    if isinstance(value, list):
        return text_of(value[0]) if value else ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return "NaN" if math.isnan(value) else f"{value:.15g}"
    return "".join(value.itertext()) if hasattr(value, "itertext") else str(value)


def number_of(value: Any) -> float:
    """A value as a number; dates count as days, what is none is NaN."""
    if isinstance(value, bool | int | float):
        return float(value)
    text = text_of(value).strip()
    try:
        return float(text)
    except ValueError:
        return days_of(text)


def days_of(text: str) -> float:
    """Days since 1970 of `2026-11-23` or `2026-11-23T08:00:00+08:00` (by its own clock); NaN for anything else."""
    day, _, clock = text.partition("T")
    try:
        days = float((dt.date.fromisoformat(day) - EPOCH).days)
        time = dt.time.fromisoformat(re.sub(r"(Z|[+-]\d{2}:?\d{2})$", "", clock)) if clock else dt.time()
    except ValueError:
        return math.nan
    return days + (time.hour * 3600 + time.minute * 60 + time.second) / 86400


def many(values: tuple[Any, ...]) -> list[Any]:
    """Arguments with node sets taken apart."""
    return [one for value in values for one in (value if isinstance(value, list) else [value])]


def filled(values: tuple[Any, ...]) -> list[float]:
    """Numbers among the arguments; empty answers left out."""
    return [number_of(one) for one in many(values) if text_of(one).strip()]


# ---- choices ----------------------------------------------------------------------------------------


@xpath("selected")
def selected(_: Any, chosen: Any, one: Any) -> bool:
    return text_of(one).strip() in text_of(chosen).split()


@xpath("selected-at")
def selected_at(_: Any, chosen: Any, place: Any) -> str:
    words, at = text_of(chosen).split(), int(number_of(place))
    return words[at] if 0 <= at < len(words) else ""


@xpath("count-selected")
def count_selected(_: Any, chosen: Any) -> float:
    return float(len(text_of(chosen).split()))


@xpath("itext", NAMESPACES["jr"])
def itext(_: Any, name: Any) -> str:
    return text_of(name)


# ---- which one, if any --------------------------------------------------------------------------------


@xpath("if")
def if_(_: Any, condition: Any, yes: Any, no: Any) -> Any:
    return yes if truth_of(condition) else no


def truth_of(value: Any) -> bool:
    """XPath's boolean(): a node set is true when it holds a node, a text when it is not empty."""
    if isinstance(value, float):
        return value != 0 and not math.isnan(value)
    return bool(value)


@xpath("coalesce")
def coalesce(_: Any, *values: Any) -> str:
    return next((text_of(one) for one in values if text_of(one)), "")


@xpath("once")
def once(context: Any, value: Any) -> Any:
    """What was said before stays; else what is said now."""
    return context.context_node.text or value


@xpath("odk-position")
def position(context: Any, *nodes: Any) -> float:
    """Which turn of its repeat a node is; without a node the context's own."""
    node = nodes[0][0] if nodes and nodes[0] else context.context_node
    return float(1 + sum(1 for _ in node.itersiblings(node.tag, preceding=True)))


@xpath("indexed-repeat")
def indexed_repeat(_: Any, nodes: Any, *pairs: Any) -> Any:
    """The node of one turn: `indexed-repeat(/data/person/age, /data/person, 2)`."""
    wanted = {id(one) for one in nodes} if isinstance(nodes, list) else set()
    found = list(nodes) if wanted else []
    for repeat, turn in zip(pairs[::2], pairs[1::2], strict=False):
        at = int(number_of(turn)) - 1
        turn_node = repeat[at] if isinstance(repeat, list) and 0 <= at < len(repeat) else None
        found = [one for one in found if turn_node is not None and turn_node in one.iterancestors()]
    return found[:1]


@xpath("randomize")
def randomize(_: Any, nodes: Any, *seed: Any) -> Any:
    """The order is of the screen alone."""
    return nodes


@xpath("pulldata")
def pulldata(context: Any, *_: Any) -> Any:
    """Values of attached lists stand in the form already calculated; the server does not look them up again."""
    raise ValueError("pulldata is not asked again")


# ---- numbers ------------------------------------------------------------------------------------------


@xpath("odk-number")
@xpath("decimal-date-time")
def number(context: Any, *value: Any) -> float:
    return number_of(value[0] if value else context.context_node)


@xpath("int")
def int_(_: Any, value: Any) -> float:
    found = number_of(value)
    return found if math.isnan(found) or math.isinf(found) else float(math.trunc(found))


@xpath("odk-round")
def round_(_: Any, value: Any, digits: Any = 0.0) -> float:
    """Half away from zero, as a form's author reckons."""
    found, scale = number_of(value), 10.0 ** int(number_of(digits))
    return found if math.isnan(found) else math.copysign(math.floor(abs(found) * scale + 0.5), found) / scale


def _one(function: Callable[[float], float]) -> Callable[..., float]:
    """A function of one number; outside its range there is no number."""

    def run(_: Any, value: Any) -> float:
        try:
            return float(function(number_of(value)))
        except (ValueError, OverflowError):
            return math.nan

    return run


for _name, _function in (
    ("abs", abs), ("sqrt", math.sqrt), ("exp", math.exp), ("exp10", lambda x: 10**x), ("log", math.log), ("log10", math.log10),
    ("sin", math.sin), ("cos", math.cos), ("tan", math.tan), ("asin", math.asin), ("acos", math.acos), ("atan", math.atan),
):  # fmt: skip
    _table[(None, _name)] = _one(_function)


@xpath("atan2")
def atan2(_: Any, y: Any, x: Any) -> float:
    return math.atan2(number_of(y), number_of(x))


@xpath("pi")
def pi(_: Any) -> float:
    return math.pi


@xpath("pow")
def pow_(_: Any, base: Any, exponent: Any) -> float:
    return float(number_of(base) ** number_of(exponent))


@xpath("min")
def min_(_: Any, *values: Any) -> float:
    return min(filled(values), default=math.nan)


@xpath("max")
def max_(_: Any, *values: Any) -> float:
    return max(filled(values), default=math.nan)


@xpath("random")
def random_(_: Any) -> float:
    return random.random()  # noqa: S311 - a form's dice


# ---- how many -------------------------------------------------------------------------------------------


@xpath("count-non-empty")
def count_non_empty(_: Any, *nodes: Any) -> float:
    return float(sum(1 for one in many(nodes) if text_of(one).strip()))


@xpath("checklist")
def checklist(_: Any, least: Any, most: Any, *answers: Any) -> bool:
    """Whether at least so many and at most so many answers are yes; -1 is no limit."""
    n, low, high = sum(map(_is_yes, many(answers))), number_of(least), number_of(most)
    return (low < 0 or n >= low) and (high < 0 or n <= high)


@xpath("weighted-checklist")
def weighted_checklist(_: Any, least: Any, most: Any, *pairs: Any) -> bool:
    n = sum(number_of(weight) for answer, weight in zip(pairs[::2], pairs[1::2], strict=False) if _is_yes(answer))
    low, high = number_of(least), number_of(most)
    return (low < 0 or n >= low) and (high < 0 or n <= high)


def _is_yes(value: Any) -> bool:
    return value is True or text_of(value).strip() in ("yes", "true", "1")


# ---- texts ----------------------------------------------------------------------------------------------


@xpath("odk-concat")
def concat(_: Any, *values: Any) -> str:
    return "".join(text_of(one) for one in many(values))


@xpath("join")
def join(_: Any, between: Any, *values: Any) -> str:
    return text_of(between).join(text_of(one) for one in many(values))


@xpath("regex")
def regex(_: Any, value: Any, pattern: Any) -> bool:
    """Java's matches(): the whole text. Long texts are refused, so that no pattern runs for ever."""
    text = text_of(value)
    return len(text) <= 500 and re.fullmatch(text_of(pattern), text) is not None


@xpath("substr")
def substr(_: Any, value: Any, start: Any, end: Any = math.inf) -> str:
    text, last = text_of(value), number_of(end)
    return text[int(number_of(start)) : None if math.isinf(last) else int(last)]


@xpath("ends-with")
def ends_with(_: Any, value: Any, end: Any) -> bool:
    return text_of(value).endswith(text_of(end))


@xpath("odk-boolean-from-string")
def boolean_from_string(_: Any, value: Any) -> bool:
    return text_of(value).strip().lower() in ("1", "true")


@xpath("uuid")
def uuid_(_: Any, *length: Any) -> str:
    return str(uuid.uuid4())


@xpath("version")
@xpath("property")
def of_the_device(_: Any, *name: Any) -> str:
    """What only the device knows was written into the answers there."""
    raise ValueError("of the device")


for _name in ("digest", "base64-decode", "extract-signed", "area", "distance", "geofence", "intersects", "last-saved"):
    _table[(None, _name)] = of_the_device


# ---- dates ----------------------------------------------------------------------------------------------


@xpath("date")
def date(_: Any, value: Any) -> float:
    found = number_of(value)
    return found if math.isnan(found) else float(math.floor(found))


@xpath("date-time")
def date_time(_: Any, value: Any) -> float:
    return number_of(value)


@xpath("decimal-time")
def decimal_time(_: Any, value: Any) -> float:
    return number_of(f"1970-01-01T{text_of(value)}")


@xpath("format-date")
@xpath("format-date-time")
def format_date(_: Any, value: Any, pattern: Any) -> str:
    """`%Y-%m-%d %H:%M`; %n and %e are month and day without a leading zero, %h the hour, %3 milliseconds, %a weekday."""
    days = number_of(value)
    if math.isnan(days):
        return ""
    moment = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(days=days)
    parts = {
        "n": str(moment.month),
        "e": str(moment.day),
        "h": str(moment.hour),
        "3": f"{moment.microsecond // 1000:03d}",
    }
    return re.sub(r"%(.)", lambda m: parts.get(m[1]) or moment.strftime(f"%{m[1]}"), text_of(pattern))


EXTENSIONS = dict(_table)
NAMES = CORE | {name.removeprefix("odk-") for space, name in EXTENSIONS if space is None} | {"now", "today"}
PREFIXED = {"jr:itext", "jr:choice-name"}
