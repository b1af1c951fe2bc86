"""What is known of one person, element by element: every value, who says so, how old it is, which one is believed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wangge import identity
from wangge.dictionary import elements as dictionary
from wangge_server.intake.queries import mapping, rows_at
from wangge_server.intake.words import list_words
from wangge_server.registry.models import Person
from wangge_server.registry.queries import DOOR, door_rows_of, links_table, person_row
from wangge_server.registry.words import RELATIONS, RESIDENCES, SEX, WHY, masked_number, masked_phone

RESIDENCE_KIND = "person.residence_kind"
SHOWN = ("name", "sex", "birth_date", "relation_to_head", "phone", "id_number", "address", "residence_kind")


def known(person: Person, kind: str, granted: frozenset[str], today: dt.date) -> list[dict[str, Any]]:
    """Granted elements only, in the order of the page; `kind` is how the person lives now. -> [{label, conflict, said: [{value, sources, fresh, believed, why}]}]"""
    links = links_table(person.person_id)
    rows = rows_at([(row["batch"], row["row"]) for row in links.to_pylist() if row["batch"] != DOOR])
    lists = mapping()
    found = identity.facts(
        pa.concat_tables([rows, door_rows_of(person)]), links, person_row(person), today,
        door_lists=(*lists.door_lists, DOOR), source_order=tuple(lists.lists),
    )  # fmt: skip
    asked = person.asked_on or {}
    facts = [*found.to_pylist(), *_lives(rows, kind, asked)]
    return [
        _element(name, [row for row in facts if row["element"] == f"person.{name}"], asked, today)
        for name in SHOWN
        if f"person.{name}" in granted
    ]


def _lives(rows: pa.Table, kind: str, asked: dict[str, str]) -> list[dict[str, Any]]:
    """What lists and a visit say of how somebody lives, as facts."""
    said = rows.filter(rows["residence_kind"].is_valid()).select(["residence_kind", "list", "row", "collected_on"])
    facts = [{"element": RESIDENCE_KIND, "value": row["residence_kind"], "believed": row["residence_kind"] == kind,
              "why": "freshest"} | row for row in said.to_pylist()]  # fmt: skip
    if RESIDENCE_KIND in asked and kind != "unknown" and not any(fact["believed"] for fact in facts):
        told = {"list": DOOR, "row": None, "collected_on": dt.date.fromisoformat(asked[RESIDENCE_KIND])}
        facts.append({"element": RESIDENCE_KIND, "value": kind, "believed": True, "why": "confirmed"} | told)
    return facts


def _source(row: dict[str, Any]) -> str:
    if row["row"] is None:
        return list_words(row["list"])
    return _("%(list)s第 %(row)s 行") % {"list": list_words(row["list"]), "row": row["row"]}


def _element(name: str, rows: list[dict[str, Any]], asked: dict[str, str], today: dt.date) -> dict[str, Any]:
    said: dict[str, dict[str, Any]] = {}
    for row in rows:
        one = said.setdefault(
            row["value"],
            {"value": _words(name, row["value"]), "sources": [], "on": None, "believed": False, "why": ""},
        )
        one["sources"].append(_source(row))
        one["on"] = max(filter(None, (one["on"], row["collected_on"])), default=None)
        if row["believed"]:
            one |= {"believed": True, "why": str(WHY.get(row["why"], row["why"]))}
    shown = sorted(said.values(), key=lambda one: not one["believed"])
    for one in shown:
        last = asked.get(f"person.{name}") if one["believed"] else None
        on = max(filter(None, (one["on"], dt.date.fromisoformat(last) if last else None)), default=None)
        one["fresh"] = freshness(f"person.{name}", on, today)
    empty: dict[str, Any] = {"value": None, "sources": [], "fresh": None, "believed": True, "why": ""}
    return {"label": _(dictionary()[f"person.{name}"].zh), "conflict": len(shown) > 1, "said": shown or [empty]}


def freshness(element: str, on: dt.date | None, today: dt.date) -> dict[str, str]:
    """How old an answer is, against how old it may be."""
    limit = dictionary()[element].fresh_days
    if on is None:
        return {"tone": "unknown", "word": _("名单没有写日期")}
    days = (today - on).days
    word = ngettext("%(n)d 天前", "%(n)d 天前", days) % {"n": days} if days > 0 else _("今天")
    return {"tone": "warn" if limit and days > limit else "good", "word": word}


def _words(name: str, value: str) -> str:
    if name == "name" and not value:
        return _("姓名未知")
    if name == "sex":
        return str(SEX.get(value, _("未知")))
    if name == "relation_to_head":
        return str(RELATIONS.get(value, value))
    if name == "residence_kind":
        return str(RESIDENCES.get(value, value))
    if name == "phone":
        return masked_phone(value) or ""
    if name == "id_number":
        return masked_number(value) or ""
    return value
