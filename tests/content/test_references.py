import pytest

from cpd.content.references import Reference

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
    reference = Reference.from_front(FRONT | found)
    assert (reference.url, reference.url_text) == (url, text)


def test_what_is_not_known_is_empty() -> None:
    reference = Reference.from_front({**FRONT, "authors": None, "year": 2020})
    assert (reference.key, reference.authors, reference.year) == ("a-2020", "", 2020)
