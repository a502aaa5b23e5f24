"""The Flask app of the site: what happens around a request, before Flask and after a crash."""

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from flask import Flask

from cpd.web import logs

Wsgi: TypeAlias = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Site(Flask):
    """A Flask app that can be wrapped in middleware, and that logs crashes without the URL."""

    def __init__(self) -> None:
        super().__init__("cpd", static_folder=None)
        self._pipeline: Wsgi = super().wsgi_app

    def wrap_in_middleware(self, middleware: Callable[[Wsgi], Wsgi]) -> None:
        """Send every request through this middleware first."""
        self._pipeline = middleware(self._pipeline)

    def wsgi_app(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one request, through all middleware."""
        return self._pipeline(environ, start_response)

    def log_exception(self, exc_info: Any) -> None:
        """Log a crash; Flask's own line would contain the path."""
        logs.log.error("crashed", exc_info=exc_info)
