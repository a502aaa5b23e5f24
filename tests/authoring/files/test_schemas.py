"""What each schema refuses, seen as an author sees it: file, line, message, remedy."""

import pytest

from tests.support.courses import CourseFolder

DECIDE = "cases/leo-as-usual.md"
SINGLE = "cases/nico-room.md"
MULTIPLE = "cases/olga-offers.md"
CARD = "hazards/sunburn.md"
SIGNS = """\
signs:
  modify:
    - Red, sore skin
  postpone:
    - Blisters
"""
SOURCE = "references/ortiz-2021.md"
RULE = "rule: Leave the burnt skin alone."
TAKES = "It takes heat out of the room."

CASES = [
    # any file
    (CARD, f"{RULE}\n", "", "id", "'rule' is missing.", "Add a line"),
    (CARD, "rule:", "rules:", "rules", "'rules' is not a known key here.", "Did you mean 'rule'?"),
    (
        CARD,
        "rule:",
        "zzz: 1\nrule:",
        "zzz",
        "'zzz' is not a known key here.",
        "The known keys are: basis",
    ),
    (CARD, RULE, "rule: 12", "rule", "'rule' has the wrong form.", "Write text"),
    (CARD, RULE, "rule: null", "rule", "'rule' has the wrong form.", "Write text"),
    (
        CARD,
        RULE,
        'rule: " "',
        "rule",
        "'rule': This must be one",
        "",
    ),
    (CARD, "title: B", f"title: {'x' * 200}B", "title", "'title': The title is too long.", ""),
    (
        CARD,
        "id: sunburn",
        "id: Sun_burn",
        "id",
        "'id': 'Sun_burn' is not an id.",
        "Use lowercase letters",
    ),
    (CARD, "id: sunburn", f"id: {'x' * 81}", "id", "is not an id.", "80 characters"),
    (CARD, "signs:\n", "signs: sore\nx:\n", "signs", "'signs' has the wrong form.", "lines of"),
    (CARD, "    - Blisters", "    - 7", "- 7", "Entry 1 has the wrong form.", "Write text"),
    (CARD, "  modify:", "  modfy:", "modfy", "'modfy' is not a known", "Did you mean 'modify'?"),
    (CARD, "  modify:", "  zzz:", "zzz", "'zzz' is not a known key", "Use one of: 'proceed'"),
    (CARD, "    - Blisters\n", "    []\n", "postpone", "'postpone': There is no sign.", "or rem"),
    (CARD, SIGNS, "signs: {}\n", "signs", "'signs': There is no sign.", "List at least one"),
    (CARD, SIGNS, "signs:\n  - Blisters\n", "signs", "what each one calls for.", "'emergency:'"),
    (CARD, "[ortiz-2021]", "[a, a]", "references", "'a' is listed twice.", "Keep one"),
    (
        CARD,
        "section:adapting#burnt-skin",
        "adapting",
        "passage",
        "does not name a passage.",
        "section:<id>",
    ),
    # course.md
    (
        "course.md",
        "2026-01-15",
        "soon",
        "released",
        "'released' has the wrong form.",
        "a date such",
    ),
    ("course.md", "id: adapt", "id: notice", "objectives", "each with a different id", ""),
    (
        "course.md",
        "authors:\n  - name: Ada Lindqvist\n    credentials: LMT\n    role: Author\n",
        "authors: []\n",
        "authors",
        "No author is named.",
        "",
    ),
    (
        "course.md",
        "name: Ada Lindqvist",
        "name: '\u3164'",
        "name",
        "print this as a name",
        "invisible",
    ),
    ("course.md", "name: Ada Lindqvist", f"name: {'A' * 121}", "name", "as a name", "120 char"),
    (
        "course.md",
        "    role: Author",
        "    role: '\u3164'",
        "role",
        "one line of text",
        "Write one",
    ),
    ("course.md", "    role: Author", "    rolle: Author", "rolle", "not a known key", "'role'"),
    # exam.md
    ("exam.md", 'pass_mark: "3/4"', "pass_mark: 75 %", "pass_mark", "is not a fraction.", "3/4"),
    ("exam.md", 'pass_mark: "3/4"', "pass_mark: true", "pass_mark", "is not a fraction.", "3/4"),
    ("exam.md", 'pass_mark: "3/4"', "pass_mark: 5/4", "pass_mark", "above 0 and at most 1", ""),
    ("exam.md", "cases: 6", "cases: 0", "  cases", "must be at least 1", ""),
    ("exam.md", "cases: 6", "cases: six", "  cases", "has the wrong form.", "a whole number"),
    ("exam.md", "later: 12", "later: -1", "pause_hours", "cannot be negative", ""),
    ("exam.md", "tries: null", "tries: 0", "tries", "must be at least 1", "null for no limit"),
    ("exam.md", "tries: null", "tries: none", "tries", "wrong form", "quotation marks, or null."),
    ("exam.md", "tries: null", 'tries: "3"', "tries", "wrong form", "without quotation marks"),
    ("exam.md", "later: 12", "later: 100001", "pause_hours", "too large", "at most 100,000"),
    ("exam.md", 'pass_mark: "3/4"', "pass_mark: “3/4”", "pass_mark", "not a fraction", "curly"),
    ("exam.md", "id: exam", "id: final", "id", "'id' is 'final'.", "Use one of: 'exam'"),
    (
        "exam.md",
        "{first: 0, later: 12}",
        "12",
        "pause_hours",
        "wrong form",
        "lines of 'key: value'",
    ),
    # a section
    (
        "sections/01-noticing.md",
        "required: true",
        "required: yes",
        "required",
        "form",
        "true or false",
    ),
    # a reference
    (SOURCE, "pmid: 12345678", "doi: doi.org/10.1/x", "doi", "This is not a DOI.", "10.1136"),
    (SOURCE, "pmid: 12345678", "pmid: PMID 1", "pmid", "This is not a PMID.", "number alone"),
    (SOURCE, "pmid: 12345678", "pmid: true", "pmid", "'pmid' has the wrong form.", ""),
    (SOURCE, "pmid: 12345678", "pmcid: PM12", "pmcid", "This is not a PMCID.", ""),
    (
        SOURCE,
        "pmid: 12345678",
        "url: www.example.org",
        "url",
        "This is not a URL.",
        "https://",
    ),
    (SOURCE, "year: 2021", "year: 21", "year", "is not a year of publication.", "four digits"),
    (SOURCE, "type: trial", "type: blog", "type", "'type' is 'blog'.", "'meta-analysis'"),
    # a case
    (DECIDE, "    key: proceed", "    key: go", "key", "'key' is 'go'.", "'same_day'"),
    (DECIDE, "      modify:", "      modfy:", "modfy", "not a known key", "Did you mean 'modify'?"),
    (DECIDE, "kind: decision", "kind: essay", "- id: decide", "The kind 'essay' is unknown.", ""),
    (
        DECIDE,
        "    kind: decision\n",
        "",
        "- id: decide",
        "'kind' is missing.",
        "Add 'kind: decision', or",
    ),
    (DECIDE, "id: decide", "id: end", "- id: end", "'end' cannot be the id of a step.", ""),
    (
        DECIDE,
        "    say:",
        "    facts: More.\n    say:",
        "id",
        "The first step has facts",
        "the text of the file",
    ),
    (DECIDE, "pool: exam", "pool: exam\nposition: 1", "id", "an exam case has none", ""),
    (DECIDE, "pool: exam", "pool: exam\nopen: true", "id", "An exam case cannot be open.", ""),
    (DECIDE, "        rationale: Right", "        rational: Right", "rational:", "not a known", ""),
    (DECIDE, "    say:", "    also: {mdify: So.}\n    say:", "mdify", "known key", "'modify'?"),
    (DECIDE, "basis: expert-caution", "basis: hunch", "basis: hunch", "'basis' is 'hunch'.", ""),
    (SINGLE, "        correct: true\n", "", "- id: prepare", "Exactly one option must be", ""),
    (SINGLE, "id: towel", "id: window", "- id: prepare", "The option 'window' appears twice.", ""),
    (SINGLE, 'marks: "1/4"', 'marks: "0.25"', "marks", "'0.25' is not a fraction.", ""),
    (SINGLE, "        basis: house-rule\n", "", "id: window", "'basis' is missing.", ""),
    (SINGLE, f"rationale: {TAKES}", 'rationale: " "', "rationale", "The text is empty.", ""),
    (MULTIPLE, "id: legs", "id: water", "- id: offer", "The option 'water' appears twice.", ""),
    (MULTIPLE, "danger: unsafe", "danger: deadly", "danger: deadly", "'danger' is 'deadly'.", ""),
    # the ledger
    (
        "ledger.yaml",
        "  status: checked\n",
        "",
        "- on",
        "An entry has a status if its type is status",
        "",
    ),
    ("ledger.yaml", "type: status", "type: retirement", "- on", "has a status if its type", ""),
    (
        "ledger.yaml",
        "of: reference:",
        "of: ",
        "  of: ",
        "This does not name a file of the course.",
        "",
    ),
    (
        "ledger.yaml",
        "of: reference:keller-2019",
        "of: case:leo-as-usual",
        "- on",
        "Only a reference has an evidence status.",
        "",
    ),
    (
        "ledger.yaml",
        "type: status\n  of: reference:keller-2019\n  status: checked",
        "type: sign-off\n  of: hazard:sunburn",
        "- on",
        "A signature applies to one exact text.",
        "--hashes",
    ),
    (
        "ledger.yaml",
        "type: status\n  of: reference:keller-2019\n  status: checked",
        "type: sign-off\n  of: hazard:sunburn\n  hash: abc",
        "hash",
        "This is not a hash.",
        "",
    ),
]


