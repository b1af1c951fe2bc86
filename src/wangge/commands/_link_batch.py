"""What the files of a run are to what is known: new batches, corrected editions, decisions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from wangge.commands._link_read import Rows
from wangge.identity.advance import New
from wangge.identity.bytes import Array
from wangge.identity.decided import Decided, Places, decide
from wangge.identity.editions import MORE, NEW, Edition, edition_of
from wangge.identity.known import NO_ROWS, Batch, Known
from wangge.tables.shapes import GOOD_ROW


@dataclass(frozen=True)
class Batches:
    """`known` names the new batches, `new` is what advance() is asked; what is told of each list and of decisions."""

    known: Known
    new: New
    told: dict[str, dict[str, Any]]
    decisions: dict[str, int]


def new_of(known: Known, rows: Rows, given: list[dict[str, Any]], by_hand: str, everything: bool) -> Batches:
    """Good rows by list and decisions -> Batches."""
    editions = {name: edition_of(known, name, good, by_hand) for name, good in rows.good.items()}
    batches, place = list(known.batches), [NO_ROWS]
    for name, one in editions.items():
        if one.kind == NEW:
            batches[one.place] = batches[one.place]._replace(by=rows.batch[name])
        place.append(np.full(rows.good[name].num_rows, len(batches), np.int64))
        batches.append(Batch(name, rows.batch[name], known.run + 1, rows.good[name].num_rows))
    named = replace(known, batches=tuple(batches))
    new = New(
        pa.concat_tables([GOOD_ROW.empty(), *rows.good.values()]),
        np.concatenate(place),
        np.concatenate([NO_ROWS, *(one.heir_of for one in editions.values())]),
        np.unique(np.concatenate([NO_ROWS, *(one.gone for one in editions.values())])),
        everything=everything,
    )
    decided = _decided(named, new, given)
    new = replace(new, decisions=decided.table, asked=decided.asked)
    counts = {"given": len(given), "hold": decided.table.num_rows - decided.waiting, "waiting": decided.waiting}
    return Batches(named, new, _told(known, editions), counts | {"undone": decided.undone})


def _decided(known: Known, new: New, given: list[dict[str, Any]]) -> Decided:
    if not given and not known.decisions.num_rows:
        return Decided(known.decisions, NO_ROWS, 0, 0)
    place, row = (
        np.r_[known.column(n), new.place if n == "place" else new.good["row"].to_numpy()] for n in ("place", "row")
    )
    live: Array = np.r_[known.person >= 0, np.ones(new.good.num_rows, np.bool_)]
    live[new.gone] = False
    ends = np.r_[known.decisions["a"].to_numpy(), known.decisions["b"].to_numpy()]
    heirs = np.flatnonzero(np.isin(new.heir_of, ends) & (new.heir_of >= 0))
    heir = {int(new.heir_of[i]): known.size + int(i) for i in heirs}
    return decide(known, given, Places([(b.list, b.batch) for b in known.batches], place, row, live), heir)


def _told(known: Known, editions: dict[str, Edition]) -> dict[str, dict[str, Any]]:
    """What each file was taken for."""
    told: dict[str, dict[str, Any]] = {}
    for name, one in editions.items():
        told[name] = {"edition": one.kind}
        if one.kind in (NEW, MORE):
            told[name] |= {"equal": round(one.share, 4)}
        if one.kind == NEW:
            told[name] |= {"replaces": known.batches[one.place].batch, "rows_replaced": int(one.gone.size)}
    return told
