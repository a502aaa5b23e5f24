"""Every rule that blocks has an example that breaks it, and breaks nothing else."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from cpd.authoring.checks.faults import all_rules
from cpd.authoring.checks.faults.all_rules import RULES
from tests.support.courses import CourseFolder

Change = Callable[[CourseFolder], object]


@dataclass(frozen=True)
class Example:
    """A change that breaks one rule; where the fault stands, and what it says."""

    rule: str
    change: Change
    file: str
    at: str
    says: str


def edit(file: str, old: str, new: str) -> Change:
    return lambda small: small.edit(file, old, new)


def append(file: str, text: str) -> Change:
    return lambda small: small.write(file, small.read(file) + text)


def both(*changes: Change) -> Change:
    return lambda small: [change(small) for change in changes]


def second_noticing(small: CourseFolder) -> None:
    small.write("sections/03-noticing.md", small.read("sections/01-noticing.md"))


def no_references_of_burns(small: CourseFolder) -> None:
    small.edit("hazards/sunburn.md", "references: [ortiz-2021]", "references: []")


def status(reference: str, word: str) -> Change:
    return append(
        "ledger.yaml",
        f"- {{on: 2026-02-01, by: Ada, type: status, of: reference:{reference}, status: {word}}}\n",
    )


HEAT_STROKE = """\
---
id: heat-stroke
title: Heat stroke
decision: emergency
family_of_flags: [H1]
references: []
signs:
  - sign: confusion
  - sign: hot skin
  - sign: a stumbling walk
---
"""
BUCKLING = HEAT_STROKE.partition("  - sign")[0] + "  - sign: knees that buckle\n---\n"


def write(file: str, text: str) -> Change:
    return lambda small: small.write(file, text)


def list_in_sheet(text: str) -> Change:
    """A list, and a sheet that includes it, so that only what is added is wrong."""
    sheet = append("tools/heat-card.md", "\n![](list:heat-stroke)\n")
    return both(write("lists/heat-stroke.md", text), sheet)


ANOTHER_STEP = """\
  - id: more
    prompt: What does he do then?
    kind: single
    options:
      - {id: fan, text: Fetches a fan, correct: true, rationale: It cools., basis: house-rule}
      - {id: tea, text: Makes tea, danger: suboptimal, rationale: It warms., basis: house-rule}
