"""The network is closed: a test may reach this machine only."""

import ipaddress
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class NetworkClosedError(AssertionError):
    """A test tried to leave this machine."""


def is_here(address: Any) -> bool:
    """Tell whether a socket address is loopback or a file of this machine."""
    if not isinstance(address, tuple):
        return True  # a Unix socket's path
    host = str(address[0])
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@contextmanager
def closed() -> Iterator[None]:
    """Refuse every connection and every name look-up that leaves this machine."""
    real_connect, real_connect_ex = socket.socket.connect, socket.socket.connect_ex
    real_sendto, real_getaddrinfo = socket.socket.sendto, socket.getaddrinfo

    def refuse_unless_here(address: Any) -> None:
        if not is_here(address):
            raise NetworkClosedError(f"the network is closed in tests; something called {address}")

    def connect(self: socket.socket, address: Any) -> None:
        refuse_unless_here(address)
        real_connect(self, address)

    def connect_ex(self: socket.socket, address: Any) -> int:
        refuse_unless_here(address)
        return real_connect_ex(self, address)

    def sendto(self: socket.socket, data: Any, *rest: Any) -> int:
        refuse_unless_here(rest[-1])
        return real_sendto(self, data, *rest)

    def getaddrinfo(host: Any, *rest: Any, **named: Any) -> Any:
        if host:
            name = host.decode() if isinstance(host, bytes) else host
            refuse_unless_here((name,))
        return real_getaddrinfo(host, *rest, **named)

    patch = {"connect": connect, "connect_ex": connect_ex, "sendto": sendto}
    for name, guarded in patch.items():
        setattr(socket.socket, name, guarded)
    socket.getaddrinfo = getaddrinfo
    try:
        yield
    finally:
        for name in patch:
            delattr(socket.socket, name)
        socket.getaddrinfo = real_getaddrinfo
