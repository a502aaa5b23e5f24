"""No test reaches another machine: addresses that would are refused."""

import socket

import pytest

from tests.support.network import NetworkClosedError


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("2001:db8::1", 80)])
def test_connections_elsewhere_are_refused(address: tuple[str, int]) -> None:
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family) as outgoing:
        with pytest.raises(NetworkClosedError):
            outgoing.connect(address)
        with pytest.raises(NetworkClosedError):
            outgoing.connect_ex(address)
    with socket.socket(family, socket.SOCK_DGRAM) as outgoing, pytest.raises(NetworkClosedError):
        outgoing.sendto(b"hello", address)


@pytest.mark.parametrize("name", ["example.org", "localhost"])
def test_names_are_not_looked_up(name: str) -> None:
    """Not even the one that is usually in the hosts file, because it may be missing."""
    with pytest.raises(NetworkClosedError):
        socket.create_connection((name, 80))
    for resolve in (socket.gethostbyname, socket.gethostbyname_ex, socket.gethostbyaddr):
        with pytest.raises(NetworkClosedError):
            resolve(name)


def test_the_machine_knows_its_name_without_asking() -> None:
    assert socket.getfqdn() == "here.invalid"


def test_this_machine_is_open() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as here,
        socket.create_connection(("127.0.0.1", here.getsockname()[1])) as outgoing,
    ):
        assert outgoing.getpeername() == here.getsockname()
