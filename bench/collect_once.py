"""Collect once, on real forms: what is asked, what of it differs, what is left once the register answers.

`just bench collect-once [FORMS.json] [--labels LABELS.csv]`. Without a file the twelve real forms of the shared data are
taken; where those are absent it says so and ends with 1. The labels (form_id, n, element; "" for none, "system" for what is
asked of nobody) are facts a person wrote down; pair_f1 is over pairs of labelled fields of different forms that are asked:
do both ask the same thing? recall_at_3 is the share of labelled fields whose element is among the first three candidates.
ms_per_header is processor time of reading, matching and grouping, once the dictionary is read. The register is one in which every
element that it may keep was confirmed yesterday. Prints a table and, last on standard output, one JSON object.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
import time
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from rich.console import Console
from rich.table import Table

from wangge.dictionary import elements
from wangge.forms import Field, Form, Harmonised, ask, from_record, harmonise

ROOT = Path(__file__).resolve().parents[1]
LABELS = ROOT / "tests" / "data" / "form_labels.csv"
WARM = Form("warm", "登记", (Field(1, "姓名"), Field(2, "今日所见", options=("甲", "乙"))))
TODAY = date(2026, 11, 23)
Place = tuple[str, int]


def main() -> int:
    """Measure and print. -> 0, or 1 where there are no forms"""
    args = arguments([word for word in sys.argv[1:] if word != "--"])
    console = Console(width=120)
    if not args.forms.is_file():
        console.print(f"{args.forms.name} is not there: name a file of forms, or set WANGGE_SHARED to the shared data")
        return 1
    forms = from_record(json.loads(args.forms.read_text("utf-8-sig")), args.forms.name)
    harmonise(
        [WARM]
    )  # the dictionary is read once a process; headers that were seen before are remembered, so not twice
    started = time.process_time()
    done = harmonise(forms)
    spent = time.process_time() - started
    labels = read_labels(args.labels)
    result = figures(done, labels) | {"ms_per_header": round(1000 * spent / len(done.fields), 2)}
    console.print(bill_table(done))
    console.print(figures_table(result, len(labels)))
    print(json.dumps(result, ensure_ascii=False))
    return 0


def arguments(words: list[str]) -> argparse.Namespace:
    """Words of the command line."""
    shared = Path(os.environ.get("WANGGE_SHARED", ROOT.parent / "shared" / "data"))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("forms", nargs="?", type=Path, default=shared / "cn_forms" / "forms.json")
    parser.add_argument("--labels", type=Path, default=LABELS, help="form_id, n, element: what each field really asks")
    return parser.parse_args(words)


def read_labels(file: Path) -> dict[Place, str]:
    """{(form_id, n): element} as a person wrote it down; empty where there is no such file."""
    if not file.is_file():
        return {}
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return {(row["form_id"], int(row["n"])): row["element"] for row in csv.DictReader(lines)}


def figures(done: Harmonised, labels: dict[Place, str]) -> dict[str, Any]:
    """All figures but the time; those that need labels are null without."""
    bill = done.bill
    result = {"forms": len(done.forms), "fields": len(done.fields), "asks": bill["asks"], "distinct": bill["distinct"]}
    result |= {"saved_by_union": share(bill["asks"], bill["distinct"]), "asked_after_register": after_register(done)}
    result["saved_with_register"] = share(bill["asks"], result["asked_after_register"])
    return result | pairs(done, labels) | recall(done, labels)


def share(whole: int, left: int) -> float | None:
    """What part of `whole` is spared."""
    return round(1 - left / whole, 3) if whole else None


def after_register(done: Harmonised) -> int:
    """Questions of the union form that are asked although the register knows all it may keep."""
    kept = [e.name for e in elements().values() if e.retention == "register" and not e.banned]
    yesterday = TODAY - timedelta(days=1)
    known = pa.table({"subject_id": pa.repeat(pa.scalar("somebody"), len(kept)), "element": kept,
                      "collected_on": pa.repeat(pa.scalar(yesterday), len(kept))})  # fmt: skip
    table = ask(done.asked, known, pa.array(["somebody"]), "visit", TODAY)
    return int(pc.sum(pc.equal(table["state"], "ask")).as_py() or 0)


def pairs(done: Harmonised, labels: dict[Place, str]) -> dict[str, Any]:
    """Precision, recall and F1 of "asks the same thing" over pairs of labelled fields of different forms."""
    truth = {place: element for place, element in labels.items() if element and element != "system"}
    if not truth:
        return {"pair_precision": None, "pair_recall": None, "pair_f1": None}
    ours = {row.place: one.name for one in done.asked for row in one.question.askers}
    both = right = said = 0
    for a, b in combinations(sorted(truth), 2):
        if a[0] == b[0]:
            continue
        is_same, is_said = truth[a] == truth[b], a in ours and ours.get(a) == ours.get(b)
        both, right, said = both + (is_same and is_said), right + is_same, said + is_said
    precision, found = both / said if said else 0.0, both / right if right else 0.0
    f1 = 2 * precision * found / (precision + found) if both else 0.0
    return {"pair_precision": round(precision, 3), "pair_recall": round(found, 3), "pair_f1": round(f1, 3)}


def recall(done: Harmonised, labels: dict[Place, str]) -> dict[str, Any]:
    """Share of fields with a true element for which it is the taken one or among the first three candidates."""
    rows = {row.place: row for row in done.fields}
    wanted = {place: name for place, name in labels.items() if name in elements() and place in rows}
    if not wanted:
        return {"recall_at_3": None}
    hits = sum(
        name == rows[place].element or name in [one.element for one in rows[place].candidates[:3]]
        for place, name in wanted.items()
    )
    return {"recall_at_3": round(hits / len(wanted), 3)}


def bill_table(done: Harmonised) -> Table:
    """Each department's bill."""
    table = Table(
        "department", "asks", "distinct", "also asked by others", "minutes", title="Bill of repeated questions"
    )
    for name, row in done.bill["by_department"].items():
        table.add_row(name, *(str(row[key]) for key in ("asks", "distinct", "shared", "minutes")))
    return table


def figures_table(result: dict[str, Any], labels: int) -> Table:
    """The figures."""
    table = Table(
        "figure", "value", title="Collect once" + ("" if labels else " (no labels: nothing to judge matches by)")
    )
    for name, value in result.items():
        table.add_row(name, "-" if value is None else str(value))
    return table


if __name__ == "__main__":
    sys.exit(main())
