"""Static files: read once at start, named by their content, kept by browsers for good."""

import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, current_app, request

from cpd.access.guard import public

FOLDER = Path(__file__).with_name("static")
ROOT = "/static"
FOR_GOOD = "public, max-age=31536000, immutable"
WORKER = "offline.js"
"""The service worker of kept courses. Browsers ask for it by one address, and only one at the root
may stand before pages that lie beside /static/."""
_KEY = "cpd.static"
_ICONS = "cpd.icons"


@dataclass(frozen=True)
class StaticFile:
    """A file as it is sent: its hashed name, its bytes plain and compressed."""

    hashed_name: str
    mimetype: str
    body: bytes
    zipped: bytes


def read_folder(folder: Path) -> dict[str, StaticFile]:
    """Return the files of a folder by their plain names."""
    return {path.name: _read(path) for path in sorted(folder.iterdir()) if path.is_file()}


def _read(path: Path) -> StaticFile:
    body = path.read_bytes()
    digest = hashlib.sha256(body).hexdigest()[:12]
    kind, _ = mimetypes.guess_type(path.name)
    return StaticFile(
        hashed_name=f"{path.stem}.{digest}{path.suffix}",
        mimetype=kind or "application/octet-stream",
        body=body,
        zipped=gzip.compress(body, compresslevel=9, mtime=0),
    )


def init_app(app: Flask, bp: Blueprint) -> None:
    """Read the files and serve them below /static/."""
    app.extensions[_KEY] = files = read_folder(FOLDER)
    app.extensions[_ICONS] = frozenset(
        re.findall(r'id="([^"]+)"', files["icons.svg"].body.decode())
    )
    bp.add_url_rule(f"{ROOT}/<string:name>", "static_file", static_file)
    bp.add_url_rule(f"/{WORKER}", "offline_worker", offline_worker)


def asset(name: str) -> str:
    """Return the address of a static file; raises KeyError for a name that is not there."""
    return f"{ROOT}/{_files()[name].hashed_name}"


def icon_url(name: str) -> str:
    """Return the address of one sign; raises KeyError for a name that is not drawn."""
    if name not in current_app.extensions[_ICONS]:
        msg = f"icons.svg has no icon {name!r}"
        raise KeyError(msg)
    return f"{asset('icons.svg')}#{name}"


def _files() -> dict[str, StaticFile]:
    files: dict[str, StaticFile] = current_app.extensions[_KEY]
    return files


@public
def static_file(name: str) -> Response:
    """Send a file; a hash of another release gets the present file, and is not to be kept."""
    stem, _, suffix = name.rpartition(".")
    file = _files().get(f"{stem.rpartition('.')[0]}.{suffix}") or abort(404)
    response = Response(mimetype=file.mimetype)
    if request.accept_encodings.quality("gzip") > 0 and len(file.zipped) < len(file.body):
        response.data = file.zipped
        response.headers["Content-Encoding"] = "gzip"
    else:
        response.data = file.body
    response.headers["Cache-Control"] = FOR_GOOD if name == file.hashed_name else "no-store"
    response.headers["Vary"] = "Accept-Encoding"
    return response


@public
def offline_worker() -> Response:
    """Send the service worker as it is now: browsers ask again whenever they use it."""
    file = _files()[WORKER]
    response = Response(file.body, mimetype=file.mimetype)
    response.set_etag(file.hashed_name)
    response.headers["Cache-Control"] = "private, no-cache"
    response.make_conditional(request)
    return response
