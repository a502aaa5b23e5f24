from cpd.authoring.checks import output as check
from cpd.authoring.checks.lint.all_rules import apply_warning_rules
from cpd.authoring.checks.output import TABLES, Table
from tests.support.courses import CourseFolder


def report_of(small: CourseFolder) -> str:
    bundle = small.bundle()
    return check.build_report_text(bundle, apply_warning_rules(bundle))


def test_a_table_is_aligned_text() -> None:
    table = Table("Words", ("name", "count"), (("a", "1"), ("longer", "12")), ("A note.",))
    assert str(table) == (
        "## Words\n\nname    count\n-------------\na           1\nlonger     12\nA note."
    )


def test_the_report_shows_warnings_and_every_table(small: CourseFolder) -> None:
    text = report_of(small)
    assert text.startswith("# Massage on a hot day (small-course)\n\n2 warnings:\n")
    for make in TABLES:
        assert str(make(small.bundle())) in text
    assert "Required sections: 235 words ÷ 200 a minute = 1.2 minutes." in text
    assert "An exam draws 6 cases, at least 2 with a red flag." in text
    assert "The pass mark is 75%; one critical act fails." in text


def test_the_report_of_a_course_without_warnings_has_none(small: CourseFolder) -> None:
    small.edit("exam.md", "cases: 6", "cases: 5")
    small.edit("cases/nico-room.md", "second warm towel", "second, warmer and larger towel")
    assert "warnings" not in report_of(small)


def test_a_missing_sibling_and_optional_reading_stand_out(small: CourseFolder) -> None:
    small.edit("cases/quinn-dizzy.md", "hazards: [fainting]", "hazards: [heat-stroke]")
    small.edit("sections/02-adapting.md", "required: true", "required: false")
    text = report_of(small)
    assert "MISSING" in text
    assert "adapting (not required)" in text
    assert "Required sections: 129 words" in text


def test_a_text_without_words_has_no_grade(small: CourseFolder) -> None:
    for name in ("quinn-dizzy", "rosa-stumbles", "sami-red-back", "tess-room"):
        small.remove(f"cases/{name}.md")
    rows = {row[0]: row[1] for row in check.build_language_table(small.bundle()).rows}
    assert rows["practice cases: stems, facts, options"] == "-"


def test_signatures_are_counted_when_they_are_of_this_text(small: CourseFolder) -> None:
    rosa = next(case for case in small.bundle().cases if case.slug == "rosa-stumbles")
    small.write(
        "ledger.yaml",
        small.read("ledger.yaml") + "- {on: 2026-02-01, by: Dr Rao, type: sign-off,"
        f" of: {rosa.name}, hash: {rosa.content_hash}}}\n",
    )
    assert check.build_signature_table(small.bundle()).rows[1] == (
        "same-day and emergency cases",
        "1",
        "8",
    )
    small.edit("cases/rosa-stumbles.md", "Rosa, 55", "Rosa, 56")
    assert check.build_signature_table(small.bundle()).rows[1][1] == "0"


def test_hashes_are_of_what_learners_see_and_the_key(small: CourseFolder) -> None:
    before = check.build_hash_lines(small.bundle()).splitlines()
    assert len(before) == 34
    small.edit("cases/rosa-stumbles.md", "author: Ada Lindqvist", "author: Ravi Menon")
    small.edit("cases/rosa-stumbles.md", "id: rosa", "# a comment\nid: rosa")
    assert check.build_hash_lines(small.bundle()).splitlines() == before
    small.edit("cases/rosa-stumbles.md", "Confusion with hot", "Some confusion with hot")
    changed = set(check.build_hash_lines(small.bundle()).splitlines()) - set(before)
    names = {line.split()[1] for line in changed}
    assert names == {"case:rosa-stumbles", "course:small-course"}


def test_each_list_is_shown_with_the_documents_that_include_it(small: CourseFolder) -> None:
    assert check.build_list_table(small.bundle()).rows == ()
    small.write(
        "lists/buckling.md",
        "---\nid: buckling\ntitle: Knees\ndecision: emergency\nfamily_of_flags: [H1, H2]\n"
        "references: []\nsay: “knees”\nsigns:\n  - sign: knees that buckle\n---\n",
    )
    small.edit("hazards/fainting.md", "signs:\n", "signs:\n  emergency:\n    - list:buckling\n")
    small.edit("sections/02-adapting.md", "\n---\n", "\n---\nNever with [signs:buckling].\n\n")
    small.edit("tools/heat-card.md", "*If", "Say [say:buckling].\n\n*If")
    table = check.build_list_table(small.bundle())
    assert table.rows == (("buckling", "emergency", "1", "H1, H2", "2"),)
    assert table.notes == ("buckling: section:adapting, hazard:fainting.",)
