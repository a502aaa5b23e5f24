"""The shell by itself: no rooms, only pages that exist to be looked at and to go wrong."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Blueprint, Flask, abort, redirect, request, session
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from jinja2 import ChoiceLoader, FileSystemLoader
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import abort as raise_now

from cpd.access import room as access
from cpd.access.guard import guard_routes, public
from cpd.app import ROOMS
from cpd.cases.room import add_case_templates_and_globals as add_case_templates
from cpd.config import Settings
from cpd.courses import labels
from cpd.db import db
from cpd.engine import add_safety_listeners
from cpd.joints.connect import connect_rooms
from cpd.joints.rooms import NavItem
from cpd.provider import current
from cpd.web import logs, shell
from cpd.web.headers import cacheable
from cpd.web.navigation import add_navigation_links
from cpd.web.reading import read_json_object
from cpd.web.site import Site
from tests.support.house import CPD
from tests.support.joints import asking
from tests.web import gallery

MakeShell = Callable[..., Flask]


def _faulty() -> Blueprint:
    bp = Blueprint("faulty", __name__)

    @bp.route("/error/<int:code>", methods=["GET", "POST"])
    @public
    def error(code: int) -> ResponseReturnValue:
        abort(code)

    @bp.get("/said")
    @public
    def said() -> ResponseReturnValue:
        abort(409, "Ada saved this draft at 14:08. Nothing of yours was lost.")

    @bp.get("/moved")
    @public
    def moved() -> ResponseReturnValue:
        raise_now(redirect("/healthz"))

    @bp.get("/crash")
    @public
    def crash() -> ResponseReturnValue:
        msg = "maya@clinic.example\r\nhas no pulse"
        raise RuntimeError(msg)

    @bp.get("/busy/<string:how>")
    @public
    def busy(how: str) -> ResponseReturnValue:
        if how == "locked":
            raise OperationalError("UPDATE", {}, Exception("database is locked"))
        raise PoolTimeoutError

    return bp


def _plain() -> Blueprint:
    bp = Blueprint("plain", __name__)

    @bp.get("/kept")
    @public
    @cacheable(300)
    def kept() -> ResponseReturnValue:
        if "write" in request.args:
            session["seen"] = 1
        if "missing" in request.args:
            abort(404)
        return "a page for everybody"

    @bp.post("/json")
    @public
    def posted() -> ResponseReturnValue:
        return read_json_object()

    return bp


def _add_macros(app: Flask) -> None:
    """Let the gallery show the macros of rooms above the shell, too."""
    add_case_templates(app)
    labels.add_labels_to_templates(app)
    assert app.jinja_env.loader is not None
    courses = FileSystemLoader(CPD / "courses" / "templates")
    app.jinja_env.loader = ChoiceLoader([app.jinja_env.loader, courses])


@pytest.fixture
def written() -> io.StringIO:
    """What the shell writes to its log."""
    return io.StringIO()


@pytest.fixture
def make_shell(tmp_path: Path, written: io.StringIO) -> MakeShell:
    """Make an app of the shell alone, with settings."""

    def make(**changes: Any) -> Flask:
        facts: dict[str, Any] = {
            "database_url": f"sqlite:///{tmp_path / 'shell.sqlite'}",
            "instance_dir": tmp_path,
            "public_url": "http://localhost",
        }
        settings = Settings(**(facts | changes))
        (tmp_path / "shell.sqlite").touch()  # SQLite is not let make one
        app = Site()
        app.config.update(
            CPD=settings,
            SECRET_KEY="a key for the tests that is long enough",
            SQLALCHEMY_DATABASE_URI=settings.database_url,
            TRUSTED_HOSTS=[settings.host],
        )
        connect_rooms(app, [access.ROOM, asking()])
        db.init_app(app)
        with app.app_context():
            add_safety_listeners(db.engine)
        shell.init_app(app, rooms=ROOMS)
        _add_macros(app)
        current.init_app(app)
        logs.configure_logging(written)
        app.register_blueprint(gallery.bp)
        app.register_blueprint(_faulty())
        app.register_blueprint(_plain())
        add_navigation_links(
            app,
            NavItem("My record", "web.alive", order=20),
            NavItem(lambda: "Maya Okafor", "web.ready", order=30),
            NavItem("Courses", "gallery.form", order=10, covers=("gallery",)),
            NavItem("Not now", "web.alive", is_shown=lambda: False),
            NavItem("Verify a certificate", "web.alive", place="foot"),
        )
        guard_routes(app)
        return app

    return make


@pytest.fixture
def client(make_shell: MakeShell) -> FlaskClient:
    """A browser on the shell."""
    return make_shell().test_client()


@pytest.fixture
def lines(written: io.StringIO) -> Callable[[], list[dict[str, Any]]]:
    """Reads the log, one object a line."""
    return lambda: [json.loads(line) for line in written.getvalue().splitlines()]
