"""advance(): what is known and a new batch -> what is known now, and a row for every id that is not what it was."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangge.identity.advance_doors import Fresh, fresh_doors
from wangge.identity.advance_homes import settle_homes
from wangge.identity.advance_ids import PersonIds, settle_people
from wangge.identity.bytes import Array
from wangge.identity.cluster import Clusters, cluster, trusted_of
from wangge.identity.content import canonical_order, digests
from wangge.identity.families import Standing
from wangge.identity.groups import find, roots
from wangge.identity.households import standing_of
from wangge.identity.keys import Keys, keys_of
from wangge.identity.known import (
    NO_ROWS,
    PEOPLE,
    REVIEWED,
    Known,
    columns_of_known,
    joined,
    keys_of_known,
    rows_of,
    segment_of,
    taken,
    with_doors,
)  # fmt: skip
from wangge.identity.known_keys import LARGEST, ROW_BITS, entries_of, hits, tie_all
from wangge.identity.only_holder import EVIDENCE as ONLY_HOLDER
from wangge.identity.opaque import DEMO_KEY
from wangge.identity.people import People, people_of
from wangge.identity.rest import EVIDENCE as LIKELY
from wangge.identity.rest import ROWS
from wangge.identity.review import review_of
from wangge.identity.sorting import grouped, numbered
from wangge.identity.survivorship import KIN, load_rules, said_of
from wangge.tables.shapes import DECISION, GOOD_ROW, MERGE


@dataclass(frozen=True)
class How:
    """How to link: the day, lists asked at the door, the order of belief, the key of the ids."""

    as_of: dt.date
    door_lists: Sequence[str] = ()
    source_order: Sequence[str] = ()
    key: str = DEMO_KEY


@dataclass(frozen=True)
class New:
    """What is new. `good` has the shape of GOOD_ROW, `place` the place of each row's batch among those known; `heir_of`
    is the known row that a row takes the place of, or -1. `gone` are known rows that go. `decisions` (known.DECIDED) are
    all that hold from now on, `asked` the known rows whose decisions are not what they were."""

    good: pa.Table = field(default_factory=GOOD_ROW.empty)
    place: Array = field(default_factory=lambda: NO_ROWS)
    heir_of: Array = field(default_factory=lambda: NO_ROWS)
    gone: Array = field(default_factory=lambda: NO_ROWS)
    decisions: pa.Table | None = None
    asked: Array = field(default_factory=lambda: NO_ROWS)
    everything: bool = False


@dataclass(frozen=True)
class Step:
    """What a run made of it: the state, MERGE rows, and how many people and households are new, found again, changed."""

    known: Known
    merges: pa.Table
    counts: dict[str, int]


@dataclass(frozen=True)
class Asked:
    """The rows asked anew, in canonical order: their places among all rows, what they say, their keys."""

    at: Array
    good: pa.Table
    keys: Keys


def advance(known: Known, new: New, how: How) -> Step:
    """Known and New -> Step. Cost grows with the rows that share a component with a new, gone or decided row; with all
    rows where the model weighs them (see `rest`), for its weights hang on all, and where everything is asked anew."""
    if known.size + new.good.num_rows >= 1 << ROW_BITS:
        raise ValueError("more rows than an index can name")
    if new.everything and known.size:
        anew = advance(replace(known, index={}), all_as_new(known, new), how)
        return replace(anew, known=without_first(anew.known, known.size, len(known.segments)))
    fresh = fresh_doors(known, new.good, keys_of(new.good))
    rows = np.arange(known.size, known.size + new.good.num_rows)
    kept = known.decisions if new.decisions is None else new.decisions
    decisions = kept.filter(pc.and_(pc.greater_equal(kept["a"], 0), pc.greater_equal(kept["b"], 0)))
    parent = np.r_[known.component, rows]
    index, is_open = _tie(known, fresh, rows, decisions, new, parent)
    component = roots(parent)
    live = np.r_[known.person >= 0, np.ones(rows.size, np.bool_)]
    live[new.gone] = False
    changed = np.r_[rows, new.gone, fresh.moved, new.asked]
    asked, found, touched = _found(known, new, fresh, decisions, component, live, changed)
    people, standing = _people_of(asked, found, how)
    ids = settle_people(known, new, touched, asked.at, people, found, how.key, decisions)
    state = replace(_state(known, new, fresh, rows, component, index, kept), is_open=is_open)
    state = _with_people(state, ids, asked, found, people, standing, touched)
    state, homes = settle_homes(known, state, ids, how.key)
    counts = {"new_people": ids.n_new, "people_found_again": ids.n_again, "rows_asked": int(asked.at.size)}
    return Step(state, ids.merges, counts | {f"households_{name}": n for name, n in homes.items()})


def _people_of(asked: Asked, found: Clusters, how: How) -> tuple[People, Standing]:
    """The people of the rows asked, as the rules of survivorship tell, and what their households hang on.

    Kin are not counted: who stands at a door is known of all rows only, and a batch must say what all rows at once do.
    """
    keys = asked.keys
    if found.untrusted.size:
        keys = replace(keys, valid=keys.valid & ~found.untrusted)
    _, first, at = np.unique(keys.parts["door"], return_index=True, return_inverse=True)
    door = np.where(keys.parts["door"] >= 0, first[at], -1) if at.size else NO_ROWS
    person, leaders = numbered(found.root)
    place = np.arange(asked.at.size)
    said = said_of(
        asked.good, with_doors(keys, door, keys.door_twin), grouped(person, leaders.size), place, how.as_of,
        how.door_lists, how.source_order,
    )  # fmt: skip
    said.made[KIN] = np.zeros(asked.at.size, np.int64)
    people = people_of(said, person, leaders, found, load_rules(), how.key)
    return people, standing_of(said, people)


def _found(
    known: Known, new: New, fresh: Fresh, decisions: pa.Table, component: Array, live: Array, changed: Array
) -> tuple[Asked, Clusters, Array]:  # fmt: skip
    """The clusters of the rows that `changed` rows touch, by keys alone; of all rows where the model is to weigh them."""
    if not known.is_weighed:
        touched = _touched(component, changed)
        asked = _asked(known, new.good, fresh, np.flatnonzero(live & touched))
        keys = replace(asked.keys, rows=asked.good)
        found = _clusters(keys, asked.at, decisions, component.size, by_keys=known.size > 0)
        found = held_on(known, asked, found)
        if known.size == 0:
            return asked, found, touched
        if not _is_to_weigh(known, found, live, touched):
            return asked, found, touched
    asked = _asked(known, new.good, fresh, np.flatnonzero(live))
    keys = replace(asked.keys, rows=asked.good)
    return asked, _clusters(keys, asked.at, decisions, component.size), np.ones(component.size, np.bool_)


def held_on(known: Known, asked: Asked, found: Clusters) -> Clusters:
    """Rows that hold little more than a name stay with the person that they were given to as the only one of the name:
    how common names are is learnt when all rows are asked, not from a part of them."""
    if ONLY_HOLDER not in known.evidence:
        return found
    old = asked.at < known.size
    person = np.full(asked.at.size, -1, np.int64)
    person[old] = known.person[asked.at[old]]
    given = np.zeros(asked.at.size, np.bool_)
    given[old] = known.how[asked.at[old]] == known.evidence.index(ONLY_HOLDER)
    says = (found.number[found.root] >= 0) | np.isin(found.root, found.root[asked.keys.parts["birth"] >= 0])
    weak = np.unique(found.root[given & ~says])
    known_rows = np.flatnonzero(says & (person >= 0))
    to = np.full(len(known.person_ids.ids), -1, np.int64)
    to[person[known_rows[::-1]]] = found.root[known_rows[::-1]]
    first = np.flatnonzero(np.isin(found.root, weak) & given)
    goal = to[person[first]]
    move = np.arange(asked.at.size)
    move[found.root[first[goal >= 0]]] = goal[goal >= 0]
    how = found.how.copy()
    how[first[goal >= 0]] = found.evidence.index(ONLY_HOLDER)
    return replace(found, root=move[found.root], how=how)


def _is_to_weigh(known: Known, found: Clusters, live: Array, touched: Array) -> bool:
    """Whether the people without a valid number are so many that the model weighs their rows."""
    numbered = np.zeros(len(known.person_ids.ids) + 1, np.bool_)
    numbered[known.people["at"].to_numpy()] = known.people["number"].to_numpy() >= 0
    rest = known.person[live[: known.size] & ~touched[: known.size]]
    pool = int((~numbered[rest]).sum()) + int((found.number[found.root] < 0).sum() if found.root.size else 0)
    return pool >= max(ROWS, int(live.sum()) // 2)


def all_as_new(known: Known, new: New) -> New:
    """Every row that stays comes anew, in the place of itself: its keys are made again."""
    stays = known.person >= 0
    stays[new.gone] = False
    at = np.flatnonzero(stays)
    shift = np.full(known.size, -1, np.int64)
    shift[at] = known.size + np.arange(at.size)
    kept = known.decisions if new.decisions is None else new.decisions
    for name in "ab":
        rows = kept[name].to_numpy()
        old = np.where((rows >= 0) & (rows < known.size), shift[np.clip(rows, 0, known.size - 1)], rows)
        moved = np.where(rows >= known.size, rows + at.size, old)
        kept = kept.set_column(kept.column_names.index(name), name, pa.array(moved, pa.int64()))
    return New(
        pa.concat_tables([rows_of(known, at), GOOD_ROW.hand_over(new.good)]), np.r_[known.column("place")[at], new.place],
        np.r_[at, new.heir_of], np.flatnonzero(known.person >= 0), kept, new.asked[new.asked < known.size],
    )  # fmt: skip


def without_first(known: Known, n: int, segments: int) -> Known:
    """The state without its first n rows, which are all gone."""
    shifted = {name: tuple(e - (n << 1) for e in parts) for name, parts in known.index.items()}
    decisions = known.decisions
    for name in "ab":
        rows = decisions[name].to_numpy()
        moved = pa.array(np.where(rows >= 0, rows - n, -1), pa.int64())
        decisions = decisions.set_column(decisions.column_names.index(name), name, moved)
    review = known.review
    at = pa.array(review["at"].to_numpy() - n, pa.int64())
    return replace(
        known, segments=known.segments[segments:], component=known.component[n:] - n, person=known.person[n:],
        born=known.born[n:], is_open=known.is_open[n:], how=known.how[n:], door=known.door[n:], twin=known.twin[n:], index=shifted,
        decisions=decisions, review=review.set_column(review.column_names.index("at"), "at", at),
    )  # fmt: skip


def _tie(
    known: Known, fresh: Fresh, rows: Array, decisions: pa.Table, new: New, parent: Array
) -> tuple[dict[str, tuple[Array, ...]], Array]:
    """Tie the components in `parent`. -> (the index with the new keys, whether each row is open)"""
    for a, b in zip(*(decisions[c].to_numpy() for c in "ab"), strict=True):
        one, other = find(parent, a), find(parent, b)
        parent[max(one, other)] = min(one, other)
    decided = np.unique(np.r_[decisions["a"].to_numpy(), decisions["b"].to_numpy(), new.asked].astype(np.int64))
    is_open = np.r_[known.is_open, ~fresh.keys.valid | (fresh.keys.parts["short"] > 0)]
    is_open[decided] = True
    opened = _opened(known, fresh, rows, is_open, _companions(known, decided[decided < known.size]))
    is_open[opened] = True
    again = np.union1d(fresh.moved, opened[opened < known.size])
    keys, at = fresh.keys, rows
    if again.size:
        keys, at = joined(keys_of_known(fresh.known, again, keys), keys), np.r_[again, rows]
    added = tie_all(keys, at, is_open[at].astype(np.int64), known.index, parent)
    # A number that turns out to be another's says nothing of the birthday: then the one that is written counts.
    index = {name: (*known.index.get(name, ()), entries) for name, entries in added.items()}
    doubted = np.flatnonzero(is_open[at] & keys.valid & (keys.parts["written_birth"] != keys.parts["birth"]))
    if doubted.size:
        some = taken(keys, doubted)
        some = replace(some, parts={**some.parts, "birth": some.parts["written_birth"]})
        for name, entries in tie_all(some, at[doubted], np.ones(doubted.size, np.int64), index, parent).items():
            index[name] = (*index[name], entries)
    index["door key"] = (*known.index.get("door key", ()), fresh.entries)
    return index, is_open


def _opened(known: Known, fresh: Fresh, rows: Array, is_open: Array, companions: Array) -> Array:
    """Rows that are open from now on although their number is valid: of a number under which another name stands,
    which may be another's, and of components of which a person settled something."""
    valid = fresh.keys.valid
    here = hits(known.index.get("id", ()), entries_of(fresh.keys, ("id",), rows, np.zeros(rows.size, np.int64)))
    mark = np.zeros(known.size, np.bool_)
    mark[known.component[(here >> 1) & LARGEST]] = True
    old = np.flatnonzero(mark[known.component] & (known.person >= 0)) if here.size else NO_ROWS
    theirs = columns_of_known(fresh.known, old, fresh.keys, ("valid", "part.id", "part.name"))
    number = np.r_[theirs["part.id"], fresh.keys.parts["id"]]
    name = np.r_[theirs["part.name"], fresh.keys.parts["name"]]
    at = np.r_[old, rows]
    has = np.flatnonzero(np.r_[theirs["valid"], valid])
    order = has[np.argsort(number[has], kind="stable")]
    same = number[order[1:]] == number[order[:-1]]
    mixed_names = same & (name[order[1:]] != name[order[:-1]])
    several = np.isin(number[order], number[order[1:][mixed_names]])
    found = np.union1d(at[order[several]], companions)
    opened: Array = found[~is_open[found]]
    return opened


