"""Builds the wheel, installs it on several Pythons, and lets each open a demo in an empty folder.

    python -m scripts.wheels                          every Python from 3.11 on that is on PATH
    python -m scripts.wheels /path/to/python3.13 ...  these

It downloads what the wheel needs.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path

ROOT = Path(__file__).parent.parent
NAMES = ("python3.11", "python3.12", "python3.13", "python3.14")
COMMANDS = (
    ("--version",),
    ("content", "check", "--quiet"),
    ("attempts", "replay"),
    ("db", "upgrade"),
    ("worker", "--until-idle"),
)
PAGES = ("/readyz", "/", "/courses/massage-and-ms", "/sign-in", "/verify")


def main() -> int:
    """Try each Python, and print what failed."""
    pythons = sys.argv[1:] or list(filter(None, map(find_python, NAMES)))
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        wheel = build_wheel(Path(folder))
        for number, python in enumerate(pythons):
            home = Path(folder) / str(number)
            home.mkdir()
            installed = install(python, wheel, home)
            found = list(find_faults(installed, home))
            print(f"{python}: {found or 'works'}", flush=True)
            faults += found
    if not pythons:
        print("There is no Python to try: name some.")
    return 1 if faults or not pythons else 0


def find_python(name: str) -> str | None:
    """Return a Python on PATH that runs; some are shims of nothing."""
    path = shutil.which(name)
    if path is None or subprocess.run([path, "-V"], check=False, capture_output=True).returncode:
        return None
    return path


def build_wheel(folder: Path) -> Path:
    """Build the wheel of what is committed."""
    source = folder / "source"
    subprocess.run(["git", "clone", "--quiet", ROOT, source], check=True)
    build = "from setuptools.build_meta import build_wheel; build_wheel('..')"
    subprocess.run([sys.executable, "-c", build], cwd=source, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


def install(python: str, wheel: Path, home: Path) -> Path:
    """Install the wheel and the locked requirements; return the folder of its commands."""
    subprocess.run([python, "-m", "venv", home / "venv"], check=True)
    programs = home / "venv" / "bin"
    pip = (programs / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    subprocess.run([*pip, "--require-hashes", "-r", ROOT / "requirements.txt"], check=True)
    subprocess.run([*pip, "--no-deps", wheel], check=True)
    return programs


def find_faults(programs: Path, home: Path) -> Iterator[str]:
    """Yield what does not work, in an empty folder and with nothing in the environment."""
    work = home / "work"
    work.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    environ = {
        "PATH": os.environ["PATH"],
        "PYTHONWARNINGS": "error,ignore::DeprecationWarning",
        "CPD_PUBLIC_URL": f"http://127.0.0.1:{port}",
    }
    config = ("--config", "python:cpd.web.gunicorn_conf", "--bind", f"127.0.0.1:{port}")
    for server in (
        (programs / "cpd", "serve", "--demo"),
        (programs / "gunicorn", *config, "cpd.wsgi:app"),
    ):
        yield from find_faults_of_server(server, environ, work, port)
    for words in COMMANDS:
        done = subprocess.run(
            [programs / "cpd", *words], cwd=work, env=environ, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        if done.returncode or "Traceback" in done.stderr:
            yield f"cpd {' '.join(words)}: {done.returncode} {done.stdout} {done.stderr}"
        elif words == ("--version",):
            print(done.stdout.strip())


def find_faults_of_server(
    command: tuple[str | Path, ...], environ: dict[str, str], work: Path, port: int
) -> Iterator[str]:
    """Start a server, ask it for some pages, and stop it."""
    log = work / "log"
    with log.open("wb") as said:
        process = subprocess.Popen(command, cwd=work, env=environ, stdout=said, stderr=said)
    try:
        for page in PAGES:
            status = ask_until_answered(process, port, page)
            if status != HTTPStatus.OK:
                yield f"{command}: {page} answered {status}\n{log.read_text()}"
                return
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()
    problems = re.findall(r"Traceback[\s\S]*|.*Warning.*|.*\"level\": \"error\".*", log.read_text())
    if process.returncode or problems:
        yield f"{command} ended with {process.returncode}: {problems}"


def ask_until_answered(process: "subprocess.Popen[bytes]", port: int, page: str) -> int | None:
    """Return the status of a page, as soon as the server accepts connections."""
    while process.poll() is None:
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            connection.request("GET", page)
            return connection.getresponse().status
        except ConnectionRefusedError:
            continue
        finally:
            connection.close()
    return None


if __name__ == "__main__":
    sys.exit(main())
