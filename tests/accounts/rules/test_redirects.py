from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpd.accounts.rules.redirects import site_path_or_none

SITE = "https://cpd.example.org/sign-in"

FOLLOWED = [
    "/",
    "/profile",
    "/courses/ms/sections/flare-ups?from=mail#signs",
    "/search?q=https://evil.example",
    "/search?q=a%20b",
    "/search?q=a\\b",
    "/courses/caf%C3%A9",
    "/a@b",
    "/javascript:alert(1)",
]

REFUSED = [
    None,
    "",
    "profile",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\evil.example",
    "\\\\evil.example",
    "/%5Cevil.example",
    "/%2Fevil.example",
    "/%2F%2Fevil.example",
    "%2F%2Fevil.example",
    "/%252F%252Fevil.example",
    "/%255Cevil.example",
    "/%25252Fevil.example",
    "/%2525252Fevil.example",
    "/.//evil.example",
    "/..//evil.example",
    "https://evil.example",
    "HTTPS://evil.example",
    "https:evil.example",
    "https:/evil.example",
    "http:///evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,x",
    "//cpd.example.org@evil.example",
    "https://cpd.example.org@evil.example/",
    "//user:password@evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\nLocation: https://evil.example",
    "/%0d%0aLocation:%20https://evil.example",
    "/%09/evil.example",
    " /profile",
    "\t//evil.example",
    "\x00//evil.example",
    "/a b",
    "?next=/profile",
    "#top",
    "/" + "a" * 2000,
]


@pytest.mark.parametrize("wanted", FOLLOWED)
def test_paths_of_this_site_are_followed(wanted: str) -> None:
    assert site_path_or_none(wanted) == wanted


@pytest.mark.parametrize("wanted", REFUSED)
def test_everything_else_is_refused(wanted: str | None) -> None:
    assert site_path_or_none(wanted) is None


@given(st.text(alphabet="/\\%25fF.@:?#ceilv\t\n ", max_size=30))
def test_what_is_followed_stays_on_the_site(wanted: str) -> None:
    path = site_path_or_none(wanted)
    if path is not None:
        # browsers read a backslash as a slash and leave out tabs and line ends
        seen = path.replace("\\", "/").translate(dict.fromkeys(map(ord, "\t\r\n")))
        assert urlsplit(urljoin(SITE, seen)).netloc == "cpd.example.org"
