"""Lists, mapping and truth into a folder, laid out as `wangge synth` lays out its own."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from bench.held_out.people import AS_OF, People, people
from bench.held_out.rows import KINDS, Listing, listing
from bench.held_out.words import Array, mix


def make(folder: Path, n_people: int, seed: int) -> dict[str, int]:
    """Write a whole folder. -> rows by list"""
    rng = np.random.default_rng([seed, 20261123])
    everybody = people(n_people, rng)
    for part in ("lists", "truth"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    made = []
    for name in mix()["lists"]:
        one = listing(name, everybody, rng)
        _write_list(folder / "lists", one)
        made.append(Listing(name, one.table.slice(0, 0), one.who, one.kinds))
    (folder / "mapping.toml").write_text(_mapping(), "utf-8")
    _write_truth(folder / "truth", everybody, made)
    rows = {one.name: int(one.who.size) for one in made}
    about = {"held_out": True, "seed": seed, "as_of": str(AS_OF), "people": everybody.size, "rows": rows}
    (folder / "preset.json").write_text(json.dumps(about), "utf-8")
    return rows


def _write_list(folder: Path, one: Listing) -> None:
    spec = mix()["lists"][one.name]
    text = io.BytesIO()
    pa_csv.write_csv(one.table, text, pa_csv.WriteOptions(quoting_style="needed"))
    title = (spec["title"] + "," * (one.table.num_columns - 1) + "\n") if "title" in spec else ""
    whole = title.encode() + text.getvalue()
    encoding = spec["encoding"]
    if encoding == "utf-8":
        (folder / spec["file"]).write_bytes(whole)
    else:
        (folder / spec["file"]).write_bytes(whole.decode().encode(encoding))


def _mapping() -> str:
    lines = ["# How to read the lists of this folder. Made-up people.", ""]
    for name, spec in mix()["lists"].items():
        lines += [
            f"[lists.{name}]", f'file = "lists/{spec["file"]}"', f'encoding = "{spec["encoding"]}"',
            f"header_row = {2 if 'title' in spec else 1}", f'date_style = "{spec.get("date_style", "ymd")}"',
            *(["door = true"] if spec["door"] else []), 'required = ["person.name"]', "",
            f"[lists.{name}.columns]",
            *(f'"{header}" = "{element}"' for header, element in spec["columns"].items() if element), "",
        ]  # fmt: skip
    return "\n".join(lines)


def _named(letter: str, numbers: Array) -> pa.Array:
    texts = np.strings.add(letter, np.strings.zfill(np.maximum(numbers, 0).astype("U8"), 8))
    return pa.array(texts, mask=numbers < 0)


def _write_truth(folder: Path, everybody: People, made: list[Listing]) -> None:
    rows = [
        pa.table({
            "list": pa.repeat(one.name, one.who.size),
            "row": pa.array(np.arange(1, one.who.size + 1, dtype=np.int32)),
            "person_id": _named("t", one.who), "kind": pa.repeat("person", one.who.size), "errors": pa.array(one.kinds),
        })
        for one in made
    ]  # fmt: skip
    pq.write_table(pa.concat_tables(rows).replace_schema_metadata({"kinds": ",".join(KINDS)}), folder / "links.parquet")
    numbers = np.arange(everybody.size)
    pq.write_table(
        pa.table({
            "person_id": _named("t", numbers), "household_id": _named("d", everybody.household),
            "dwelling_id": _named("w", everybody.dwelling), "parent": _named("t", everybody.parent),
            "twin_of": _named("t", everybody.twin_of), "namesake_of": _named("t", everybody.namesake_of),
        }),
        folder / "people.parquet",
    )  # fmt: skip
