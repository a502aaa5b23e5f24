"""What this room adds to the site: labels, macros and kinds of answer for every page."""

from pathlib import Path

from flask import Flask
from jinja2 import ChoiceLoader, FileSystemLoader, PackageLoader, PrefixLoader

from cpd.cases import labels
from cpd.cases.kinds.registry import KINDS, asks_for_decision
from cpd.joints.rooms import Room

TEMPLATES = Path(__file__).parent / "templates"


def add_case_templates_and_globals(app: Flask) -> None:
    """Let pages import `cases/macros.html` and include the templates in `kinds/<kind>/`."""
    kinds = {name: PackageLoader(kind.package_name, "") for name, kind in KINDS.items()}
    added = [FileSystemLoader(TEMPLATES), PrefixLoader({"kinds": PrefixLoader(kinds)})]
    present = app.jinja_env.loader
    app.jinja_env.loader = ChoiceLoader([*([present] if present else []), *added])
    app.jinja_env.globals.update(
        asks_for_decision=asks_for_decision,
        BASIS=labels.BASIS,
        DANGERS=labels.DANGERS,
        DECISIONS=labels.DECISIONS,
    )


ROOM = Room(on_start=add_case_templates_and_globals)
