"""Is it really gone? Looks for known values in the bytes of every file below some folders.

Many needles at once: every position of a file is compared by its first eight bytes with the sorted beginnings of all
needles, and only what begins alike is compared whole. A value is looked for as UTF-8, UTF-16 and hexadecimal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

STEM = 8  # bytes a needle must have: shorter ones would be found by chance
BLOCK = 16 << 20


@dataclass
class Found:
    """n_needles looked for, in how many files and bytes; readable: how many were found at all; files: where (names only)."""

    n_needles: int
    n_files: int = 0
    n_bytes: int = 0
    readable: int = 0
    files: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


def search(folders: Iterable[Path], needles: Sequence[str]) -> Found:
    """Look for every needle in every file. A file that cannot be read is named: it proves nothing. ValueError for a needle
    of fewer than eight bytes."""
    forms = _forms(needles)
    stems = np.unique(np.array([int.from_bytes(form[:STEM], "little") for form in forms], dtype=np.uint64))
    longest = max((len(form) for form in forms), default=STEM)
    found, seen = Found(len(set(needles))), set[str]()
    for file in _files(folders):
        found.n_files += 1
        try:
            hits = _in_file(file, forms, stems, longest, found)
        except OSError:
            found.unread.append(file.name)
            continue
        if hits:
            found.files.append(file.name)
            seen |= hits
    found.readable = len(seen)
    return found


def _forms(needles: Sequence[str]) -> dict[bytes, str]:
    forms: dict[bytes, str] = {}
    for needle in set(needles):
        plain = needle.encode()
        if len(plain) < STEM:
            raise ValueError("a needle needs eight bytes")
        for form in (plain, needle.encode("utf-16-le"), plain.hex().encode()):
            forms[form] = needle
    return forms


def _files(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        yield from sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def _in_file(
    file: Path, forms: dict[bytes, str], stems: npt.NDArray[np.uint64], longest: int, found: Found
) -> set[str]:
    hits, kept = set[str](), b""
    lengths = sorted({len(form) for form in forms})
    with file.open("rb") as source:
        while block := source.read(BLOCK):
            found.n_bytes += len(block)
            data = kept + block
            for at in _likely(data, stems):
                hits.update(forms[data[at : at + n]] for n in lengths if data[at : at + n] in forms)
            kept = data[-(longest - 1) :]
    return hits


def _likely(data: bytes, stems: npt.NDArray[np.uint64]) -> list[int]:
    """Positions whose eight bytes begin some needle."""
    places: list[int] = []
    for shift in range(STEM):
        n = (len(data) - shift) // STEM
        if n <= 0:
            break
        words = np.frombuffer(data, dtype="<u8", count=n, offset=shift)
        at = np.minimum(np.searchsorted(stems, words), len(stems) - 1)
        places.extend((np.flatnonzero(stems[at] == words) * STEM + shift).tolist())
    return places
