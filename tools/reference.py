"""Write the reference pages from the code: `just docs`. With --check nothing is written; 1 when a page is out of date.

Every page under docs/reference/ comes from here, except performance.md (measured and written by hand). A page says
nothing that the code does not say: commands from the parsers, tables from `wangge.tables`, words from the data files.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import wangge.__main__ as command_line
from wangge import exposure, field, policy, publish
from wangge.base import errors
from wangge.base.shelf import members
from wangge.dictionary import Element, code_list, elements, subjects
from wangge.identity import comparisons
from wangge.insight.profile import package as profile_shelf
from wangge.insight.profile import profiles
from wangge.policy import RELATIONS
from wangge.publish import checks as release_checks
from wangge.quality import checks as row_checks
from wangge.quality.check import all_checks
from wangge.risk import rules as rule_shelf
from wangge.risk.shelf import rules
from wangge.tables import TABLES

ROOT = Path(__file__).resolve().parents[1]
BY_HAND = {"performance.md"}
STAGES = {
    "E1": "Intake",
    "E2": "Quality",
    "E3": "Identity",
    "E4": "Geography",
    "E5": "Exposure",
    "E6": "Risk",
    "E7": "Dispatch, field, feedback",
    "E8": "Publishing, sharing, policy",
    "E9": "The machine and its tables",
}
# What an environment variable means. The scan below finds the names; a name without a line here fails the tests.
VARIABLES = {
    "DATABASE_URL": "Address of an external PostgreSQL (`postgresql://user:password@host:port/name`). Without it an "
    "embedded PostgreSQL is started in the data folder.",
    "WANGGE_CHROMIUM": "Path of the Chromium that browser tests and pictures use.",
    "WANGGE_DATA": "Data folder: database, uploads, lake, key file.",
    "WANGGE_FULL": "Any value: fault tests run in their full length instead of the short one.",
    "WANGGE_BACKUPS": "Folder for nightly backups, each restored elsewhere at once and compared; none are made without it. On another disk, please.",
    "WANGGE_BACKUPS_KEPT": "How many nightly backups to keep.",
    "WANGGE_KEYS": "Folder of the data keys and their master key (`keys` in the data folder without it). Put it on a disk of its own; no backup of the data may contain it, and whoever keeps a copy for disaster destroys it when the emergency ends.",
    "WANGGE_SUITE": "Suite of the keys that are made from now on: `intl` (AES-256-GCM, HMAC-SHA-256) or `guomi` (SM4-GCM, HMAC-SM3).",
    "WANGGE_HOSTS": "Host names the server answers to, separated by commas.",
    "WANGGE_LOG": "Level of the log on standard error: `DEBUG`, `INFO`, `WARNING`, `ERROR`.",
    "WANGGE_PEERS": "A Python that has Splink, for `just bench link`, and pyspark with Ibis, for `just bench exposure`.",
    "WANGGE_SHARED": "Folder of the real data sets that tests marked `shared` read. Such tests are skipped without it.",
    "WANGGE_SHEETS": "How many made-up sheets the law of intake is tried on (150 without it).",
    "WANGGE_SKIP_FRONTEND": "Any value: building the package leaves the front end out.",
    "WANGGE_SPARK_ROWS": "How many rows the test of linking on Spark links (200000 without it).",
    "WANGGE_THREADS": "Threads of the analytic engine.",
    "WANGGE_TLS": "`1` behind TLS: secure cookies, redirect to HTTPS, HSTS; the proxy's `X-Forwarded-Proto` is used.",
}
INTRODUCTIONS = {
    "Reference": "Written from the code by `just docs`; a test fails when a page is out of date.",
    "Commands": """{about} `wangge --version` prints the version, `wangge COMMAND --help` the same text as here.
        Progress goes to standard error; with `--json` the last line of standard output is one JSON object, also for an
        error.""",
    "Tables": """The only data shapes that stages share, in the order of the way. Each is an Arrow table; `hand_over()`
        casts and checks it (E9001, E9002). A time is an instant in UTC, a day is a date.""",
    "Data elements": """What may be known about whom, under which name. A mapping file names elements; a header that
        equals one of the words in the last column is suggested for it; the matcher proposes others.""",
    "Errors": """Every error a person can meet: what happened → what to do. Words in braces are facts about files,
        columns and limits, never about people. Numbers keep their meaning for ever. Traditional Chinese stands in the
        same table of the code.""",
    "Policy": """Version `{version}`. Who may do what, for which purpose, as far as whom, seeing which elements. Deny by
        default: what the table knows and does not grant is refused (E8002); what it does not know is a gap and is
        refused too, until the data officer decides (E8003). An element that is not granted is absent, not masked.""",
    "Standing profiles": """Who may need care, so that somebody can ask: `src/wangge/insight/profiles/`, one file a profile. A new file there
    is a new profile ([how](../explanation/gaps-and-the-price-of-asking.md)).""",
    "Risk rules": """Strongest grade first. A person gets the strongest grade of the rules that hold on a dated
        exposure, with all of their names as the reason. No rule, no grade. A dash in an example is an unknown; an
        unknown never holds, and each rule says what follows from it.""",
    "Checks": """Two shelves of checks. The first looks at every row that comes in: a row that tells nothing is refused, a
        value that is wrong is set aside while its row goes on, both with a numbered reason. The second looks at every
        table that is to go out.""",
    "Comparisons": """The keys that may join two rows into one person, strongest first. Two different valid numbers are
        never joined, whatever a key says.""",
    "Protocols": """What counts as a contact and how long a grade lasts: dated versions in files, signed into force,
        never constants in code. The machine proposes by them; the CDC confirms. A day that no protocol covers is
        refused (E5001).""",
    "The form at the door": """What a worker may answer, on the phone and on the server alike. Verified in full means:
        {full}. Nobody found ends a lead only after {attempts} attempts in {day_parts} parts of the day.""",
    "Settings": """The server has no file of settings: it is secure as it stands, and the environment says where the
        data lie and under which names it answers. Found by scanning the source.""",
}
OWN_VARIABLE = re.compile(r"\b(WANGGE_[A-Z_]+|DATABASE_URL)\b")


# ---- Markdown ----------------------------------------------------------------------------------------


def cell(value: object) -> str:
    """One cell of a table: a single line, bars escaped."""
    if value is None:
        return "–"
    return " ".join(str(value).split()).replace("|", "\\|")


def grid(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cell(v) for v in line) + " |" for line in lines) + "\n"


def code(values: Iterable[object]) -> str:
    """Words as code, joined by commas; a dash where there are none."""
    return ", ".join(f"`{v}`" for v in values) or "–"


def prose(text: str) -> str:
    """A docstring as Markdown: one with indented lines stays as it is written."""
    lines = [line.rstrip() for line in text.strip().splitlines()]
    return (fenced if any(x.startswith("  ") for x in lines) else "{}\n".format)("\n".join(lines))


def fenced(text: str) -> str:
    """Text as it is written."""
    return f"```text\n{text.strip()}\n```\n"


def page(title: str, *parts: str, **facts: object) -> str:
    """A whole page: title, note of origin, the introduction from INTRODUCTIONS filled with `facts`, then the parts."""
    intro = " ".join(INTRODUCTIONS[title].format_map(facts).split())
    note = "<!-- Written by tools/reference.py (`just docs`). Do not edit: change the code and write it again. -->"
    return "\n".join([f"# {title}\n", note, "", intro + "\n", *(part.rstrip() + "\n" for part in parts)])


# ---- commands ----------------------------------------------------------------------------------------


def subparsers(top: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """The parsers of the commands by name."""
    found = next(a for a in top._actions if isinstance(a, argparse._SubParsersAction))
    return dict(sorted(found.choices.items()))


def options(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """Arguments and options in the order they are declared, without --help."""
    return [a for a in parser._actions if not isinstance(a, argparse._HelpAction)]


def named(action: argparse.Action) -> str:
    """How one writes it: `--out DIR`."""
    if not action.option_strings:
        return f"`{action.metavar or action.dest}`"
    value = "" if action.nargs == 0 else f" {action.metavar or '{' + ','.join(map(str, action.choices or ())) + '}'}"
    plain = f" {action.dest.upper()}" if value == " {}" else value
    return "`" + ", ".join(action.option_strings) + plain + "`"


def commands_page() -> str:
    """commands.md, from the argparse parsers of both floors."""
    top = command_line.parser()
    parts = ["## Exit codes\n", grid(["code", "meaning"], exit_codes())]
    for name, parser in subparsers(top).items():
        rows = [(named(a), meaning(a), "yes" if a.required else default_of(a)) for a in options(parser)]
        parts += [
            f"## wangge {name}\n",
            (parser.description or "").strip() + "\n",
            grid(["argument", "meaning", "required or default"], rows),
            fenced(parser.epilog or ""),
        ]
    return page("Commands", *parts, about=top.description)


def meaning(action: argparse.Action) -> str:
    """The help text with its %(default)s filled in."""
    return (action.help or "") % {"default": action.default, "prog": "wangge"}


def default_of(action: argparse.Action) -> str:
    """The default, where there is one worth saying."""
    if action.nargs == 0 or action.default in (None, argparse.SUPPRESS):
        return "–"
    return f"`{action.default}`"


def exit_codes() -> list[tuple[str, str]]:
    """Codes and meanings, from the docstring of the command line."""
    text = " ".join((command_line.__doc__ or "").split("Exit codes:")[1].split())
    return [tuple(part.strip(" .").split(" ", 1)) for part in text.split(";")]  # type: ignore[misc]


# ---- tables, elements, errors, policy ----------------------------------------------------------------


def tables_page() -> str:
    """tables.md: the hand-overs in the order of the way."""
    parts = []
    for table in TABLES.values():
        more = " Columns named as data elements ride along as text." if table.open_to_elements else ""
        rows = [(f"`{c.name}`", f"`{c.type}`", c.sensitivity, c.retention, c.doc or "–") for c in table.columns]
        parts += [
            f"## {table.name}\n",
            f"{table.doc}{more} Handed over by `{table.owner}`.\n",
            grid(["column", "type", "sensitivity", "retention", "meaning"], rows),
        ]
    return page("Tables", *parts)


BANNED = """A column under one of these names is dropped when a file is read, and the drop is reported (E1011).
Nothing in the program has a place for it.
"""


def elements_page() -> str:
    """elements.md: the data dictionary by subject, its code lists, what is banned included."""
    allowed = [e for e in elements().values() if not e.banned]
    banned = [e for e in elements().values() if e.banned]
    parts = []
    for name, subject in subjects().items():
        parts += [
            f"## {name}\n",
            f"{subject.zh}. {subject.en}.\n",
            grid(
                ["element", "中文", "meaning", "type", "sensitivity", "retention", "for", "asked again after",
                 "names elsewhere", "headers understood"],
                [element_row(e) for e in allowed if e.subject == name],
            ),
        ]  # fmt: skip
    rows = [(f"`{e.name}`", e.zh, e.reason("zh-hans"), e.banned, "、".join(e.synonyms)) for e in banned]
    parts += ["## Banned\n", BANNED, grid(["element", "中文", "理由", "reason", "headers"], rows)]
    lists = sorted({e.codes for e in allowed if e.codes})
    parts += [
        "## Code lists\n",
        grid(["list", "codes"], [(f"`{n}`", "、".join(f"{c} {w}" for c, w in code_list(n).items())) for n in lists]),
    ]
    return page("Data elements", *parts)


def element_row(e: Element) -> tuple[str, ...]:
    """One line of the dictionary."""
    kind = f"{e.type} `{e.codes}`" if e.codes else f"{e.type} {e.unit}".strip()
    purposes = "system" if e.system else ", ".join(e.purposes)
    again = f"{e.fresh_days} d" if e.fresh_days else "–"
    more = "; ".join(e.standards) or "–"
    return (f"`{e.name}`", e.zh, e.definition, kind, e.sensitivity, e.retention, purposes or "–", again, more,
            "、".join(e.synonyms) or "–")  # fmt: skip


def errors_page() -> str:
    """errors.md: every number, Chinese and English."""
    parts = []
    for start, stage in STAGES.items():
        rows = [
            (e.code, f"{e.what['zh-hans']} → {e.todo['zh-hans']}", f"{e.what['en']} → {e.todo['en']}")
            for number, e in sorted(errors.table().items())
            if number.startswith(start)
        ]
        if rows:
            parts += [f"## {stage}\n", grid(["number", "中文", "English"], rows)]
    return page("Errors", *parts)


def policy_page() -> str:
    """policy.md: the policy table in words."""
    table = policy.table()
    roles = grid(["role", "中文", "English"], [(f"`{k}`", v["zh-hans"], v["en"]) for k, v in table["role"].items()])
    purposes = grid(
        ["purpose", "中文", "English", "basis", "kept", "answerable"],
        [
            (
                f"`{k}`",
                v["label"]["zh-hans"],
                v["label"]["en"],
                v["basis"]["zh-hans"],
                v["retention"],
                f"`{v['answerable']}`",
            )
            for k, v in table["purpose"].items()
        ],
    )
    reach = (
        "Relations from narrow to wide: "
        + code(RELATIONS)
        + ". The widest one granted is named beside each permission.\n"
    )
    head = ["## Roles\n", roles, "## Purposes\n", purposes, *limits(table), "## Grants\n", reach]
    return page("Policy", *head, *grants(table), "## Permissions\n", permissions(table), version=policy.version())


def limits(table: dict[str, Any]) -> Iterator[str]:
    """What no grant may give, what takes two people, and the urgent look."""
    yield "## Forbidden, whatever is granted\n"
    rows = [(one["line"], code(one.get("roles", ["*"])), code(one.get("purposes", ["*"])), code(one.get("verbs", [])),
             code(one.get("elements", [])), one["why"]["en"]) for one in table["forbid"]]  # fmt: skip
    yield grid(["line", "roles", "purposes", "refused", "absent", "why"], rows)
    yield "## What takes two people\n"
    two = [(f"`{act}`", one["zh-hans"], one["en"], "yes" if one["other_department"] else "no", str(one.get("over", "")))
           for act, one in table["four_eyes"].items()]  # fmt: skip
    yield grid(["act", "中文", "English", "other department", "from more rows than"], two)
    glass = table["break_glass"]
    yield "## The urgent look\n"
    yield f"One person for {glass['minutes']} minutes, {code(glass['elements'])}; one of {code(glass['told'])} is told at once and reviews it within {glass['review_hours']} hours.\n"


def grants(table: dict[str, Any]) -> Iterator[str]:
    """One heading a grant, in the order of the table."""
    for one in table["grant"]:
        role, purpose = table["role"][one["role"]], table["purpose"][one["purpose"]]["label"]
        phases = f"Only while the emergency is {' or '.join(one['phases'])}. " if "phases" in one else ""
        yield f"### {role['en']} · {purpose['en']} ({role['zh-hans']} · {purpose['zh-hans']})\n"
        yield f"{phases}Elements: {code(one['elements'])}.\n"
        yield grid(["may", "as far as"], [(f"`{p}`", reach) for p, reach in one["may"].items()])


def permissions(table: dict[str, Any]) -> str:
    """The table turned round: who holds a permission."""
    held: dict[str, list[str]] = {}
    for one in table["grant"]:
        for permission in one["may"]:
            held.setdefault(permission, []).append(f"`{one['role']}` for `{one['purpose']}`")
    return grid(["permission", "held by"], [(f"`{p}`", ", ".join(who)) for p, who in sorted(held.items())])


# ---- shelves -----------------------------------------------------------------------------------------


MISSING = {
    "no": "the rule does not hold.",
    "ask": "nobody is graded, and the person goes on the list of the undecided.",
}


def rules_page() -> str:
    """rules.md: the risk rules with their examples."""
    parts = []
    for rule in rules():
        keys = list(dict.fromkeys(k for given, _ in rule.examples for k in given))
        rows = [(*(given.get(k) for k in keys), "yes" if expected else "no") for given, expected in rule.examples]
        parts += [
            f"## {rule.name} ({rule.grade})\n",
            prose(rule.meaning),
            f"{rule.explanation['zh-hans']}\n",
            f"{rule.explanation['en']}\n",
            f"Reads {code(rule.facts)}. Where one is missing: {MISSING[rule.unknown]}\n",
            grid([*keys, "holds"], rows),
        ]
    return page("Risk rules", prose(rule_shelf.__doc__ or ""), *parts)


def profiles_page() -> str:
    """profiles.md: who may need care, with the examples."""
    parts = []
    for one in profiles().values():
        keys = list(dict.fromkeys(k for given, _ in one.examples for k in given))
        rows = [(*(given.get(k) for k in keys), answer) for given, answer in one.examples]
        parts += [
            f"## {one.name} ({one.subject})\n",
            prose(one.meaning),
            f"{one.label['zh-hans']} · {one.label['en']}\n",
            f"While nobody knows: {code(one.first)}. Where it holds: {code(one.asks)}.\n",
            grid([*keys, "holds"], rows),
        ]
    return page("Standing profiles", prose(profile_shelf.__doc__ or ""), *parts)


def checks_page() -> str:
    """checks.md: what holds a row, and what refuses a release."""
    parts = ["## Rows\n", prose(row_checks.__doc__ or "")]
    for one in all_checks():
        name = one.__name__.rsplit(".", 1)[-1]
        parts += [
            f"### {name} ({one.CODE})\n",
            prose(one.__doc__ or ""),
            f"{after(one.HOLDS, one.SETS_ASIDE)} Asked of {code(one.ELEMENTS or ['the whole row'])}.\n",
            example_rows(one.EXAMPLES),
        ]
    parts += ["## Releases\n", prose(release_checks.__doc__ or "")]
    for name, one in members(release_checks, ("REASON",)).items():
        parts += [
            f"### {name}\n",
            prose(one.__doc__ or ""),
            f"{one.REASON['zh-hans']}。{one.REASON['en'].capitalize()}.\n",
        ]
    rows = [(f"`{k}`", v["zh-hans"], code(v["kinds"]), code(v["measures"])) for k, v in publish.purposes().items()]
    parts += ["### What may go out for which purpose\n", grid(["purpose", "中文", "areas", "measures"], rows)]
    return page("Checks", *parts)


def after(holds: bool, sets_aside: bool) -> str:
    """What becomes of a row and a value of which a check is true."""
    if holds:
        return "**The row is refused.**"
    return f"**The row goes on, a person is asked; the value {'is set aside' if sets_aside else 'stays'}.**"


def comparisons_page() -> str:
    """comparisons.md: the keys that may join rows into one person."""
    found = sorted(members(comparisons, ("PLACE", "EVIDENCE", "PARTS")).items(), key=lambda pair: pair[1].PLACE)
    rows = [(one.PLACE, f"`{name}`", f"`{one.EVIDENCE}`", code(one.PARTS), one.__doc__) for name, one in found]
    table = grid(["place", "file", "evidence", "must be equal", "meaning"], rows)
    return page("Comparisons", prose(comparisons.__doc__ or ""), table)


def example_rows(examples: Sequence[Sequence[object]]) -> str:
    """A member's EXAMPLES: the first row is the header, the last column the answer."""
    header, *rows = examples
    said = {True: "yes", False: "no"}
    return grid(
        [str(h) for h in header], [(*("" if v is None else v for v in row[:-1]), said[bool(row[-1])]) for row in rows]
    )