"""

EXAMPLES = [
    Example(
        "sections_listed",
        edit("course.md", "sections: [noticing, adapting]", "sections: [noticing, adapting, more]"),
        "course.md",
        "sections:",
        "There is no section 'more'.",
    ),
    Example(
        "sections_listed",
        edit("course.md", "sections: [noticing, adapting]", "sections: [noticing]"),
        "sections/02-adapting.md",
        "id: adapting",
        "The course does not list this section.",
    ),
    Example(
        "sections_numbered_in_order",
        edit("course.md", "sections: [noticing, adapting]", "sections: [adapting, noticing]"),
        "course.md",
        "sections:",
        "'noticing' comes after sections/02-adapting.md, but its file is sections/01-noticing.md.",
    ),
    Example(
        "slugs_unique",
        second_noticing,
        "sections/03-noticing.md",
        "id: noticing",
        "'noticing' appears twice.",
    ),
    Example(
        "language_tag_valid",
        edit("course.md", "language: en-GB", "language: English!"),
        "course.md",
        "language:",
        "'English!' is not a language tag.",
    ),
    Example(
        "title_printable_on_certificates",
        edit("course.md", "\ntitle: ", "\ntitle: 𒀀 "),
        "course.md",
        "title:",
        "The file of a certificate cannot show 𒀀.",
    ),
    Example(
        "title_printable_on_certificates",
        edit("course.md", "\ntitle: ", "\ntitle_on_certificate: 𒀁\ntitle: "),
        "course.md",
        "title_on_certificate:",
        "The file of a certificate cannot show 𒀁.",
    ),
    Example(
        "dates_in_order",
        edit("course.md", "expires: 2028-01-15", "expires: 2026-12-31"),
        "course.md",
        "expires:",
        "'expires' is before 'review_by'.",
    ),
    Example(
        "dates_in_order",
        edit("course.md", "reviewed: null", "reviewed: 2025-12-31"),
        "course.md",
        "reviewed:",
        "'reviewed' is before 'released'.",
    ),
    Example(
        "objectives_known",
        edit("cases/leo-as-usual.md", "objectives: [adapt]", "objectives: [adapt, adopt]"),
        "cases/leo-as-usual.md",
        "objectives:",
        "There is no objective 'adopt'.",
    ),
    Example(
        "objectives_known",
        edit("exam.md", "{notice: 2, adapt: 2}", "{notice: 2, adopt: 0}"),
        "exam.md",
        "per_objective:",
        "There is no objective 'adopt'.",
    ),
    Example(
        "case_hazards_known",
        edit("cases/leo-as-usual.md", "hazards: [sunburn]", "hazards: [frost]"),
        "cases/leo-as-usual.md",
        "hazards:",
        "There is no card 'frost'.",
    ),
    Example(
        "case_sections_known",
        edit("cases/leo-as-usual.md", "section: adapting", "section: adopting"),
        "cases/leo-as-usual.md",
        "section: adopting",
        "There is no section 'adopting'.",
    ),
    Example(
        "passages_known",
        edit("cases/leo-as-usual.md", "adapting#cool-room", "adapting#warm-room"),
        "cases/leo-as-usual.md",
        "passage:",
        "There is no heading '#warm-room' in section 'adapting'.",
    ),
    Example(
        "passages_known",
        edit("hazards/sunburn.md", "section:adapting#", "section:adopting#"),
        "hazards/sunburn.md",
        "passage:",
        "There is no section 'adopting'.",
    ),
    Example(
        "link_targets_known",
        edit("sections/02-adapting.md", "tool:room-check", "tool:room-chick"),
        "sections/02-adapting.md",
        "tool:room-chick",
        "There is no tool 'room-chick'.",
    ),
    Example(
        "link_targets_known",
        edit("sections/02-adapting.md", "noticing#stop-signs", "noticing#stop"),
        "sections/02-adapting.md",
        "noticing#stop",
        "There is no heading '#stop' in section 'noticing'.",
    ),
    Example(
        "citations_have_references",
        edit("sections/02-adapting.md", "[@ortiz-2021]", "[@ortiz-2012]"),
        "sections/02-adapting.md",
        "@ortiz-2012",
        "'ortiz-2012' is cited, but there is no such reference.",
    ),
    Example(
        "citations_have_references",
        edit("hazards/sunburn.md", "references: [ortiz-2021]", "references: [ortiz-2012]"),
        "hazards/sunburn.md",
        "references:",
        "There is no reference 'ortiz-2012'.",
    ),
    Example(
        "glossary_terms_explained",
        edit("glossary.md", "section: adapting", "section: adopting"),
        "glossary.md",
        "section: adopting",
        "There is no section 'adopting'.",
    ),
    Example(
        "glossary_terms_explained",
        edit("glossary.md", "section: adapting", "section: noticing"),
        "glossary.md",
        "term: Hot stones",
        "'Hot stones' is not in bold in section 'noticing'.",
    ),
    Example(
        "glossary_terms_explained",
        edit("glossary.md", "term: Hot stones", "term: ot stones"),
        "glossary.md",
        "term: ot stones",
        "'ot stones' is not in bold in section 'adapting'.",
    ),
    Example(
        "link_targets_known",
        edit("sections/02-adapting.md", "tool:room-check", "term:cold-stones"),
        "sections/02-adapting.md",
        "term:cold-stones",
        "There is no term 'cold-stones'.",
    ),
    Example(
        "references_locatable",
        edit("references/ortiz-2021.md", "pmid: 12345678\n", ""),
        "references/ortiz-2021.md",
        "id:",
        "The reference has no DOI, PMID, PMCID or URL.",
    ),
    Example(
        "rationales_cite_usable_sources",
        both(
            status("ortiz-2021", "retracted"),
            no_references_of_burns,
            edit("hazards/sunburn.md", "basis: evidence", "basis: house-rule"),
            *(
                edit(f"cases/{name}.md", " [@ortiz-2021]", " [@keller-2019]")
                for name in ("jan-sunburn", "sami-red-back", "olga-offers", "olga-offers")
            ),
            edit("cases/jan-sunburn.md", "[@keller-2019]", "[@ortiz-2021]"),
        ),
        "cases/jan-sunburn.md",
        "@ortiz-2021",
        "A rationale cites 'ortiz-2021', whose status is retracted.",
    ),
    Example(
        "rationales_cite_usable_sources",
        both(
            status("heat-board", "does-not-support"),
            *(
                edit(f"cases/{name}.md", " [@heat-board]", " [@keller-2019]")
                for name in ("arno-head-swims", "bela-hot-dry", "rosa-stumbles")
            ),
        ),
        "hazards/heat-stroke.md",
        "references:",
        "The card cites 'heat-board', whose status is does-not-support.",
    ),
    Example(
        "hazard_cards_cite_their_basis",
        no_references_of_burns,
        "hazards/sunburn.md",
        "basis:",
        "The card is based on evidence but names no reference.",
    ),
    Example(
        "texts_present_where_required",
        append("references/ortiz-2021.md", "More.\n"),
        "references/ortiz-2021.md",
        "More.",
        "A reference has no text.",
    ),
    Example(
        "texts_present_where_required",
        lambda small: small.write(
            "cases/leo-as-usual.md",
            small.read("cases/leo-as-usual.md").rpartition("---\n")[0] + "---\n",
        ),
        "cases/leo-as-usual.md",
        "",
        "The text is missing.",
    ),
    Example(
        "headings_in_pages_only",
        append("cases/leo-as-usual.md", "\n## Then {#then}\n"),
        "cases/leo-as-usual.md",
        "## Then",
        "Headings are not allowed here.",
    ),
    Example(
        "values_hold_no_markdown",
        edit("hazards/sunburn.md", "rule: Leave the burnt", "rule: Leave **the** burnt"),
        "hazards/sunburn.md",
        "rule:",
        "'**' would be shown as written: this value is plain text.",
    ),
    Example(
        "values_hold_no_markdown",
        edit("glossary.md", "Warmed stones", "Warmed&nbsp;stones"),
        "glossary.md",
        "meaning: Warmed",
        "'&nbsp;' would be shown as written: this value is plain text.",
    ),
    Example(
        "tokens_known_and_in_place",
        edit("hazards/sunburn.md", "\nrule: ", "\nrule: Call {{emergency-phone}}. "),
        "hazards/sunburn.md",
        "rule:",
        "'{{emergency-phone}}' is not a token.",
    ),
    Example(
        "tokens_known_and_in_place",
        edit("course.md", "\nsummary: ", "\nsummary: Call {{emergency-number}}. "),
        "course.md",
        "summary:",
        "'{{emergency-number}}' would be shown as written here.",
    ),
    Example(
        "values_hold_no_markdown",
        edit("glossary.md", "Warmed stones", "Warmed [awaiting review] stones"),
        "glossary.md",
        "meaning: Warmed",
        "'[awaiting review]' would be shown as written: this value is plain text.",
    ),
    Example(
        "blanks_in_tools_only",
        append("sections/02-adapting.md", "\n[____ Your name]\n"),
        "sections/02-adapting.md",
        "[____ Your name]",
        "Blanks and checkboxes are not allowed here.",
    ),
    Example(
        "blanks_in_tools_only",
        append("sections/02-adapting.md", "\n☐ Told\n"),
        "sections/02-adapting.md",
        "☐ Told",
        "Blanks and checkboxes are not allowed here.",
    ),
    Example(
        "blanks_in_tools_only",
        edit("cases/tess-room.md", "    rationale: ", "    rationale: (x [____ x]) "),
        "cases/tess-room.md",
        "[____ x]",
        "Blanks and checkboxes are not allowed here.",
    ),
    Example(
        "link_targets_known",
        edit("sections/01-noticing.md", "figure:cool-down", "figure:warm-up"),
        "sections/01-noticing.md",
        "figure:warm-up",
        "There is no figure 'warm-up'.",
    ),
    Example(
        "figures_in_pages_only",
        edit("cases/leo-as-usual.md", "**Plan:**", "![](figure:cool-down)\n\n**Plan:**"),
        "cases/leo-as-usual.md",
        "figure:cool-down",
        "Figures are not allowed here.",
    ),
    Example(
        "figures_in_pages_only",
        append("figures/cool-down.md", "\n![](figure:cool-down)\n"),
        "figures/cool-down.md",
        "figure:cool-down",
        "Figures are not allowed here.",
    ),
    Example(
        "practice_positions_unique",
        edit("cases/tess-room.md", "position: 2", "position: 1"),
        "cases/tess-room.md",
        "position:",
        "Position 1 is taken in 'adapting'.",
    ),
    Example(
        "no_catch_all_options",
        edit("cases/tess-room.md", "text: Warms a heat pack", "text: None of the above"),
        "cases/tess-room.md",
        "None of the above",
        "'None of the above' is a catch-all.",
    ),
    Example(
        "exam_answers_lead_to_one_place",
        edit(
            "cases/bela-hot-dry.md",
            "leads_to: tell\n      same_day",
            "leads_to: end\n      same_day",
        ),
        "cases/bela-hot-dry.md",
        "leads_to: end",
        "This answer leads to 'end', but another leads to 'tell'.",
    ),
    Example(
        "exam_answers_lead_to_one_place",
        both(
            edit(
                "cases/nico-room.md",
                "      - id: towel",
                "        leads_to: more\n      - id: towel",
            ),
            edit("cases/nico-room.md", "---\nNico", f"{ANOTHER_STEP}---\nNico"),
        ),
        "cases/nico-room.md",
        "- id: towel",
        "This answer leads to 'end', but another leads to 'more'.",
    ),
    Example(
        "exam_can_be_drawn",
        edit("exam.md", "  cases: 6", "  cases: 17"),
        "exam.md",
        "  cases:",
        "Families of cases: the draw needs 17, and the pool has 16.",
    ),
    Example(
        "exam_can_be_drawn",
        edit("exam.md", "red_flags: 2", "red_flags: 7"),
        "exam.md",
        "red_flags:",
        "Families with a red flag: the draw needs 7, and the pool has 6.",
    ),
    Example(
        "exam_can_be_drawn",
        both(edit("exam.md", "cases: 6", "cases: 16"), edit("exam.md", "notice: 2", "notice: 9")),
        "exam.md",
        "per_objective:",
        "Families for 'notice': the draw needs 9, and the pool has 8.",
    ),
    Example(
        "exam_can_be_drawn",
        edit("exam.md", "notice: 2", "notice: 5"),
        "exam.md",
        "per_objective:",
        "The objectives ask for more cases than an exam has.",
    ),
    Example(
        "ledger_entries_about_known_files",
        status("gone-2020", "checked"),
        "ledger.yaml",
        "gone-2020",
        "There is no 'reference:gone-2020'.",
    ),
    Example(
        "ledger_entries_about_known_files",
        lambda small: small.write("ledger.yaml", "# nothing yet\n"),
        "ledger.yaml",
        "",
        "The ledger has no entries.",
    ),
    Example(
        "lists_known",
        edit("tools/heat-card.md", "*If", "![](list:nobody)\n\n*If"),
        "tools/heat-card.md",
        "![](list:nobody)",
        "There is no list 'nobody'.",
    ),
    Example(
        "lists_known",
        edit("hazards/fainting.md", "signs:\n", "signs:\n  emergency:\n    - list:nobody\n"),
        "hazards/fainting.md",
        "- list:nobody",
        "There is no list 'nobody'.",
    ),
    Example(
        "lists_known",
        both(list_in_sheet(BUCKLING), append("tools/heat-card.md", "\nSay [say:heat-stroke].\n")),
        "tools/heat-card.md",
        "[say:heat-stroke]",
        "The list 'heat-stroke' does not say what to say on the phone.",
    ),
    Example(
        "lists_used",
        write("lists/heat-stroke.md", BUCKLING),
        "lists/heat-stroke.md",
        "id: heat-stroke",
        "Nothing includes this list.",
    ),
    Example(
        "lists_in_pages_only",
        both(list_in_sheet(BUCKLING), append("cases/leo-as-usual.md", "\n[list:heat-stroke]\n")),
        "cases/leo-as-usual.md",
        "[list:heat-stroke]",
        "The list 'heat-stroke' cannot be included here.",
    ),
    Example(
        "lists_in_pages_only",
        list_in_sheet(BUCKLING.replace("knees", "knees [list:heat-stroke]")),
        "lists/heat-stroke.md",
        "[list:heat-stroke]",
        "The list 'heat-stroke' cannot be included here.",
    ),
    Example(
        "lists_under_their_decision",
        both(
            list_in_sheet(BUCKLING),
            edit("hazards/fainting.md", "same_day:\n", "same_day:\n    - list:heat-stroke\n"),
        ),
        "hazards/fainting.md",
        "- list:heat-stroke",
        "The list 'heat-stroke' calls for 'emergency', not 'same_day'.",
    ),
    Example(
        "lists_written_once",
        both(
            write("lists/heat-stroke.md", HEAT_STROKE),
            edit(
                "hazards/heat-stroke.md",
                "    - Confusion\n    - Hot skin\n    - A stumbling walk\n",
                "    - list:heat-stroke\n",
            ),
        ),
        "sections/01-noticing.md",
        "Confusion, hot skin",
        "This writes out signs of the list 'heat-stroke'.",
    ),
    Example(
        "lists_written_once",
        both(
            write("lists/heat-stroke.md", HEAT_STROKE),
            edit("sections/01-noticing.md", "Confusion, hot skin and", "[signs:heat-stroke]; with"),
        ),
        "hazards/heat-stroke.md",
        "emergency:",
        "This writes out signs of the list 'heat-stroke'.",
    ),
    Example(
        "texts_present_where_required",
        list_in_sheet(BUCKLING + "More.\n"),
        "lists/heat-stroke.md",
        "More.",
        "A list has no text.",
    ),
    Example(
        "citations_have_references",
        list_in_sheet(BUCKLING.replace("references: []", "references: [nobody-2020]")),
        "lists/heat-stroke.md",
        "references:",
        "There is no reference 'nobody-2020'.",
    ),
    Example(
        "hazard_cards_signed_in_ledger",
        edit("hazards/sunburn.md", "signed_by: null", "signed_by: Dr Rao"),
        "hazards/sunburn.md",
        "signed_by:",
        "The ledger has no signature by Dr Rao for this card as it reads now.",
    ),
]


def test_every_rule_has_an_example() -> None:
    assert {rule.__name__ for rule in RULES} == {example.rule for example in EXAMPLES}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: f"{one.rule}-{one.says}")
def test_what_breaks_a_rule_is_named_with_its_line(small: CourseFolder, example: Example) -> None:
    example.change(small)
    line = small.line(example.file, example.at) if example.at else None
    found = small.faults()
    assert [(file, message) for file, _, message in found] == [(example.file, example.says)]
    assert line in (None, found[0][1])


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: f"{one.rule}-{one.says}")
def test_without_the_rule_nobody_notices(
    small: CourseFolder, example: Example, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of each rule: nothing else finds what it finds."""
    others = tuple(rule for rule in RULES if rule.__name__ != example.rule)
    monkeypatch.setattr(all_rules, "RULES", others)
    example.change(small)
    assert small.faults() == []