def _companions(known: Known, decided: Array) -> Array:
    """Rows of components of which a person settled something: every key of theirs counts."""
    if not decided.size:
        return NO_ROWS
    return np.flatnonzero(np.isin(known.component, known.component[decided]) & (known.person >= 0))


def _touched(component: Array, rows: Array) -> Array:
    """Whether each row's component holds one of `rows`."""
    mark = np.zeros(component.size, np.bool_)
    mark[component[rows]] = True
    touched: Array = mark[component]
    return touched


def _asked(known: Known, good: pa.Table, fresh: Fresh, at: Array) -> Asked:
    """The rows at these places, in canonical order."""
    old = int(np.searchsorted(at, known.size))
    rows, keys = good.take(pa.array(at[old:] - known.size)), taken(fresh.keys, at[old:] - known.size)
    if old:
        rows = pa.concat_tables([rows_of(known, at[:old]), rows])
        keys = joined(keys_of_known(fresh.known, at[:old], fresh.keys), keys)
    rows = rows.combine_chunks()
    order = canonical_order(rows)
    return Asked(at[order], rows.take(pa.array(order)), taken(keys, order))


def _clusters(keys: Keys, at: Array, decisions: pa.Table, n: int, by_keys: bool = False) -> Clusters:
    """The clusters of the rows asked, as decisions bind them; `by_keys` alone, where the rows are not all there are and
    say nothing of how common a name is."""
    if by_keys:
        trusted, _, taken_away = trusted_of(keys, np.arange(at.size))
        found = _clusters(replace(trusted, rows=None), at, decisions, n)
        return replace(found, doubts=[*taken_away.doubts, *found.doubts], untrusted=taken_away.rows)
    if decisions.num_rows == 0:
        return cluster(keys)
    local = np.full(n, -1, np.int64)
    local[at] = np.arange(at.size)
    pairs = {}
    for verdict in ("same", "different"):
        some = decisions.filter(pc.equal(decisions["verdict"], verdict))
        both = np.stack([local[some["a"].to_numpy()], local[some["b"].to_numpy()]], axis=1)
        pairs[verdict] = both[(both >= 0).all(axis=1)]
    return cluster(keys, same=pairs["same"], different=pairs["different"])


