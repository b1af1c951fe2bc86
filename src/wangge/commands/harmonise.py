"""Make one form of many: who asks the same, what may not be asked, one union form, and the bill.

FORM is an XLSForm, a workbook or CSV file whose header is the questions (every visible sheet is a form), or a JSON file
of one form or a list of them: {form_id, title, fields: [{n, label, key, options}]}, and where known use, department,
purpose, version. Rows of people that stand below a header are not read.

example: wangge harmonise forms.json 台账.xlsx --out DIR
example: wangge harmonise *.xlsx --about about.toml --purpose visit --out DIR --json

Writes fields.csv (every field with its element), verdicts.csv (accept, accept_with_fields_dropped, refuse, with reasons),
questions.csv (every different question, for whom and for what), overlap.csv (what two forms both ask), union.xlsx (an
XLSForm), bill.json and report.html (to read and print). --about names departments and purposes of forms that do not say:
[forms.FORM_ID] department = "…", purpose = "…". A question that no purpose may ask now is left out of the union form;
with --strict also one that the dictionary does not know.

exit codes: 0 done; 1 every form was refused; 3 bad input, with a numbered error.
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from wangge import forms, intake
from wangge.base.csv_file import write_csv
from wangge.base.errors import WanggeError, Where
from wangge.forms.bill import overlaps
from wangge.forms.report import report

HELP = "make one form of many, with the bill of what was asked twice"
TEXT = pa.string()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `wangge harmonise`."""
    parser.add_argument("forms", type=Path, nargs="+", metavar="FORM", help="a form, or a JSON list of forms")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write to")
    parser.add_argument("--about", type=Path, metavar="FILE", help="departments and purposes of forms (TOML)")
    parser.add_argument("--purpose", default="visit", help="purpose of forms that state none (default visit)")
    parser.add_argument("--phase", default="active", help="phase of the emergency (default active)")
    parser.add_argument("--strict", action="store_true", help="leave out questions the dictionary does not know")
    parser.add_argument("--json", action="store_true", help="print the bill as one JSON object last")


def run(args: argparse.Namespace) -> int:
    """Read, harmonise, write. -> 0, or 1 where every form was refused"""
    read = [form for path in args.forms for form in read_forms(path)]
    done = forms.harmonise(with_about(read, args.about), args.purpose, args.phase)
    if args.strict:
        done = strict(done)
    write(args.out, done)
    _tell(done, args.json)
    return int(all(one.verdict == "refuse" for one in done.verdicts))


def read_forms(path: Path) -> list[forms.Form]:
    """All forms of a file. Raises E9003 (no such file), E3814 (JSON that is no form), and what each reader raises."""
    if not path.is_file():
        raise WanggeError("E9003", Where(file=path.name), name=path.name)
    if path.suffix.lower() == ".json":
        try:
            return forms.from_record(json.loads(path.read_text("utf-8-sig")), path.name)
        except (json.JSONDecodeError, UnicodeDecodeError) as why:
            raise WanggeError("E3814", Where(file=path.name), reason="JSON") from why
    return forms_of(intake.papers(path), path.name)


def forms_of(papers: Sequence[intake.Paper], file: str) -> list[forms.Form]:
    """The forms that a workbook's sheets are: one XLSForm, or one form a sheet that has a header."""
    sheets = {paper.sheet: paper.lines for paper in papers}
    if forms.is_xlsform(sheets):
        return [forms.from_xlsform(sheets, file)]
    found = [
        forms.from_sheet(forms.HeaderSheet(p.sheet, p.lines, p.first, p.at, p.names, p.leaves, p.merged), file)
        for p in papers
    ]
    return found if len(found) == 1 else [replace(form, form_id=f"{form.form_id}:{form.sheet}") for form in found]


def with_about(read: Sequence[forms.Form], about: Path | None) -> list[forms.Form]:
    """Forms with what --about says of them. Raises E3823 where it cannot be understood."""
    if about is None:
        return list(read)
    try:
        said = tomllib.loads(about.read_text("utf-8-sig")).get("forms", {})
        known = {form.form_id for form in read}
        for name, row in said.items():
            if name not in known or not isinstance(row, dict) or not set(row) <= {"department", "purpose"}:
                raise WanggeError("E3823", Where(file=about.name), name=about.name, reason=name)
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as why:
        raise WanggeError("E3823", Where(file=about.name), name=about.name, reason=type(why).__name__) from why
    return [
        replace(
            form, department=str(row.get("department", form.department)), purpose=str(row.get("purpose", form.purpose))
        )
        for form in read
        for row in [said.get(form.form_id, {})]
    ]