def protocols_page() -> str:
    """protocols.md: the dated protocols side by side."""
    parts = []
    for label, p in exposure.protocols().items():
        note = "**Example for replays; used only when named.** " if p.example else ""
        facts = [
            ("days before onset or sampling that count", p.lookback_days),
            ("proposes a close contact", code(p.close_kinds)),
            ("proposes a general contact", code(p.general_kinds)),
            ("proposes a secondary contact", code(p.second_degree_kinds)),
            ("above so many visitors a place proposes companions only", p.max_place_people),
            ("a run that flags a larger share stops", f"{p.share_cap:.0%}"),
            *further_facts(p),
        ]
        grades = [
            (g, p.expiry_days[g], *(p.due_minutes[g][k] for k in ("open", "first_attempt", "result")))
            for g in p.expiry_days
        ]
        longer = p.second_degree_minutes
        least = [(f"`{kind}`", n, longer.get(kind, n)) for kind, n in p.min_minutes.items()]
        words = [(f"`{word}`", category) for word, category in p.contact_types.items()]
        parts += [
            f"## {label}\n",
            f"{note}In force {p.start} to {p.end}, both days included.\n",
            grid(["", "value"], facts),
            grid(["grade", "ends after days", "open in min", "first attempt in min", "result in min"], grades),
            grid(["place kind", "least minutes together", "with a close contact"], least),
            grid(["word of a contact list", "proposes"], words),
        ]
    return page("Protocols", *parts)


