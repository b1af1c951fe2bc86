"""Who is who after a run: ids that stay, ids that are new, and MERGE rows for every other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wangge.identity.bytes import Array
from wangge.identity.cluster import SETTLED, Clusters
from wangge.identity.content import digests
from wangge.identity.known import NO_ROWS, Ids, Known
from wangge.identity.merges import Settled, settle, taken_back
from wangge.identity.opaque import WORDS, opaque_ids
from wangge.identity.people import People
from wangge.tables.shapes import MERGE

if TYPE_CHECKING:
    from wangge.identity.advance import New

CORRECTED, AMBIGUOUS, REMOVED = "corrected", "ambiguous", "removed"  # what parted people, beside SETTLED
ANOTHER = 9  # first word of what such an id is made of


@dataclass(frozen=True)
class PersonIds:
    """`person` of every row (-1: gone), `born`, all ids; `chosen` is the id of each person asked anew; `is_asked` by id
    tells whose people were; `merges` has the shape of MERGE."""

    person: Array
    born: Array
    ids: Ids
    chosen: Array
    is_asked: Array
    merges: pa.Table
    n_new: int
    n_again: int


def settle_people(
    known: Known, new: New, touched: Array, at: Array, people: People, found: Clusters, key: str, decisions: pa.Table
) -> PersonIds:  # fmt: skip
    """Ids of the people asked anew. `at` are the places of the rows asked, in the order of `people.person`."""
    old, n_ids = known.person.size, len(known.person_ids.ids)
    was, born = _before(known, new, touched.size)
    asked = np.flatnonzero(np.bincount(known.person[touched[:old] & (known.person >= 0)]))
    rows = np.bincount(known.person[known.person >= 0], minlength=n_ids)
    number = np.full(n_ids, -2, np.int64)
    number[known.people["at"].to_numpy()] = known.people["number"].to_numpy()
    theirs = found.number[found.root] if found.root.size else NO_ROWS
    mine = was[at]
    strong = (mine >= 0) & (theirs >= 0)
    strong[mine >= 0] &= theirs[mine >= 0] == number[mine[mine >= 0]]
    settled = settle(people.person, mine, strong, people.size, asked, known.person_ids.since, rows)
    is_held = np.zeros(n_ids, np.bool_)
    is_held[known.person[known.person >= 0]] = True
    is_held[asked] = False
    is_held[settled.chosen[settled.chosen >= 0]] = True
    back = taken_back(people.person, born[at], settled.chosen, is_held)
    is_held[back[back >= 0]] = True
    chosen = np.where(settled.chosen >= 0, settled.chosen, back)
    fresh = np.flatnonzero(chosen < 0)
    places, ids = named(known.person_ids, people.values["person_id"].take(pa.array(fresh)), is_held, known.run + 1, key)
    chosen[fresh] = places
    person = np.r_[known.person, np.full(touched.size - old, -1, np.int64)]
    person[new.gone] = -1
    person[at] = chosen[people.person]
    merges, ids = _merges(known, settled, chosen, ids, _reasons(known, new, was, at, people, found, settled, decisions))
    is_asked = np.zeros(len(ids.ids), np.bool_)
    is_asked[asked] = True
    again = np.unique(settled.chosen[people.person[at >= old]]) if at.size else NO_ROWS
    born = np.where(born >= 0, born, person)
    return PersonIds(person, born, ids, chosen, is_asked, merges, int(fresh.size), int((again >= 0).sum()))


def _before(known: Known, new: New, n: int) -> tuple[Array, Array]:
    """Whose each row was, and under which id it first came; a corrected row takes over what its forerunner had."""
    was = np.r_[known.person, np.full(n - known.person.size, -1, np.int64)]
    born = np.r_[known.born, np.full(n - known.person.size, -1, np.int64)]
    heirs = np.flatnonzero(new.heir_of >= 0)
    was[known.person.size + heirs] = known.person[new.heir_of[heirs]]
    born[known.person.size + heirs] = known.born[new.heir_of[heirs]]
    return was, born


def named(known: Ids, wanted: pa.Array, is_held: Array, run: int, key: str) -> tuple[Array, Ids]:
    """Places of wanted ids among all: one that nobody holds is used again; instead of one that is held another is made."""
    # Few are wanted and many known: the few are the set that is looked into.
    while True:
        met = np.flatnonzero(pc.is_in(known.ids, value_set=wanted).to_numpy(zero_copy_only=False))
        clash = pc.is_in(wanted, value_set=known.ids.take(pa.array(met[is_held[met]])))
        if not pc.any(clash).as_py():
            break
        at = pc.indices_nonzero(clash)
        wanted = pc.replace_with_mask(wanted, clash, _others(wanted.take(at), key))
    place = pa.array(met).take(pc.index_in(wanted, value_set=known.ids.take(pa.array(met))))
    lacking = pc.is_null(place)
    added = wanted.filter(lacking)
    places = pc.fill_null(place, 0).to_numpy().astype(np.int64)
    places[lacking.to_numpy(zero_copy_only=False)] = len(known.ids) + np.arange(len(added))
    ids = pa.concat_arrays([known.ids, added])
    since = np.r_[known.since, np.full(len(added), run, np.int64)]
    now = np.r_[known.now, np.full(len(added), -1, np.int64)]
    now[places] = -1  # who is somebody again is no longer somebody else
    return places, Ids(ids, since, now)


def _others(ids: pa.Array, key: str) -> pa.Array:
    """Other ids in the place of these: opaque again, the same every time."""
    words = np.zeros((len(ids), WORDS), np.uint64)
    words[:, 0], words[:, 1] = ANOTHER, digests(pa.table({"id": ids})).view(np.uint64)
    return opaque_ids(ids[0].as_py()[0], words, key)


def _reasons(
    known: Known, new: New, was: Array, at: Array, people: People, found: Clusters, settled: Settled, decisions: pa.Table
) -> tuple[list[str], list[str]]:  # fmt: skip
    """-> (evidence that joined each changed id to its group, what parted it)"""
    group, is_new = people.person, was[at] < 0
    none = np.int64(len(found.evidence))
    how = np.where(found.how > 0, found.how, none).astype(np.int64)
    n = max(people.size, 1)
    by_new, by_old = np.full(n, none), np.full(n, none)
    np.minimum.at(by_new, group[is_new], how[is_new])
    np.minimum.at(by_old, group[~is_new], how[~is_new])
    step = np.where(by_new < none, by_new, by_old)[settled.group]
    decided = np.unique(np.r_[new.asked, decisions["a"].to_numpy(), decisions["b"].to_numpy()]).astype(np.int64)
    now = np.zeros(n, np.bool_)
    now[group[np.isin(at, decided)]] = True
    words = [*found.evidence, SETTLED]
    joined = [SETTLED if now[g] and s == none else words[s] for g, s in zip(settled.group, step, strict=True)]
    is_asked = _marked(known, new.asked[new.asked < known.person.size])
    lost = _marked(known, new.gone)
    parted = [SETTLED if is_asked[o] else CORRECTED if lost[o] else AMBIGUOUS for o in settled.old]
    return joined, parted


def _marked(known: Known, rows: Array) -> Array:
    """By id: whether one of these known rows was that person's."""
    mark = np.zeros(len(known.person_ids.ids) + 1, np.bool_)
    mark[known.person[rows.astype(np.int64)]] = True
    return mark


