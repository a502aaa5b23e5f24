"""Sending the pictures of courses."""

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue

from cpd.access.guard import public
from cpd.db import db
from cpd.kernel import raster
from cpd.media import queries

bp = Blueprint("media", __name__)
_CACHE_FOREVER = "public, max-age=31536000, immutable"


@bp.get("/media/<string:name>.webp")
@public
def show_picture(name: str) -> ResponseReturnValue:
    """Send a picture to whoever knows its name, which nobody can guess or list."""
    named = raster.NAME.fullmatch(name) or abort(404)
    stored = queries.find_media(db.session(), named[3], raster.TYPE)
    if stored is None or raster.build_picture_name(stored.content) != name:
        abort(404)
    response = Response(stored.content, mimetype=raster.TYPE)
    response.headers["Cache-Control"] = _CACHE_FOREVER
    response.set_etag(named[3])
    return response.make_conditional(request)
