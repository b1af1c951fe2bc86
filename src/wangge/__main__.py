"""The command line. Every command is a file on the shelf `commands/`, or is registered by the upper floor.

Exit codes: 0 done; 1 refused or not true (a refusal is an answer, with reasons); 2 wrong use of the command line;
3 bad input, with a numbered error; 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from importlib.metadata import entry_points
from importlib.resources import files
from types import ModuleType

from wangge import __version__, commands
from wangge.base.errors import WanggeError
from wangge.base.shelf import members

REQUIRED = ("HELP", "add_arguments", "run")
EXIT_REFUSED, EXIT_USAGE, EXIT_BAD_INPUT, EXIT_STOPPED = 1, 2, 3, 130


def all_commands() -> dict[str, ModuleType]:
    """Commands of both floors by name; the upper floor's come through entry points, so nothing here imports it."""
    found = members(commands, REQUIRED)
    for point in entry_points(group="wangge.commands"):
        found[point.name] = point.load()
    return dict(sorted(found.items()))


def asked_for(argv: list[str]) -> dict[str, ModuleType]:
    """The one command of the shelf that is asked for, so that it need not wait for what the others import; else all."""
    name = argv[0] if argv else ""
    if name.isidentifier() and not name.startswith("_") and (files(commands) / f"{name}.py").is_file():
        return {name: importlib.import_module(f"{commands.__name__}.{name}")}
    return all_commands()


def parser(shown: dict[str, ModuleType] | None = None) -> argparse.ArgumentParser:
    """The command line as an argparse parser, whole or with these commands; the reference page is generated from it."""
    top = argparse.ArgumentParser(
        prog="wangge",
        description="wangge (网格): from departments' files to verified doors.",
        epilog="exit codes: 0 done; 1 refused, with reasons; 2 wrong use; 3 bad input, numbered; 130 stopped",
    )
    top.add_argument("--version", action="version", version=f"wangge {__version__}")
    sub = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, module in (all_commands() if shown is None else shown).items():
        one = sub.add_parser(
            name,
            help=module.HELP,
            description=module.HELP,
            epilog=(module.__doc__ or "").strip(),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.add_arguments(one)
        one.set_defaults(run=module.run)
    return top


def main(argv: list[str] | None = None) -> int:
    """Run one command. -> exit code"""
    given = sys.argv[1:] if argv is None else argv
    args = parser(asked_for(given)).parse_args(given)
    try:
        return int(args.run(args) or 0)
    except WanggeError as error:
        if getattr(args, "json", False):
            print(
                json.dumps({"error": error.code, "text": error.text(), "where": str(error.where)}, ensure_ascii=False)
            )
        print(error.text("zh-hans"), error.text("en"), sep="\n", file=sys.stderr)
        return EXIT_BAD_INPUT
    except KeyboardInterrupt:
        return EXIT_STOPPED


if __name__ == "__main__":
    sys.exit(main())
