"""What a release offers: three texts of one document, and what follows."""

import pytest

from cpd.authoring.publish.rules.offering import (
    Content,
    OfferKind,
    offer_diff_lines,
    offer_kind_or_none,
)

A, B, C = {"a.md": "one\n"}, {"a.md": "two\n"}, {"a.md": "three\n"}
RENAMED = {"b.md": "one\n"}


def same(one: Content, other: Content) -> bool:
    return sorted(one.values()) == sorted(other.values())


@pytest.mark.parametrize(
    ("base", "here", "shipped", "found"),
    [
        pytest.param(A, A, A, None, id="nothing changed"),
        pytest.param(A, B, A, None, id="changed only here"),
        pytest.param(A, None, A, None, id="removed only here"),
        pytest.param(A, B, B, None, id="both changed alike"),
        pytest.param(A, None, None, None, id="removed in both"),
        pytest.param(None, A, None, None, id="added only here"),
        pytest.param(A, A, RENAMED, None, id="only named otherwise"),
        pytest.param(None, A, A, None, id="added in both alike"),
        pytest.param(A, A, B, OfferKind.CHANGED, id="changed in the release"),
        pytest.param(None, None, A, OfferKind.NEW, id="added in the release"),
        pytest.param(A, A, None, OfferKind.GONE, id="removed in the release"),
        pytest.param(A, B, C, OfferKind.CONFLICT, id="changed in both"),
        pytest.param(A, B, None, OfferKind.CONFLICT, id="changed here, removed there"),
        pytest.param(A, None, B, OfferKind.CONFLICT, id="removed here, changed there"),
        pytest.param(None, A, B, OfferKind.CONFLICT, id="added in both"),
    ],
)
def test_what_is_offered(
    base: Content | None, here: Content | None, shipped: Content | None, found: OfferKind | None
) -> None:
    assert offer_kind_or_none(base, here, shipped, same=same) is found


def test_a_difference_is_shown_from_here_to_the_release() -> None:
    assert list(offer_diff_lines(A, A, B)) == [
        "--- here/a.md",
        "+++ release/a.md",
        "@@ -1 +1 @@",
        "-one",
        "+two",
    ]
    assert list(offer_diff_lines({}, {}, A))[-1] == "+one"


def test_a_conflict_is_shown_with_both() -> None:
    shown = list(offer_diff_lines(A, B, C))
    assert [line for line in shown if line[:1] in "+-"] == [
        *("--- before/a.md", "+++ here/a.md", "-one", "+two"),
        *("--- before/a.md", "+++ release/a.md", "-one", "+three"),
    ]
