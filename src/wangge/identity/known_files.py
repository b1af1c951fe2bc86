"""The folder `known/`: what a run leaves for the next one. Personal data: every row of every list is in it.

Files are written once, under a name of their own, and never changed; `state.json` names those that belong together and
is put in place last, in one step. A run that is killed leaves the old state whole; files nobody names are swept up by
the next run. Tables are Arrow files without compression, so that a run maps them and reads only what it asks for.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from wangge.base.errors import WanggeError, Where
from wangge.identity.bytes import Array
from wangge.identity.cluster import all_comparisons
from wangge.identity.known import Batch, Ids, Known, one_segment

FORM, STATE, FOLDER = 1, "state.json", "known"
MOST_SEGMENTS = 16
SMALL = {"component": np.int32, "person": np.int32, "born": np.int32, "how": np.int8, "is_open": np.bool_}
TABLES = ("people", "households", "review", "decisions")
Files = dict[str, Any]


def method() -> str:
    """Tells whether keys and components of a state were made by the comparisons of today."""
    told = [(m.__name__, m.PLACE, m.EVIDENCE, m.PARTS, m.NEAR, m.CAP) for m in all_comparisons()]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def mark_of(key: str) -> str:
    """Tells another key of the ids from this one, and nothing else."""
    return hashlib.pbkdf2_hmac("sha256", key.encode(), b"wangge known", 20_000).hex()[:32]


def load(folder: Path, key: str) -> tuple[Known, dict[str, Any]]:
    """The state in DIR/known -> (Known, state.json).

    Raises E3020 (no state), E3021 (of another version), E3022 (damaged), E3023 (made with another key).
    """
    home = folder / FOLDER
    if not (home / STATE).is_file():
        raise WanggeError("E3020", Where(file=folder.name), name=folder.name)
    try:
        state = json.loads((home / STATE).read_text("utf-8"))
        if not isinstance(state, dict) or state.get("form") != FORM:
            raise WanggeError("E3021", Where(file=folder.name), name=folder.name)
        if state["mark"] != mark_of(key):
            raise WanggeError("E3023", Where(file=folder.name), name=folder.name)
        for name, size in state["sizes"].items():
            if (home / name).stat().st_size != size:
                raise ValueError(name)
        return _known(home, state), state
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException) as why:
        raise WanggeError("E3022", Where(file=folder.name), name=folder.name) from why


def _known(home: Path, state: dict[str, Any]) -> Known:
    files = state["files"]
    arrays = {name: np.memmap(home / files[name], kind, "r") if state["sizes"][files[name]] else np.zeros(0, kind)
              for name, kind in {**SMALL, "door": np.int64, "twin": np.bool_}.items()}  # fmt: skip
    return Known(
        run=state["run"],
        is_weighed=state["is_weighed"],
        batches=tuple(Batch(**one) for one in state["batches"]),
        segments=tuple(_mapped(home / name) for name in files["segments"]),
        component=arrays["component"].astype(np.int64),
        person=arrays["person"].astype(np.int64),
        born=arrays["born"].astype(np.int64),
        how=np.array(arrays["how"]),
        is_open=np.array(arrays["is_open"]),
        door=arrays["door"],
        twin=arrays["twin"],
        index={name: tuple(_numbers(home / f) for f in some) for name, some in files["index"].items()},
        evidence=tuple(state["evidence"]),
        person_ids=_ids(_mapped(home / files["person_ids"])),
        home_ids=_ids(_mapped(home / files["home_ids"])),
        **{name: _mapped(home / files[name]) for name in TABLES},
    )


def _numbers(file: Path) -> Array:
    return np.memmap(file, np.int64, "r") if file.stat().st_size else np.zeros(0, np.int64)


def _mapped(file: Path) -> pa.Table:
    return pa.ipc.open_file(pa.memory_map(str(file))).read_all()


def _ids(table: pa.Table) -> Ids:
    ids = table["id"].combine_chunks()
    ids = ids if isinstance(ids, pa.Array) else pa.concat_arrays(ids.chunks)
    return Ids(ids, table["since"].to_numpy(), table["now"].to_numpy())


class Writer:
    """Writes the files of one state into DIR/known; those that another state in `source` holds already are linked."""

    def __init__(self, folder: Path, source: Path | None, before: dict[str, Any] | None, run: int) -> None:
        self.home, self.source, self.run = folder / FOLDER, source and source / FOLDER, run
        self.before = before["files"] if before else {"segments": [], "index": {}}
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.home.chmod(0o700)
        self.sizes: dict[str, int] = {}
        # A run of the same number may have died here, or another state live here: no name is used twice.
        names = [*self.before["segments"], *(p.name for p in self.home.iterdir())]
        numbers = (name.partition("-")[0] for name in names)
        self.number = max([run, *(int(n) + 1 for n in numbers if n.isdigit())])

    def _new(self, name: str, write: Callable[[Any], object]) -> str:
        file = self.home / f"{self.number:06}-{name}"
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            write(out)
        self.sizes[file.name] = file.stat().st_size
        return file.name

    def numbers(self, name: str, values: Array) -> str:
        """An array as its bytes."""
        return self._new(name, lambda out: np.ascontiguousarray(values).tofile(out))

    def table(self, name: str, table: pa.Table) -> str:
        """A table as one Arrow file."""

        def write(out: Any) -> None:
            with pa.ipc.new_file(out, table.schema) as file:
                file.write_table(table.combine_chunks())

        return self._new(name, write)

    def kept(self, name: str) -> str:
        """A file of the state before, as it is: the same file where the folder is the same, else a link or a copy."""
        source = self.source or self.home
        new, old = self.home / name, source / name
        if source.resolve() != self.home.resolve():
            if new.exists():
                new = self.home / f"{self.number:06}-{name}"
            _link(old, new)
        self.sizes[new.name] = old.stat().st_size
        return new.name


def _link(old: Path, new: Path) -> None:
    try:
        os.link(old, new)
    except OSError:  # another disk, or one without links
        shutil.copyfile(old, new)
        new.chmod(0o600)


def save(
    known: Known, folder: Path, source: Path | None, before: dict[str, Any] | None, key: str
) -> Callable[[], None]:
    """Write all but state.json. -> what puts the new state in the place of the old one, in one step

    `source` and `before` are the folder and state.json that `known` came from.
    """
    out = Writer(folder, source, before, known.run)
    small = {name: known.__dict__[name].astype(kind) for name, kind in SMALL.items()}
    files: Files = {name: out.numbers(name, values) for name, values in small.items()}
    files |= {"door": out.numbers("door", known.door), "twin": out.numbers("twin", known.twin)}
    files |= {name: out.table(name, getattr(known, name)) for name in TABLES}
    for name in ("person_ids", "home_ids"):
        ids: Ids = getattr(known, name)
        files[name] = out.table(name, pa.table({"id": ids.ids, "since": ids.since, "now": ids.now}))
    files["segments"] = _segments(out, known)
    files["index"] = {name: _index(out, name, parts) for name, parts in sorted(known.index.items())}
    state = {
        "form": FORM, "method": method(), "mark": mark_of(key), "run": known.run, "evidence": known.evidence,
        "is_weighed": known.is_weighed,
        "batches": [b._asdict() for b in known.batches], "files": files, "sizes": out.sizes,
    }  # fmt: skip
    return lambda: _commit(out.home, state)


def _commit(home: Path, state: dict[str, Any]) -> None:
    """state.json in one step, then away with the files that nobody names."""
    aside = home / f".{STATE}"
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        json.dump(state, out, ensure_ascii=False)
        out.flush()
        os.fsync(out.fileno())
    aside.replace(home / STATE)
    for file in home.iterdir():
        if file.name not in state["sizes"] and file.name != STATE:
            file.unlink(missing_ok=True)


def _segments(out: Writer, known: Known) -> list[str]:
    """Rows are appended; when the pieces are many they become one."""
    old: Sequence[str] = out.before["segments"]
    new = known.segments[len(old) :]
    if len(known.segments) > MOST_SEGMENTS:
        return [out.table("rows", one_segment(known.segments))]
    return [*(out.kept(name) for name in old), *(out.table(f"rows{i}", one) for i, one in enumerate(new))]


def _index(out: Writer, name: str, parts: tuple[Array, ...]) -> list[str]:
    """The first piece is large and stays; the others are one small piece, until they are worth joining with it."""
    old: Sequence[str] = out.before["index"].get(name, ())
    file = "index_" + name.replace("+", "_").replace(" ", "_")
    rest = np.sort(np.concatenate([np.zeros(0, np.int64), *parts[1:]]))
    if old and rest.size * 2 < parts[0].size:
        return [out.kept(old[0]), out.numbers(f"{file}_2", rest)]
    return [out.numbers(file, np.sort(np.concatenate([np.zeros(0, np.int64), *parts])))]