def test_a_card_that_is_signed_in_the_ledger_may_say_so(small: CourseFolder) -> None:
    card = next(card for card in small.bundle().hazards if card.slug == "sunburn")
    append(
        "ledger.yaml",
        f"- {{on: 2026-02-01, by: Dr Rao, type: sign-off, of: {card.name},"
        f" hash: {card.content_hash}}}\n",
    )(small)
    small.edit("hazards/sunburn.md", "signed_by: null", "signed_by: Dr Rao")
    small.bundle()
    small.edit("hazards/sunburn.md", "rule: Leave", "rule: Always leave")
    assert [message for _, _, message in small.faults()] == [
        "The ledger has no signature by Dr Rao for this card as it reads now."
    ]


def test_nobody_signs_a_card_for_somebody_else(small: CourseFolder) -> None:
    card = next(card for card in small.bundle().hazards if card.slug == "sunburn")
    signature = "{{on: 2026-02-01, by: {by}, type: sign-off, of: {of}, hash: {hash}}}"
    entry = signature.format(by="Dr Rao", of=card.name, hash=card.content_hash)
    append("ledger.yaml", f"- {entry}\n")(small)
    small.edit("hazards/sunburn.md", "signed_by: null", "signed_by: Dr Chu")
    assert [message for _, _, message in small.faults()] == [
        "The ledger has no signature by Dr Chu for this card as it reads now."
    ]


