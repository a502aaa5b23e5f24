"""Differences are read in the words of the form; what an answer is worth comes apart from prose."""

from pathlib import Path

import pytest
from flask import Flask

from cpd.authoring.history.differences import ChangedValue, Mark, compare_files, compare_texts

CASES = Path(__file__).parents[2] / "library" / "small-course" / "cases"
PATH = "cases/quinn-dizzy.md"
QUINN = (CASES / "quinn-dizzy.md").read_text(encoding="utf-8")


def named(value: ChangedValue) -> str:
    return " › ".join(map(str, value.names))


def marked(value: ChangedValue) -> str:
    signs = {Mark.SAME: "", Mark.REMOVED: "-", Mark.ADDED: "+"}
    return " ".join(
        f"{signs[piece.mark]}{piece.text.strip()}"
        for block in value.blocks
        for piece in block
        if piece.mark is not Mark.SAME
    )


@pytest.mark.parametrize(
    ("old", "new", "name", "shown", "is_on_key_side"),
    [
        ("a moment", "a minute", "The client", "-moment. +minute.", False),
        ("key: same_day", "key: emergency", "What is the right decision?", "Emergency", True),
        ("danger: unsafe", "danger: critical", "What could this do", "-Unsafe +Critical", True),
        (
            "The right ear",
            "A right ear",
            "before she goes home” › The reason, for the learner",
            "-The +A",
            False,
        ),
        ("correct: true", "correct: false", "Is it right?", "-Yes +No", True),
    ],
    ids=["prose", "key", "danger", "rationale", "right"],
)
def test_a_change_is_named_and_shown_in_words(
    app: Flask, old: str, new: str, name: str, shown: str, is_on_key_side: bool
) -> None:
    assert old in QUINN
    with app.test_request_context():
        found = compare_files(PATH, QUINN, QUINN.replace(old, new, 1))
        (value,) = found.values
        assert name in named(value)
        assert shown in marked(value)
        assert value.is_on_key_side is is_on_key_side
        assert (value in found.on_key_side) is is_on_key_side


def test_an_option_that_moves_is_only_in_another_order(app: Flask) -> None:
    first, second = QUINN.index("      - id: wrong-1"), QUINN.index("      - id: wrong-2")
    end = QUINN.index("---\nQuinn")
    moved = QUINN[:first] + QUINN[second:end] + QUINN[first:second] + QUINN[end:]
    with app.test_request_context():
        (value,) = compare_files(PATH, QUINN, moved).values
        assert named(value).endswith("Order")


def test_files_that_are_new_gone_or_equal(app: Flask) -> None:
    with app.test_request_context():
        assert not compare_files(PATH, QUINN, QUINN).is_other_text
        same = compare_files(PATH, QUINN, QUINN.replace("---\n", "---\n# a comment\n", 1))
        assert same.is_other_text
        assert not same.values
        marks = {
            piece.mark
            for value in compare_files(PATH, None, QUINN).values
            for block in value.blocks
            for piece in block
        }
        assert marks == {Mark.ADDED}
        broken = compare_files(PATH, QUINN, "no keys at all\n")
        assert "The file" in {named(value) for value in broken.values}


def test_paragraphs_without_changes_are_left_out() -> None:
    (block,) = compare_texts("One.\n\nTwo is here.\n\nThree.", "One.\n\nTwo was here.\n\nThree.")
    assert "".join(piece.text for piece in block if piece.mark is not Mark.ADDED) == "Two is here."
