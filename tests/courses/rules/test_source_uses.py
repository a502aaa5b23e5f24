"""Where sources are used, as the page of sources says it."""

from typing import Any

from cpd.courses.rules.outline import Outline, Part
from cpd.courses.rules.source_uses import uses


def part(slug: str, **front: Any) -> Part:
    return Part(1, 1, f"rev_{slug}", slug, slug.title(), 0, {"cites": [], **front})


CITED = {"keller": {"practice": ["quinn"], "exam": 3}, "board": {"practice": [], "exam": 1}}
OUTLINE = Outline(
    course=part("course", cited_by_cases=CITED),
    exam=part("exam"),
    sections=(part("one", cites=["keller"], figures=["steps"]), part("two")),
    practice={"one": (part("quinn"), part("rosa")), "two": ()},
    hazards=(part("heat", references=["keller"], cites=["keller", "board"]),),
    tools=(part("sheet", cites=["board"]),),
    figures=(part("steps", cites=["drawn"]),),
    references=(part("keller"), part("board"), part("drawn"), part("unused")),
)


def test_each_place_is_named_once_and_cases_of_the_exam_are_counted() -> None:
    found = uses(OUTLINE)
    said = {
        key: ([(use.type, use.part.slug, use.section) for use in one.places], one.exam_cases)
        for key, one in found.items()
    }
    assert said == {
        "keller": (
            [("section", "one", ""), ("case", "quinn", "one"), ("hazard", "heat", "")],
            3,
        ),
        "board": ([("hazard", "heat", ""), ("tool", "sheet", "")], 1),
        "drawn": ([("section", "one", "")], 0),
        "unused": ([], 0),
    }
