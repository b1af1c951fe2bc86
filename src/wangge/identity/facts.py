"""Where each value of a person comes from: what every row says, which value is believed, and by which rule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangge.frame import query
from wangge.identity.bytes import Array
from wangge.identity.content import canonical_order, inverse
from wangge.identity.groups import best_rows
from wangge.identity.keys import keys_of
from wangge.identity.people import from_number, there
from wangge.identity.sorting import grouped
from wangge.identity.survivorship import ELEMENTS, Rules, Said, badness, load_rules, rank_of, said_of
from wangge.tables.shapes import FACT, GOOD_ROW, LINK, PERSON

ONLY = "only"  # no row of the person says otherwise
AGREES = "agrees"  # says the same as the row that is believed
PLACE = "place"  # no rule told them apart: the order of what rows say
FROM_NUMBER = "from_number"  # no row says it: read from the ID number of this row


def facts(
    good: pa.Table,
    links: pa.Table,
    people: pa.Table,
    as_of: dt.date,
    *,
    door_lists: Sequence[str] = (),
    source_order: Sequence[str] = (),
    rules: Rules | None = None,
) -> pa.Table:
    """Rows of some people or of all (GOOD_ROW), their LINK rows and PERSON rows -> FACT.

    One fact a row and element that the row says something of. Of each element that a person has, exactly one fact is
    believed, and its value is PERSON's; `why` names the rule that set it before the best other value, or `only`. The
    facts of other rows say `agrees`, or the rule by which they stand behind. A birthday or sex that no row
    says is a fact of the row whose number tells it (`from_number`). Elements are those of the dictionary
    ("person.phone"). All rows of a person must be given, with the options that linking had.
    """
    good, links, people = GOOD_ROW.hand_over(good), LINK.hand_over(links), PERSON.hand_over(people)
    good, person = _owned(good, links, people)
    keys, place = keys_of(good), inverse(canonical_order(good))
    said = said_of(good, keys, grouped(person, people.num_rows), place, as_of, door_lists, source_order)
    rules = rules or load_rules()
    parts = [_of_element(said, rules, person, people, element) for element in ELEMENTS]
    parts.append(_from_numbers(said, rules, person, people))
    return FACT.hand_over(pa.concat_tables(parts))


def _owned(good: pa.Table, links: pa.Table, people: pa.Table) -> tuple[pa.Table, Array]:
    """The rows that belong to these people. -> (rows, the person of each as a place in `people`)"""
    numbered = people.select(["person_id"]).append_column("person", pa.array(np.arange(people.num_rows)))
    rows = good.select(["list", "batch", "row"]).append_column("i", pa.array(np.arange(good.num_rows)))
    owned = query(
        "SELECT i, person FROM given JOIN links USING (list, batch, row) JOIN numbered USING (person_id) ORDER BY i",
        given=rows, links=links, numbered=numbered,
    )  # fmt: skip
    return good.take(owned["i"]), owned["person"].to_numpy().astype(np.int64)


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.string())


def _of_element(said: Said, rules: Rules, person: Array, people: pa.Table, element: str) -> pa.Table:
    """The facts of one element."""
    known, n = there(said.good, element), people.num_rows
    texts = _text(said.good.column(element))
    is_value = pc.equal(texts, _text(people.column(element)).take(pa.array(person)))
    same = known & is_value.fill_null(False).to_numpy()
    rank = rank_of(said, rules, element)
    best = best_rows(person, rank, same, n)
    rival = best_rows(person, rank, known & ~same, n)
    rows = np.flatnonzero(known & (best[person] >= 0))
    own, words = best[person[rows]], np.array([ONLY, AGREES, PLACE, *rules.of[element]])
    other = rival[person[rows]]
    against_best = _first_rule(said, rules, element, own, rows)
    against_rival = np.where(other >= 0, _first_rule(said, rules, element, own, np.maximum(other, 0)), 0)
    why = np.where(rows == own, against_rival, np.where(same[rows], 1, against_best))
    return _facts(said, rows, person, people, element, texts.take(pa.array(rows)), rows == own, words[why].tolist())


def _first_rule(said: Said, rules: Rules, element: str, one: Array, other: Array) -> Array:
    """The first rule that tells two rows apart, as 3 + its place; 2 where none does."""
    told = np.full(one.size, 2)
    for i, rule in reversed(list(enumerate(rules.of[element]))):
        says = badness(said, rules, element, rule)
        told = np.where(says[one] != says[other], 3 + i, told)
    return told


def _from_numbers(
    said: Said, rules: Rules, person: Array, people: pa.Table
) -> pa.Table:  # fmt: skip
    """Birthdays and sexes that stand in PERSON though no row says them: facts of the row whose number tells them."""
    n, keys = people.num_rows, said.keys
    row = best_rows(person, rank_of(said, rules, "id_number"), keys.valid, n)
    told: dict[str, pa.Array] = {"birth_date": pa.nulls(n, pa.date32()), "sex": pa.nulls(n, pa.string())}
    from_number(told, np.where(row >= 0, keys.body[np.maximum(row, 0)], -1) if keys.body.size else np.full(n, -1))
    out = [FACT.empty()]
    for element in told:
        said_by_row = best_rows(person, said.place, there(said.good, element), n) >= 0
        matches = pc.equal(_text(people.column(element)), told[element].cast(pa.string())).fill_null(False).to_numpy()
        who = np.flatnonzero(~said_by_row & (row >= 0) & matches)
        if who.size:
            values = pa.chunked_array([told[element].cast(pa.string()).take(pa.array(who))])
            why = [FROM_NUMBER] * who.size
            out.append(_facts(said, row[who], person, people, element, values, np.ones(who.size, bool), why))
    return pa.concat_tables(out)


def _facts(
    said: Said, rows: Array, person: Array, people: pa.Table, element: str, values: pa.ChunkedArray,
    believed: Array, why: list[str],
) -> pa.Table:  # fmt: skip
    at = pa.array(rows)
    place = {name: said.good.column(name).take(at) for name in ("list", "batch", "row", "collected_on")}
    return FACT.hand_over(
        pa.table({
            "person_id": people.column("person_id").take(pa.array(person[rows])),
            "element": pa.repeat(f"person.{element}", rows.size),
            "value": values, **place, "believed": pa.array(believed), "why": pa.array(why, pa.string()),
        })
    )  # fmt: skip
