"""The front of a course: as releases write it today, and as earlier ones stored it."""

from datetime import date
from typing import Any

from cpd.courses.rules.fronts.course import Author, CaseCitations, CourseFront, Objective

EARLY: dict[str, Any] = {
    "subject": ["Client safety"],
    "language": "en",
    "summary": "S.",
    "level": "introductory",
    "objectives": [{"id": "notice", "text": "Notice the signs"}],
    "authors": [{"name": "Ada Lindqvist", "credentials": "LMT", "role": "Author"}],
    "disclosures": "None",
    "released": "2026-01-15",
    "review_by": "2027-01-15",
    "expires": "2028-01-15",
    "sections": ["noticing", "adapting"],
}


def test_an_early_front_lacks_what_later_releases_gathered() -> None:
    assert CourseFront.from_json(EARLY) == CourseFront(
        subjects=("Client safety",),
        language="en",
        summary="S.",
        level="introductory",
        objectives=(Objective("notice", "Notice the signs"),),
        authors=(Author("Ada Lindqvist", "LMT", "Author"),),
        disclosures="None",
        released=date(2026, 1, 15),
        reviewed=None,
        review_by=date(2027, 1, 15),
        expires=date(2028, 1, 15),
        sections=("noticing", "adapting"),
        cited_by_cases={},
        explained_at={},
    )


def test_a_front_of_today_says_which_cases_cite_a_source_and_when_it_was_reviewed() -> None:
    cited = {"keller-2019": {"practice": ["leo"], "exam": 2}}
    front = CourseFront.from_json(
        EARLY
        | {
            "reviewed": "2026-02-01",
            "cited_by_cases": cited,
            "explained_at": {"stroke": "stop-signs"},
        }
    )
    assert front.reviewed == date(2026, 2, 1)
    assert front.cited_by_cases == {"keller-2019": CaseCitations(("leo",), 2)}
    assert front.explained_at == {"stroke": "stop-signs"}
