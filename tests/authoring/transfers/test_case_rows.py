"""Simple cases as rows: nothing is lost on the way there and back, and every fault has its cell."""

import csv
import io
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpd.authoring.files.case import CaseFile
from cpd.authoring.files.part import CoursePart
from cpd.authoring.sources.parsing import ParsedFiles
from cpd.authoring.transfers.case_rows import COLUMNS, NEEDED, build_row_or_none
from cpd.authoring.transfers.column_guide import COLUMN_GUIDE, EXAMPLES
from cpd.authoring.transfers.plans import FileState, Plan
from cpd.authoring.transfers.table_planning import plan_table
from cpd.kernel.csv_writing import write_csv
from tests.authoring.test_guide import GUIDE
from tests.support.courses import SMALL

DECISION = {**EXAMPLES[0], "id": "emil"}
QUESTION = {**EXAMPLES[1], "id": "nora"}
BOTH = {**DECISION, **QUESTION, "id": "both", "question_facts": "He asks:\n\n- “Why?”\n- “How?”"}


def table(*rows: Mapping[str, str], columns: Sequence[str] = COLUMNS) -> bytes:
    return write_csv([columns, *([row.get(it, "") for it in columns] for row in rows)]).encode()


def plan(raw: bytes, now: Mapping[str, str] | None = None) -> Plan:
    return plan_table(raw, now or {}, author="Ada")


def texts(raw: bytes, now: Mapping[str, str] | None = None) -> dict[str, str]:
    planned = plan(raw, now)
    assert not planned.faults, planned.faults
    return {file.path: file.text for file in planned.files}


def parts(files: Mapping[str, str]) -> list[CoursePart[CaseFile]]:
    parsed = ParsedFiles()
    for path, text in files.items():
        parsed.parse_and_add_file(path, text.encode())
    assert not parsed.faults, parsed.faults
    return parsed.parts


def table_of(files: Mapping[str, str]) -> bytes:
    rows = [build_row_or_none(part) for part in parts(files)]
    return write_csv([COLUMNS, *(row for row in rows if row)]).encode()


def test_the_shape_of_a_case_that_a_row_makes() -> None:
    made = texts(table(BOTH))["cases/both.md"]
    assert "leads_to: ask" in made
    assert made.count("basis: expert-caution") == 5
    assert "  - id: ask\n    facts: |-\n      He asks:" in made
    assert "correct: true" in made


def test_each_case_that_fits_is_the_same_after_a_round_trip() -> None:
    cases = {
        f"cases/{path.name}": path.read_text(encoding="utf-8")
        for path in sorted((SMALL / "cases").glob("*.md"))
    }
    raw = table_of(cases)
    again = texts(raw)
    assert len(again) == 15, "the others have a third step, or more than a row can hold"
    assert table_of(again) == raw
    known = plan(raw, cases)
    assert {file.state for file in known.files} == {FileState.UNCHANGED}
    assert all(file.text == cases[file.path] for file in known.files)


LINE = st.text("aé’=+-'\"#:[]{}@*&! ,;1", min_size=1, max_size=12).filter(str.strip)
LINES = st.lists(LINE.map(str.strip), min_size=1, max_size=3).map("\n\n".join)
ROWS = st.fixed_dictionaries(
    {
        "title": LINE,
        "client": LINES,
        "go_ahead_reason": LINES,
        "question_facts": LINES,
        "answer_1": LINE,
        "answer_2_marks": st.sampled_from(["", "1/4", "1/2"]),
        "answer_1_id": st.sampled_from(["", "together"]),
        "emergency_sign": st.sampled_from(["", "yes"]),
        "right_decision": st.sampled_from(["go ahead", "call now"]),
        "call_now_reason": LINES,
        "right_answer": st.sampled_from(["1", "2"]),
        "author": LINE,
    }
)


@settings(max_examples=15)
@given(ROWS)
def test_any_row_comes_back_byte_for_byte(cells: dict[str, str]) -> None:
    first = table_of(texts(table({**BOTH, **cells})))
    files = texts(first)
    assert table_of(files) == first
    _, *rows = csv.reader(io.StringIO(first.decode(), newline=""))
    assert len(rows) == 1, "nothing was lost"
    assert plan(first, files).written_files == []


def test_a_row_changes_only_its_values_in_a_file() -> None:
    raw = texts(table({**BOTH, "question_when": "Later"}))["cases/both.md"]
    now = {"cases/both.md": raw.replace("steps:\n", "# A comment.\nsteps:\n")}
    row = {**BOTH, "answer_2": "Start at once", "warning_sign": "yes", "client": "Emil, 41."}
    (file,) = plan(table(row), now).files
    old, new = (text.split("\n") for text in (now["cases/both.md"], file.text))
    assert [line for line in new if line not in old] == [
        "red_flag: true",
        "        text: Start at once",
        "Emil, 41.",
    ]
    assert [line for line in old if line not in new] == [
        "red_flag: false",
        "    when: Later",
        "        text: Start, and ask afterward",
        EXAMPLES[1]["client"],
    ]
    assert "# A comment." in new


def test_an_empty_reason_for_a_wrong_decision_is_the_standard_one() -> None:
    made = texts(table(DECISION))["cases/emil.md"]
    assert "There is no sign of an emergency here." in made


def test_a_case_without_an_id_gets_one_of_its_own() -> None:
    row = {key: text for key, text in DECISION.items() if key != "id"}
    assert list(texts(table(row, row), {"cases/emil-usual-hour.md": "x"})) == [
        "cases/emil-usual-hour-2.md",
        "cases/emil-usual-hour-3.md",
    ]


