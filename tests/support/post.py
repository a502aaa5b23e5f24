"""A real SMTP server in a thread of this process, and the emails that it accepted."""

import re
from asyncio import Transport
from asyncio.base_events import Server
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from flask import Flask

from cpd.config import MailServer
from cpd.jobs import worker


@dataclass(frozen=True)
class Arrived:
    """An email as the server received it."""

    to: list[str]
    message: EmailMessage

    @property
    def subject(self) -> str:
        """The subject."""
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        """The body."""
        return str(self.message.get_content()).replace("\r\n", "\n")

    @property
    def code(self) -> str:
        """The six digits in it."""
        (found,) = re.findall(r"^ +(\d{3}) (\d{3})$", self.text, re.MULTILINE)
        return "".join(found)

    @property
    def path(self) -> str:
        """The path of the only link on its own line that has a token."""
        link = r"^http://localhost(/\S+/[\w-]{43}(?:\?\S+)?)$"
        (found,) = re.findall(link, self.text, re.MULTILINE)
        return str(found)


@dataclass
class PostOffice:
    """The server: what it received, and what it answers."""

    emails: list[Arrived] = field(default_factory=list)
    answers: dict[str, list[str]] = field(default_factory=dict)
    """Its replies instead of OK, once each: to `RCPT`, `DATA` (after the email) or `QUIT`."""
    port: int = 0

    @property
    def server(self) -> MailServer:
        """The server's settings."""
        return MailServer("127.0.0.1", self.port)

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _o: list[str]
    ) -> str:
        """Accept a recipient."""
        if self.answers.get("RCPT"):
            return self.answers["RCPT"].pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Accept an email."""
        said = self.answers["DATA"].pop(0) if self.answers.get("DATA") else "250 OK"
        if said.startswith("250") or said == "lost":
            message = message_from_bytes(envelope.content or b"", policy=policy.default)  # type: ignore[arg-type]
            self.emails.append(Arrived(list(envelope.rcpt_tos), message))
        if said == "lost":  # it has the email, but does not say so
            assert isinstance(server.transport, Transport)
            server.transport.abort()
        return said

    async def handle_QUIT(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802
        """Say goodbye."""
        return self.answers["QUIT"].pop(0) if self.answers.get("QUIT") else "221 Bye"

    def collect(self, app: Flask) -> list[Arrived]:
        """Let the worker run what is due, and return the emails that arrived."""
        before = len(self.emails)
        with app.app_context():
            worker.run_all_due_jobs()
        return self.emails[before:]

    def collect_one(self, app: Flask) -> Arrived:
        """Return the only email that is due."""
        (found,) = self.collect(app)
        return found


class _Controller(Controller):
    """Listens on a free port."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextmanager
def open_post_office(**tls: Any) -> Iterator[PostOffice]:
    """Open the server on a free port until the end of the block.

    With `ssl_context` it uses TLS from the start, with `tls_context` after STARTTLS.
    """
    office = PostOffice()
    controller = _Controller(office, hostname="127.0.0.1", port=0, **tls)
    controller.start()
    office.port = controller.port
    try:
        yield office
    finally:
        controller.stop()


def signed_by_itself(folder: Path) -> tuple[SSLContext, Path]:
    """Return what a server needs for TLS, and its self-signed certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    here = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime(2000, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
        .add_extension(here, critical=False)
        .sign(key, SHA256())
    )
    certificate, secret = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(Encoding.PEM))
    secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = SSLContext(PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, secret)
    return context, certificate