def _state(
    known: Known, new: New, fresh: Fresh, rows: Array, component: Array, index: dict[str, tuple[Array, ...]],
    decisions: pa.Table,
) -> Known:  # fmt: skip
    """The rows, keys and components of the new state; whose they are comes next."""
    segments = known.segments
    if rows.size:
        segments = (*segments, segment_of(new.good, new.place, fresh.keys))
    return replace(
        fresh.known, run=known.run + 1, segments=segments, component=component, index=index, decisions=decisions,
        door=np.r_[fresh.known.door, fresh.keys.parts["door"]], twin=np.r_[fresh.known.twin, fresh.keys.door_twin],
    )  # fmt: skip


def _with_people(
    known: Known, ids: PersonIds, asked: Asked, found: Clusters, people: People, standing: Standing, touched: Array
) -> Known:
    """The state with the people asked anew in the place of what they were."""
    is_weighed = bool(np.isin(found.how, [found.evidence.index(w) for w in LIKELY]).any())
    how = np.r_[known.how, np.zeros(known.component.size - known.how.size, np.int8)]
    codes, evidence = _codes(known.evidence, found.evidence)
    how[asked.at] = codes[found.how]
    kept = known.people.filter(pa.array(~ids.is_asked[known.people["at"].to_numpy()]))
    table = pa.concat_tables([kept, _people(asked, found, people, standing, ids.chosen)])
    values = ids.ids.ids.take(pa.array(ids.chosen))
    doubts = review_of(asked.good, found, values, people.person)
    return replace(
        known, is_weighed=is_weighed, how=how, evidence=evidence, person=ids.person, born=ids.born, person_ids=ids.ids, people=table,
        review=_review(known, asked, doubts, ids, touched),
    )  # fmt: skip


