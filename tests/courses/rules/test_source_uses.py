"""Where sources are used, as the page of sources says it."""

from cpd.courses.rules.fronts.course import CaseCitations
from cpd.courses.rules.outline import Outline
from cpd.courses.rules.source_uses import build_source_uses
from tests.factories import outlines

CITED = {"keller": CaseCitations(("quinn",), 3), "board": CaseCitations((), 1)}
OUTLINE = Outline(
    course=outlines.course(cited_by_cases=CITED),
    exam=outlines.exam(),
    sections=(
        outlines.section("one", cites=("keller",), figures=("steps",)),
        outlines.section("two"),
    ),
    practice={"one": (outlines.case("quinn"), outlines.case("rosa")), "two": ()},
    hazards=(outlines.card("heat", references=("keller",), cites=("keller", "board")),),
    tools=(outlines.tool("sheet", cites=("board",)),),
    figures=(outlines.figure("steps", cites=("drawn",)),),
    references=tuple(outlines.reference(key) for key in ("keller", "board", "drawn", "unused")),
)


def test_each_place_is_named_once_and_cases_of_the_exam_are_counted() -> None:
    found = build_source_uses(OUTLINE)
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
