"""What the documents say is there: commands, options, variables, numbers, links, words. What can be run in them is run."""

from __future__ import annotations

import argparse
import os
import re
import shlex
import types
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tools import reference

import wangge
from wangge import policy
from wangge.__main__ import all_commands, parser
from wangge.base import errors
from wangge.dictionary import Retention, Sensitivity, elements
from wangge.feedback import closing
from wangge.field import door
from wangge.frame import evaluate
from wangge.intake import load_mapping
from wangge.intake.mapping import OPTIONS
from wangge.policy import RELATIONS
from wangge.risk.shelf import GRADES, LANGUAGES
from wangge.tables import TABLES

ROOT = Path(__file__).resolve().parents[2]
# These serve or hand over to Django; they print no figures.
NO_FIGURES = {"serve", "manage"}
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)


@cache
def documents() -> dict[str, str]:
    """Every document by its path, those that wait to be committed included."""
    files = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    return {str(f.relative_to(ROOT)): f.read_text("utf-8") for f in sorted(files)}


@cache
def commands() -> dict[str, argparse.ArgumentParser]:
    """The parsers of all commands."""
    return reference.subparsers(parser())


def blocks(text: str, language: str) -> list[str]:
    """Fenced blocks of one language."""
    return [body for name, body in FENCE.findall(text) if name == language]


# ---- the reference is what the code says --------------------------------------------------------------


def test_the_reference_is_up_to_date() -> None:
    assert reference.stale(ROOT / "docs" / "reference") == [], "run `just docs`"


def test_a_changed_page_is_seen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = ["--out", str(tmp_path)]
    assert reference.main([*folder, "--check"]) == 1
    assert reference.main(folder) == 0
    assert reference.main([*folder, "--check"]) == 0
    (tmp_path / "errors.md").write_text("# Errors\n", "utf-8")
    (tmp_path / "left_over.md").write_text("nobody writes this\n", "utf-8")
    capsys.readouterr()
    assert reference.main([*folder, "--check"]) == 1
    told = capsys.readouterr().err.splitlines()
    assert told == [f"{name} is out of date: run `just docs`" for name in ("errors.md", "left_over.md")]


def test_every_shelf_member_is_in_the_reference() -> None:
    pages = {name: (ROOT / "docs" / "reference" / name).read_text("utf-8") for name in reference.PAGES}
    src = ROOT / "src" / "wangge"
    for folder, name in (
        ("risk/rules", "rules.md"),
        ("insight/profiles", "profiles.md"),
        ("quality/checks", "checks.md"),
        ("publish/checks", "checks.md"),
        ("identity/comparisons", "comparisons.md"),
        ("commands", "commands.md"),
    ):
        for member in sorted((src / folder).glob("[a-z]*.py")):
            assert member.stem in pages[name], f"{member.name} is not in {name}"
    for protocol in (src / "exposure" / "protocols").glob("*.toml"):
        assert f"## {protocol.stem}" in pages["protocols.md"]
    assert all(code in pages["errors.md"] for code in errors.table())
    assert all(f"`{name}`" in pages["elements.md"] for name in elements())
    assert all(f"## {name}\n" in pages["tables.md"] for name in TABLES)
    assert all(f"`{role}`" in pages["policy.md"] for role in policy.table()["role"])


# ---- commands ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(all_commands()))
def test_every_command_explains_itself(name: str) -> None:
    module, one = all_commands()[name], commands()[name]
    assert module.HELP.strip() and (module.__doc__ or "").strip(), "HELP and a docstring for the epilog"
    assert (one.epilog or "").strip() and one.description
    for option in reference.options(one):
        assert option.help, f"{name} {reference.named(option)} has no help"
    if name not in NO_FIGURES:
        assert "--json" in one.format_help(), f"{name} prints figures and takes no --json"


def test_exit_codes_are_documented() -> None:
    from wangge import __main__ as command_line

    known = {int(code) for code, _ in reference.exit_codes()}
    said = {getattr(command_line, n) for n in dir(command_line) if n.startswith("EXIT_")}
    assert known == said | {0}


def command_lines(text: str) -> Iterator[list[str]]:
    """Every call of `wangge`, a script or a recipe, in shell blocks and in code between backticks."""
    shell = [line for block in blocks(text, "sh") for line in block.replace("\\\n", " ").splitlines()]
    spans = re.findall(r"`([^`\n]+)`", FENCE.sub("", text))
    for line in (*shell, *spans):
        try:
            words = shlex.split(line, comments=True)
        except ValueError:
            continue
        if words and re.fullmatch(r"(\.venv/bin/)?(wangge|just)|scripts/\w+", words[0]):
            yield [words[0].removeprefix(".venv/bin/"), *words[1:]]


def recipes() -> set[str]:
    """Recipes of the justfile."""
    return set(re.findall(r"^([\w-]+)[^:=\n]*:", (ROOT / "justfile").read_text("utf-8"), re.M))


