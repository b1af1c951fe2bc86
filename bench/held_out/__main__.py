"""Link lists of the second generator and compare with their truth. `just bench held_out [--people N] [--seed S]`

The generator (words.toml, mix.toml and the files beside them) was frozen before any score was looked at, and nobody
tunes linking to it row by row: it prints figures only. Prints tables and, last, one JSON object.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from rich.console import Console
from rich.table import Table

OUT = Path("out/bench")


def folder_of(people: int, seed: int, out: Path = OUT) -> Path:
    """The folder of that many people, made once."""
    folder = out / f"held-out-{people}-{seed}"
    if not (folder / "preset.json").exists():
        from bench.held_out.write import make

        make(folder, people, seed)
    return folder


def main() -> int:
    """Make if need be, link, compare, print. -> 0"""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=50_000, help="5 000 to 734 000 (default 50 000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--make-only", action="store_true", help="write the lists, do not link")
    args = parser.parse_args()
    folder = folder_of(args.people, args.seed)
    if args.make_only:
        print(json.dumps({"folder": str(folder)}))
        return 0
    from bench.held_out.figures import figures

    found = figures(folder)
    show(found, Console(width=110))
    print(json.dumps(found, ensure_ascii=False))
    return 0


def show(found: dict[str, object], console: Console) -> None:
    """Plain figures, then one table a breakdown."""
    for name, value in found.items():
        table = Table(title=name) if isinstance(value, dict) else None
        if table is None:
            console.print(f"{name:24} {value}")
            continue
        for column in ("kind", "pairs", "recall" if name == "recall_by_kind" else ""):
            table.add_column(column, justify="left" if column == "kind" else "right")
        for kind, line in dict(value).items():  # type: ignore[call-overload]
            n, recall = line if isinstance(line, list) else (line, "")
            table.add_row(str(kind), f"{n:,}", str(recall))
        console.print(table)


if __name__ == "__main__":
    raise SystemExit(main())
