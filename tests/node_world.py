"""A certificate authority, a holder's node and a district that asks, on this machine: real sockets, real certificates."""

from __future__ import annotations

import datetime as dt
import ipaddress
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from wangge.base.ids import uuid7
from wangge_server.sharing.exchange import tokens, wire
from wangge_server.sharing.exchange.node import open_node
from wangge_server.sharing.exchange.question import Question, public_of

DAY = dt.date(2026, 11, 20)


class Authority:
    """Signs certificates for both sides."""

    def __init__(self, folder: Path, name: str = "ca") -> None:
        self.folder, self.name, self.key = folder, name, ec.generate_private_key(ec.SECP256R1())
        self.certificate = self._made(name, self.key, self.name, authority=True)
        (folder / f"{name}.crt").write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))

    def _made(self, subject: str, key: Any, issuer: str, authority: bool = False) -> x509.Certificate:
        called = lambda name: x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])  # noqa: E731
        now = dt.datetime.now(dt.UTC)
        names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        made = (
            x509.CertificateBuilder().subject_name(called(subject)).issuer_name(called(issuer)).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(now - dt.timedelta(hours=1))
            .not_valid_after(now + dt.timedelta(days=1)).add_extension(x509.BasicConstraints(authority, None), critical=True)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
        )  # fmt: skip
        return made.sign(self.key, hashes.SHA256())

    def certify(self, name: str) -> wire.Certificates:
        """Certificate and key of somebody, as files."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = self._made(name, key, self.name)
        cert, private = self.folder / f"{name}.crt", self.folder / f"{name}.pem"
        cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
        private.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return wire.Certificates(cert, private, self.folder / f"{self.name}.crt")


CONFIG = """name = "{name}"
data = "rows.parquet"
signing_key = "node.sign"
covers_from = 2026-11-01
covers_until = 2026-11-30
columns = {{ number = "number", list = "list", day = "day", street = "street" }}

[[asker]]
name = "district"
public = "{public}"
exchange_key = "exchange.key"
purposes = ["judgement"]
templates = ["listed", "counted"]
until = 2099-12-31
per_minute = {per_minute}
tokens = {tokens}
cells = {cells}
"""


def prepare(
    folder: Path,
    rows: pa.Table,
    *,
    name: str = "carrier",
    per_minute: int = 100,
    tokens_most: int = 1000,
    cells: int = 1000,
) -> Authority:
    """Everything two sides agree on beforehand, as files of one folder."""
    authority = Authority(folder)
    for who in (name, "district"):
        authority.certify(who)
    tokens.write_secret(folder / "exchange.key")
    tokens.write_secret(folder / "node.sign")
    public = public_of(tokens.write_secret(folder / "district.sign"))
    pq.write_table(rows, folder / "rows.parquet")
    (folder / "node.toml").write_text(
        CONFIG.format(name=name, public=public, per_minute=per_minute, tokens=tokens_most, cells=cells), "utf-8"
    )
    return authority


@contextmanager
def serving(folder: Path, name: str = "carrier") -> Iterator[str]:
    """The node of a prepared folder answers in a thread. -> its address"""
    own = wire.Certificates(folder / f"{name}.crt", folder / f"{name}.pem", folder / "ca.crt")
    with wire.NodeServer(("127.0.0.1", 0), open_node(folder / "node.toml"), own) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"https://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join(5)


@contextmanager
def running(folder: Path, rows: pa.Table, **most: Any) -> Iterator[str]:
    """Prepare and serve."""
    if "tokens" in most:
        most["tokens_most"] = most.pop("tokens")
    prepare(folder, rows, **most)
    with serving(folder, most.get("name", "carrier")) as url:
        yield url


class District:
    """The asking side."""

    def __init__(self, folder: Path, node: str = "carrier") -> None:
        self.folder, self.node = folder, node
        self.seed = tokens.read_secret(folder / "district.sign")
        self.exchange_key = tokens.read_secret(folder / "exchange.key")
        self.node_key = public_of(tokens.read_secret(folder / "node.sign"))
        self.certificates = wire.Certificates(folder / "district.crt", folder / "district.pem", folder / "ca.crt")

    def question(self, **more: Any) -> Question:
        now = dt.datetime.now(dt.UTC).isoformat()
        usual = Question(str(uuid7()), "listed", "district", self.node, "judgement", "应急〔2026〕9 号", now, "trains",
                         "2026-11-18", "2026-11-21")  # fmt: skip
        return replace(usual, **more)

    def ask(self, url: str, **more: Any) -> dict[str, Any]:
        return self.send(url, self.question(**more))

    def send(self, url: str, question: Question) -> dict[str, Any]:
        return wire.ask(url, question, self.seed, self.certificates, self.node_key)