def _codes(known: tuple[str, ...], found: tuple[str, ...]) -> tuple[Array, tuple[str, ...]]:
    """Words of evidence as numbers that stay. -> (number of each of `found`, all words)"""
    words = list(known)
    words += [word for word in dict.fromkeys(found) if word not in words]
    return np.array([words.index(word) for word in found], np.int8), tuple(words)


def _people(asked: Asked, found: Clusters, people: People, standing: Standing, at: Array) -> pa.Table:
    """PERSON with what households hang on (known.EXTRAS). The household is filled in later."""
    n, row = people.size, np.maximum(people.row_of["address"], 0)
    has_door = people.row_of["address"] >= 0
    leaders = numbered(found.root)[1]
    extras = {
        "at": at, "number": found.number[leaders], "home": np.full(n, -1, np.int64),
        "door": np.where(has_door, asked.keys.parts["door"][row], -1) if n else NO_ROWS,
        "door_key": np.where(has_door, asked.keys.door_key[row], -1) if n else NO_ROWS,
        "twin": has_door & asked.keys.door_twin[row] if n else np.zeros(0, np.bool_),
        "mate_asked": standing.asked, "mate_other": standing.other, "mate_role": standing.role,
        "household_id": pa.nulls(n, pa.string()), "person_id": pa.nulls(n, pa.string()),
    }  # fmt: skip
    said = pa.table({name: people.values[name] for name in ("name", "id_number", "birth_date", "phone", "address")})
    whole = {**people.values, **extras, "said": digests(said)}
    return pa.table({name: whole[name] for name in PEOPLE.names}, schema=PEOPLE)


