"""Handing emails over: to the mail server, or into the folder of a demo.

An email is done when the server has taken it. When the way breaks after the last line and before
the server's word, nobody can know; it is sent again under the same Message-ID, by which providers
recognise it. Nothing that an email or a server says is written to a log: both hold addresses.
"""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

import structlog

from cpd.config import MailServer, Settings, Tls, current_settings
from cpd.jobs import outbox
from cpd.jobs.models import OutboxItem
from cpd.kernel import files
from cpd.mail import emails
from cpd.mail.emails import Email

PATIENCE = 12.0
"""Seconds for each word of the server; a dozen that are all so slow would outlast the lease."""
_PERMANENT = 500

log = structlog.get_logger(__name__)


class NotNowError(RuntimeError):
    """The email was not taken now; it is tried again."""


class NoServerError(NotNowError, outbox.MailServerUnavailableError):
    """No email can be handed over now: the server is away, or does not let us in."""


class RefusedError(RuntimeError):
    """The email will never be taken: there is no such address, or it is not wanted."""


def run(item: OutboxItem, now: datetime) -> None:
    """Hand an enqueued email over."""
    payload = item.payload
    template = payload["template"].replace("/letters/", "/emails/")  # as older rows name the folder
    deliver(Email(payload["to"], template, payload["values"]), item, now=now)


def deliver(email: Email, item: OutboxItem, *, now: datetime) -> None:
    """Hand an email over, or give it up; raises NotNowError when it is to be tried again."""
    if now >= item.created_at + emails.LASTS:
        log.warning("email given up", about=item.about, reason="too late")
        return
    try:
        send(emails.write(email, key=item.about, now=now))
    except RefusedError as fault:
        log.warning("email given up", about=item.about, reason=str(fault))


def send(message: EmailMessage) -> None:
    """Hand a message over; raises NotNowError or RefusedError."""
    settings = current_settings()
    if settings.mail_server is not None:
        _over_smtp(settings.mail_server, message)
    elif settings.has_mailbox:
        _keep(folder(settings), message)
    else:
        raise RefusedError("this site has no mail server")


def folder(settings: Settings) -> Path:
    """Return where a demo keeps its emails."""
    return settings.instance_dir / "mailbox"


def _keep(where: Path, message: EmailMessage) -> None:
    """Write an email whole or not at all; a second time it takes its own place."""
    name = message["Message-ID"].strip("<>").partition("@")[0]
    with files.made(where):
        files.write(where / f"{name}.eml", message.as_bytes())


def _over_smtp(server: MailServer, message: EmailMessage) -> None:
    with _connected(server) as connection:
        with _faults_of_an_email():
            connection.send_message(message)
        with suppress(smtplib.SMTPException, OSError):
            connection.quit()  # it has the email, however it says goodbye


@contextmanager
def _connected(server: MailServer) -> Iterator[smtplib.SMTP]:
    """Connect, over TLS unless the server is this machine, and sign in; raises NoServerError."""
    context = ssl.create_default_context()
    with _faults_of_the_server():
        connection = (
            smtplib.SMTP_SSL(server.host, server.port, timeout=PATIENCE, context=context)
            if server.tls is Tls.AT_ONCE
            else smtplib.SMTP(server.host, server.port, timeout=PATIENCE)
        )
    try:
        with _faults_of_the_server():
            if server.tls is Tls.STARTTLS:
                connection.starttls(context=context)
            if server.user:
                connection.login(server.user, server.password)
        yield connection
    finally:
        connection.close()


@contextmanager
def _faults_of_the_server() -> Iterator[None]:
    """Turn what happens before any email is named into a fault of the way, without its words."""
    try:
        yield
    except smtplib.SMTPNotSupportedError as fault:  # no TLS, no signing in: our library's words
        raise NoServerError(str(fault)) from None
    except smtplib.SMTPResponseException as fault:
        raise NoServerError(f"the server answered {fault.smtp_code}") from None
    except (smtplib.SMTPException, OSError) as fault:
        raise NoServerError(f"no connection: {type(fault).__name__}") from None


@contextmanager
def _faults_of_an_email() -> Iterator[None]:
    """Turn what a server answers to an email into whether to try again, without its words.

    A connection that breaks here is no fault of the way: an email at which it always breaks must
    not hold up the others.
    """
    try:
        yield
    except smtplib.SMTPRecipientsRefused as fault:
        ((code, _words),) = fault.recipients.values()
        raise _judged("the address", code) from None
    except smtplib.SMTPDataError as fault:
        raise _judged("the email", fault.smtp_code) from None
    except smtplib.SMTPNotSupportedError:
        raise RefusedError("the server takes no such address") from None
    except smtplib.SMTPResponseException as fault:  # the sender: ours to put right
        raise NotNowError(f"the server answered {fault.smtp_code}") from None
    except (smtplib.SMTPException, OSError) as fault:
        raise NotNowError(f"connection lost: {type(fault).__name__}") from None


def _judged(what: str, code: int) -> NotNowError | RefusedError:
    kind = RefusedError if code >= _PERMANENT else NotNowError
    return kind(f"the server refused {what} with {code}")
