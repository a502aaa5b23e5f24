"""No test leaves this machine: shown on addresses that would."""

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


def test_names_are_not_looked_up() -> None:
    with pytest.raises(NetworkClosedError):
        socket.create_connection(("example.org", 80))


def test_this_machine_is_open() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as here,
        socket.create_connection(("localhost", here.getsockname()[1])) as outgoing,
    ):
        assert outgoing.getpeername() == here.getsockname()