def _review(known: Known, asked: Asked, doubts: pa.Table, ids: PersonIds, touched: Array) -> pa.Table:
    """Groups of doubt of untouched rows stay; those asked anew are as found."""
    old = known.review["at"].to_numpy()
    stale = pc.unique(known.review["group_id"].filter(pa.array(touched[old])))
    kept = known.review.filter(
        pc.invert(
            pc.is_in(
                known.review["group_id"],
                value_set=stale.combine_chunks() if isinstance(stale, pa.ChunkedArray) else stale,
            )
        )
    )
    place = pa.table({"list": asked.good["list"], "batch": asked.good["batch"], "row": asked.good["row"]})
    at = _places(doubts, place, asked.at)
    return pa.concat_tables([kept, doubts.append_column("at", pa.array(at, pa.int64())).select(REVIEWED.names)])


def _places(doubts: pa.Table, place: pa.Table, at: Array) -> Array:
    """The place of each row of a review table, which names it by list, batch and row."""
    names = ["list", "batch", "row"]
    where = pa.concat_tables([doubts.select(names).cast(place.schema), place.combine_chunks()])
    code = np.zeros(where.num_rows, np.int64)
    for name in names:
        coded = where[name].combine_chunks().dictionary_encode()
        code = code * (len(coded.dictionary) + 1) + coded.indices.to_numpy()
    wanted, held = code[: doubts.num_rows], code[doubts.num_rows :]
    order = np.argsort(held)
    found: Array = at[order[np.searchsorted(held[order], wanted)]] if wanted.size else NO_ROWS
    return found


__all__ = ["DECISION", "MERGE", "How", "New", "Step", "advance"]