@pytest.mark.parametrize("broken", ["kind: decision", "basis: "])
def test_a_case_with_faults_is_not_missed_in_the_pool(small: CourseFolder, broken: str) -> None:
    """What cannot be read is not counted, so no number about the pool would be true."""
    small.edit("exam.md", "  cases: 6", "  cases: 16")
    small.edit("cases/leo-as-usual.md", broken, f"x{broken}")
    files = {file for file, _, _ in small.faults()}
    assert files == {"cases/leo-as-usual.md"}


def test_an_entry_of_a_removed_file_needs_its_retirement(small: CourseFolder) -> None:
    status("gone-2020", "checked")(small)
    append(
        "ledger.yaml",
        "- {on: 2026-02-02, by: Ada, type: retirement, of: reference:gone-2020}\n",
    )(small)
    small.bundle()


def test_an_unsupporting_source_may_be_shown_in_a_section(small: CourseFolder) -> None:
    small.edit("sections/02-adapting.md", "[@ortiz-2021]", "[@ortiz-2021; @old-2001]")
    small.write(
        "references/old-2001.md",
        small.read("references/ortiz-2021.md").replace("ortiz-2021", "old-2001"),
    )
    status("old-2001", "does-not-support")(small)
    small.bundle()


def test_a_course_needs_no_glossary(small: CourseFolder) -> None:
    small.remove("glossary.md")
    assert small.bundle().term_anchors == {}


