"""Addresses into parts: learn from a file of labelled addresses and count on another. `just bench parts TRAIN ASKED`

Both files have a character or number, a blank and its label a line, an empty line between addresses. What is learned is
thrown away: no weights are shipped. A part counts where label, beginning and end are right (as conlleval counts).
Prints one JSON object, last: learned, asked, precision, recall, f1, cpu_seconds.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from wangge.geography import tagger


def main() -> int:
    """Learn, ask, count. -> 0"""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("train", type=Path)
    parser.add_argument("asked", type=Path)
    args = parser.parse_args()
    examples, asked = tagger.read_labelled(args.train), tagger.read_labelled(args.asked)
    started = time.process_time()
    model = tagger.train(examples)
    answers = tagger.tag(model, [text for text, _ in asked])
    found = {"learned": len(examples), "asked": len(asked)} | tagger.f1([labels for _, labels in asked], answers)
    print(json.dumps(found | {"cpu_seconds": round(time.process_time() - started, 1)}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
