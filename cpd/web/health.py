"""Whether the process lives, and whether it can serve: for the machines that watch it."""

from flask import Blueprint, Response, jsonify, make_response

from cpd import db
from cpd.access.guard import public


def init_app(bp: Blueprint) -> None:
    """Add the two addresses."""
    bp.add_url_rule("/healthz", "alive", alive)
    bp.add_url_rule("/readyz", "ready", ready)


@public
def alive() -> Response:
    """Answer that the process runs; asks nothing of the database."""
    return jsonify(alive=True)


@public
def ready() -> Response:
    """Answer whether the database can serve; 503 with the reason when it cannot."""
    reason = db.readiness(db.db.engine)
    body = jsonify(ready=reason is None, reason=reason)
    return make_response(body, 200 if reason is None else 503)