def test_a_course_without_a_ledger_has_nothing_to_check(small: CourseFolder) -> None:
    small.remove("ledger.yaml")
    small.bundle()


@pytest.mark.parametrize(
    "text",
    [
        "All of the above",
        "None of these",
        "none of the above.",
        "Both of these",
        "Any of the above",
    ],
)
def test_catch_alls_are_seen(small: CourseFolder, text: str) -> None:
    small.edit("cases/tess-room.md", "text: Warms a heat pack", f"text: {text}")
    assert [message for _, _, message in small.faults()] == [f"'{text}' is a catch-all."]


def test_other_words_are_no_catch_all(small: CourseFolder) -> None:
    small.edit("cases/tess-room.md", "text: Warms a heat pack", "text: Uses all of the oil")
    small.bundle()


@pytest.mark.parametrize(
    "text",
    [
        "*now*",
        "_now_",
        "`now`",
        "[now](section:adapting)",
        "[@ortiz-2021]",
        "now[^1]",
        "<b>now</b>",
    ],
)
def test_markup_in_a_plain_value_is_seen(small: CourseFolder, text: str) -> None:
    line = small.edit("hazards/sunburn.md", "say: “I will", f"say: “{text} I will")
    ((file, at, message),) = small.faults()
    assert (file, at) == ("hazards/sunburn.md", line)
    assert "this value is plain text" in message


@pytest.mark.parametrize(
    "text", ["2 * 3 < 7 & more", "[sic] (of course)", "A_B and C*", "<24 h", "R&D; more", "__ *"]
)
def test_other_signs_may_stand_in_a_plain_value(small: CourseFolder, text: str) -> None:
    small.edit("hazards/sunburn.md", "say: “I will", f"say: “{text} I will")
    small.bundle()


def test_addresses_may_hold_any_sign(small: CourseFolder) -> None:
    small.edit("references/ortiz-2021.md", "note:", 'url: "https://example.org/a__b_`d"\nnote:')
    small.bundle()