def fault_of(words: list[str]) -> str:
    """What is wrong with a call as written; empty when it could be made."""
    program, rest = words[0], words[1:]
    if program == "just":
        return "" if not rest or rest[0] in recipes() else f"no recipe {rest[0]}"
    if program.startswith("scripts/"):
        if not os.access(ROOT / program, os.X_OK):
            return f"no script {program}"
        rest = ["demo", *rest] if program == "scripts/demo" else []
    if not rest or rest[0] in {"--version", "--help", "COMMAND"}:
        return ""
    if rest[0] not in commands():
        return f"no command {rest[0]}"
    if rest[0] == "manage":
        return ""
    known = {o for action in commands()[rest[0]]._actions for o in action.option_strings}
    unknown = [w for w in rest[1:] if w.startswith("--") and w.split("=")[0] not in known]
    return f"{rest[0]} has no {', '.join(unknown)}" if unknown else ""


@pytest.mark.parametrize("name", list(documents()))
def test_every_call_in_a_document_can_be_made(name: str) -> None:
    assert [" ".join(w) + ": " + f for w in command_lines(documents()[name]) if (f := fault_of(w))] == []


def test_a_planted_call_is_found() -> None:
    text = "```sh\n.venv/bin/wangge way x --no-such\n```\nand `just nothing` and `scripts/none` and `wangge fly`"
    assert [fault_of(w) for w in command_lines(text)] == [
        "way has no --no-such",
        "no recipe nothing",
        "no script scripts/none",
        "no command fly",
    ]


# ---- numbers, variables, links -------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(documents()))
def test_every_error_number_in_a_document_exists(name: str) -> None:
    assert set(re.findall(r"\bE[1-9]\d{3}\b", documents()[name])) <= set(errors.table())


def test_every_variable_is_described_and_every_described_one_is_read() -> None:
    read = {name for name in reference.variables() if reference.OWN_VARIABLE.fullmatch(name)}
    assert {"DATABASE_URL", "WANGGE_DATA", "WANGGE_HOSTS", "WANGGE_TLS", "WANGGE_LOG", "WANGGE_THREADS"} <= read
    assert read == set(reference.VARIABLES)


@pytest.mark.parametrize("name", list(documents()))
def test_every_variable_in_a_document_exists(name: str) -> None:
    assert set(reference.OWN_VARIABLE.findall(documents()[name])) <= set(reference.VARIABLES)


def anchors(text: str) -> set[str]:
    """Headings as a forge turns them into anchors."""
    heads = re.findall(r"^#+ (.+)$", FENCE.sub("", text), re.M)
    return {re.sub(r"[^\w\- ]", "", re.sub(r"[`*]", "", head)).strip().lower().replace(" ", "-") for head in heads}


@pytest.mark.parametrize("name", list(documents()))
def test_every_link_leads_somewhere(name: str) -> None:
    lost = []
    for link in LINK.findall(FENCE.sub("", documents()[name])):
        if link.startswith(("https://", "mailto:")):
            continue
        path, _, anchor = link.partition("#")
        target = (ROOT / name).parent / path if path else ROOT / name
        if not target.exists() or (anchor and anchor not in anchors(target.read_text("utf-8"))):
            lost.append(link)
    assert lost == []


def test_every_document_is_reached_from_the_readme() -> None:
    seen, waiting = set(), ["README.md", "README.zh.md"]
    while waiting:
        name = waiting.pop()
        if name in seen or name not in documents():
            continue
        seen.add(name)
        for link in LINK.findall(documents()[name]):
            if not link.startswith("http") and link.partition("#")[0]:
                target = os.path.normpath(Path(name).parent / link.partition("#")[0])
                waiting.append(str(target))
    assert set(documents()) - seen == set()


# ---- decisions -----------------------------------------------------------------------------------------


def decisions() -> list[Path]:
    return sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))


def test_decisions_are_numbered_without_a_gap_and_listed() -> None:
    assert [int(f.name[:4]) for f in decisions()] == list(range(1, len(decisions()) + 1))
    listed = (ROOT / "docs" / "decisions" / "README.md").read_text("utf-8")
    assert all(f"({f.name})" in listed for f in decisions())


@pytest.mark.parametrize("file", decisions(), ids=lambda f: f.stem)
def test_a_decision_is_one_page_with_its_three_parts(file: Path) -> None:
    text = file.read_text("utf-8")
    assert text.startswith(f"# {file.name[:4]} ")
    assert re.findall(r"^## (.+)$", text, re.M) == ["Context", "Decision", "Consequences"]
    assert 15 <= text.count("\n") <= 45


def test_decisions_named_in_the_code_exist() -> None:
    known = {f.stem[:4] for f in decisions()}
    for file in (f for part in ("src", "tests", "tools", "bench") for f in (ROOT / part).rglob("*.py")):
        assert set(re.findall(r"decisions/(\d{4})", file.read_text("utf-8"))) <= known, file.name


