"""Check the certificate of an emergency's end, on any machine: no database, no network, no account is needed.

CERTIFICATE is the JSON file that was handed out when the emergency ended. It holds when every table is empty, the values
looked for were not readable, a key was destroyed, and two people of two units signed exactly these bytes. --signer
FINGERPRINT (twice) says whose keys you expect; the fingerprints are compared by telephone or on paper.

example: wangge sunset verify certificate.json
example: wangge sunset verify certificate.json --signer 0a1b2c3d4e5f6071 --signer 8293a4b5c6d7e8f9 --json

exit codes: 0 it holds; 1 it does not, each reason on a line of its own; 3 no certificate at all, with a numbered error.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from wangge import vault
from wangge.base.errors import WanggeError, Where

HELP = "check the certificate of an emergency's end"
SAYS = {
    "format": "the form of the certificate is one this program does not know",
    "rows_left": "a table of the event vault still has rows",
    "readable": "values were still readable, or nothing was looked for",
    "no_key": "no key was destroyed",
    "root": "it names no signed head of the audit log",
    "signature": "a signature does not belong to these bytes: the certificate was altered",
    "two_people": "two people of two units, with keys of their own, must sign",
    "unknown_signer": "a signer is not one of those you named",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("act", choices=["verify"], help="what to do")
    parser.add_argument("certificate", metavar="CERTIFICATE", type=Path, help="JSON file of the certificate")
    parser.add_argument("--signer", metavar="FINGERPRINT", action="append", help="a key you expect; may be given twice")
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object, last")


def run(args: argparse.Namespace) -> int:
    """Read, check, say. -> 0 or 1"""
    try:
        certificate = vault.read(args.certificate.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, ValueError) as why:
        raise WanggeError("E8606", Where(file=args.certificate.name)) from why
    known = dict.fromkeys(args.signer, "named") if args.signer else None
    wrong = vault.check(certificate, known)
    before = sum(n for n, _after in certificate.tables.values())
    figures = {
        "holds": not wrong,
        "wrong": wrong,
        "rows_before": before,
        "rows_after": sum(n for _before, n in certificate.tables.values()),
        "needles": certificate.needles,
        "readable": certificate.readable,
        "keys": sorted(certificate.keys),
        "signers": [vault.fingerprint(one.public) for one in certificate.signatures],
    }
    print(f"{certificate.emergency}: {before} rows before, {figures['rows_after']} after; "
          f"{certificate.readable} of {certificate.needles} values readable")  # fmt: skip
    for one in certificate.signatures:
        print(f"signed by {one.name} ({one.unit}), key {vault.fingerprint(one.public)}")
    print("the certificate holds" if not wrong else "\n".join(SAYS[word] for word in wrong))
    if args.json:
        print(json.dumps(figures))
    return 0 if not wrong else 1
