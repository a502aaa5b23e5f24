"""How gunicorn serves the site, whether started by `cpd serve` or by its own command.

It trusts no header about the address, path or scheme of a request: `CPD_PROXIES`, which the app
reads, says how many proxies there are. Its control socket is closed, because any process of the
same user could stop the site through it.
"""

import gc
import re
import sys
from typing import Any

from gunicorn.glogging import Logger

from cpd.web import logs


def build_common_gunicorn_settings() -> dict[str, Any]:
    """Return gunicorn's settings, except for the address to listen on."""
    return {
        "preload_app": True,
        "workers": 2,
        "threads": 4,
        "worker_class": "cpd.web.buffering_worker.BufferingWorker",
        "worker_connections": 500,  # each needs a file descriptor, of which many systems allow 1024
        "sendfile": False,  # responses pass through memory
        "graceful_timeout": 30,
        "loglevel": "warning",
        "logger_class": GunicornLogger,
        "control_socket_disable": True,
        "when_ready": freeze_loaded_objects,
        # By default it trusts these headers from every local process, and a proxy may be one.
        "forwarder_headers": "",
        "secure_scheme_headers": {},
    }


def freeze_loaded_objects(_server: object) -> None:
    """Leave what is loaded out of garbage collection, before the processes are forked.

    Otherwise each of them would look at all of it again and again, and so unshare its memory.
    """
    gc.freeze()


class GunicornLogger(Logger):
    """Writes gunicorn's messages in the format of our logs, without anything a visitor sent."""

    def setup(self, cfg: Any) -> None:
        """Send all messages to the app's log handler."""
        super().setup(cfg)
        logs.configure_logging()
        self.error_log.propagate = True

    def _set_handler(self, log: Any, output: Any, fmt: Any, stream: Any = None) -> None:
        """Let gunicorn write nothing itself, except for an access log if one is set."""
        if log is self.access_log:
            super()._set_handler(log, output, fmt, stream)

    def warning(self, msg: object, *args: object, **kwargs: Any) -> None:
        """Log a warning; about a request that cannot be read, log only what is wrong with it."""
        message, fault = _QUOTED.sub(r"\1", str(msg)), sys.exc_info()[0]
        if message != str(msg):
            args, kwargs["extra"] = (), {"fault": fault.__name__ if fault else None}
        super().warning(message, *args, **kwargs)

    def exception(self, msg: object, *args: object, **kwargs: Any) -> None:
        """Log an exception and where it happened, without the URL of the request."""
        del args
        super().exception(str(msg).partition(" %")[0], **kwargs)


_QUOTED = re.compile(r"(Invalid request) from ip=.*", re.DOTALL)
"""gunicorn's message for a request that it cannot read names the client and quotes the request."""
