"""The network is closed: a test may reach only this machine."""

import ipaddress
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

RESOLVERS = ("getaddrinfo", "gethostbyaddr", "gethostbyname", "gethostbyname_ex")
OWN_NAME = "here.invalid"
"""This machine's own names; resolving them may need a name server, too."""


class NetworkClosedError(AssertionError):
    """A test tried to leave this machine."""


def is_here(address: Any) -> bool:
    """Tell whether a socket address is loopback or a file of this machine.

    No name is, not even `localhost`: it may be missing from the hosts file, so a server is asked.
    """
    if not isinstance(address, tuple):
        return True  # a Unix socket's path
    try:
        return ipaddress.ip_address(str(address[0])).is_loopback
    except ValueError:
        return False


@contextmanager
def closed() -> Iterator[None]:
    """Refuse every connection and every name look-up that leaves this machine."""
    real_connect, real_connect_ex = socket.socket.connect, socket.socket.connect_ex
    real_sendto = socket.socket.sendto

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

    def guarded(resolver: Callable[..., Any]) -> Callable[..., Any]:
        def resolve(host: Any, *rest: Any, **named: Any) -> Any:
            if host:
                name = host.decode() if isinstance(host, bytes) else host
                refuse_unless_here((name,))
            return resolver(host, *rest, **named)

        return resolve

    guards: dict[tuple[Any, str], Callable[..., Any]] = {
        (socket.socket, "connect"): connect,
        (socket.socket, "connect_ex"): connect_ex,
        (socket.socket, "sendto"): sendto,
        (socket, "getfqdn"): lambda name="": name or OWN_NAME,
        **{(socket, name): guarded(getattr(socket, name)) for name in RESOLVERS},
    }
    with ExitStack() as patches:
        for (place, name), guard in guards.items():
            patches.enter_context(mock.patch.object(place, name, guard))
        yield
