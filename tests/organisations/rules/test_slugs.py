import pytest

from cpd.organisations.rules.slugs import is_slug, slug_from_name


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Harbour School of Massage", "harbour-school-of-massage"),
        ("  École d'Été & Fils ", "ecole-dete-fils"),
        ("St. John's", "st-johns"),
        ("学校", ""),
        ("x" * 90, "x" * 80),
        ("a" * 79 + " b", "a" * 79),
    ],
)
def test_what_a_name_suggests(name: str, slug: str) -> None:
    assert slug_from_name(name) == slug
    assert is_slug(slug) is bool(slug)


@pytest.mark.parametrize(
    "text", ["", "A", "a--b", "-a", "a-", "a b", "a/b", "é", "a" * 81, "new", "join"]
)
def test_what_is_no_slug(text: str) -> None:
    assert not is_slug(text)
