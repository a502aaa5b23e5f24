"""What this room is to the others: pages may include the templates of each kind."""

from pathlib import Path

from flask import Flask
from jinja2 import ChoiceLoader, FileSystemLoader, PrefixLoader

from cpd.cases.labels import DANGERS, DECISIONS
from cpd.joints.rooms import Room


def _prepare_templates(app: Flask) -> None:
    """Let pages name decisions and dangers, and include `kinds/<kind>/ask.html`."""
    app.jinja_env.globals.update(DECISIONS=DECISIONS, DANGERS=DANGERS)
    kinds = PrefixLoader({"kinds": FileSystemLoader(Path(__file__).parent / "kinds")})
    own = app.jinja_env.loader
    app.jinja_env.loader = ChoiceLoader([*([own] if own else []), kinds])


ROOM = Room(on_start=_prepare_templates)
