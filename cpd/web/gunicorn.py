"""How gunicorn serves the site, by `cpd serve` and by its own command: what it believes and writes.

It believes nobody about the address, path or scheme of a request. Who stands behind a proxy is for
`CPD_PROXIES` to say, which the app reads. Its control socket, by which whoever has the same user
could stop the site, is closed.
"""

import re
import sys
from typing import Any

from gunicorn.glogging import Logger

from cpd.web import logs


def settings() -> dict[str, Any]:
    """Return gunicorn's settings; where it listens is left to whoever starts it."""
    return {
        "preload_app": True,
        "workers": 2,
        "threads": 4,
        "worker_class": "gthread",
        "graceful_timeout": 30,
        "loglevel": "warning",
        "logger_class": Lines,
        "control_socket_disable": True,
        # By default it believes these of every neighbour, and a proxy on this machine is one.
        "forwarder_headers": "",
        "secure_scheme_headers": {},
    }


class Lines(Logger):
    """gunicorn's own lines, written as the app's are, without what a visitor sent."""

    def setup(self, cfg: Any) -> None:
        """Hand all lines to the app's writer."""
        super().setup(cfg)
        logs.configure()
        self.error_log.propagate = True

    def _set_handler(self, log: Any, output: Any, fmt: Any, stream: Any = None) -> None:
        """Let gunicorn write nothing by itself, except for an access log that was asked for."""
        if log is self.access_log:
            super()._set_handler(log, output, fmt, stream)

    def warning(self, msg: object, *args: object, **kwargs: Any) -> None:
        """Write a warning; of a request that cannot be read only what is wrong with it."""
        said, fault = _QUOTED.sub(r"\1", str(msg)), sys.exc_info()[0]
        if said != str(msg):
            args, kwargs["extra"] = (), {"fault": fault.__name__ if fault else None}
        super().warning(said, *args, **kwargs)

    def exception(self, msg: object, *args: object, **kwargs: Any) -> None:
        """Write a fault and where it happened, without the address that was asked for."""
        del args
        super().exception(str(msg).partition(" %")[0], **kwargs)


_QUOTED = re.compile(r"(Invalid request) from ip=.*", re.DOTALL)
"""What gunicorn says of a request that it cannot read: whose it was, and the faulty part of it."""