def _merges(
    known: Known, settled: Settled, chosen: Array, ids: Ids, reasons: tuple[list[str], list[str]]
) -> tuple[pa.Table, Ids]:  # fmt: skip
    """MERGE rows, sorted, and the ids with what each one that went is now."""
    new = chosen[settled.group]
    kept = new != settled.old  # an id that was taken back changes nothing
    gone = settled.gone[~np.isin(settled.gone, chosen)]
    old = np.r_[settled.old[kept], gone]
    kind = ["merge" if m else "split" for m in settled.is_merge[kept]] + ["split"] * gone.size
    evidence = [(j if m else p) for j, p, m, k in zip(*reasons, settled.is_merge, kept, strict=True) if k]
    table = pa.table({
        "old_person_id": ids.ids.take(pa.array(old)),
        "new_person_id": pa.concat_arrays([ids.ids.take(pa.array(new[kept])), pa.array([""] * gone.size, pa.string())]),
        "kind": pa.array(kind, pa.string()),
        "evidence": pa.array(evidence + [REMOVED] * gone.size, pa.string()),
    })  # fmt: skip
    merged = settled.is_merge & kept
    return MERGE.hand_over(table.sort_by([(n, "ascending") for n in table.column_names])), _followed(
        ids, settled.old[merged], new[merged]
    )


def _followed(ids: Ids, old: Array, new: Array) -> Ids:
    """Chains are followed: who was merged into one that is merged now is the newest."""
    if not old.size:
        return ids
    to = np.arange(len(ids.ids))
    to[old] = new
    now = np.where(ids.now >= 0, to[np.maximum(ids.now, 0)], -1)
    now[old] = new
    return Ids(ids.ids, ids.since, now)
