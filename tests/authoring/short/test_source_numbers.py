"""Sources by number, and words that find a card or a source."""

import pytest

from cpd.authoring.short.finding import find_cards, find_passage, find_sources
from cpd.authoring.short.rules.naming import build_slug, choose_free_slug, parse_client_name
from cpd.authoring.short.source_numbers import (
    NewSource,
    SourceNumber,
    build_reference_id,
    build_reference_text,
    parse_source_number,
)
from cpd.content.frontmatter import FrontMatter, parse_front_matter
from tests.factories import courses
from tests.factories.courses import SLUG
from tests.support.visitor import Visitor


@pytest.mark.parametrize(
    ("pasted", "key", "value"),
    [
        ("10.1136/bmj.38041", "doi", "10.1136/bmj.38041"),
        (" https://doi.org/10.1000/a%28b%29. ", "doi", "10.1000/a(b)"),
        ("doi: 10.1000/x", "doi", "10.1000/x"),
        ("PMID: 12345", "pmid", "12345"),
        ("https://pubmed.ncbi.nlm.nih.gov/12345/", "pmid", "12345"),
        ("pmc5564319", "pmcid", "PMC5564319"),
        ("https://www.example.org/page", "url", "https://www.example.org/page"),
    ],
)
def test_a_number_is_read_in_the_forms_in_which_people_paste_it(
    pasted: str, key: str, value: str
) -> None:
    assert parse_source_number(pasted) == SourceNumber(key, value)


@pytest.mark.parametrize("pasted", ["", "Brand 2022", "10.11/x", "javascript:alert(1)", "0123"])
def test_anything_else_is_no_number(pasted: str) -> None:
    assert parse_source_number(pasted) is None


def test_a_reference_is_named_after_its_first_author_and_year() -> None:
    source = NewSource(
        SourceNumber("pmid", "123"), "Heat: a #1 trial", "J Heat", "trial", "Used.", "Brand J", 2022
    )
    assert build_reference_id(source, {"brand-2022"}) == "brand-2022-2"
    front = parse_front_matter("", build_reference_text("brand-2022", source))
    assert isinstance(front, FrontMatter)
    assert front.data["title"] == "Heat: a #1 trial"
    assert front.data["pmid"] == "123"


@pytest.mark.parametrize(
    ("words", "slug"), [("Ödön’s visit", "odons-visit"), ("a" * 90, "a" * 60), ("日本", "")]
)
def test_ids_are_made_of_words(words: str, slug: str) -> None:
    assert build_slug(words) == slug


def test_ids_and_names_of_clients() -> None:
    assert choose_free_slug("a", {"a", "a-2"}) == "a-3"
    assert parse_client_name("Mina, 34, comes") == "Mina"
    assert parse_client_name("A man of 34") == ""
    assert parse_client_name("...") == ""


def test_words_find_cards_sources_and_passages() -> None:
    course = courses.bundle()
    assert [card.id for card in find_cards(course, "hot skin, confusion")][:1] == ["heat-stroke"]
    assert find_cards(course, "zebra") == []
    assert find_sources(course, "keller 2019")[0].id == "keller-2019"
    assert find_passage(course, "fainting") == "section:noticing#fainting"
    assert find_passage(course, "zebra").startswith("section:noticing#")


def test_a_new_source_is_drafted_in_the_browser(ada: Visitor) -> None:
    address = f"/authoring/courses/{SLUG}/sources"
    ada.get(address)
    told = {
        "number": "none",
        "source_title": "Feet",
        "authors": "Okafor C",
        "where": "Journal of Feet",
        "year": "19",
        "note": "About feet.",
    }
    page = ada.submit(told, action="/sources", status=422).text
    assert "This is not a DOI" in page
    assert "four digits" in page
    ada.submit({"number": "10.1000/feet", "year": "2024"}, action="/sources", status=303)
    page = ada.follow().text
    assert "Cite the source as [@okafor-2024]." in page
    assert "No faults in this file." in page
