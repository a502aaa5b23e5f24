"""Tries the configurations in `deploy/` with the real nginx and Caddy, in front of the real site.

A proxy that is not installed is named and left out. On Debian: apt-get install nginx caddy openssl
"""

import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from cpd.web.reading import MOST_BYTES
from tests.support.databases import Stores
from tests.support.pages import Page
from tests.support.prepared import prepare
from tests.support.server import serving

DEPLOY = Path(__file__).parent.parent / "deploy"
NAME = "cpd.example.org"
SLOW = 60
"""Visitors who never finish their request: more than the site has threads and processes."""
PATIENCE = 30

NGINX = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
events {{}}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/1; uwsgi_temp_path {folder}/2; scgi_temp_path {folder}/3;
    include {folder}/cpd.conf;
}}
"""


@dataclass(frozen=True)
class Front:
    """A proxy that is being tried: where it listens, and the certificate that it shows."""

    port: int
    plain_port: int
    folder: Path

    def connect(self) -> HTTPSConnection:
        """Return a connection to it, by the name of the site."""
        context = ssl.create_default_context(cafile=self.folder / "cert.pem")
        connection = HTTPSConnection(NAME, self.port, timeout=PATIENCE, context=context)
        line = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        connection.sock = context.wrap_socket(line, server_hostname=NAME)
        return connection

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], str]:
        """Ask for a page as a browser does."""
        return self.ask("GET", path, "", headers)

    def ask(
        self, method: str, path: str, body: str, headers: dict[str, str]
    ) -> tuple[int, dict[str, str], str]:
        """Send a request; return status, headers and text of the response."""
        connection = self.connect()
        connection.request(method, path, body, {"Host": NAME, **headers})
        response = connection.getresponse()
        found = response.status, dict(response.getheaders()), response.read().decode()
        connection.close()
        return found


def main() -> int:
    """Try each proxy that is installed, and print what failed."""
    faults = []
    stores = Stores(prepare)
    try:
        database = stores["sqlite"].copy("proxies")
        with serving(database, CPD_PUBLIC_URL=f"https://{NAME}", CPD_PROXIES="1") as server:
            site = urlsplit(server.url).port or 0
            for name, start in {"nginx": start_nginx, "caddy": start_caddy}.items():
                if shutil.which(name) is None:
                    print(f"{name} is not installed, so its configuration was not tried.")
                    continue
                with tempfile.TemporaryDirectory() as folder, start(site, Path(folder)) as front:
                    found = [f"{name}: {fault}" for fault in find_faults(front)]
                    print(f"{name}: {found or 'works'}")
                    faults += found
    finally:
        stores.close()
    return 1 if faults else 0


def find_faults(front: Front) -> Iterator[str]:
    """Yield what is not as it should be behind this proxy."""
    status, headers, text = front.get("/sign-in")
    if status != HTTPStatus.OK or "Strict-Transport-Security" not in headers:
        yield f"/sign-in answered {status} {headers}"
    cookie = headers.get("Set-Cookie", "").partition(";")[0]
    if not cookie.startswith("__Host-cpd="):
        yield f"the site does not know that it is reached over TLS: {headers}"
    lies = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http", "Forwarded": "for=x"}
    if front.get("/sign-in", **lies)[0] != HTTPStatus.OK:
        yield "a visitor's own X-Forwarded headers reach the site"
    form = urlencode({"csrf_token": Page(text).token or "", "email": "", "password": ""})
    sent = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    posted = [
        front.ask("POST", "/sign-in", form, sent | origin)[0]
        for origin in ({"Origin": f"https://{NAME}"}, {"Origin": "https://evil.example"})
    ]
    if posted != [422, 400]:
        yield f"forms answered {posted}"
    too_long = front.ask("POST", "/sign-in", "x" * (MOST_BYTES + 1), sent)[0]
    if too_long != HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        yield f"a request that is too long answered {too_long}"
    yield from find_plain_faults(front)
    yield from find_slow_faults(front)


def find_plain_faults(front: Front) -> Iterator[str]:
    """Yield what is wrong with requests without TLS."""
    connection = HTTPConnection("127.0.0.1", front.plain_port, timeout=PATIENCE)
    connection.request("GET", "/verify?code=x", headers={"Host": NAME})
    response = connection.getresponse()
    if (response.status, response.getheader("Location")) != (
        HTTPStatus.PERMANENT_REDIRECT,
        f"https://{NAME}/verify?code=x",
    ):
        yield f"without TLS it answers {response.status} {response.getheader('Location')}"
    connection.close()


def find_slow_faults(front: Front) -> Iterator[str]:
    """Yield whether visitors who never finish their request keep others waiting."""
    with ExitStack() as stack:
        for begun in ("GET / HTTP/1.1\r\nHost: ", "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n"):
            for _ in range(SLOW // 2):
                connection = front.connect()
                stack.callback(connection.close)
                connection.sock.sendall(begun.encode())
        if front.get("/sign-in")[0] != HTTPStatus.OK:
            yield "slow visitors keep others waiting"


@contextmanager
def start_nginx(site: int, folder: Path) -> Iterator[Front]:
    """Start nginx with our configuration, on ports of its own."""
    front = make_front(folder)
    text = (DEPLOY / "nginx.conf").read_text()
    text = re.sub(r"listen \[::\].*;\n", "", text)
    text = text.replace("listen 80;", f"listen 127.0.0.1:{front.plain_port};")
    text = text.replace("listen 443", f"listen 127.0.0.1:{front.port}")
    text = re.sub(r"(?<=certificate )\S+", f"{folder}/cert.pem;", text)
    text = re.sub(r"(?<=certificate_key )\S+", f"{folder}/key.pem;", text)
    (folder / "cpd.conf").write_text(text.replace("127.0.0.1:8000", f"127.0.0.1:{site}"))
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder))
    with running(["nginx", "-c", folder / "nginx.conf"], front):
        yield front


@contextmanager
def start_caddy(site: int, folder: Path) -> Iterator[Front]:
    """Start Caddy with our configuration, on ports and with a certificate of its own."""
    front = make_front(folder)
    text = (DEPLOY / "Caddyfile").read_text().replace("127.0.0.1:8000", f"127.0.0.1:{site}")
    own = f"\thttps_port {front.port}\n\thttp_port {front.plain_port}\n\tadmin off\n"
    text = text.replace("{\n\tservers", f"{{\n{own}\tservers")
    tls = f"\ttls {folder}/cert.pem {folder}/key.pem\n"
    text = text.replace(f"\n{NAME} {{\n", f"\n{NAME} {{\n{tls}")
    (folder / "Caddyfile").write_text(text)
    with running(["caddy", "run", "--config", folder / "Caddyfile"], front):
        yield front


def make_front(folder: Path) -> Front:
    """Choose free ports, and make a certificate."""
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-nodes", "-days", "2"),
            *("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}"),
            *("-keyout", folder / "key.pem", "-out", folder / "cert.pem"),
        ],
        check=True,
        capture_output=True,
    )
    folder.chmod(0o755)  # nginx's own user goes in
    (folder / "key.pem").chmod(0o644)
    with (
        socket.create_server(("127.0.0.1", 0)) as one,
        socket.create_server(("127.0.0.1", 0)) as other,
    ):
        return Front(one.getsockname()[1], other.getsockname()[1], folder)


@contextmanager
def running(command: list[str | Path], front: Front) -> Iterator[None]:
    """Run a proxy until the end of the block."""
    log = front.folder / "said"
    with log.open("wb") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said)
    try:
        wait_for(lambda: front.get("/healthz")[0] == HTTPStatus.OK, process, log)
        yield
    finally:
        process.terminate()
        process.wait()


def wait_for(is_open: Callable[[], bool], process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Wait until the proxy answers; exit with what it said if it does not."""
    until = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < until:
        try:
            if is_open():
                return
        except OSError:
            time.sleep(0.1)
    sys.exit(f"{process.args!r} does not answer:\n{log.read_text()}")


if __name__ == "__main__":
    sys.exit(main())
