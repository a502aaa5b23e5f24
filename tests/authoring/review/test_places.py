"""What the places of comments are called."""

import pytest
from flask import Flask

from cpd.authoring.blind.models import SentText
from cpd.authoring.review.places import describe_place, list_places_of_case
from tests.support.courses import CourseFolder


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("", "The file as a whole"),
        ("line/4", "Line 4"),
        ("body/2", "The client, sentence 2"),
        ("steps/decide/prompt", "Step 1, the question"),
        ("steps/decide/options/proceed", "Step 1, the answer “"),
        ("steps/decide/options/gone", "Step 1, an answer that it no longer has"),
        ("steps/tell/facts/1", "Step 2, the facts, sentence 1"),
        ("steps/gone/prompt", "A step that the case no longer has"),
    ],
)
def test_a_place_is_called_in_plain_words(
    app: Flask, small: CourseFolder, path: str, words: str
) -> None:
    front = small.bundle().built["quinn-dizzy"].front
    sent = SentText(front=front.to_json())
    with app.test_request_context():
        said = describe_place(path, sent)
        assert said.startswith(words)
        assert all("/" not in describe_place(each, sent) for each, _ in list_places_of_case(front))
