"""What this room is to the others: pages may include the templates of each kind."""

from pathlib import Path

from flask import Flask
from jinja2 import ChoiceLoader, FileSystemLoader, PrefixLoader

from cpd.joints.rooms import Room


def _find_kinds(app: Flask) -> None:
    """Let pages include `kinds/<kind>/ask.html`, which lies beside the kind's rules."""
    kinds = PrefixLoader({"kinds": FileSystemLoader(Path(__file__).parent / "kinds")})
    own = app.jinja_env.loader
    app.jinja_env.loader = ChoiceLoader([*([own] if own else []), kinds])


ROOM = Room(on_start=_find_kinds)
