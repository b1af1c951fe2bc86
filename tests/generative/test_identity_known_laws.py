"""Laws of linking against known people, over small worlds in which everything collides.

A machine adds files, corrects them, decides and undoes, in any order. After each step: the people are those of a run
over all rows at once, and no person_id changed or vanished without a row in merges.csv.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from wangge.commands._link_batch import new_of
from wangge.commands._link_read import Rows
from wangge.identity import link
from wangge.identity.advance import How, New, Step, advance
from wangge.identity.editions import is_same_file
from wangge.identity.known import Known, rows_of
from wangge.identity.merges import settle
from wangge.tables.shapes import DECISION, GOOD_ROW

AS_OF = dt.date(2026, 11, 23)
LISTS = ("a", "b", "c")
HOW = How(AS_OF, ("a",), ("b", "a", "c"))
WANG, LI, ZHAO = "11010119900307109X", "110101199003070011", "110101199003070118"  # made up, check digits right
NUMBERS = [WANG, LI, ZHAO, WANG[:6] + WANG[8:17], WANG[:15] + "2" + WANG[16:], WANG[:16] + "1" + WANG[17:],
           WANG[:15] + "000", "E1234567", None, None, None]  # fmt: skip
ADDRESSES = ["金钟花园12-3-501", "东丽区金钟花园12栋3单元501室", "银钟花园12-3-501", "钟花园12-3-501", "某里", None]
DAYS = [dt.date(1990, 3, 7), dt.date(1990, 7, 3), dt.date(2015, 1, 1), None]


def rows_like(names: str, numbers: list[str | None], addresses: list[str | None], phones: int, blank: int) -> Any:
    """Rows of few values, which collide in everything, or of more, of which two rows share a key now and then."""
    nothing: list[None] = [None] * blank
    return st.fixed_dictionaries({
        "name": st.sampled_from(names.split()),
        "id_number": st.sampled_from(numbers),
        "birth_date": st.sampled_from([*DAYS, *nothing]),
        "phone": st.sampled_from([*(f"1380000000{i}" for i in range(phones)), "075526123456", None, *nothing]),
        "address": st.sampled_from([*addresses, *nothing]),
        "household_number": st.sampled_from(["1", "2", None, *nothing]),
        "collected_on": st.sampled_from([dt.date(2026, 1, 1), dt.date(2025, 1, 1), None]),
        "relation_to_head": st.sampled_from(["户主", "配偶", None]),
    })  # fmt: skip


ROW = st.one_of(
    rows_like("王晓明 王小明 王晓红 李红 王明", NUMBERS, ADDRESSES, 2, 0),
    rows_like("王晓明 王小明 李红 赵一 钱二 孙三", [WANG, LI, None, None, None], ADDRESSES[:4], 3, 6),
)
FILE = st.lists(ROW, min_size=1, max_size=7)


def table(name: str, batch: str, rows: list[dict[str, Any]]) -> pa.Table:
    numbered = [{"sex": "0", "row": i, "list": name, "batch": batch} | row for i, row in enumerate(rows, 1)]
    return GOOD_ROW.hand_over(pa.Table.from_pylist(numbered, schema=GOOD_ROW.schema))


def digest(rows: list[dict[str, Any]]) -> str:
    return hashlib.sha256(repr(rows).encode()).hexdigest()[:12]


def step_of(known: Known, files: dict[str, list[dict[str, Any]]], **more: Any) -> Step:
    """What the command does with files that were read."""
    rows = Rows()
    for name, some in files.items():
        if not is_same_file(known, name, digest(some)):
            rows.good[name], rows.batch[name] = table(name, digest(some), some), digest(some)
    batches = new_of(known, rows, more.get("given", []), more.get("by_hand", ""), more.get("everything", False))
    return advance(batches.known, batches.new, HOW)


def named(known: Known) -> dict[tuple[str, str, int], str]:
    """Row -> person_id."""
    ids = known.person_ids.ids.to_pylist()
    place, row = known.column("place"), known.column("row")
    return {(*known.batches[place[i]][:2], int(row[i])): ids[p] for i, p in enumerate(known.person) if p >= 0}


def groups(of: dict[Any, str]) -> set[frozenset[Any]]:
    found: dict[str, set[Any]] = {}
    for row, person in of.items():
        found.setdefault(person, set()).add(row)
    return {frozenset(rows) for rows in found.values()}


def homes(known: Known) -> set[frozenset[Any]]:
    at = dict(zip(known.person_ids.ids.take(known.people["at"].combine_chunks()).to_pylist(),
                  known.people["household_id"].to_pylist(), strict=True))  # fmt: skip
    return groups({row: at[person] for row, person in named(known).items()})


def at_once(known: Known) -> Known:
    """All rows that are known, linked from the start, in another order."""
    live = np.flatnonzero(known.person >= 0)[::-1]
    if not live.size:
        return Known()
    rows = rows_of(known, np.sort(live)).take(pa.array(np.argsort(live)))
    where = {int(old): i for i, old in enumerate(live)}
    decisions = [
        one | {"a": where.get(one["a"], -1), "b": where.get(one["b"], -1)} for one in known.decisions.to_pylist()
    ]
    table = pa.Table.from_pylist(decisions, schema=known.decisions.schema)
    named_ = Known(batches=known.batches)
    new = New(rows, known.column("place")[live], np.full(live.size, -1, np.int64), decisions=table)
    return advance(named_, new, HOW).known


class Runs(RuleBasedStateMachine):
    """One installation over many runs."""

    @initialize()
    def begin(self) -> None:
        self.known, self.before, self.merges = Known(), Known(), []
        self.files: dict[str, list[list[dict[str, Any]]]] = {name: [] for name in LISTS}

    def _run(self, files: dict[str, list[dict[str, Any]]], **more: Any) -> None:
        step = step_of(self.known, files, **more)
        self.before, self.known, self.merges = self.known, step.known, step.merges.to_pylist()

    @rule(name=st.sampled_from(LISTS), rows=FILE)
    def more_rows(self, name: str, rows: list[dict[str, Any]]) -> None:
        self.files[name].append(rows)
        self._run({name: rows}, by_hand="more")

    @rule(one=FILE, two=FILE)
    def two_lists_at_once(self, one: list[dict[str, Any]], two: list[dict[str, Any]]) -> None:
        self.files["a"].append(one)
        self.files["b"].append(two)
        self._run({"a": one, "b": two})

    @precondition(lambda self: any(self.files.values()))
    @rule(data=st.data(), row=ROW)
    def correct_a_row(self, data: st.DataObject, row: dict[str, Any]) -> None:
        name = data.draw(st.sampled_from([n for n in LISTS if self.files[n]]))
        rows = list(self.files[name][-1])
        rows[data.draw(st.integers(0, len(rows) - 1))] = row
        self.files[name].append(rows)
        self._run({name: rows}, by_hand="new")

    @precondition(lambda self: any(self.files.values()))
    @rule(data=st.data())
    def take_rows_away(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from([n for n in LISTS if self.files[n]]))
        rows = self.files[name][-1]
        rows = rows[data.draw(st.integers(0, len(rows) - 1)) :]
        self.files[name].append(rows)
        self._run({name: rows}, by_hand="new")

    @precondition(lambda self: (self.known.person >= 0).sum() > 1)
    @rule(data=st.data(), verdict=st.sampled_from(["same", "different", "undo"]))
    def decide(self, data: st.DataObject, verdict: str) -> None:
        rows = sorted(named(self.known))
        a = data.draw(st.sampled_from(rows))
        b = data.draw(st.sampled_from([r for r in rows if r != a]))
        ends = {
            f"{part}_{end}": r[i] for end, r in (("a", a), ("b", b)) for i, part in enumerate(("list", "batch", "row"))
        }
        self._run({}, given=[{**ends, "verdict": verdict}])

    @precondition(lambda self: self.known.decisions.num_rows)
    @rule()
    def undo_all(self) -> None:
        self._run(
            {},
            given=[one | {"verdict": "undo"} for one in self.known.decisions.select(DECISION.schema.names).to_pylist()],
        )

    @rule()
    def ask_everything_anew(self) -> None:
        was = named(self.known)
        self._run({}, everything=True)
        assert named(self.known) == was and not self.merges

    @invariant()
    def the_people_are_those_of_all_rows_at_once(self) -> None:
        if hasattr(self, "known"):
            once = at_once(self.known)
            assert groups(named(self.known)) == groups(named(once))
            assert homes(self.known) == homes(once)
            both = (self.known.review, once.review)
            assert len({frozenset(_review(k, r)) for k, r in zip((self.known, once), both, strict=True)}) == 1

    @invariant()
    def no_id_changes_or_vanishes_unsaid(self) -> None:
        if hasattr(self, "known"):
            old, new = named(self.before), named(self.known)
            said = {(m["old_person_id"], m["new_person_id"]) for m in self.merges}
            for row, person in old.items():
                assert new.get(row, person) == person or (person, new[row]) in said
            assert set(old.values()) - set(new.values()) <= {old_id for old_id, _ in said}
            assert all(o != n for o, n in said) and {n for _, n in said} - {""} <= set(new.values())
            assert all(len({*rows}) == len(rows) for rows in [self.known.person_ids.ids.to_pylist()])

    @invariant()
    def tables_agree(self) -> None:
        if hasattr(self, "known"):
            people = self.known.people
            assert sorted(people["person_id"].to_pylist()) == sorted(set(named(self.known).values()))
            assert set(people["household_id"].to_pylist()) == set(self.known.households["household_id"].to_pylist())


def _review(known: Known, review: pa.Table) -> set[Any]:
    """Groups of doubt, whatever they are called."""
    found: dict[str, set[Any]] = {}
    place, row = known.column("place"), known.column("row")
    for one in review.to_pylist():
        named_ = (*known.batches[place[one["at"]]][:2], int(row[one["at"]]))
        assert named_ == (one["list"], one["batch"], one["row"])
        found.setdefault(one["group_id"], set()).add((*named_, one["reason"]))
    return {frozenset(rows) for rows in found.values()}


TestRuns = Runs.TestCase
TestRuns.settings = settings(max_examples=8, stateful_step_count=5, deadline=None)


@settings(deadline=None, max_examples=10)
@given(st.lists(FILE, min_size=2, max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_batches_means_nothing(files: list[list[dict[str, Any]]], chance: Any) -> None:
    """The same files, one after the other in two orders, or all at once through link()."""
    found = []
    for order in (files, chance.sample(files, len(files))):
        known = Known()
        for rows in order:
            known = step_of(known, {"a": rows}, by_hand="more").known
        found.append(groups(named(known)))
    assert found[0] == found[1]
    together = {digest(rows): table("a", digest(rows), rows) for rows in files}
    whole = link(pa.concat_tables(together.values()), AS_OF, door_lists=("a",), source_order=("b", "a", "c"))
    rows = {(r["list"], r["batch"], r["row"]): r["person_id"] for r in whole.links.to_pylist()}
    assert groups(rows) == found[0]


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(-1, 4), st.booleans()), max_size=12),
    st.lists(st.integers(0, 2), min_size=5, max_size=5),
)
def test_each_id_has_one_heir_and_each_group_at_most_one_id(
    members: list[tuple[int, int, bool]], age: list[int]
) -> None:
    group, was, strong = (np.array([m[i] for m in members], np.int64) for i in range(3))
    asked = np.unique(was[was >= 0])
    found = settle(group, was, strong.astype(np.bool_), 5, asked, np.array(age), np.zeros(5, np.int64))
    kept = found.chosen[found.chosen >= 0]
    assert np.unique(kept).size == kept.size, "an id is kept once"
    for old in asked:
        theirs = {g for g, w, _ in members if w == old}
        told = {int(g) for o, g in zip(found.old, found.group, strict=True) if o == old}
        assert told == {g for g in theirs if found.chosen[g] != old}, "every group it does not keep is told"
        assert not theirs.isdisjoint(np.flatnonzero(found.chosen >= 0)), "its heir has an id"
    assert not found.gone.size
