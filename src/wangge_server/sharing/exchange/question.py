"""A question and an answer as they travel: JSON, signed with Ed25519, addressed, dated, bound to a purpose."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import tomllib
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from wangge.base.errors import WanggeError
from wangge_server.sharing.exchange.tokens import SIZE

ASKED, ANSWERED = b"wangge-question-v1\n", b"wangge-answer-v1\n"


@dataclass(frozen=True)
class Question:
    """One filled template. tokens: base64 of 16 bytes each, for `listed`; days ISO, both included; issued_at ISO in UTC."""

    id: str
    template: str
    sender: str
    node: str
    purpose: str
    basis: str
    issued_at: str
    list_name: str
    since: str
    until: str
    tokens: str = ""

    @property
    def days(self) -> tuple[dt.date, dt.date]:
        return dt.date.fromisoformat(self.since), dt.date.fromisoformat(self.until)

    @property
    def token_bytes(self) -> bytes:
        return base64.b64decode(self.tokens, validate=True)

    @property
    def digest(self) -> str:
        return hashlib.sha256(canonical(asdict(self))).hexdigest()


@cache
def question_terms() -> dict[str, Any]:
    """The whole file: limits and templates."""
    return tomllib.loads(resources.files(__package__).joinpath("questions.toml").read_text("utf-8"))


def canonical(body: Any) -> bytes:
    """The bytes both sides sign: keys sorted, no spaces."""
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sign(kind: bytes, body: Any, seed: bytes) -> str:
    """Base64 of the signature over a body of this kind."""
    return base64.b64encode(Ed25519PrivateKey.from_private_bytes(seed).sign(kind + canonical(body))).decode()


def signed_by(kind: bytes, body: Any, signature: str, public: str) -> bool:
    """Whether the owner of this key (base64) signed that body."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public))
        key.verify(base64.b64decode(signature), kind + canonical(body))
    except (InvalidSignature, ValueError):
        return False
    return True


def public_of(seed: bytes) -> str:
    """The public half, base64: what the other side writes into its list."""
    raw = serialization.Encoding.Raw, serialization.PublicFormat.Raw
    return base64.b64encode(Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes(*raw)).decode()


def packed(question: Question, seed: bytes) -> bytes:
    """What is sent."""
    body = asdict(question)
    return json.dumps({"question": body, "signature": sign(ASKED, body, seed)}).encode()


def unpacked(raw: bytes) -> tuple[Question, str]:
    """-> (question, signature). E8230 for what is no question, before anything else is looked at."""
    try:
        whole = json.loads(raw)
        question, signature = Question(**whole["question"]), whole["signature"]
        fields = [*asdict(question).values(), signature]
        since, until = question.days
        dt.datetime.fromisoformat(question.issued_at).astimezone(dt.UTC)
        shape = all(isinstance(one, str) for one in fields) and len(question.token_bytes) % SIZE == 0 and since <= until
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as why:
        raise WanggeError("E8230", reason=type(why).__name__) from why
    terms = question_terms()
    if not shape or len(question.token_bytes) > SIZE * terms["limits"]["tokens"] or len(question.id) > 60:
        raise WanggeError("E8230", reason="shape")
    template = terms["template"].get(question.template)
    if template is None or (until - since).days >= template["most_days"] or not question.basis.strip():
        raise WanggeError("E8230", reason="template")
    return question, signature
