"""Every warning has an example that brings it, and the tiny course is nearly without."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from cpd.authoring.checks.lint.all_rules import KIND_WARNINGS, WARNINGS, apply_warning_rules
from cpd.kernel import raster
from tests.factories.pictures import upload
from tests.support.courses import CourseFolder
from tests.support.cues import plant_pool

Change = Callable[[CourseFolder], object]
KNOWN = {
    ("exam.md", "Unseen tries (cases): the pool allows 2; the goal is 3."),
    ("cases/nico-room.md", "The right option has 44 characters, and the longest other has 28."),
}
"""What the tiny course as it is brings."""


def warnings(small: CourseFolder) -> list[tuple[str, int, str]]:
    bundle = small.bundle()
    found = [(one.file, one.line, one.message) for one in apply_warning_rules(bundle)]
    return [one for one in found if (one[0], one[2]) not in KNOWN]


@dataclass(frozen=True)
class Example:
    """A change that brings one warning; where it stands, and what it says."""

    rule: str
    change: Change
    file: str
    at: str
    says: str


def edit(file: str, old: str, new: str) -> Change:
    return lambda small: small.edit(file, old, new)


PICTURE = raster.build_picture_name(upload("WEBP"))


def add_picture(small: CourseFolder) -> None:
    """Add a picture that no text shows."""
    (small.path / "media").mkdir()
    (small.path / f"media/{PICTURE}.webp").write_bytes(upload("WEBP"))


def everybody_proceeds(small: CourseFolder) -> None:
    """Leave only decision cases with one right answer, and enough of them."""
    text = small.read("cases/leo-as-usual.md")
    for file in sorted(small.path.glob("cases/*.md")):
        if "pool: exam" in file.read_text():
            file.unlink()
    for name in "abcdefghijklmnopqr":
        case = text.replace("leo-as-usual", f"{name}-well").replace(
            "family: leo", f"family: {name}"
        )
        both = case.replace("objectives: [adapt]", "objectives: [adapt, notice]")
        red = both.replace("red_flag: false", "red_flag: true")
        small.write(f"cases/{name}-well.md", red)


CHOPPY = "We see it. We feel it. "
LONG = (
    "Most of the clients who come to us on a hot day need no more than some water, a chair in the "
    "shade, and a little time to cool down before we begin. "
)
LONG_WORDS = "Immunosuppression necessitates interdisciplinary communication immediately. " * 3

EXAMPLES = [
    Example(
        "no_standard_reasons",
        edit(
            "cases/leo-as-usual.md",
            "Rescheduling is more than this client needs. Nothing speaks against the plan.",
            "Nothing has to be settled first. The client would lose a session for no gain.",
        ),
        "cases/leo-as-usual.md",
        "Nothing has to be settled first.",
        "This reason is still a standard text.",
    ),
    Example(
        "no_standard_sentence_to_say",
        edit(
            "cases/leo-as-usual.md",
            "say: “We do what we planned.”",
            "say: Nothing stands in the way today, so let’s do what we planned.",
        ),
        "cases/leo-as-usual.md",
        "say: Nothing stands",
        "The sentence to say is still a standard text.",
    ),
    Example(
        "stem_names_plan",
        edit("cases/leo-as-usual.md", "**Plan:** 60 minutes", "60 minutes"),
        "cases/leo-as-usual.md",
        "60 minutes",
        "The stem does not end with today's plan.",
    ),
    Example(
        "right_option_not_longest",
        edit(
            "cases/dora-fainted.md",
            "text: Her doctor, before she goes home",
            "text: Her doctor, before she goes home, by phone, with her beside you, and today",
        ),
        "cases/dora-fainted.md",
        "by phone",
        "The right option has 74 characters, and the longest other has 28.",
    ),
    Example(
        "no_negative_prompts",
        edit("cases/nico-room.md", "What does Nico do first?", "What does Nico not do first?"),
        "cases/nico-room.md",
        "not do",
        "The prompt is a negative question.",
    ),
    Example(
        "no_absolutes_in_options",
        edit("cases/olga-offers.md", "text: A heat pack", "text: Always a heat pack"),
        "cases/olga-offers.md",
        "Always",
        "'Always' is absolute, so the option looks wrong.",
    ),
    Example(
        "no_vague_frequency_in_options",
        edit("cases/olga-offers.md", "text: A heat pack", "text: A heat pack, rarely"),
        "cases/olga-offers.md",
        "rarely",
        "'rarely' means a different number to each reader.",
    ),
    Example(
        "no_cue_shared_with_right_option",
        edit("cases/nico-room.md", "Nico expects a client", "Nico opens the window for a client"),
        "cases/nico-room.md",
        "text: Opens",
        "'window' is only in the stem and in the right option.",
    ),
    Example(
        "readable_sections",
        edit("sections/02-adapting.md", "Leave sunburnt skin", LONG_WORDS * 9 + "\n\nLeave skin"),
        "sections/02-adapting.md",
        "",
        "The running text reads at grade 30.5; the goal is 6 to 9.",
    ),
    Example(
        "readable_sections",
        edit("sections/02-adapting.md", "Leave sunburnt skin", CHOPPY * 9 + "\n\nLeave skin"),
        "sections/02-adapting.md",
        "",
        "The running text reads at grade 0.4; the goal is 6 to 9.",
    ),
    Example(
        "sentences_of_good_length",
        edit("sections/02-adapting.md", "Leave sunburnt skin", CHOPPY * 9 + "\n\nLeave skin"),
        "sections/02-adapting.md",
        "",
        "A sentence has 4.8 words on average; the goal is 13 to 17.",
    ),
    Example(
        "sentences_of_good_length",
        edit("sections/02-adapting.md", "Leave sunburnt skin", LONG * 30 + "\n\nLeave skin"),
        "sections/02-adapting.md",
        "",
        "A sentence has 25.2 words on average; the goal is 13 to 17.",
    ),
    Example(
        "few_short_sentences",
        edit("sections/02-adapting.md", "Leave sunburnt skin", CHOPPY * 9 + "\n\nLeave skin"),
        "sections/02-adapting.md",
        "",
        "80% of the sentences have fewer than 8 words; the goal is less than 25%.",
    ),
    Example(
        "readable_cases",
        edit("cases/leo-as-usual.md", "Leo, 36, comes", LONG_WORDS + "Leo, 36, comes"),
        "cases/leo-as-usual.md",
        "",
        "Stem, facts and options read at grade",
    ),
    Example(
        "short_sections",
        edit("sections/02-adapting.md", "Leave sunburnt skin", "We see it. " * 540 + "Leave skin"),
        "sections/02-adapting.md",
        "",
        "The section takes 1,725 words ÷ 200 a minute = 8.6 minutes.",
    ),
    Example(
        "objectives_covered",
        edit("course.md", "authors:", "  - {id: record, text: Write it down}\nauthors:"),
        "course.md",
        "id: record",
        "The objective 'record' has no section and no practice case and no exam case.",
    ),
    Example(
        "hazards_covered",
        lambda small: small.write(
            "hazards/frost.md", small.read("hazards/sunburn.md").replace("id: sunburn", "id: frost")
        ),
        "hazards/frost.md",
        "id: frost",
        "No case is about this card.",
    ),
    Example(
        "hazards_covered",
        edit("cases/quinn-dizzy.md", "hazards: [fainting]", "hazards: [heat-stroke]"),
        "hazards/fainting.md",
        "id: fainting",
        "An exam case on it can be critical, but there is no practice case to return to.",
    ),
    Example(
        "emergencies_examined",
        edit(
            "hazards/sunburn.md",
            "  modify:\n    - Red, sore skin\n  postpone:",
            "  emergency:\n    - Red, sore skin",
        ),
        "hazards/sunburn.md",
        "emergency:",
        "This is an emergency, but in no exam case on it is calling the right answer.",
    ),
    Example(
        "sections_have_practice_cases",
        lambda small: small.remove("cases/tess-room.md"),
        "sections/02-adapting.md",
        "id:",
        "Practice cases in this section: 1; the goal is 2.",
    ),
    Example(
        "sections_say_what_to_do_monday",
        edit("sections/01-noticing.md", "!!! monday", "!!! caution"),
        "sections/01-noticing.md",
        "",
        "The section has no box for Monday.",
    ),
    Example(
        "follow_ups_fit_every_answer",
        edit("cases/dora-fainted.md", "when: After your decision", "when: On the phone"),
        "cases/dora-fainted.md",
        "On the phone",
        "'On the phone' gives away the answer to the previous question.",
    ),
    Example(
        "follow_ups_tell_no_key",
        everybody_proceeds,
        "exam.md",
        "draw:",
        "Where no other question follows, 'proceed' is right in 18 of 18 exam cases",
    ),
    Example(
        "enough_unseen_attempts",
        edit("exam.md", "notice: 2", "notice: 3"),
        "exam.md",
        "draw:",
        "Unseen tries (objective notice): the pool allows 2; the goal is 3.",
    ),
    Example(
        "no_constant_answer_passes",
        everybody_proceeds,
        "exam.md",
        "pass_mark:",
        "Always answering 'proceed', with every other question right, scores 100%: a pass.",
    ),
    Example(
        "wording_tells_no_key",
        lambda small: plant_pool(small, with_cues=True),
        "cases/planted-14.md",
        "suddenly",
        "“suddenly” points to “Emergency: call now” in 8 of 8 texts. From the stem alone, ",
    ),
    Example(
        "options_punctuated_alike",
        edit("cases/olga-offers.md", "text: A heat pack", "text: A heat pack; a towel"),
        "cases/olga-offers.md",
        "text: A heat pack",
        "A semicolon is in 1 of 4 options.",
    ),
    Example(
        "sections_cite_nothing_retracted",
        lambda small: [
            small.edit("sections/02-adapting.md", "[@ortiz-2021]", "[@ortiz-2021; @old-2001]"),
            small.write(
                "references/old-2001.md",
                small.read("references/ortiz-2021.md").replace("ortiz-2021", "old-2001"),
            ),
            small.write(
                "ledger.yaml",
                small.read("ledger.yaml") + "- {on: 2026-02-01, by: Ada, type: status,"
                " of: reference:old-2001, status: retracted}\n",
            ),
        ],
        "sections/02-adapting.md",
        "@old-2001",
        "'old-2001' is cited but was retracted.",
    ),
    Example(
        "references_used",
        lambda small: small.write(
            "references/old-2001.md",
            small.read("references/ortiz-2021.md").replace("ortiz-2021", "old-2001"),
        ),
        "references/old-2001.md",
        "id:",
        "Nothing cites this reference.",
    ),
    Example(
        "readable_figures",
        edit("figures/cool-down.md", "Open the window", LONG_WORDS * 3 + "Open the window"),
        "figures/cool-down.md",
        "",
        "The text reads at grade",
    ),
    Example(
        "figures_used",
        edit("sections/01-noticing.md", "![](figure:cool-down)\n\n", ""),
        "figures/cool-down.md",
        "id: cool-down",
        "No page shows this figure.",
    ),
    Example(
        "pictures_used",
        add_picture,
        f"media/{PICTURE}.webp",
        "",
        "No text shows this picture.",
    ),
    Example(
        "ledger_in_order",
        edit("ledger.yaml", "on: 2026-01-11", "on: 2026-01-09"),
        "ledger.yaml",
        "on: 2026-01-09",
        "The entry is older than the one before it.",
    ),
    Example(
        "review_in_time",
        edit("course.md", "expires: 2028-01-15", "expires: 2029-02-15"),
        "course.md",
        "expires:",
        "The course runs more than three years without a review.",
    ),
    Example(
        "authors_printable_on_certificates",
        edit("course.md", "name: Ada Lindqvist", "name: 𒀀 Ada Lindqvist"),
        "course.md",
        "name: 𒀀",
        "The file of a certificate cannot show 𒀀.",
    ),
]


def test_the_tiny_course_brings_what_is_known(small: CourseFolder) -> None:
    assert warnings(small) == []
    assert len(apply_warning_rules(small.bundle())) == len(KNOWN)


def test_every_warning_has_an_example() -> None:
    assert {rule.__name__ for rule in (*WARNINGS, *KIND_WARNINGS)} == {
        example.rule for example in EXAMPLES
    }


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: f"{one.rule}-{one.file}")
def test_what_is_worth_a_look_is_said_with_its_line(small: CourseFolder, example: Example) -> None:
    example.change(small)
    line = small.line(example.file, example.at) if example.at else None
    found = [one for one in warnings(small) if one[0] == example.file]
    assert any(message.startswith(example.says) for _, _, message in found), found
    assert line is None or line in {number for _, number, _ in found}


@pytest.mark.parametrize("language", ["de", "es-MX"])
def test_readability_is_measured_in_english_only(small: CourseFolder, language: str) -> None:
    small.edit("sections/02-adapting.md", "Leave sunburnt skin", CHOPPY * 9 + "\n\nLeave skin")
    small.edit("figures/cool-down.md", "Open the window", LONG_WORDS * 3 + "Open the window")
    small.edit("cases/leo-as-usual.md", "Leo, 36, comes", LONG_WORDS + "Leo, 36, comes")
    assert len(warnings(small)) == 5, "the control"
    small.edit("course.md", "language: en-GB", f"language: {language}")
    assert warnings(small) == []


def test_always_going_ahead_is_no_pass_where_one_case_makes_it_critical(
    small: CourseFolder,
) -> None:
    everybody_proceeds(small)
    text = small.read("cases/rosa-stumbles.md").replace("rosa", "zita")
    exam = text.replace("pool: practice\n", "pool: exam\n").replace("position: 2\n", "")
    small.write("cases/zita-stumbles.md", exam)
    assert [one for one in warnings(small) if "Always answering" in one[2]] == []
