"""The ideas box: stories go in without what says who the client is."""

import pytest

from cpd.authoring.ideas.rules.personal_details import Detail, find_personal_details
from cpd.authoring.ideas.rules.stories import StoryParts, divide_story
from tests.support.visitor import Visitor


@pytest.mark.parametrize(
    ("story", "found"),
    [
        ("Maria Lopez fainted.", [(Detail.NAME, "Maria Lopez")]),
        ("I saw Mrs. Jones today.", [(Detail.NAME, "Mrs. Jones")]),
        ("Call 555-867-5309 or +44 20 7946 0018.", [(Detail.PHONE, "555-867-5309"),
                                                    (Detail.PHONE, "+44 20 7946 0018")]),
        ("Born 3/14/1972, she", [(Detail.DATE, "Born 3/14/1972")]),
        ("On March 14, 1972 and 1972-03-14", [(Detail.DATE, "March 14, 1972"),
                                              (Detail.DATE, "1972-03-14")]),
        ("Write to maria@example.org soon", [(Detail.EMAIL, "maria@example.org")]),
        ("A woman of 34 had 101.1 °F (38.4 °C). We planned 60 minutes. On Monday She rang.", []),
    ],
)  # fmt: skip
def test_what_may_name_a_client_is_found(story: str, found: list[tuple[Detail, str]]) -> None:
    assert [(detail.type, detail.text) for detail in find_personal_details(story)] == found


@pytest.mark.parametrize(
    ("story", "parts"),
    [
        ("A man of 50. He limps. Plan: legs.", ("A man of 50.", "Plan: legs.", "He limps.")),
        ("A man. We had 40 minutes! He said “no.” He left.",
         ("A man.", "We had 40 minutes!", "He said “no.” He left.")),
        ("", ("", "", "")),
    ],
)  # fmt: skip
def test_a_story_is_divided_into_the_first_answers(story: str, parts: tuple[str, ...]) -> None:
    assert divide_story(story) == StoryParts(*parts)


def test_a_story_with_a_name_is_looked_at_again_before_it_is_kept(
    ada: Visitor, ines: Visitor
) -> None:
    ada.get("/authoring/ideas")
    page = ada.submit({"story": "Maria Lopez fainted."}, action="/ideas", status=422).text
    assert "“Maria Lopez”" in page
    assert "The box is empty." in page
    ada.submit({"names_nobody": "y"}, action="/ideas", status=303)
    ada.get("/authoring/ideas")
    ada.submit({"story": " "}, action="/ideas", status=422)
    assert "Maria Lopez fainted." in ines.get("/authoring/ideas").text
    ines.submit({}, action="/deletion", status=303)
    assert "The box is empty." in ada.get("/authoring/ideas").text