# ---- words ---------------------------------------------------------------------------------------------


def glossary() -> list[tuple[str, str]]:
    """(中文, identifier) of every line."""
    return re.findall(r"^\| ([^|]+?) \| `([^`]+)` \|", documents()["GLOSSARY.md"], re.M)


def test_every_word_of_the_glossary_is_in_the_code() -> None:
    text = "\n".join(f.read_text("utf-8") for end in ("py", "toml") for f in (ROOT / "src").rglob(f"*.{end}"))
    known = set(re.findall(r"[A-Za-z_][A-Za-z0-9_]*", text))
    known |= {f.stem for f in (ROOT / "src").rglob("*")}  # rooms, and members of shelves
    assert [word for _, word in glossary() if word not in known] == []
    assert len(glossary()) >= 100


def test_the_glossary_holds_the_words_of_the_field() -> None:
    words = {word for _, word in glossary()}
    table, form = policy.table(), door()
    needed = {*TABLES, *table["role"], *table["purpose"], *RELATIONS, *GRADES, *map(str, Sensitivity)}
    needed |= {
        *form["person"],
        *form["status"],
        *form["result"],
        *closing()["other"]["result"],
        "full",
        "partial",
        "video",
    }
    needed |= {"red", "yellow", "blue", "occupied_confirmed", "vacant_confirmed", "unreached", "frame", "missed_low"}
    assert needed - words == set()
    assert {"register", "event"} <= words & set(map(str, Retention))


def test_the_glossary_calls_roles_and_purposes_as_the_screen_does() -> None:
    said = set(glossary())
    table = policy.table()
    assert {(row["zh-hans"], role) for role, row in table["role"].items()} <= said
    assert {(row["label"]["zh-hans"], purpose) for purpose, row in table["purpose"].items()} <= said


# ---- README, changelog ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_the_readme_opens_with_the_two_commands(name: str) -> None:
    text = documents()[name]
    assert blocks(text, "sh")[0].split() == ["scripts/demo", "scripts/test"]
    for script in ("scripts/demo", "scripts/test"):
        assert os.access(ROOT / script, os.X_OK)
    assert [link for link in LINK.findall(text) if "pictures/" in link] == [
        "docs/pictures/board.png",
        "docs/pictures/phone.png",
    ]
    assert text.index("pictures/board.png") < text.index("```sh")


def test_both_readmes_have_the_same_parts() -> None:
    parts = [re.findall(r"^(#+) ", documents()[n], re.M) for n in ("README.md", "README.zh.md")]
    assert parts[0] == parts[1]
    links = [set(LINK.findall(documents()[n])) - {"README.md", "README.zh.md"} for n in ("README.md", "README.zh.md")]
    assert links[0] == links[1]


def test_the_changelog_knows_the_version() -> None:
    assert re.search(rf"^## {re.escape(wangge.__version__)}\b", documents()["CHANGELOG.md"], re.M)
    assert f'version = "{wangge.__version__}"' in (ROOT / "pyproject.toml").read_text("utf-8")


# ---- what can be run is run ----------------------------------------------------------------------------


def test_the_mapping_of_the_how_to_can_be_read(tmp_path: Path) -> None:
    text = documents()["docs/how-to/bring-your-own-lists.md"]
    (example,) = blocks(text, "toml")
    (tmp_path / "mapping.toml").write_text(example, "utf-8")
    lists = load_mapping(tmp_path / "mapping.toml").lists
    assert {one.kind for one in lists.values()} == {"people", "cases"} and lists["census"].door
    assert [key for key in OPTIONS if f"| `{key}` |" not in text] == []


def test_the_rule_of_the_how_to_holds_on_its_examples() -> None:
    (example,) = blocks(documents()["docs/how-to/add-a-risk-rule.md"], "python")
    rule = types.ModuleType("rule_of_the_how_to")
    exec(compile(example, "how-to", "exec"), rule.__dict__)  # noqa: S102 - our own document
    assert rule.GRADE in GRADES and set(rule.EXPLANATION) == set(LANGUAGES) and rule.__doc__
    rows: list[dict[str, Any]] = [given for given, _ in rule.EXAMPLES]
    table = pa.Table.from_pylist([{"i": i, **row} for i, row in enumerate(rows)])
    held = evaluate(lambda t: t.filter(rule.holds(t)).select("i"), table).column("i").to_pylist()
    assert sorted(held) == [i for i, (_, expected) in enumerate(rule.EXAMPLES) if expected]


def test_tests_named_in_the_threat_model_exist() -> None:
    rows = re.findall(r"^\|.*\| (.+) in \[[^\]]+\]\((tests/[^)]+\.py)\) \|$", documents()["THREAT_MODEL.md"], re.M)
    assert len(rows) >= 15
    for names, file in rows:
        text = (ROOT / file).read_text("utf-8")
        assert [name for name in re.findall(r"`(\w+)`", names) if f"def {name}(" not in text] == [], file