def strict(done: forms.Harmonised) -> forms.Harmonised:
    """What the dictionary does not know is withheld."""
    why = "the dictionary has no such element, so nobody has decided"
    asked = [replace(one, state="withheld", why=why) if one.state == "undecided" else one for one in done.asked]
    withheld = sum(1 for one in asked if one.state == "withheld")
    return replace(done, asked=tuple(asked), bill=done.bill | {"undecided": 0, "withheld": withheld})


def write(folder: Path, done: forms.Harmonised) -> None:
    """The files; bill.json last. Raises E3005 where the folder cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, rows, columns in (
            ("fields.csv", field_rows(done), FIELDS), ("verdicts.csv", verdict_rows(done), VERDICTS),
            ("questions.csv", question_rows(done), QUESTIONS), ("overlap.csv", overlaps(done.asked), OVERLAP),
        ):  # fmt: skip
            table = pa.table({c: pa.array([row[c] for row in rows], kind) for c, kind in columns.items()})
            write_csv(table, folder / name, quoting_style="needed")
        (folder / "union.xlsx").write_bytes(done.book())
        (folder / "report.html").write_text(report(done), "utf-8")
        (folder / "bill.json").write_text(json.dumps(done.bill, ensure_ascii=False, indent=1) + "\n", "utf-8")
    except OSError as why:
        reason = why.strerror or type(why).__name__
        raise WanggeError("E3005", Where(file=folder.name), name=folder.name, reason=reason) from why


FIELDS = {"form_id": TEXT, "n": pa.int32(), "label": TEXT, "element": TEXT, "confidence": pa.float64(),
          "decision": TEXT, "candidates": TEXT}  # fmt: skip
VERDICTS = {"form_id": TEXT, "verdict": TEXT, "dropped": TEXT, "reason": TEXT}
QUESTIONS = {"name": TEXT, "element": TEXT, "label": TEXT, "part": TEXT, "type": TEXT, "asks": pa.int32(),
             "forms": TEXT, "purposes": TEXT, "required": pa.bool_(), "state": TEXT, "why": TEXT}  # fmt: skip
OVERLAP = {"form_a": TEXT, "form_b": TEXT, "distinct_a": pa.int32(), "distinct_b": pa.int32(), "shared": pa.int32(),
           "share_of_smaller": pa.float64(), "questions": TEXT}  # fmt: skip


def field_rows(done: forms.Harmonised) -> list[dict[str, Any]]:
    """Rows of fields.csv; candidates best first, parted by |."""
    return [
        {"form_id": row.form.form_id, "n": row.field.n, "label": row.field.label, "element": row.element,
         "confidence": round(row.confidence, 3), "decision": row.decision,
         "candidates": "|".join(one.element for one in row.candidates)}
        for row in done.fields
    ]  # fmt: skip


def verdict_rows(done: forms.Harmonised) -> list[dict[str, Any]]:
    """Rows of verdicts.csv; labels of dropped fields parted by |, the reason in Simplified Chinese and English."""
    labels = {row.place: row.field.label for row in done.fields}
    return [
        {"form_id": one.form_id, "verdict": one.verdict, "reason": f"{one.reason['zh-hans']} {one.reason['en']}",
         "dropped": "|".join(labels[one.form_id, n] for n in one.dropped)}
        for one in done.verdicts
    ]  # fmt: skip


def question_rows(done: forms.Harmonised) -> list[dict[str, Any]]:
    """Rows of questions.csv, in the order of the union form."""
    return [
        {"name": one.name, "element": one.question.element, "label": one.question.label, "part": one.part,
         "type": one.kind, "asks": one.question.asks, "forms": "|".join(one.question.forms),
         "purposes": "|".join(one.purposes), "required": one.required, "state": one.state, "why": one.why}
        for one in done.asked
    ]  # fmt: skip


def _tell(done: forms.Harmonised, as_json: bool) -> None:
    out = sys.stderr if as_json else sys.stdout
    for one in done.verdicts:
        print(f"{one.form_id}: {one.verdict}  {one.reason['zh-hans']}", file=out)
    sums = done.bill
    print(f"asks={sums['asks']} distinct={sums['distinct']} repeated={sums['repeated']} "
          f"minutes_saved={sums['minutes_saved']}", file=out)  # fmt: skip
    if as_json:
        print(json.dumps(done.bill, ensure_ascii=False))