def further_facts(p: exposure.SignedProtocol) -> list[tuple[str, object]]:
    """What a protocol says beyond its kinds of place, a line each."""
    by_kind = [(f"days that count, {kind} cases", days) for kind, days in p.lookback_by_kind.items()]
    watched = [(f"days of observation, {name}", days) for name, days in p.observation_days.items()]
    near = [(f"seats near a case, {mode}", _seats(one)) for mode, one in p.travel.items()]
    return [
        *by_kind, *watched, *near,
        ("an overlap that is possible and not certain proposes", f"`{p.possible_proposes}`"),
        ("hours a visit without an end may have lasted", p.open_end_hours),
        ("above so many visitors on a day a place lists nobody", p.max_crowd),
        ("people one close contact may propose at most", p.second_degree_cap),
    ]  # fmt: skip


def _seats(one: dict[str, Any]) -> str:
    """How near is near: rows before and behind, and what the others are."""
    rows = f"{one['rows']} rows before and behind: {one['near']}" if "rows" in one else f"everybody: {one['near']}"
    return f"{rows}; the others: {one['far']}" if "far" in one else rows


def door_page() -> str:
    """door.md: what may be answered at the door."""
    form, parts = field.door(), []
    for group in ("person", "residence", "status", "symptoms", "needs", "result"):
        rows = [(f"`{k}`", v["zh-hans"], v["en"], v.get("closes", "")) for k, v in form[group].items()]
        wide = group == "result"
        header = ["code", "中文", "English", "may end the lead"] if wide else ["code", "中文", "English"]
        parts += [f"## {group}\n", grid(header, rows if wide else [r[:3] for r in rows])]
    full = "; ".join(f"{name} is {' or '.join(values)}" for name, values in form["full"].items())
    tried = form["not_found"]
    limits = grid(["limit", "value"], [(f"`{k}`", v) for k, v in form["limits"].items()])
    facts = {"full": full, "attempts": tried["attempts"], "day_parts": tried["day_parts"]}
    return page("The form at the door", *parts, "## Limits\n", limits, **facts)


