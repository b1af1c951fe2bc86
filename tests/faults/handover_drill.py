"""Grids change while phones are offline: N lives of three phones and two supervisors, then planted bugs.

`just handover 50000` (lives; `--planted 300` lives at most for each planted bug). Hypothesis draws each life: doors are
seen without a network, networks are cut before, after and in the middle, grids are split, merged and moved, workers swapped,
phones lost and found; every life has a re-division while work is unsent. All on a real PostgreSQL with the product's own code.
`--story`: the story of cht-core #11306 instead. Last line: one JSON object.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from tests.faults.handover_world import SEEN, Ground, Phone, verdict

PHONES, DOORS = 3, 4
MOVED = SEEN | {
    "person": "not_seen",
    "residence": "not_seen",
    "status": "not_assessed",
    "temperature": None,
    "result": "moved",
}
CUTS = st.sampled_from(["", "", "", "before", "after", "pull"])
ON = {"reason": "drill", "purpose": "visit"}


class Wrong(AssertionError):
    """A life that did not end well."""


class Handing(RuleBasedStateMachine):
    """One life. What must hold is asked when all phones, the found ones too, have come home."""

    ground: Ground
    wipes = False  # planted: the phone is emptied before it is filled anew
    total: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.ground.lay_out(1, PHONES, DOORS)
        self.leads = [self.ground.users[f"s{i}"] for i in range(2)]
        self.phones = [Phone(self.ground.users[f"w{i}"]) for i in range(PHONES)]
        self.drawer: list[Phone] = []
        self.held = {f"440305000001{i + 1:03d}": {f"w{i}"} for i in range(PHONES)}
        self.said: set[str] = set()
        self.divided, self.changed = 0, [False] * PHONES
        for phone in self.phones:
            phone.sync()

    @rule(
        who=st.integers(0, PHONES - 1),
        pick=st.integers(0, 99),
        moved=st.booleans(),
        shut=st.sampled_from([True, True, False]),
    )
    def a_door_is_seen(self, who: int, pick: int, moved: bool, shut: bool) -> None:
        phone = self.phones[who]
        if not phone.doors:
            return
        # A door of which another phone holds unsent work is where things go wrong: mostly that one.
        elsewhere = {
            one["lead_id"] for other in [*self.phones, *self.drawer] if other is not phone for one in other.outbox
        }
        twice = [task for task in phone.doors if f"l{2 * int(task[1:])}" in elsewhere]
        doors = sorted(twice if twice and pick % 4 else phone.doors)
        task = doors[pick % len(doors)]
        self.said |= set(phone.see(task, MOVED if moved else None))
        if shut:
            phone.closings.append(task)
            del phone.doors[task]

    @rule(who=st.integers(0, PHONES - 1), cut=CUTS, page=st.integers(1, 5))
    def a_phone_meets_the_network(self, who: int, cut: str, page: int) -> None:
        phone = self.phones[who]
        if self.wipes and self.changed[who] and cut != "before":
            phone.__init__(phone.user)  # type: ignore[misc]
        self.changed[who] = self.changed[who] and cut == "before"
        phone.sync(cut, page)

    @rule(who=st.integers(0, PHONES - 1), boss=st.integers(0, 1))
    def a_phone_is_lost(self, who: int, boss: int) -> None:
        from wangge_server.dispatch.handover_actions import lose_phone

        phone = self.phones[who]
        lose_phone(worker=phone.user.username, by=self.leads[boss], **ON)
        self.drawer.append(phone)
        self.phones[who] = Phone(phone.user)
        self.phones[who].sync()  # a new phone is set up where there is a network

    @rule(
        pick=st.integers(0, 99),
        to=st.integers(0, PHONES - 1),
        boss=st.integers(0, 1),
        cause=st.sampled_from(["swap", "ill"]),
        told=st.booleans(),
    )
    def a_grid_goes_to_somebody_else(self, pick: int, to: int, boss: int, cause: str, told: bool) -> None:
        from wangge_server.dispatch.handover_actions import Change, reassign

        grid = sorted(self.held)[pick % len(self.held)]
        old, new = sorted(self.held[grid])[0], f"w{to}"
        if old == new:
            return
        reassign(cause=cause, changes=[Change(grid, old, new)], by=self.leads[boss], **ON)
        self.held[grid] = (self.held[grid] - {old}) | {new}
        self.changed = [True] * PHONES
        if told and not self.wipes:
            self.phones[to].sync()  # whoever takes over is rung up

    @rule(kind=st.sampled_from(["split", "merge", "move"]), pick=st.integers(0, 99), other=st.integers(0, 99), to=st.integers(-1, PHONES - 1),
          boss=st.integers(0, 1))  # fmt: skip
    def a_grid_is_divided_anew(self, kind: str, pick: int, other: int, to: int, boss: int) -> None:
        from wangge.base.errors import WanggeError
        from wangge_server.dispatch.handover_actions import redivide
        from wangge_server.geography.queries import buildings_of

        grids = sorted(self.held)
        source, target = grids[pick % len(grids)], grids[other % len(grids)]
        houses = [(b["compound"], b["building"]) for b in buildings_of(source)][:1]
        holder = f"w{to}" if to >= 0 and kind == "split" else ""
        try:
            made = redivide(kind=kind, source=source, target="" if kind == "split" else target, buildings=houses if kind != "merge" else (),
                            holder=holder, by=self.leads[boss], **ON)  # fmt: skip
        except WanggeError as error:
            if error.code not in ("E7200", "E7201"):
                raise
            return
        self.divided += 1
        self.changed = [True] * PHONES
        if kind == "split":
            self.held[made.grids[0][0]] = {holder} if holder else set(self.held[source])
        elif kind == "merge":
            gone = self.held.pop(source)
            self.held[target] |= {w for w in gone if not any(w in some for some in self.held.values())}

    def teardown(self) -> None:
        for pick in range(PHONES if not self.divided else 0):  # no life without one, with work unsent
            if self.divided:
                break
            self.a_door_is_seen(pick, 0, False, False)
            self.a_grid_is_divided_anew("merge", pick, pick + 1, -1, 1)
        for who, phone in enumerate(self.phones):
            if self.wipes and self.changed[who]:
                phone.__init__(phone.user)  # type: ignore[misc]
            phone.sync()
        for phone in self.drawer:
            phone.sync()
        for phone in self.phones:  # what came late may have closed doors of others
            phone.sync()
        told = verdict(self.phones, self.said, self.held, PHONES * DOORS)
        told["refused"] += sum(len(p.refused) for p in self.drawer)
        type(self).total.update(told)
        type(self).total.update(runs=1, divisions=self.divided, answers=len(self.said))
        if any(told.values()):
            raise Wrong(json.dumps(told))


def lives(ground: Ground, n: int, *, wipes: bool = False) -> tuple[Counter[str], str]:
    """n lives, or as many as until one ends badly. -> totals, what was wrong"""
    machine = type("Lives", (Handing,), {"ground": ground, "wipes": wipes, "total": Counter()})
    how = settings(max_examples=n, stateful_step_count=18, deadline=None, database=None, derandomize=n < 1000, phases=[Phase.generate],
                   suppress_health_check=list(HealthCheck), report_multiple_bugs=False)  # fmt: skip
    try:
        run_state_machine_as_test(machine, settings=how)
    except AssertionError as wrong:
        return machine.total, str(wrong)  # type: ignore[attr-defined]
    return machine.total, ""  # type: ignore[attr-defined]


# ---- bugs to plant, each of which some life must find -------------------------------------------------------


@contextmanager
def instead(owner: Any, name: str, other: Any) -> Iterator[None]:
    """While inside, `owner.name` is `other`."""
    own = getattr(owner, name)
    setattr(owner, name, other)
    try:
        yield
    finally:
        setattr(owner, name, own)


def refuse_old_holders() -> Any:
    from wangge_server.feedback import submit_actions as s

    return instead(s, "TAKE", s.TAKE.replace("OR gone.was", ""))


def refuse_at_closed_doors() -> Any:
    from wangge_server.feedback import submit_actions as s

    return instead(s, "TAKE", s.TAKE.replace("AND NOT gone.was AS is_shut", "AS is_shut"))


def leave_holdings_open() -> Any:
    from wangge_server.dispatch import handover_actions as h

    own = h._hold
    return instead(h, "_hold", lambda changes, at: own([h.Change(c.grid, "", c.new) for c in changes], at))


def leave_envelopes() -> Any:
    from wangge_server.dispatch import handover_actions as h

    return instead(h, "_rehome", lambda grids, changes: 0)


def forget_to_say_gone() -> Any:
    from wangge_server.dispatch import queries as q

    return instead(
        q, "PULL", q.PULL.replace("WHERE g.worker_id = %(worker)s AND g.changed", "WHERE false AND g.changed")
    )


def leave_the_ledger() -> Any:
    from wangge_server.dispatch import handover_actions as h

    return instead(h, "followers", {})


BUGS: dict[str, Callable[[], Any] | None] = {
    "refuse_old_holders": refuse_old_holders, "wipe_before_resync": None, "leave_holdings_open": leave_holdings_open,
    "leave_envelopes": leave_envelopes, "forget_to_say_gone": forget_to_say_gone, "refuse_at_closed_doors": refuse_at_closed_doors,
    "leave_the_ledger": leave_the_ledger,
}  # fmt: skip


def run(ground: Ground, n: int, planted: int) -> dict[str, Any]:
    """The product, then each planted bug. -> the figures"""
    started, cpu = time.monotonic(), time.process_time()
    total, wrong = lives(ground, n)
    took = {"seconds": round(time.monotonic() - started, 1), "cpu_s": round(time.process_time() - cpu, 1)}
    found = []
    for name, bug in BUGS.items() if planted else ():
        if bug is None:
            caught = lives(ground, planted, wipes=True)
        else:
            with bug():
                caught = lives(ground, planted)
        print(name, dict(caught[0]), file=sys.stderr)
        found += [name] if caught[1] else []
    wanted = ("runs", "divisions", "answers", "lost", "orphaned", "off", "stale", "refused")
    return {key: total[key] for key in wanted} | took | {
        "wrong": wrong, "planted": len(BUGS) if planted else 0, "found": len(found), "bugs": found}  # fmt: skip


def story(ground: Ground) -> dict[str, Any]:
    """cht-core #11306: 32 workers in 8 districts are reassigned within a month, offline with unsent work; nobody clears a phone.

    There, phones kept what had left them and went on counting it, and their late reports were forbidden. Here each phone
    counts at the month's end what the server counts, without any step by hand, and every report stands.
    """
    from wangge_server.dispatch.handover_actions import Change, reassign

    districts, workers, doors = 8, 4, 6
    ground.lay_out(districts, workers, doors)
    phones = {f"w{i}": Phone(ground.users[f"w{i}"]) for i in range(districts * workers)}
    grids = [f"44030500000{1 + i // workers}{1 + i % workers:03d}" for i in range(districts * workers)]
    held, said = {grid: f"w{i}" for i, grid in enumerate(grids)}, set[str]()
    for phone in phones.values():
        phone.sync()
    for week in range(4):
        for phone in phones.values():
            if phone.doors:
                said |= set(phone.see(sorted(phone.doors)[week % len(phone.doors)]))
        for district in range(districts):
            ring = grids[district * workers : (district + 1) * workers]
            new = [held[grid] for grid in ring[1:] + ring[:1]]
            changes = [Change(grid, held[grid], to) for grid, to in zip(ring, new, strict=True)]
            reassign(cause="swap", changes=changes, by=ground.users["s0"], **ON)
            held |= dict(zip(ring, new, strict=True))
        for name, phone in phones.items():  # every week another third meets no network
            if (int(name[1:]) + week) % 3:
                phone.sync("pull" if int(name[1:]) % 2 else "")
    for phone in [*phones.values()] * 2:  # once to end the round that was cut, once for what changed since
        phone.sync()
    told = verdict(
        list(phones.values()), said, {grid: {who} for grid, who in held.items()}, districts * workers * doors
    )
    return {"workers": len(phones), "districts": districts, "reassigned": 4 * len(grids), "answers": len(said), **told}


def main() -> int:
    """-> 0 where every life ended well and every planted bug was found"""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lives", nargs="?", type=int, default=500)
    parser.add_argument(
        "--planted", type=int, default=300, help="lives at most for each planted bug; 0: none is planted"
    )
    parser.add_argument("--story", action="store_true", help="the story of cht-core #11306")
    args = parser.parse_args()
    ground = Ground()
    try:
        told = story(ground) if args.story else run(ground, args.lives, args.planted)
    finally:
        ground.close()
    print(json.dumps(told))
    clean = not any(told[key] for key in ("lost", "orphaned", "off", "stale", "refused"))
    return 0 if clean and told.get("found") == told.get("planted") and not told.get("wrong") else 1


if __name__ == "__main__":
    raise SystemExit(main())
