"""The certificate of an end: what was there, what is there now, which key is gone, and two people who answer for it.

It is one JSON file that anybody can check on another machine, with nothing but this package and, to know the signers, their
public keys from elsewhere. What it cannot prove is said in it: that nobody kept a copy of the key outside the installation.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from wangge.audit.keys import verify
from wangge.audit.verifier import read_head

FORMAT = "wangge sunset certificate 1"
SIGNATURES = 2


@dataclass(frozen=True)
class Signature:
    """public, signature: base64 of 32 and 64 bytes."""

    name: str
    unit: str
    public: str
    signature: str


@dataclass(frozen=True)
class Certificate:
    """tables: name -> [rows before, rows after]. keys: id -> scope. root: signed head of the audit log, one line. Instants as ISO 8601."""

    installation: str
    emergency: str
    document_no: str
    ended_at: str
    made_at: str
    tables: dict[str, list[int]]
    files_removed: int
    keys: dict[str, str]
    root: str
    needles: int
    readable: int
    files_searched: int
    bytes_searched: int
    survives: list[str]
    signatures: list[Signature] = field(default_factory=list)
    format: str = FORMAT

    def message(self) -> bytes:
        """The bytes that are signed: everything but the signatures, in one fixed order."""
        body = {key: value for key, value in asdict(self).items() if key != "signatures"}
        return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    def to_json(self) -> str:
        """The file."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def read(text: str) -> Certificate:
    """A certificate from its file. ValueError where it is none."""
    try:
        given = json.loads(text)
        signatures = [Signature(**one) for one in given.pop("signatures")]
        return Certificate(**given, signatures=signatures)
    except (TypeError, KeyError, AttributeError, json.JSONDecodeError) as why:
        raise ValueError("no sunset certificate") from why


def fingerprint(public: str) -> str:
    """Sixteen hex digits by which people compare a public key over the telephone."""
    return hashlib.sha256(base64.b64decode(public)).hexdigest()[:16]


def check(certificate: Certificate, known: Mapping[str, str] | None = None) -> list[str]:
    """What is wrong with it, as words of a closed list; [] when it holds. `known`: fingerprint -> whose key it is."""
    wrong = []
    if certificate.format != FORMAT:
        wrong.append("format")
    if any(after for _before, after in certificate.tables.values()):
        wrong.append("rows_left")
    if certificate.readable or not certificate.needles or not certificate.bytes_searched:
        wrong.append("readable")
    if not certificate.keys:
        wrong.append("no_key")
    if not _is_head(certificate.root):
        wrong.append("root")
    return wrong + _signatures_wrong(certificate, known)


def _is_head(line: str) -> bool:
    try:
        return read_head(line).is_signed()
    except ValueError:
        return False


def _signatures_wrong(certificate: Certificate, known: Mapping[str, str] | None) -> list[str]:
    wrong: list[str] = []
    message, good = certificate.message(), certificate.signatures
    if any(not _holds(one, message) for one in good):
        wrong.append("signature")
    different: Any = [{one.public for one in good}, {one.name for one in good}, {one.unit for one in good}]
    if len(good) < SIGNATURES or any(len(each) < SIGNATURES for each in different):
        wrong.append("two_people")
    if known is not None and any(fingerprint(one.public) not in known for one in good):
        wrong.append("unknown_signer")
    return wrong


def _holds(one: Signature, message: bytes) -> bool:
    try:
        public, signature = base64.b64decode(one.public), base64.b64decode(one.signature)
    except ValueError:
        return False
    return verify(public, message, signature)