@pytest.mark.parametrize(
    ("change", "column", "says"),
    [
        ({"title": ""}, "title", "empty"),
        ({"id": "Two Words"}, "id", "not an id"),
        ({"title": "t" * 201}, "title", "too long"),
        ({"position": "one"}, "position", "not a whole number"),
        ({"position": "2"}, "", "A practice case has a position"),
        ({"warning_sign": "maybe"}, "warning_sign", "not known"),
        ({"passage": "somewhere"}, "passage", "does not name a passage"),
        ({"difficulty": "so-so"}, "difficulty", "not known"),
        ({"right_decision": "wait"}, "right_decision", "not known"),
        ({"right_decision": "reschedule"}, "reschedule_reason", "empty"),
        ({"decision_say": ""}, "decision_say", "empty"),
        ({"decision_say": "two\nlines"}, "decision_say", "one line"),
        ({"decision_question": "two\nlines"}, "decision_question", "one line"),
        ({"modify": "x", "reschedule_support": "rumor"}, "reschedule_support", "not known"),
        ({"advice_today_reviewer": "two\nlines"}, "advice_today_reviewer", "one line"),
        ({"right_answer": ""}, "right_answer", "empty"),
        ({"right_answer": "3"}, "right_answer", "no answer 3"),
        ({"right_answer": "six"}, "right_answer", "not known"),
        ({"answer_2": "", "answer_3": "x"}, "answer_3", "before this one"),
        ({"answer_2": ""}, "question", "at least two"),
        ({"answer_1_reason": ""}, "answer_1_reason", "empty"),
        ({"answer_1_id": "A B"}, "answer_1_id", "not an id"),
        ({"answer_2": "two\nlines"}, "answer_2", "one line"),
        ({"answer_2_reviewer": "two\nlines"}, "answer_2_reviewer", "one line"),
        ({"answer_2_marks": "a lot"}, "answer_2_marks", "not a fraction"),
        ({"answer_2_harm": "huge"}, "answer_2_harm", "not known"),
        ({"question_id": "end"}, "question_id", "cannot be the id"),
        ({"question_say": "two\nlines"}, "question_say", "one line"),
    ],
)
def test_every_fault_has_its_cell(change: dict[str, str], column: str, says: str) -> None:
    planned = plan(table({**BOTH, **change}))
    assert [(fault.row, fault.column) for fault in planned.faults] == [(2, column)]
    assert says in planned.faults[0].message
    assert planned.faults[0].remedy


def test_the_right_decision_needs_its_own_reason() -> None:
    (fault,) = plan(table({**DECISION, "go_ahead_reason": ""})).faults
    assert (fault.column, fault.message) == ("go_ahead_reason", "The cell is empty.")


def test_every_row_with_a_fault_is_named() -> None:
    asks_nothing = {key: DECISION[key] for key in ("title", "client", "section", "objectives")}
    more = {"passage": DECISION["passage"], "warning_sign": "no"}
    raw = table(DECISION, {**QUESTION, "title": ""}, {**asks_nothing, **more}, DECISION)
    assert [(fault.row, fault.column, fault.message) for fault in plan(raw).faults] == [
        (3, "title", "The cell is empty."),
        (4, "right_decision", "The row has neither a decision nor a question."),
        (5, "id", "The case is in row 2 as well."),
    ]


@pytest.mark.parametrize(
    ("raw", "column", "says"),
    [
        (b'id,"title', "", "quotation marks"),
        (b"id,title\n", "", "no rows"),
        (b"one,two\n1,2\n", "", "does not name the columns"),
        (table(QUESTION, columns=[it for it in COLUMNS if it != "passage"]), "passage", "missing"),
        (table(QUESTION, columns=[*COLUMNS, "id"]), "id", "twice"),
        (table(QUESTION, columns=NEEDED) + b",,,,,,x\r\n", "", "more cells"),
    ],
    ids=["torn", "empty", "other", "missing", "doubled", "wider"],
)
def test_what_is_no_table_of_cases(raw: bytes, column: str, says: str) -> None:
    faults = plan(raw).faults
    assert any(fault.column == column and says in fault.message for fault in faults), faults


def test_a_column_that_no_case_has_is_named_as_lost() -> None:
    columns = ["Title " if it == "title" else it for it in COLUMNS]
    planned = plan(table(QUESTION, columns=[*columns, "titel", "notes"]))
    assert [fault.column for fault in planned.faults] == ["title"]  # its cell is empty there
    assert [loss.name for loss in planned.losses] == ["titel", "notes"]
    assert "“title”" in planned.losses[0].reason


def test_a_case_with_more_than_a_row_can_hold_is_left_alone() -> None:
    path = "cases/arno-head-swims.md"
    now = {path: (SMALL / path).read_text(encoding="utf-8")}
    for text in (now[path], "No keys.\n"):
        (fault,) = plan(table({**BOTH, "id": "arno-head-swims"}), {path: text}).faults
        assert "more than a row can hold" in fault.message


def test_the_guide_explains_every_column() -> None:
    named = {column for _, groups in COLUMN_GUIDE for it in groups for column in it.columns}
    groups = [it for _, groups in COLUMN_GUIDE for it in groups if it.is_needed]
    needed = {column for it in groups for column in it.columns}
    assert needed == set(NEEDED)
    others = set(COLUMNS) - named
    assert all(column.startswith(("answer_", *OTHER_DECISIONS)) for column in others), others
    assert named <= set(COLUMNS)


OTHER_DECISIONS = ("change_the_plan_", "reschedule_", "advice_today_", "call_now_")


def test_the_users_guide_has_the_columns_of_the_guide_on_the_page() -> None:
    named = {column for _, groups in COLUMN_GUIDE for it in groups for column in it.columns}
    assert [column for column in sorted(named) if f"`{column}`" not in GUIDE] == []
    assert all(f"`{start}" in GUIDE for start in OTHER_DECISIONS)
