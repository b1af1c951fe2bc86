"""What somebody may take home about the entries that name them: enough to check them, nothing about anybody else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wangge.audit.verifier import MINE, key_text, leaf_hash
from wangge_server.audit.sealed import Proof


def statement(proofs: Iterable[Proof], pseudonym: str) -> dict[str, Any]:
    """As the stand-alone verifier reads it with --mine.

    An entry about this person alone is given whole. One that names others too (a list that was read) is given by its
    hash: that it stands in the log is shown, whom else it names is not.
    """
    rows, head = [], ""
    for one in proofs:
        row: dict[str, Any] = {
            "at": one.event.at.isoformat(timespec="seconds"), "role": one.event.role, "purpose": one.event.purpose,
            "kind": one.event.kind, "position": one.position, "leaf": key_text(leaf_hash(one.entry)),
            "path": [key_text(part) for part in one.path],
        }  # fmt: skip
        if _is_alone(one, pseudonym):
            row["entry"] = one.entry.decode()
        rows.append(row)
        head = one.head.line
    return {"form": MINE, "head": head, "entries": rows}


def _is_alone(proof: Proof, pseudonym: str) -> bool:
    named = {proof.event.about, *proof.event.facts.get("ids", [])} - {"", pseudonym}
    return not named
