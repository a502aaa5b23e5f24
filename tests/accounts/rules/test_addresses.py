import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpd.accounts.rules.addresses import is_plausible_address, normalize_address
from cpd.kernel.addresses import decode_address, encode_domain


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Maya@Example.ORG ", "maya@example.org"),
        ("maya@example.org", "maya@example.org"),
        ("Zoe\u0308@example.org", "zoë@example.org"),
        ("ida@BÜCHER.example", "ida@xn--bcher-kva.example"),
        ("ida@bu\u0308cher。example", "ida@xn--bcher-kva.example"),
        ("ida@XN--BCHER-KVA.example", "ida@xn--bcher-kva.example"),
        ("user@faß.example", "user@xn--fa-hia.example"),
        ("user@under_score.example", "user@under_score.example"),
    ],
)
def test_one_spelling(typed: str, kept: str) -> None:
    assert normalize_address(typed) == kept


def is_domain(text: str) -> bool:
    try:
        return bool(encode_domain(text))
    except UnicodeError:
        return False


LABELS = st.text(st.characters(categories=("L", "M", "Nd")), min_size=1, max_size=12)
DOMAINS = LABELS.map("{}.example".format).filter(is_domain)
LOCALS = st.text(st.characters(categories=("L", "M", "Nd")), min_size=1, max_size=12)


@given(LOCALS, DOMAINS)
def test_one_person_whatever_the_browser_makes_of_the_address(local: str, domain: str) -> None:
    stored = normalize_address(f"{local}@{domain}")
    sent = [f"{local}@{encode_domain(domain)}", f" {local}@{domain}\n", decode_address(stored)]
    assert {normalize_address(each) for each in [*sent, stored]} == {stored}
    assert stored.rpartition("@")[2].isascii()


@pytest.mark.parametrize(
    "address",
    [
        "maya@example.org",
        "maya.okafor+cpd@mail.clinic.example",
        "o'neill@example.org",
        "zoë@müller.example",
        "a" * 64 + "@example.org",
    ],
)
def test_addresses(address: str) -> None:
    assert is_plausible_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "maya",
        "maya@",
        "@example.org",
        "maya@example",
        "maya@@example.org",
        "ma ya@example.org",
        "maya@example.org, omar@example.org",
        "maya@exam ple.org",
        "maya@example.org\nBcc: x@example.org",
        "Maya <maya@example.org>",
        "maya@exa\u202emple.org",
        "a" * 65 + "@example.org",
        "maya@" + "a" * 250 + ".org",
        "maya@-..org",
        "maya@" + "ü" * 60 + ".example",
        "=?utf-8?q?omar=40example.org=2C?=@example.org",
    ],
)
def test_what_is_no_address(address: str) -> None:
    assert not is_plausible_address(address)
