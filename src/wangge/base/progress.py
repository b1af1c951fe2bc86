"""Progress of long work: stages report, somebody shows. The default shows nothing."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Progress:
    """Collects seconds and peak memory by stage; `on_stage(name, share)` is told of each start (0.0) and end (1.0)."""

    on_stage: Callable[[str, float], None] = lambda name, share: None
    seconds: dict[str, float] = field(default_factory=dict)
    peak_mb: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[Callable[[float], None]]:
        """Time one stage; the yielded function reports a share done between 0 and 1."""
        started = time.perf_counter()
        self.on_stage(name, 0.0)
        yield lambda share: self.on_stage(name, share)
        self.seconds[name] = round(self.seconds.get(name, 0.0) + time.perf_counter() - started, 3)
        self.peak_mb[name] = peak_rss_mb()
        self.on_stage(name, 1.0)


def peak_rss_mb() -> float:
    """Peak resident memory of this process in MB (ru_maxrss is KiB on Linux, bytes on macOS)."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1 << 20 if sys.platform == "darwin" else 1 << 10), 1)
