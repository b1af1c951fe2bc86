"""Say in words why something is allowed, refused, or a gap that nobody decided.

explain asks the policy table one question: may this role, for this purpose, do that (--verb), in this phase of the
emergency, to a subject in this relation (--relation: counts, own, assigned, area, all), seeing this element? The answer
comes in three languages, with the legal basis, how long it is kept, who answers for it, and who may do it instead.

It ends with 0 where it is allowed and with 1 where it is refused or a gap.

example: wangge policy explain --role grid_worker --purpose visit --verb task.open --element person.id_number
"""

from __future__ import annotations

import argparse
import json

from wangge import policy
from wangge.policy.explain import LANGUAGES

HELP = "ask the policy table why something is allowed, refused, or undecided"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("what", choices=("explain",), help="what to do")
    parser.add_argument("--role", required=True, metavar="R", help="who asks, as the table writes it: grid_worker")
    parser.add_argument("--purpose", required=True, metavar="P", help="what for: visit, register, judgement")
    parser.add_argument("--verb", required=True, metavar="V", help="what is done: task.open, person.open")
    parser.add_argument("--element", default="", metavar="E", help="what is to be seen: person.phone")
    parser.add_argument("--relation", default="", metavar="X", help="the subject: counts, own, assigned, area, all")
    parser.add_argument(
        "--phase", default="active", metavar="Y", help="peace, active, wind_down or ended (active without it)"
    )
    parser.add_argument("--json", action="store_true", help="print the answer as one JSON object")


def run(args: argparse.Namespace) -> int:
    """Ask and say. -> 0 allowed, 1 refused or a gap"""
    asked = policy.Question(args.role, args.purpose, args.verb, args.phase, args.relation, args.element)
    found, words = policy.judge(asked), {lang: policy.explain(asked, lang) for lang in LANGUAGES}
    if args.json:
        print(json.dumps({"verdict": found.verdict, "cause": found.cause, "words": words}, ensure_ascii=False))
    else:
        print("\n\n".join("\n".join(lines) for lines in words.values()))
    return 0 if found.allowed else 1
