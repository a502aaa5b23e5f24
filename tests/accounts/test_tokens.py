import pytest

from cpd.accounts import tokens


def test_tokens_carry_256_bits_and_never_come_twice() -> None:
    made = {tokens.make_random_token() for _ in range(1000)}
    assert len(made) == 1000
    assert min(map(len, made)) == 43  # 32 bytes in base 64


def test_only_the_hash_is_comparable() -> None:
    token = tokens.make_random_token()
    assert tokens.hash_token(token) == tokens.hash_token(token) != token
    assert len(tokens.hash_token(token)) == 64


def test_keyed_hashes_differ_by_key_and_kind() -> None:
    made = {
        tokens.compute_hmac(key, kind, "maya@example.org")
        for key in ("one key", "another")
        for kind in ("account", "source")
    }
    assert len(made) == 4


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:0db8:0001:0002"),
        ("2001:db8:1:2:ffff::1", "2001:0db8:0001:0002"),
        ("2001:db8:1:3::1", "2001:0db8:0001:0003"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80:0000:0000:0000"),
        ("not an address", ""),
        (None, ""),
    ],
)
def test_one_host_cannot_be_many_networks(address: str | None, network: str) -> None:
    assert tokens.parse_network(address) == network
