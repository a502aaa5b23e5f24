"""Sending emails: to the mail server, or into the folder of a demo.

An email is done when the server has accepted it. When the connection breaks after the last line
and before the server's answer, nobody can tell; it is sent again under the same Message-ID, by
which providers recognize it. Nothing that an email or a server says is logged: both hold addresses.
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

TIMEOUT = 12.0
"""Seconds for each answer of the server; a dozen this slow would outlast the lease."""
_PERMANENT = 500

log = structlog.get_logger(__name__)


class TemporaryFailureError(RuntimeError):
    """The email was not accepted; it will be tried again later."""


class ServerUnavailableError(TemporaryFailureError, outbox.MailServerUnavailableError):
    """No email can be sent now: the server is down, or does not let us in."""


class PermanentFailureError(RuntimeError):
    """The email will never be accepted: there is no such address, or it is not wanted."""


def send_enqueued_email(item: OutboxItem, now: datetime) -> None:
    """Send an email that `emails.enqueue_email` added to the outbox."""
    payload = item.payload
    template = payload["template"].replace("/letters/", "/emails/")  # the folder in older rows
    send_or_give_up_email(Email(payload["to"], template, payload["values"]), item, now=now)


def send_or_give_up_email(email: Email, item: OutboxItem, *, now: datetime) -> None:
    """Send an email, or give it up; raises TemporaryFailureError if it should be tried again."""
    if now >= item.created_at + emails.LASTS:
        log.warning("email given up", about=item.about, reason="too late")
        return
    try:
        send_message(emails.compose_email_message(email, key=item.about, now=now))
    except PermanentFailureError as fault:
        log.warning("email given up", about=item.about, reason=str(fault))


def send_message(message: EmailMessage) -> None:
    """Send a message; raises TemporaryFailureError or PermanentFailureError."""
    settings = current_settings()
    if settings.mail_server is not None:
        _send_message_by_smtp(settings.mail_server, message)
    elif settings.has_mailbox:
        _save_message_as_file(mailbox_folder_path(settings), message)
    else:
        raise PermanentFailureError("this site has no mail server")


def mailbox_folder_path(settings: Settings) -> Path:
    """Return the folder in which a demo keeps its emails."""
    return settings.instance_dir / "mailbox"


def _save_message_as_file(where: Path, message: EmailMessage) -> None:
    """Write an email completely or not at all; writing it again replaces the file."""
    name = message["Message-ID"].strip("<>").partition("@")[0]
    with files.create_private_folder(where):
        files.write_private_file(where / f"{name}.eml", message.as_bytes())


def _send_message_by_smtp(server: MailServer, message: EmailMessage) -> None:
    with _connect_to_mail_server(server) as connection:
        with _translate_email_faults():
            connection.send_message(message)
        with suppress(smtplib.SMTPException, OSError):
            connection.quit()  # it has accepted the email, whatever it answers now


@contextmanager
def _connect_to_mail_server(server: MailServer) -> Iterator[smtplib.SMTP]:
    """Connect and log in, with TLS as the settings say; raises ServerUnavailableError."""
    context = ssl.create_default_context()
    with _translate_server_faults():
        connection = (
            smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT, context=context)
            if server.tls is Tls.AT_ONCE
            else smtplib.SMTP(server.host, server.port, timeout=TIMEOUT)
        )
    try:
        with _translate_server_faults():
            if server.tls is Tls.STARTTLS:
                connection.starttls(context=context)
            if server.user:
                connection.login(server.user, server.password)
        yield connection
    finally:
        connection.close()


@contextmanager
def _translate_server_faults() -> Iterator[None]:
    """Turn failures before any email is named into ServerUnavailableError, without the answer."""
    try:
        yield
    except smtplib.SMTPNotSupportedError as fault:  # no TLS, no login: the message is smtplib's own
        raise ServerUnavailableError(str(fault)) from None
    except smtplib.SMTPResponseException as fault:
        raise ServerUnavailableError(f"the server answered {fault.smtp_code}") from None
    except (smtplib.SMTPException, OSError) as fault:
        raise ServerUnavailableError(f"no connection: {type(fault).__name__}") from None


@contextmanager
def _translate_email_faults() -> Iterator[None]:
    """Turn the answer to an email into a permanent or temporary failure, without its text.

    A connection that breaks here does not count as an unavailable server: an email that always
    breaks it must not hold up the others.
    """
    try:
        yield
    except smtplib.SMTPRecipientsRefused as fault:
        ((code, _words),) = fault.recipients.values()
        raise _build_failure_for_code("the address", code) from None
    except smtplib.SMTPDataError as fault:
        raise _build_failure_for_code("the email", fault.smtp_code) from None
    except smtplib.SMTPNotSupportedError:
        raise PermanentFailureError("the server takes no such address") from None
    except smtplib.SMTPResponseException as fault:  # the sender address, which we can correct
        raise TemporaryFailureError(f"the server answered {fault.smtp_code}") from None
    except (smtplib.SMTPException, OSError) as fault:
        raise TemporaryFailureError(f"connection lost: {type(fault).__name__}") from None


def _build_failure_for_code(what: str, code: int) -> TemporaryFailureError | PermanentFailureError:
    kind = PermanentFailureError if code >= _PERMANENT else TemporaryFailureError
    return kind(f"the server refused {what} with {code}")
