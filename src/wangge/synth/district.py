"""Make a district and write its folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from wangge.base.progress import Progress
from wangge.synth.addresses import AddressBook
from wangge.synth.lists.cases import cases
from wangge.synth.lists.census import census
from wangge.synth.lists.civil import civil
from wangge.synth.lists.health import health
from wangge.synth.lists.police import police
from wangge.synth.lists.sheet import STRANGER, Sheet
from wangge.synth.lists.transport import transport, travellers
from wangge.synth.lists.visitors import visitors
from wangge.synth.movements import movements, visit_table
from wangge.synth.outbreak import Outbreak, case_table, infections, spread
from wangge.synth.presets import preset as find_preset
from wangge.synth.text import Text, digits, join
from wangge.synth.world import World, truth_people, world
from wangge.synth.write import mapping_text, write_list, write_table


def make(preset: str, seed: int, out: Path, progress: Progress | None = None) -> dict[str, Any]:
    """Make the district `preset` from `seed` and write its lists, visits, frame and truth below `out`.

    -> what preset.json holds: preset, seed, as_of, people, households, dwellings, rows by list, visits, cases.
    Raises E9101 for an unknown preset. Same preset, seed and version: same bytes.
    """
    chosen, show = find_preset(preset), progress or Progress()
    out.mkdir(parents=True, exist_ok=True)
    (out / "preset.json").unlink(missing_ok=True)  # written last: a folder without it is not whole
    with show.stage("people"):
        made = world(chosen, seed)
        book = AddressBook(made)
        _write_frame(made, book, out)
    with show.stage("movements"):
        visits = movements(made)
    with show.stage("outbreak"):
        outbreak = spread(made, visits, travellers(made))
        write_table(infections(made, outbreak), out / "truth" / "infections.parquet")
        write_table(visit_table(made, outbreak.visits), out / "visits.parquet")
        write_table(case_table(made, outbreak), out / "cases.parquet")
    with show.stage("lists") as done:
        rows = _write_lists(made, book, outbreak, out, done)
    summary = {
        "preset": preset,
        "seed": seed,
        "as_of": chosen.as_of.isoformat(),
        "people": len(made.people),
        "households": made.people.n_households,
        "dwellings": len(made.homes),
        "grids": len(made.ground.grids),
        "rows": rows,
        "visits": len(outbreak.visits),
        "cases": len(outbreak.cases),
    }
    (out / "preset.json").write_text(json.dumps(summary, ensure_ascii=False, indent=2) + "\n", "utf-8")
    return summary


def _write_frame(made: World, book: AddressBook, out: Path) -> None:
    """Areas, dwellings, workers and the true people."""
    write_table(made.ground.areas, out / "areas.parquet")
    write_table(made.dwellings(), out / "dwellings.parquet")
    write_table(made.workers(), out / "workers.parquet")
    address = book.full(made.home[made.people.household])
    write_table(truth_people(made, address), out / "truth" / "people.parquet")


def _write_lists(made: World, book: AddressBook, outbreak: Outbreak, out: Path, done: Any) -> dict[str, int]:
    """The lists, their mapping and the truth behind their rows. -> rows by list"""
    folder = out / "lists"
    folder.mkdir(parents=True, exist_ok=True)
    makers: tuple[Callable[[World, AddressBook], Sheet], ...] = (
        police,
        health,
        civil,
        transport,
        census,
        lambda w, _: visitors(w),
        lambda w, _: cases(w, outbreak),
    )
    written: list[Sheet] = []
    links: list[pa.Table] = []
    for nth, maker in enumerate(makers, 1):
        sheet = maker(made, book)
        write_list(sheet, folder)
        links.append(sheet.links(_true_ids(made, sheet)))
        written.append(_emptied(sheet))
        done(nth / len(makers))
    (out / "mapping.toml").write_text(mapping_text(written), "utf-8")
    write_table(pa.concat_tables(links), out / "truth" / "links.parquet")
    return {sheet.name: sheet.n_rows for sheet in written}


def _emptied(sheet: Sheet) -> Sheet:
    """The sheet without its values, so that one list at a time is in memory."""
    slim = {header: values.slice(0, 0) for header, values in sheet.columns.items()}
    return Sheet(**{**vars(sheet), "columns": slim})


def _true_ids(made: World, sheet: Sheet) -> Text:
    """True ids of the rows: p… for people of the district, s… for strangers."""
    foreign = sheet.kind == STRANGER
    own = made.person_id(np.where(foreign, 0, sheet.who))
    return pa.compute.if_else(pa.array(foreign), join("s", digits(np.maximum(sheet.who, 0), 7)), own)
