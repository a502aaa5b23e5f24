import pytest

from cpd.accounts.rules.addresses import is_plausible_address, normalize_address


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Maya@Example.ORG ", "maya@example.org"),
        ("maya@example.org", "maya@example.org"),
        ("Zoe\u0308@example.org", "zoë@example.org"),
    ],
)
def test_one_spelling(typed: str, kept: str) -> None:
    assert normalize_address(typed) == kept


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
