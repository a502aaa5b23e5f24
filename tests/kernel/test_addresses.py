"""What can be a host, a mail address or a web address."""

import pytest

from cpd.kernel import addresses


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("cpd.example.org", True),
        ("localhost", True),
        ("mail_relay", True),
        ("bücher.example", True),
        ("xn--bcher-kva.example", True),
        ("192.0.2.7", True),
        ("::1", True),
        ("", False),
        ("cpd..example", False),
        ("cpd.example.", False),
        ("-cpd.example", False),
        ("cpd-.example", False),
        ("*.example.org", False),
        ("cpd example", False),
        ("192.0.2.777", False),
        ("1.2.3", False),
        ("a" * 64 + ".example", False),
        (".".join(["a" * 60] * 5), False),
    ],
)
def test_hosts(text: str, *, is_one: bool) -> None:
    assert addresses.is_host(text) is is_one


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("courses@harbour.example", True),
        ("o'neill+cpd@harbour.example", True),
        ("courses@localhost", True),
        ("Harbour <courses@harbour.example>", False),
        ("courses@harbour..example", False),
        ("write to courses@harbour.example", False),
        ("@harbour", False),
        ("courses@", False),
    ],
)
def test_mail_addresses(text: str, *, is_one: bool) -> None:
    assert addresses.is_mail_address(text) is is_one


def test_domains_that_differ_stay_apart() -> None:
    assert addresses.encode_address("user@faß.example") == "user@xn--fa-hia.example"
    assert addresses.decode_address("user@xn--fa-hia.example") == "user@faß.example"
    assert "faß.example".encode("idna") == b"fass.example"  # the control: Python's own codec


@pytest.mark.parametrize("address", ["user@-.example", "user@xn--zz.example", "", "user"])
def test_what_cannot_be_encoded_stays_as_it_is(address: str) -> None:
    assert addresses.encode_address(address) == address
    assert addresses.decode_address(address) == address


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("https://harbour.example/contact?from=cpd", True),
        ("https://", False),
        ("https:// harbour.example", False),
        ("https://harbour.example and by post", False),
        ("https://[harbour", False),
    ],
)
def test_web_addresses(text: str, *, is_one: bool) -> None:
    assert addresses.is_web_address(text) is is_one


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("Harbour Continuing Education", True),
        ("مرکز آموزش می‌رود", True),
        ("Harbour\nEducation", False),
        ("Harbour\u2028Education", False),
        ("Harbour\x1b[31m", False),
    ],
)
def test_single_lines(text: str, *, is_one: bool) -> None:
    assert addresses.is_one_line(text) is is_one