# ---- settings ----------------------------------------------------------------------------------------


def sources() -> list[Path]:
    """Files that may read the environment."""
    found = [ROOT / "hatch_build.py", *(f for f in (ROOT / "scripts").iterdir() if f.is_file())]
    for folder in ("src", "tests", "tools", "bench"):
        found += [f for f in (ROOT / folder).rglob("*.py") if f.name not in {"reference.py", "test_docs.py"}]
    return sorted(found)


@cache
def variables() -> dict[str, tuple[str, set[str]]]:
    """Environment variables of ours that the source reads. -> {name: (default, folders that read it)}"""
    found: dict[str, tuple[str, set[str]]] = {}
    for file in sources():
        part = file.relative_to(ROOT).parts[0] if file.parent != ROOT else "build"
        for name, default in read_in(file):
            known, where = found.setdefault(name, ("", set()))
            found[name] = (known or default, where | {part})
    return dict(sorted(found.items()))


def read_in(file: Path) -> Iterator[tuple[str, str]]:
    """(name, default) of each variable read in one file; default is empty where there is none."""
    text = file.read_text("utf-8")
    if file.suffix != ".py":
        yield from ((name, "") for name in OWN_VARIABLE.findall("\n".join(re.findall(r"\$\{?\w+", text))))
        return
    for node in ast.walk(ast.parse(text)):
        words: list[ast.expr] = []
        if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ":
            words = [node.slice]
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ENVIRONMENT_CALLS:
            words = node.args
        said = [str(word.value) if isinstance(word, ast.Constant) else "" for word in words]
        if said and said[0]:
            yield said[0], said[1] if len(said) > 1 else ""


