from fractions import Fraction

import pytest

from cpd.cases.front import CaseFront
from cpd.cases.key import CaseKey
from cpd.cases.scales import Basis, CriticalRule, Danger, Decision
from tests.support.courses import CourseFolder


def test_a_case_of_several_steps_keeps_its_routes_and_facts(small: CourseFolder) -> None:
    built = small.bundle().built["arno-head-swims"]
    decide, table, tell = built.front.steps
    assert set(decide.routes.values()) == {"table"}
    assert table.vignette_html == "<p>He no longer knows where he is. His skin is hot and dry.</p>"
    assert set(table.routes.values()) == {"tell"}
    assert (tell.kind, set(tell.routes.values())) == ("single", {None})
    assert built.front.minutes == 1
    assert built.key.best == 3


def test_the_key_holds_danger_marks_reasons_and_sources(small: CourseFolder) -> None:
    bundle = small.bundle()
    rosa = bundle.built["rosa-stumbles"].key.step_by_id("decide")
    assert rosa.key is Decision.EMERGENCY
    assert rosa.option_by_id("proceed").danger is Danger.CRITICAL
    assert rosa.option_by_id("emergency").cites == ("heat-board",)
    assert rosa.option_by_id("emergency").basis is Basis.GUIDELINE
    assert rosa.option_by_id("proceed").reviewer == "awaiting review"
    cleo = bundle.built["cleo-vomits"].key.step_by_id("decide").option_by_id("proceed")
    assert cleo.critical_rule is CriticalRule.THIS_CASE
    assert "gets worse" in cleo.note_html
    mona = bundle.built["mona-new-tablets"].key.step_by_id("decide")
    assert mona.also == (Decision.SAME_DAY,)
    assert mona.option_by_id("same_day").marks == 1
    nico = bundle.built["nico-room"].key.step_by_id("prepare")
    assert nico.option_by_id("towel").marks == Fraction(1, 4)
    assert nico.option_by_id("stones").danger is Danger.UNSAFE
    olga = bundle.built["olga-offers"].key.step_by_id("offer")
    assert olga.option_by_id("legs").danger_if_missed is Danger.OVERCAUTIOUS
    assert olga.option_by_id("arms").danger is Danger.UNSAFE


def test_front_and_key_survive_their_json(small: CourseFolder) -> None:
    for built in small.bundle().built.values():
        assert CaseFront.from_json(built.front.to_json()) == built.front
        assert CaseKey.from_json(built.key.to_json()) == built.key


def test_words_of_a_case_are_what_every_learner_reads(small: CourseFolder) -> None:
    small.edit("cases/nico-room.md", "It is 31 °C outside.", "")
    built = small.bundle().built["nico-room"]
    # "Nico expects a client who feels the heat." 8, "What does Nico do first?" 5,
    # options 9 + 6 + 3
    assert built.words == 8 + 5 + 9 + 6 + 3


@pytest.mark.parametrize(
    ("file", "old", "new", "at", "says", "remedy"),
    [
        pytest.param(
            "cases/jan-sunburn.md",
            " [@ortiz-2021]",
            "",
            "      modify:",
            "Option modify is based on evidence but cites nothing.",
            "Add a [@reference] to its rationale, or choose another basis.",
            id="evidence without a source",
        ),
        pytest.param(
            "cases/olga-offers.md",
            "The legs are not burnt [@ortiz-2021]",
            "The legs are not burnt",
            "- id: legs",
            "Option legs is based on evidence but cites nothing.",
            "Add a [@reference]",
            id="evidence without a source in a list",
        ),
        pytest.param(
            "cases/nico-room.md",
            "        correct: true",
            "        correct: true\n        danger: unsafe",
            "- id: window",
            "Option window is correct, so it is safe.",
            "Leave `danger` out.",
            id="the right one is dangerous",
        ),
        pytest.param(
            "cases/cleo-vomits.md",
            " [@keller-2019].",
            ".",
            "      proceed: Lying",
            "Raising proceed to critical needs a reason that cites a source.",
            "Add a [@reference] to the reason.",
            id="raised without a source",
        ),
        pytest.param(
            "cases/mona-new-tablets.md",
            "      same_day: Calling",
            "      proceed: Calling",
            "      proceed: Calling",
            "Only a decision next to postpone, or one two steps more careful, can earn equal "
            "marks; proceed is neither.",
            "Leave it out of `also`.",
            id="equal marks far away",
        ),
        pytest.param(
            "cases/dora-fainted.md",
            "leads_to: tell",
            "leads_to: nowhere",
            "- id: decide",
            "Dead end: this leads to step nowhere, which does not exist. Path: decide: Go ahead.",
            "Correct `leads_to`, or add the step.",
            id="a dead end",
        ),
        pytest.param(
            "cases/dora-fainted.md",
            "  - id: tell",
            "  - id: told",
            "- id: decide",
            "Dead end",
            "",
            id="a step that is not reached",
        ),
    ],
)
def test_what_the_rules_refuse_has_file_line_and_remedy(
    small: CourseFolder, file: str, old: str, new: str, at: str, says: str, remedy: str
) -> None:
    small.edit(file, old, new)
    found = small.load().faults
    assert found
    assert all(fault.file.endswith(file) for fault in found)
    assert says in found[0].message
    assert remedy in found[0].remedy
    assert found[0].line == small.line(file, at)


def test_harm_that_pays_is_named_with_its_path(small: CourseFolder) -> None:
    """Treating Arno and calling for help later must not earn what stopping at once earns."""
    text = small.read("cases/arno-head-swims.md")
    for word in ("postpone", "same_day", "emergency"):
        before, found, after = text.partition(f"      {word}:\n")
        text = before + found + after.replace("        leads_to: table\n", "", 1)
    text = text.partition("  - id: tell\n")[0].replace("        leads_to: tell\n", "")
    small.write("cases/arno-head-swims.md", f"{text}---\nStem.\n")
    (fault,) = [one for one in small.load().faults if "but this path earns" in one.message][:1]
    assert "Path: decide: Change the plan > table: Emergency: call now." in fault.message