@pytest.mark.parametrize(
    ("file", "old", "new", "at", "says", "remedy"),
    CASES,
    ids=[f"{file}: {says}" for file, _, _, _, says, _ in CASES],
)
def test_what_a_schema_refuses_is_said_with_line_and_remedy(
    small: CourseFolder, file: str, old: str, new: str, at: str, says: str, remedy: str
) -> None:
    small.edit(file, old, new)
    found = [fault for fault in small.load().faults if fault.file == file]
    said = [fault for fault in found if says in fault.message]
    assert said, [str(fault) for fault in found]
    assert remedy in said[0].remedy
    assert said[0].remedy.endswith((".", "?"))
    assert said[0].line == small.line(file, at)


def test_a_case_needs_a_step(small: CourseFolder) -> None:
    head, _, rest = small.read(DECIDE).partition("steps:\n")
    small.write(DECIDE, head + "steps: []\n---\n" + rest.rpartition("---\n")[2])
    assert [message for _, _, message in small.faults()] == ["The case has no step."]


def test_two_steps_never_share_an_id(small: CourseFolder) -> None:
    small.edit("cases/dora-fainted.md", "  - id: tell", "  - id: decide")
    assert any("'decide' appears twice" in message for _, _, message in small.faults())


def test_a_question_needs_two_options(small: CourseFolder) -> None:
    head, _, _ = small.read(SINGLE).partition("      - id: towel")
    small.write(SINGLE, head + "---\nA stem.\n")
    assert any("at least two options" in message for _, _, message in small.faults())


def test_in_a_multiple_question_not_everything_is_right(small: CourseFolder) -> None:
    text = small.read("cases/tess-room.md").replace(
        "        danger: unsafe", "        correct: true"
    )
    small.write("cases/tess-room.md", text)
    assert any("and some wrong" in message for _, _, message in small.faults())


def test_a_number_may_stand_for_a_pmid_and_a_whole_for_a_fraction(small: CourseFolder) -> None:
    small.edit("exam.md", 'pass_mark: "3/4"', "pass_mark: 1")
    bundle = small.bundle()
    assert bundle.exam.file.pass_mark == 1
    assert bundle.references[2].file.pmid == "12345678"