ENVIRONMENT_CALLS = {"os.environ.get", "os.getenv", "os.environ.setdefault", "os.environ.pop"}


def settings_page() -> str:
    """settings.md: the environment, and what is fixed."""
    used = {name: row for name, row in variables().items() if OWN_VARIABLE.fullmatch(name)}
    rows = [
        (
            f"`{name}`",
            VARIABLES.get(name, "**not described**"),
            f"`{default}`" if default else "–",
            ", ".join(sorted(where)),
        )
        for name, (default, where) in used.items()
    ]
    return page("Settings", grid(["variable", "meaning", "default", "read by"], rows))


# ---- all of it ---------------------------------------------------------------------------------------

PAGES: dict[str, tuple[str, Callable[[], str]]] = {
    "commands.md": ("every command, its options, exit codes", commands_page),
    "tables.md": ("the hand-overs between stages", tables_page),
    "elements.md": ("the data dictionary", elements_page),
    "checks.md": ("what keeps a row aside, what refuses a release", checks_page),
    "comparisons.md": ("what joins two rows into one person", comparisons_page),
    "protocols.md": ("what counts as a contact, from when to when", protocols_page),
    "rules.md": ("what gives a grade", rules_page),
    "profiles.md": ("who may need care, so that somebody can ask", profiles_page),
    "door.md": ("what may be answered at the door", door_page),
    "policy.md": ("who may do what for which purpose", policy_page),
    "errors.md": ("every numbered error and what to do", errors_page),
    "settings.md": ("environment variables", settings_page),
}


