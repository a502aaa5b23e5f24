"""The address of a source, and what its front may lack."""

import pytest

from cpd.courses.rules.fronts.reference import ReferenceFront

FRONT = {"id": "a-2020", "title": "T", "source": "S", "type": "review", "note": "N"}


@pytest.mark.parametrize(
    ("found", "url", "text"),
    [
        ({"doi": "10.5555/a", "pmid": "1"}, "https://doi.org/10.5555/a", "doi:10.5555/a"),
        (
            {"pmcid": "PMC12", "pmid": "1"},
            "https://pmc.ncbi.nlm.nih.gov/articles/PMC12/",
            "PMC12",
        ),
        ({"pmid": "1"}, "https://pubmed.ncbi.nlm.nih.gov/1/", "PMID 1"),
        ({"url": "https://example.org/a/"}, "https://example.org/a/", "example.org/a"),
        ({"url": None}, "", ""),
    ],
)
def test_the_most_lasting_address_is_shown(found: dict[str, str], url: str, text: str) -> None:
    reference = ReferenceFront.from_json(FRONT | found)
    assert (reference.url, reference.url_text) == (url, text)


def test_what_is_not_known_is_empty() -> None:
    reference = ReferenceFront.from_json({**FRONT, "authors": None, "year": 2020})
    assert (reference.key, reference.authors, reference.year) == ("a-2020", "", 2020)
