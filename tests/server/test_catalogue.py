"""The data catalogue: counted from the data, who may ask from the policy, and DCAT that says no small count."""

from __future__ import annotations

import json
from typing import Any

from django.urls import reverse
from django.utils import timezone

from wangge import policy
from wangge_server.registry.models import Person
from wangge_server.sharing import catalogue
from wangge_server.sharing.life import datasets


def test_fullness_and_freshness_are_counted(district: Any) -> None:
    found = {one["code"]: one for one in catalogue.entries(timezone.localdate())}
    assert set(found) == set(datasets())
    people = found["people"]
    listed = Person.objects.filter(is_listed=True, household__grid_code__isnull=False)
    known = {e["name"]: e["known"] for e in people["elements"]}
    assert people["rows"] == listed.count() > 100
    assert known["person.phone"] == listed.exclude(phone=None).count() < people["rows"]
    assert people["officers"] and people["owner"] == "data_officer"


def test_a_value_that_goes_is_noticed(district: Any) -> None:
    def known() -> int:
        people = next(one for one in catalogue.entries(timezone.localdate()) if one["code"] == "people")
        return next(int(e["known"]) for e in people["elements"] if e["name"] == "person.phone")

    before = known()
    one = Person.objects.filter(is_listed=True, household__grid_code__isnull=False).exclude(phone=None)[0]
    one.phone = None
    one.save(update_fields=["phone"])
    assert known() == before - 1


def test_who_may_ask_is_what_the_policy_says() -> None:
    asks = catalogue.who_may_ask(datasets()["people"]["elements"])
    assert ("cdc", "judgement") in {ask[:2] for ask in asks}
    for role, purpose, names in asks:
        assert policy.decide(role, purpose, "share.request").allowed
        assert names and set(names) <= policy.elements_for(role, purpose)
    assert not {"commander", "auditor", "community_police"} & {ask[0] for ask in asks}


def test_dcat_has_what_a_catalogue_must_have(district: Any, sign_in: Any) -> None:
    answer = sign_in("auditor", "audit").get(reverse("catalogue_dcat"))
    assert answer["Content-Type"].startswith("application/ld+json")
    body = json.loads(answer.content)
    prefixes = set(body["@context"])
    assert body["@type"] == "dcat:Catalog" and {w["@language"] for w in body["dct:title"]} == {
        "zh-Hans",
        "zh-Hant",
        "en",
    }
    assert len(body["dcat:dataset"]) == len(datasets())
    for one in body["dcat:dataset"]:
        assert one["@type"] == "dcat:Dataset" and one["dct:title"] and one["dct:description"] and one["dct:publisher"]
        assert {key.split(":")[0] for key in one if not key.startswith("@")} <= prefixes
        for measured in one["dqv:hasQualityMeasurement"]:
            value = measured["dqv:value"]
            assert value is None or all(int(n) % 5 == 0 for n in value.split("/"))
