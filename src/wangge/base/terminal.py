"""The terminal: progress bars on standard error, tables on standard output."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.table import Table

from wangge.base.progress import Progress


@contextmanager
def show(title: str, stages: Sequence[str]) -> Iterator[Progress]:
    """A Progress that draws one bar a stage on standard error; without a terminal, one line a finished stage."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield Progress(_line_by_line())
        return
    with Bars(TextColumn("{task.description:>10}"), BarColumn(), TimeElapsedColumn(), console=console) as bars:
        console.print(title)
        tasks = {stage: bars.add_task(stage, total=1.0, start=False) for stage in stages}

        def on_stage(name: str, share: float) -> None:
            if name not in tasks:
                tasks[name] = bars.add_task(name, total=1.0, start=False)
            if share == 0.0:
                bars.start_task(tasks[name])
            bars.update(tasks[name], completed=share)

        yield Progress(on_stage)


def _line_by_line() -> Callable[[str, float], None]:
    done: set[str] = set()

    def on_stage(name: str, share: float) -> None:
        if share >= 1.0 and name not in done:
            done.add(name)
            print(f"{name} ✓", file=sys.stderr, flush=True)

    return on_stage


def summary_table(summary: Mapping[str, object]) -> str:
    """A mapping as a two-column table of text."""
    table = Table(show_header=False)
    table.add_column(justify="right")
    table.add_column()
    for key, value in summary.items():
        shown = ", ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, Mapping) else str(value)
        table.add_row(key, shown)
    console = Console(width=100, no_color=True)
    with console.capture() as capture:
        console.print(table)
    return capture.get()
