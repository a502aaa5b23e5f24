"""Static files: read once at start, named by a hash of their content, cached for a year."""

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, current_app, request

from cpd.access.guard import public
from cpd.web.stylesheet import read_and_join_stylesheets

FOLDER = Path(__file__).with_name("static")
ROOT = "/static"
CACHE_FOREVER = "public, max-age=31536000, immutable"
WORKER = "offline.js"
"""The service worker of downloaded courses. It has a fixed URL at the root, because a worker can
serve only pages below its own URL."""
STYLESHEET = "cpd.css"
_KEY = "cpd.static"
_ICONS = "cpd.icons"


@dataclass(frozen=True)
class StaticFile:
    """A file ready to send: its hashed name, and its bytes plain and compressed."""

    hashed_name: str
    mimetype: str
    body: bytes
    zipped: bytes


def read_static_folder(folder: Path) -> dict[str, StaticFile]:
    """Return the files in a folder, by their plain names."""
    paths = [path for path in sorted(folder.iterdir()) if path.is_file()]
    return {path.name: build_static_file(path.name, path.read_bytes()) for path in paths}


def build_static_file(name: str, body: bytes) -> StaticFile:
    """Return a file with its hash and compressed content."""
    digest = hashlib.sha256(body).hexdigest()[:12]
    stem, dot, suffix = name.rpartition(".")
    kind, _ = mimetypes.guess_type(name)
    return StaticFile(
        hashed_name=f"{stem}.{digest}{dot}{suffix}",
        mimetype=kind or "application/octet-stream",
        body=body,
        zipped=gzip.compress(body, compresslevel=9, mtime=0),
    )


def init_app(app: Flask, bp: Blueprint, *, rooms: Iterable[str]) -> None:
    """Read the files, join the style sheet of these rooms, and serve them below /static/."""
    app.extensions[_KEY] = files = read_static_folder(FOLDER)
    files[STYLESHEET] = build_static_file(STYLESHEET, read_and_join_stylesheets(rooms).encode())
    app.extensions[_ICONS] = frozenset(
        re.findall(r'id="([^"]+)"', files["icons.svg"].body.decode())
    )
    bp.add_url_rule(f"{ROOT}/<string:name>", "static_file", send_static_file)
    bp.add_url_rule(f"/{WORKER}", "offline_worker", send_offline_worker)


def build_asset_url(name: str) -> str:
    """Return the URL of a static file; raises KeyError for an unknown name."""
    return f"{ROOT}/{_current_static_files()[name].hashed_name}"


def build_icon_url(name: str) -> str:
    """Return the URL of an icon; raises KeyError for an unknown name."""
    if name not in current_app.extensions[_ICONS]:
        msg = f"icons.svg has no icon {name!r}"
        raise KeyError(msg)
    return f"{build_asset_url('icons.svg')}#{name}"


def _current_static_files() -> dict[str, StaticFile]:
    files: dict[str, StaticFile] = current_app.extensions[_KEY]
    return files


@public
def send_static_file(name: str) -> Response:
    """Send a file; the hash of another release gets the current file, uncached."""
    stem, _, suffix = name.rpartition(".")
    file = _current_static_files().get(f"{stem.rpartition('.')[0]}.{suffix}") or abort(404)
    response = Response(mimetype=file.mimetype)
    if request.accept_encodings.quality("gzip") > 0 and len(file.zipped) < len(file.body):
        response.data = file.zipped
        response.headers["Content-Encoding"] = "gzip"
    else:
        response.data = file.body
    response.headers["Cache-Control"] = CACHE_FOREVER if name == file.hashed_name else "no-store"
    response.headers["Vary"] = "Accept-Encoding"
    return response


@public
def send_offline_worker() -> Response:
    """Send the current service worker, which browsers revalidate at each use."""
    file = _current_static_files()[WORKER]
    response = Response(file.body, mimetype=file.mimetype)
    response.set_etag(file.hashed_name)
    response.headers["Cache-Control"] = "private, no-cache"
    response.make_conditional(request)
    return response
