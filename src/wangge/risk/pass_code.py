"""A resident's pass: a CWT (RFC 8392) signed with Ed25519 (COSE_Sign1, RFC 9052), in base45 behind `WG1:`, for a QR code.

It says a colour, how it was issued, from when until when, and nothing else: no name unless a law named at issue asks for
one, no place, no reason. It is drawn from two facts of a grade, its colour and its end (passes.toml). A pass is a bearer's:
it proves that somebody was given this colour, not who stands at the gate. The window below is what a gate can do about copies.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import Any

import cbor2
import pyarrow as pa
import pyarrow.compute as pc
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cwt import COSE, COSEKey

from wangge.base.errors import WanggeError
from wangge.risk import base45
from wangge.risk.grade import BEIJING_SECONDS
from wangge.tables.shapes import GRADE

PREFIX = "WG1:"
ISS, EXP, NBF, IAT, CTI, NONCE, SAID = 1, 4, 5, 6, 7, 10, -70001  # IANA's claims; the last is private use
ID_BYTES = 10
WORD = re.compile(r"[0-9A-HJKMNP-TV-Z]{6}")  # a gate's word: six of Crockford's 32 characters, 30 bits
BEIJING = dt.timezone(dt.timedelta(seconds=BEIJING_SECONDS))


@dataclass(frozen=True)
class Colour:
    """What a pass may know of somebody: a colour, and until when its evidence counts (None: no evidence, no end)."""

    colour: str
    ends_at: dt.datetime | None


@dataclass(frozen=True)
class Pass:
    """A pass as it was signed. Instants in UTC, whole seconds; `word` binds it to one gate's window."""

    pass_id: bytes
    issuer: str
    colour: str
    kind: str
    issued_at: dt.datetime
    from_at: dt.datetime
    expires_at: dt.datetime
    name: str = ""
    word: str = ""


@dataclass(frozen=True)
class Window:
    """A gate's word and when it was shown. `seen`: ids already shown for this word; the gate forgets them with the word.

    It stops a screenshot, a recording and a code forwarded from elsewhere, because the word was not known when those were made,
    and it stops showing one screen twice. It does not stop a holder who answers the word live for somebody else, and it says
    nothing of paper, which cannot answer a word: that pass is believed as a bearer's, and `unproven` says so.
    """

    word: str
    opened_at: dt.datetime
    seen: frozenset[bytes] = frozenset()


@dataclass(frozen=True)
class Verdict:
    """A pass that holds. `unproven`: nothing shows that its holder is here (no word was asked, or it is on paper)."""

    held: Pass
    unproven: bool


@dataclass(frozen=True)
class Trusted:
    """What a gate believes: public keys by key id, ids taken back, and until when that list is fresh."""

    keys: Mapping[bytes, bytes]
    revoked: Collection[bytes] = field(default_factory=frozenset)
    fresh_until: dt.datetime | None = None


@cache
def settings() -> dict[str, Any]:
    """Hours, sizes, colours and fields (passes.toml)."""
    return tomllib.loads(resources.files(__package__).joinpath("passes.toml").read_text("utf-8"))


def draw(grades: pa.Table, person_id: str, now: dt.datetime) -> Colour:
    """The colour of one person from GRADE: only `grade` and `expires_on` are read; a grade past its end is none."""
    rows = GRADE.hand_over(grades)
    mine = rows.filter(pc.equal(rows["person_id"], person_id)).select(["grade", "expires_on"]).to_pylist()
    return colour_of([(row["grade"], row["expires_on"]) for row in mine], now)


def colour_of(held: Collection[tuple[str, dt.date]], now: dt.datetime) -> Colour:
    """The strongest colour of (grade, last day in Beijing) pairs still in force. E6080 for a grade nobody declared."""
    said, strength = settings()["colour"], settings()["number"]["colour"]
    found = []
    for grade, last_on in held:
        if grade not in said or grade == "none":
            raise WanggeError("E6080", found=grade, known=", ".join(k for k in said if k != "none"))
        ends_at = dt.datetime.combine(last_on + dt.timedelta(days=1), dt.time(), BEIJING).astimezone(dt.UTC)
        if ends_at > now:
            found.append(Colour(said[grade], ends_at))
    strongest = max((strength[one.colour] for one in found), default=None)
    if strongest is None:
        return Colour(said["none"], None)
    weightiest = [one for one in found if strength[one.colour] == strongest]
    return max(weightiest, key=lambda one: one.ends_at or now)


def compose(
    drawn: Colour, *, pass_id: bytes, issuer: str, now: dt.datetime, kind: str = "phone", name: str = "", law: str = ""
) -> Pass:
    """A pass for a colour, hours long, never longer than the colour's own evidence. E6081: a name without a law that asks."""
    given = settings()
    if name and (not law or len(name) > given["name_characters"]):
        raise WanggeError("E6081", most=given["name_characters"])
    start = now.astimezone(dt.UTC).replace(microsecond=0)
    end = start + dt.timedelta(hours=given["paper_hours" if kind == "paper" else "hours"])
    # Only a colour that keeps somebody back ends with its evidence; green has nothing that could run out.
    if drawn.ends_at is not None and drawn.colour != given["colour"]["none"]:
        end = min(end, drawn.ends_at)
    return Pass(pass_id, issuer, drawn.colour, kind, start, start, end, name)


