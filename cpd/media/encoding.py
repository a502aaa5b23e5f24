"""Reading an uploaded picture and writing it anew, in a process that can be killed.

Nothing of the upload but its pixels is kept, so no place, no name of a device and no second file
comes with it. Nothing here may run inside a write transaction.
"""

import os
import subprocess
import sys
from pathlib import Path

import cpd
from cpd.kernel import raster
from cpd.media.refusals import MAX_UPLOAD, OK, PictureRefusedError, Refusal

PROCESS = "cpd.media.encoding_process"
"""The module that the process runs; it loads the library that only it needs."""
SECONDS = 20.0
"""How many seconds one picture may take."""


def encode_picture(upload: bytes, *, seconds: float = SECONDS) -> bytes:
    """Return an uploaded PNG, JPEG or WebP as the WebP that is kept; raises PictureRefusedError."""
    if not upload:
        raise PictureRefusedError(Refusal.EMPTY)
    if len(upload) > MAX_UPLOAD:
        raise PictureRefusedError(Refusal.TOO_LARGE)
    content = _run_process(upload, seconds)
    if len(content) > raster.MAX_BYTES:
        raise PictureRefusedError(Refusal.TOO_MANY_PIXELS)
    return content


def _run_process(upload: bytes, seconds: float) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 - our own module, no shell; the upload is only read
            [sys.executable, "-P", "-s", "-m", PROCESS],
            input=upload,
            capture_output=True,
            check=False,
            timeout=seconds,
            env=_build_child_environment(),
            start_new_session=True,
        )
    except subprocess.TimeoutExpired:
        raise PictureRefusedError(Refusal.TOO_SLOW) from None
    if done.stdout.startswith(OK):
        return done.stdout.removeprefix(OK)
    try:
        raise PictureRefusedError(Refusal(done.stdout.decode()))
    except ValueError:  # it was ended by a limit
        raise PictureRefusedError(Refusal.TOO_SLOW) from None


def _build_child_environment() -> dict[str, str]:
    """Return the environment of the process, without settings and secrets."""
    inherited = {
        name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ
    }
    return {**inherited, "PYTHONPATH": str(Path(cpd.__path__[0]).parent), "PYTHONUTF8": "1"}
