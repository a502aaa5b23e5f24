"""Logs: one JSON object per line, with a request id and without personal data."""

import logging
import re
import sys
import time
import traceback
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog
from flask import Flask, Response, g, request

from cpd.kernel.ids import generate_base32_text

log = structlog.stdlib.get_logger("cpd")

PERSONAL = frozenset(
    {
        "address",
        "answer",
        "authorization",
        "birthday",
        "code",
        "cookie",
        "csrf_token",
        "email",
        "legal_name",
        "licence",
        "name",
        "password",
        "path",
        "query",
        "remote_addr",
        "secret",
        "session",
        "token",
        "url",
        "user_agent",
    }
)
"""Fields that are never logged."""

_ADDRESS = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+")
_ROW_IN_ERROR = re.compile(r"\nDETAIL: .*?(?=\n\[SQL|\Z)", re.DOTALL)
"""Where PostgreSQL repeats the values of the row that it refuses."""
_LONGEST = 500


def init_app(app: Flask, stream: TextIO | None = None) -> None:
    """Log JSON lines to the stream (standard error), one for each request."""
    configure_logging(stream)
    app.before_request(_start_request_log)
    app.after_request(_log_request)


def configure_logging(stream: TextIO | None = None) -> None:
    """Send structlog and the standard library's logging through one JSON handler."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        describe_exception,
        remove_personal_data,
        replace_control_characters,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = _Handler() if stream is None else logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(sort_keys=True),
            ],
        )
    )
    handler.set_name("cpd")
    root = logging.getLogger()
    for old in [old for old in root.handlers if old.get_name() == "cpd"]:
        root.removeHandler(old)
    root.addHandler(handler)
    logging.getLogger("cpd").setLevel(logging.INFO)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # it would log addresses and paths


class _Handler(logging.Handler):
    """Writes to whatever is standard error at the time."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record as a line."""
        sys.stderr.write(self.format(record) + "\n")


def current_request_id() -> str:
    """Return the id of this request, generated here: one sent by a client is not trusted."""
    if "request_id" not in g:
        text = generate_base32_text(40).upper()
        g.request_id = f"{text[:4]}-{text[4:]}"
    found: str = g.request_id
    return found


def _start_request_log() -> None:
    g.began = time.monotonic()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=current_request_id())


def _log_request(response: Response) -> Response:
    began = g.get("began", time.monotonic())
    rule = request.url_rule
    log.info(
        "request",
        method=request.method if request.method in _METHODS else "other",
        route=rule.rule if rule else None,
        status=response.status_code,
        milliseconds=round((time.monotonic() - began) * 1000, 1),
    )
    response.headers["X-Request-Id"] = current_request_id()
    return response


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def describe_exception(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Turn exc_info into type, message and traceback, without the values of variables."""
    exc_info = event.pop("exc_info", None)
    if exc_info is True:
        exc_info = sys.exc_info()
    fault = exc_info[1] if isinstance(exc_info, tuple) else exc_info
    if isinstance(fault, BaseException):
        event["exception"] = type(fault).__name__
        event["detail"] = _ROW_IN_ERROR.sub("", str(fault))
        event["places"] = [
            f"{frame.filename}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(fault.__traceback__)
        ]
    return event


def remove_personal_data(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Drop personal fields, and mask what looks like an email address in the others."""
    for key in [key for key in event if key.lower() in PERSONAL]:
        del event[key]
    for key, value in event.items():
        if isinstance(value, str) and "@" in value:
            event[key] = _ADDRESS.sub("[address]", value)
    return event


def replace_control_characters(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Replace line breaks and other control characters with spaces, and truncate long texts."""
    for key, value in event.items():
        if isinstance(value, str) and not (value.isprintable() and len(value) <= _LONGEST):
            event[key] = "".join(c if c.isprintable() else " " for c in value)[:_LONGEST]
    return event
