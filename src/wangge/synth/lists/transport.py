"""Tickets: UTF-8 without BOM, day before month, several tickets a traveller, some travellers from elsewhere."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from wangge.synth.addresses import AddressBook
from wangge.synth.data import Bools, Ints, settings
from wangge.synth.lists.rows import observe, with_duplicates
from wangge.synth.lists.sheet import PERSON, STRANGER, Sheet
from wangge.synth.people import People, strangers
from wangge.synth.text import Text, blank, dates, digits, join, plain, put, take
from wangge.synth.world import World

DAYS = 14
SEATS, CARRIAGES, A_ROW = 85, 16, 5
TICKETS_PER_TRAIN = 1400  # over the fortnight, from this district
STATIONS = ["清平", "安阜", "临泽", "怀远", "永宁", "宁川"]


def travellers(world: World) -> Ints:
    """The people of the district who bought a ticket; no small children."""
    mix, people = settings("mix")["transport"], world.people
    able = people.age >= 6
    chance = mix["coverage"] / able.mean()
    return np.flatnonzero(able & (world.rng("travellers").random(len(people)) < chance))


def away(world: World, n_travellers: int) -> People:
    """Travellers who live elsewhere."""
    return strangers(
        world.rng("strangers"), max(5, round(n_travellers * settings("mix")["transport"]["strangers"])), world.as_of
    )


def transport(world: World, book: AddressBook) -> Sheet:
    """One row a ticket, by day and train."""
    rng, mix = world.rng("transport"), settings("mix")["transport"]
    own = travellers(world)
    others = away(world, own.size)
    traveller = np.r_[own, np.arange(len(others)) + len(world.people)]
    n_each = rng.choice(len(mix["tickets"]), traveller.size, p=mix["tickets"]) + 1
    ticket = np.repeat(traveller, n_each)
    trip = _trips(rng, ticket.size)
    order = with_duplicates(rng, np.lexsort((trip["seat"], trip["train"], trip["day"])), mix["duplicated"])
    who, trip = ticket[order], {name: values[order] for name, values in trip.items()}
    foreign = who >= len(world.people)
    who = np.where(foreign, who - len(world.people), who)
    columns = {
        "订单号": join("E", digits(rng.integers(0, 10**9, who.size), 9)),
        **_travellers(rng, world.people, others, who, foreign),
        **_columns(rng, trip, world, book),
    }
    return Sheet("transport", "transport.csv", columns, who, np.where(foreign, STRANGER, PERSON))


def _trips(rng: np.random.Generator, n: int) -> dict[str, Ints]:
    """Day, train and a seat of its own for each ticket."""
    trains = max(4, n // TICKETS_PER_TRAIN)
    day, train = rng.integers(0, DAYS, n), rng.integers(0, trains, n)
    run = day * trains + train
    order = np.argsort(run, kind="stable")
    first = np.r_[True, run[order][1:] != run[order][:-1]]
    rank = np.empty(n, np.int64)
    rank[order] = np.arange(n) - np.maximum.accumulate(np.where(first, np.arange(n), 0))
    return {"day": day, "train": train, "seat": (rank * 37 + run * 11) % (SEATS * CARRIAGES)}


def _travellers(rng: np.random.Generator, own: People, others: People, who: Ints, foreign: Bools) -> dict[str, Text]:
    """Name, number and phone of each row's traveller."""
    mix = settings("mix")["transport"]
    home, guest = (observe(rng, people, who[at], mix) for people, at in ((own, ~foreign), (others, foreign)))
    out: dict[str, Text] = {}
    for header, part in (("旅客姓名", "name"), ("证件号码", "id_number"), ("手机号", "phone")):
        blank_column: Text = pa.nulls(who.size, pa.string())
        column = put(blank_column, ~foreign, getattr(home, part))
        out[header] = put(column, foreign, getattr(guest, part))
    return out


def _columns(rng: np.random.Generator, trip: dict[str, Ints], world: World, book: AddressBook) -> dict[str, Text]:
    """Vehicle, date, carriage, seat, stations."""
    n, train = trip["day"].size, trip["train"]
    date = np.datetime64(world.as_of) - (DAYS - trip["day"]).astype("timedelta64[D]")
    unreadable = rng.random(n) < settings("mix")["transport"]["trip_unreadable"]
    on = put(dates(date, "03/05/1980"), unreadable, pa.repeat("31/02/2026", int(unreadable.sum())))
    carriage, place = np.divmod(trip["seat"], SEATS)
    home, far = book.district.rstrip("区市"), take(STATIONS, train % len(STATIONS))
    inbound = train % 2 == 0
    return {
        "车次": join(take(["G", "D", "C", "K"], train % 4), plain(1001 + train * 2)),
        "乘车日期": on,
        "车厢": digits(carriage + 1, 2),
        "座位": blank(join(digits(place // A_ROW + 1, 2), take(list("ABCDF"), place % A_ROW)), rng.random(n) < 0.01),
        "出发站": put(pa.repeat(home, n), inbound, far.filter(pa.array(inbound))),
        "到达站": put(pa.repeat(home, n), ~inbound, far.filter(pa.array(~inbound))),
    }