def index_page() -> str:
    """README.md of the folder."""
    rows = [(f"[{name.removesuffix('.md')}]({name})", about) for name, (about, _) in PAGES.items()]
    rows.append(("[performance](performance.md)", "measured figures (written by hand)"))
    return page("Reference", grid(["page", "what"], rows))


def pages() -> dict[str, str]:
    """Every generated page. -> {file name: text}"""
    return {"README.md": index_page(), **{name: build() for name, (_, build) in PAGES.items()}}


def stale(folder: Path) -> list[str]:
    """Pages whose file is not what the code says, and files that nothing writes."""
    wanted = pages()
    changed = [n for n, text in wanted.items() if not (folder / n).exists() or (folder / n).read_text("utf-8") != text]
    return changed + sorted(f.name for f in folder.glob("*.md") if f.name not in {*wanted, *BY_HAND})


def main(argv: list[str] | None = None) -> int:
    """Write the pages, or only compare them. -> 0, or 1 when --check finds a difference"""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a page is out of date")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "reference", help="folder of the pages")
    args = parser.parse_args(argv)
    if args.check:
        for name in (old := stale(args.out)):
            print(f"{name} is out of date: run `just docs`", file=sys.stderr)
        return 1 if old else 0
    args.out.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (args.out / name).write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
