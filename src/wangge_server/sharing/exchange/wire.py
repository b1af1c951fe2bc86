"""The wire between the two sides: HTTPS with certificates on both ends (TLS 1.3), one POST a question."""

from __future__ import annotations

import datetime as dt
import json
import socket
import ssl
from dataclasses import dataclass
from http.client import HTTPException, HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from wangge.base.errors import WanggeError
from wangge_server.sharing.exchange.node import Node
from wangge_server.sharing.exchange.question import ANSWERED, Question, packed, question_terms, signed_by

PATH, SECONDS = "/questions", 30


@dataclass(frozen=True)
class Certificates:
    """Own certificate and key, and the authority both sides trust; PEM files."""

    certificate: Path
    key: Path
    authority: Path

    def context(self, *, server: bool) -> ssl.SSLContext:
        """E8238 where a file is missing or does not fit."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if server else ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version, context.verify_mode = ssl.TLSVersion.TLSv1_3, ssl.CERT_REQUIRED
        try:
            context.load_cert_chain(self.certificate, self.key)
            context.load_verify_locations(self.authority)
        except (OSError, ssl.SSLError) as why:
            raise WanggeError("E8238", name=self.certificate.name, reason=type(why).__name__) from why
        return context


class NodeServer(ThreadingHTTPServer):
    """Serves one node. Nobody without a certificate of the authority gets as far as a line of HTTP."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], node: Node, certificates: Certificates) -> None:
        self.node, self.context = node, certificates.context(server=True)
        super().__init__(address, _Handler)

    def get_request(self) -> tuple[socket.socket, Any]:
        # The handshake waits for the other side: it belongs into the connection's own thread.
        raw, whence = self.socket.accept()
        raw.settimeout(SECONDS)
        return self.context.wrap_socket(raw, server_side=True, do_handshake_on_connect=False), whence

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that broke off, or had no certificate, is no event of ours."""


class _Handler(BaseHTTPRequestHandler):
    server: NodeServer
    connection: ssl.SSLSocket
    server_version, sys_version, protocol_version = "wangge-node", "", "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        self.connection.do_handshake()

    def do_POST(self) -> None:
        try:
            length = int(self.headers.get("Content-Length") or 0)
            if self.path != PATH or not 0 < length <= question_terms()["limits"]["body_mb"] << 20:
                raise WanggeError("E8230", reason="length")
            self._say(
                200,
                self.server.node.answer(
                    _common_name(self.connection), self.rfile.read(length), dt.datetime.now(dt.UTC)
                ),
            )
        except WanggeError as error:
            self.close_connection = True
            self._say(429 if error.code == "E8234" else 400, {"code": error.code, "text": error.text("zh-hans")})

    def _say(self, status: int, body: dict[str, Any]) -> None:
        data = json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Receipts are the log."""


def _common_name(connection: ssl.SSLSocket) -> str:
    subject: Any = (connection.getpeercert() or {}).get("subject", ())
    return next((value for part in subject for key, value in part if key == "commonName"), "")


def ask(url: str, question: Question, seed: bytes, certificates: Certificates, node_key: str) -> dict[str, Any]:
    """Ask a node. -> {answer, receipt}, signed by the node. E8237 not reached, E8239 it refused, E8240 not its answer."""
    where = urlsplit(url)
    # An address without a port is that of HTTPS itself.
    connection = HTTPSConnection(
        where.hostname or "", where.port or 443, context=certificates.context(server=False), timeout=SECONDS
    )
    try:
        connection.request("POST", PATH, packed(question, seed), {"Content-Type": "application/json"})
        response = connection.getresponse()
        status, body = response.status, json.loads(response.read())
    except (OSError, HTTPException, ValueError) as why:
        raise WanggeError("E8237", reason=type(why).__name__) from why
    finally:
        connection.close()
    if status != 200:
        raise WanggeError("E8239", number=body.get("code", ""), text=body.get("text", ""))
    said = {"answer": body["answer"], "receipt": body["receipt"]}
    ours = body["receipt"]["question"] == question.digest
    if not ours or not signed_by(ANSWERED, said, body["signature"], node_key):
        raise WanggeError("E8240")
    return said