def sign(made: Pass, key: Ed25519PrivateKey, key_id: bytes, word: str = "") -> str:
    """The pass as the text of a QR code; with a gate's `word` it counts for that window only. E6078: no such word."""
    if word and not WORD.fullmatch(word):
        raise WanggeError("E6078")
    number = settings()["number"]
    said: dict[int, Any] = {1: number["colour"][made.colour], 2: number["kind"][made.kind]}
    said |= {3: made.name} if made.name else {}
    instants = {EXP: made.expires_at, NBF: made.from_at, IAT: made.issued_at}
    claims: dict[int, Any] = {ISS: made.issuer, **{k: int(v.timestamp()) for k, v in instants.items()}}
    claims |= {CTI: made.pass_id, SAID: said} | ({NONCE: word} if word else {})
    return PREFIX + base45.encode(seal(cbor2.dumps(claims, canonical=True), key, key_id))


def seal(payload: bytes, key: Ed25519PrivateKey, key_id: bytes) -> bytes:
    """COSE_Sign1 over a payload; algorithm and key id are inside what is signed."""
    private = COSEKey.from_pem(_pem(key), alg="EdDSA", kid=key_id)
    return bytes(COSE.new().encode_and_sign(payload, private, protected={1: -8, 4: key_id}))


def _pem(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def unseal(sealed: bytes, keys: Mapping[bytes, bytes]) -> bytes:
    """The payload of a COSE_Sign1 by one of `keys`. E6070: no such thing; E6073: key unknown; E6072: it was altered."""
    key_id = _key_id(sealed)
    if key_id not in keys:
        raise WanggeError("E6073")
    public = COSEKey.new({1: 1, -1: 6, 3: -8, 2: key_id, -2: keys[key_id]})
    try:
        return bytes(COSE.new().decode(sealed, public))
    except Exception as why:  # the library raises several kinds; all say that this is not what was signed
        raise WanggeError("E6072") from why


def _key_id(sealed: bytes) -> bytes:
    try:
        tag = cbor2.loads(sealed)
        protected, unprotected, payload, signature = tag.value
        header = cbor2.loads(protected)
        shaped = tag.tag == 18 and header[1] == -8 and unprotected == {}
        if not shaped or not isinstance(payload, bytes) or len(signature) != 64:
            raise ValueError
        return bytes(header[4])
    except Exception as why:
        raise WanggeError("E6070") from why


def verify(text: str, now: dt.datetime, trusted: Trusted, window: Window | None = None) -> Verdict:
    """Does this code hold, now, here? -> Verdict, or the number of the refusal (E6070 to E6079).

    Writes nothing, asks nobody: a check changes no colour and leaves no trace. Which refusal comes first is fixed: size, form,
    key, signature, time, list, window.
    """
    if len(text) > settings()["most_characters"]:
        raise WanggeError("E6071", most=settings()["most_characters"])
    held = _read(unseal(_bytes(text), trusted.keys))
    if now < held.from_at:
        raise WanggeError("E6075")
    if now >= held.expires_at:
        raise WanggeError("E6074")
    if trusted.fresh_until is not None and now >= trusted.fresh_until:
        raise WanggeError("E6079")
    if mark(held.pass_id) in trusted.revoked:
        raise WanggeError("E6076")
    return Verdict(held, _unproven(held, now, window))


def _unproven(held: Pass, now: dt.datetime, window: Window | None) -> bool:
    if window is None or held.kind == "paper":
        return True
    age = (now - window.opened_at).total_seconds()
    if held.word != window.word or not 0 <= age < settings()["window_seconds"]:
        raise WanggeError("E6078")
    if held.pass_id in window.seen:
        raise WanggeError("E6077")
    return False


def mark(pass_id: bytes) -> bytes:
    """What stands in the revocation list for a pass: eight bytes that say nothing to whoever has not seen it."""
    return sha256(pass_id).digest()[:8]


def _bytes(text: str) -> bytes:
    if not text.startswith(PREFIX):
        raise WanggeError("E6070")
    try:
        return base45.decode(text[len(PREFIX) :])
    except ValueError as why:
        raise WanggeError("E6070") from why


def _read(payload: bytes) -> Pass:
    """Claims of ours. A signed text that is no pass (the revocation list is signed too), or lasts too long, is refused."""
    names = {part: {n: name for name, n in table.items()} for part, table in settings()["number"].items()}
    try:
        claims = cbor2.loads(payload)
        said = claims[SAID]
        issued, start, end = (dt.datetime.fromtimestamp(claims[k], dt.UTC) for k in (IAT, NBF, EXP))
        found = Pass(
            bytes(claims[CTI]), str(claims[ISS]), names["colour"][said[1]], names["kind"][said[2]], issued, start, end,
            str(said.get(3, "")), str(claims.get(NONCE, "")),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError) as why:
        raise WanggeError("E6070") from why
    if not dt.timedelta(0) < end - start <= dt.timedelta(hours=settings()["most_hours"]):
        raise WanggeError("E6070")
    return found


def fields_of_pass(held: Pass) -> dict[str, str]:
    """What the code says under the names of GB/T 38962."""
    shown = {f["name"]: getattr(held, f["ours"]) for f in settings()["field"] if f["use"] != "never"}
    return {name: value for name, value in shown.items() if value}


def public_bytes(key: Ed25519PrivateKey | Ed25519PublicKey) -> bytes:
    """The 32 bytes of a public key."""
    return (key.public_key() if isinstance(key, Ed25519PrivateKey) else key).public_bytes_raw()
