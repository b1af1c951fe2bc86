"""links.csv and earlier.csv: millions of lines out of arrays, without a table of texts in between."""

# mypy: disable-error-code="untyped-decorator"
from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numba import njit

from wangge.identity.bytes import Array
from wangge.identity.known import NO_ROWS, Known

AT_ONCE = 1 << 19  # lines
LINKS, EARLIER = ("list", "row", "person_id", "household_id", "evidence"), ("batch", "list", "row")


def write_links(known: Known, links: Path, earlier: Path) -> tuple[int, int]:
    """One line for each row of each list, its newest file's; the others go to `earlier`. -> lines of both"""
    newest, older = _newest(known)
    _write(known, newest, links, LINKS, [_quoted(b.list) for b in known.batches])
    both = [f"{_quoted(b.batch)},{_quoted(b.list)}" for b in known.batches]
    _write(known, older, earlier, (*EARLIER, *LINKS[2:]), both)
    return newest.size, older.size


def _newest(known: Known) -> tuple[Array, Array]:
    """-> (places of the rows of links.csv, of earlier.csv), by list, row; then older files after newer ones."""
    place, row, live = known.column("place"), known.column("row"), known.person >= 0
    newest, older = [NO_ROWS], [NO_ROWS]
    for name in sorted({b.list for b in known.batches}):
        batches = [i for i, b in enumerate(known.batches) if b.list == name and not b.by]
        at = [np.flatnonzero((place == i) & live) for i in batches]
        first = np.full(max((int(row[a].max(initial=0)) for a in at), default=0) + 1, -1, np.int64)
        for some in at:
            before = first[row[some]]
            older.append(before[before >= 0])
            first[row[some]] = some
        newest.append(first[first >= 0])
    rest = np.concatenate(older)
    return np.concatenate(newest), rest[np.lexsort((row[rest], place[rest]))] if rest.size else rest


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _write(known: Known, at: Array, file: Path, header: tuple[str, ...], prefixes: list[str]) -> None:
    """Lines: the prefix of the row's file, row, person, household, evidence."""
    place, row = known.column("place")[at], known.column("row")[at]
    person = known.person[at]
    home = np.zeros(len(known.person_ids.ids) + 1, np.int64)
    home[known.people["at"].to_numpy()] = known.people["home"].to_numpy()
    words = _padded([f"{p}," for p in prefixes]), _padded([f",{_quoted(e)}\n" for e in known.evidence])
    ids = _letters(known.person_ids.ids), _letters(known.home_ids.ids)
    with file.open("wb") as out:
        out.write((",".join(map(_quoted, header)) + "\n").encode())
        for i in range(0, at.size, AT_ONCE):
            some = slice(i, i + AT_ONCE)
            text = np.empty(
                min(AT_ONCE, at.size)
                * (words[0][0].shape[1] + words[1][0].shape[1] + 17 + sum(x.shape[1] for x in ids)),
                np.uint8,
            )
            n = _lines(
                text,
                place[some],
                row[some],
                person[some],
                home[person[some]],
                known.how[at[some]],
                *words[0],
                *ids,
                *words[1],
            )
            out.write(text[:n].data)


def _padded(texts: list[str]) -> tuple[Array, Array]:
    """Texts as a table of bytes, and their lengths."""
    coded = [text.encode() for text in texts]
    size = np.array([len(c) for c in coded], np.int64)
    table = np.zeros((max(len(coded), 1), int(size.max(initial=1))), np.uint8)
    for i, one in enumerate(coded):
        table[i, : len(one)] = np.frombuffer(one, np.uint8)
    return table, size


def _letters(ids: pa.Array) -> Array:
    """Ids, all of one length, as a table of bytes."""
    if not len(ids):
        return np.zeros((1, 1), np.uint8)
    width = len(ids[0].as_py())
    data: Any = pa.array(ids, pa.string()).cast(pa.binary()).cast(pa.binary(width)).buffers()[1]
    letters: Array = np.frombuffer(data, np.uint8)[: len(ids) * width].reshape(len(ids), width)
    return letters


@njit(cache=True)
def _lines(
    out: Array, place: Array, row: Array, person: Array, home: Array, how: Array, prefix: Array, prefix_size: Array,
    person_ids: Array, home_ids: Array, word: Array, word_size: Array,
) -> int:  # fmt: skip
    """Fill `out` with the lines. -> bytes"""
    n = 0
    digits = np.empty(20, np.uint8)
    for i in range(place.size):
        for k in range(prefix_size[place[i]]):
            out[n] = prefix[place[i], k]
            n += 1
        number, size = row[i], 0
        while size == 0 or number > 0:
            digits[size] = 48 + number % 10
            number //= 10
            size += 1
        for k in range(size - 1, -1, -1):
            out[n] = digits[k]
            n += 1
        n = _quoted_id(out, n, person_ids, person[i])
        n = _quoted_id(out, n, home_ids, home[i])
        for k in range(word_size[how[i]]):
            out[n] = word[how[i], k]
            n += 1
    return n


@njit(cache=True)
def _quoted_id(out: Array, n: int, ids: Array, at: int) -> int:
    ""","…" """
    out[n], out[n + 1] = 44, 34
    n += 2
    for k in range(ids.shape[1]):
        out[n] = ids[at, k]
        n += 1
    out[n] = 34
    return n + 1
