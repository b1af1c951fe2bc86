"""The catalogue: what data there are, who answers for them, how fresh and how full they are, who may ask. As DCAT too."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, Max

from wangge import policy
from wangge.dictionary import elements
from wangge_server.accounts.queries import accounts
from wangge_server.registry.queries import people_living_in
from wangge_server.risk.queries import grades_in
from wangge_server.sharing.life import datasets
from wangge_server.sharing.queries import shown

LANGUAGES = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant", "en": "en"}
CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/", "foaf": "http://xmlns.com/foaf/0.1/",
    "dqv": "http://www.w3.org/ns/dqv#", "xsd": "http://www.w3.org/2001/XMLSchema#", "wangge": "urn:wangge:",
}  # fmt: skip


def entries(today: dt.date) -> list[dict[str, Any]]:
    """-> [{code, owner, officers, elements: [{name, known, sensitivity}], rows, fresh_on, asks: [(role, purpose)]}]

    `known`: rows that have a value, of `rows`; None where nobody counts it. fresh_on: the newest day a row was confirmed or
    graded; None where no row says.
    """
    return [_entry(code, row, today) for code, row in datasets().items()]


def _entry(code: str, row: dict[str, Any], today: dt.date) -> dict[str, Any]:
    columns = [name.removeprefix("person.") for name in row["elements"] if name.startswith("person.")]
    source: Any
    if code == "graded_people":
        source, prefix, day = grades_in({}, today), "person__", "as_of"
    else:
        source, prefix, day = people_living_in(""), "", "confirmed_on"
    asked = {f"n_{name}": Count(f"{prefix}{name}") for name in columns}
    found = source.aggregate(rows=Count("pk"), fresh_on=Max(day), **asked)
    return {
        "code": code, "owner": row["owner"], "officers": [one.name for one in accounts(role=row["owner"]).filter(is_active=True)],
        "rows": found["rows"], "fresh_on": found["fresh_on"], "asks": who_may_ask(row["elements"]),
        "elements": [{"name": name, "known": found.get(f"n_{name.removeprefix('person.')}"), "sensitivity": _sensitivity(name)}
                     for name in row["elements"]],
    }  # fmt: skip


def who_may_ask(names: list[str]) -> list[tuple[str, str, list[str]]]:
    """Roles and purposes the policy lets ask for a share, with the elements of these they could get. -> [(role, purpose, names)]"""
    found = []
    for role in policy.table()["role"]:
        for purpose in policy.purposes_for(role):
            granted = [name for name in names if name in policy.elements_for(role, purpose)]
            if granted and policy.decide(role, purpose, "share.request").allowed:
                found.append((role, purpose, granted))
    return found


def _sensitivity(name: str) -> str:
    one = elements().get(name)
    return str(one.sensitivity) if one else "sensitive"  # grades belong to the event vault


def dcat(found: list[dict[str, Any]], at: dt.datetime, area: str) -> dict[str, Any]:
    """The catalogue as DCAT 3 in JSON-LD. Counts are those a publication would show: small ones redacted, the rest rounded."""
    return {
        "@context": CONTEXT, "@id": "wangge:catalogue", "@type": "dcat:Catalog",
        "dct:title": _words({"zh-hans": "数据目录", "zh-hant": "資料目錄", "en": "Data catalogue"}),
        "dct:description": _words({"zh-hans": "可以申请共享的数据集", "zh-hant": "可以申請共享的資料集", "en": "Datasets that can be asked for"}),
        "dct:issued": {"@type": "xsd:dateTime", "@value": at.isoformat()}, "dct:spatial": area,
        "dcat:dataset": [_dataset(one) for one in found],
    }  # fmt: skip


def _dataset(one: dict[str, Any]) -> dict[str, Any]:
    row, roles = datasets()[one["code"]], policy.table()["role"]
    fresh = {"dct:modified": {"@type": "xsd:date", "@value": one["fresh_on"].isoformat()}} if one["fresh_on"] else {}
    return {
        "@id": f"wangge:dataset:{one['code']}", "@type": "dcat:Dataset", "dct:identifier": one["code"],
        "dct:title": _words(row["label"]), "dct:description": _words(row["about"]), **fresh,
        "dct:publisher": {"@type": "foaf:Agent", "foaf:name": _words(roles[one["owner"]])},
        "dct:accessRights": "http://publications.europa.eu/resource/authority/access-right/NON_PUBLIC",
        "dcat:keyword": [element["name"] for element in one["elements"]],
        "dqv:hasQualityMeasurement": [_measured(element, one["rows"]) for element in one["elements"] if element["known"] is not None],
        "wangge:whoMayAsk": [{"wangge:role": role, "wangge:purpose": purpose, "wangge:elements": names} for role, purpose, names in one["asks"]],
    }  # fmt: skip


def _measured(element: dict[str, Any], rows: int) -> dict[str, Any]:
    known, of = shown(element["known"]), shown(rows)
    return {"@type": "dqv:QualityMeasurement", "dqv:isMeasurementOf": f"wangge:known:{element['name']}",
            "dqv:value": None if known is None or not of else f"{known}/{of}"}  # fmt: skip


def _words(label: dict[str, str]) -> list[dict[str, str]]:
    return [{"@language": tag, "@value": label[code]} for code, tag in LANGUAGES.items() if code in label]
