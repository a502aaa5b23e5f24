"""What a pasted list would change, as a table of cases."""

import pytest

from cpd.schools.files.rules.layouts import PersonField, guess_layout
from cpd.schools.files.rules.people import RowFault, read_people
from cpd.schools.files.rules.table_reading import read_table
from cpd.schools.roster.rules.planning import Known, Plan, RowRefusal, plan_update

MAYA = Known("ros_maya", "Maya Okafor", "maya@example.org", "101", is_in_class=True)
ZOE = Known("ros_zoe", "Zoë Marsh", "zoe@example.org", "102", other_classes=("Morning",))
ADA = Known("mem_ada", "Ada Lindqvist", "ada@private.example", is_listed=False, is_member=True,
            is_in_class=True)  # fmt: skip
EVERYBODY = (MAYA, ZOE, ADA)


def plan(text: str, paired: dict[int, str] | None = None) -> Plan:
    """Plan a list with the titles number, name and email."""
    table = read_table(f"Student number\tName\tEmail\n{text}".encode())
    return plan_update(read_people(table, guess_layout(table)), EVERYBODY, paired)


def summary(made: Plan) -> dict[str, list[str]]:
    """Return who is what, by name."""
    return {
        "new": [step.person.name for step in made.new],
        "moved": [step.known.name for step in made.moved if step.known],
        "changed": [step.known.name for step in made.changed if step.known],
        "linked": [step.known.name for step in made.linked if step.known],
        "missing": [known.name for known in made.missing],
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("101\tMaya Okafor\tmaya@example.org", {"missing": ["Ada Lindqvist"]},
                     id="nothing changes, and whoever is not listed is named"),
        pytest.param("101\t\t", {"missing": ["Ada Lindqvist"]},
                     id="empty cells overwrite nothing"),
        pytest.param("101\tMaya O. Okafor\tmaya@new.example",
                     {"changed": ["Maya Okafor"], "missing": ["Ada Lindqvist"]},
                     id="by number, with another name and address"),
        pytest.param("999\tMaya Okafor\tmaya@example.org",
                     {"changed": ["Maya Okafor"], "missing": ["Ada Lindqvist"]},
                     id="by address, with another number"),
        pytest.param("102\tZoë Marsh\t", {"moved": ["Zoë Marsh"],
                     "missing": ["Maya Okafor", "Ada Lindqvist"]}, id="from another class"),
        pytest.param("103\tAda Lindqvist\tada@private.example",
                     {"linked": ["Ada Lindqvist"], "missing": ["Maya Okafor"]},
                     id="somebody who joined by herself"),
        pytest.param("104\tNora Field\tnora@example.org",
                     {"new": ["Nora Field"], "missing": ["Maya Okafor", "Ada Lindqvist"]},
                     id="new"),
    ],
)  # fmt: skip
def test_what_a_list_would_change(text: str, expected: dict[str, list[str]]) -> None:
    nothing: dict[str, list[str]] = {kind: [] for kind in summary(plan("1\t\t"))}
    made = plan(text)
    assert summary(made) == nothing | expected
    assert made.does_anything == bool(expected.keys() - {"missing"})


@pytest.mark.parametrize(
    ("first", "last", "changes"),
    [
        ("", "Okafor", {}),
        ("Maya", "", {}),
        ("Maya", "Okafor-Reyes", {PersonField.NAME: "Maya Okafor-Reyes"}),
    ],
)
def test_half_a_name_overwrites_nothing(
    first: str, last: str, changes: dict[PersonField, str]
) -> None:
    table = read_table(f"Student number\tFirst name\tLast name\n101\t{first}\t{last}".encode())
    (step,) = plan_update(read_people(table, guess_layout(table)), EVERYBODY).steps
    assert step.changes == changes


def test_who_joined_with_another_address_is_paired_by_hand() -> None:
    made = plan("105\tAda Lindqvist\tada@school.example", {2: ADA.key})
    assert [step.known for step in made.linked] == [ADA]
    assert not made.new
    assert [step.is_new for step in plan("105\tX Y\tx@school.example", {2: "mem_no"}).steps] == [
        True
    ]


def test_a_row_that_contradicts_what_is_known_is_left_out() -> None:
    made = plan("101\tMaya Okafor\tada@private.example\n102\tZ\t\n\tZoë\tzoe@example.org")
    assert [(row.line, row.refusal, row.other) for row in made.refused] == [
        (2, RowRefusal.TWO_PEOPLE, "Ada Lindqvist"),
        (4, RowRefusal.SAME_PERSON, "3"),
    ]
    assert [step.person.line for step in made.steps] == [3]
    assert made.refused_count == 2


def test_what_is_missing_for_somebody_new_is_a_fault() -> None:
    made = plan("106\t\t\n107\tNora Field\tnora\n102\tZ\tz@x.example\n101\tM\tm@x.example")
    assert [(fault.line, fault.column, fault.fault) for fault in made.faults] == [
        (2, 1, RowFault.NO_NAME),
        (2, 2, RowFault.NO_EMAIL),
        (3, 2, RowFault.BAD_EMAIL),
    ]
    assert not made.new
    assert made.refused_count == 2


def test_the_digest_names_the_plan_and_nothing_else() -> None:
    same = "104\tNora Field\tnora@example.org"
    assert plan(same).digest == plan(same).digest
    assert plan(same).digest != plan(same.replace("104", "105")).digest


def test_values_that_changed() -> None:
    (step,) = plan("101\tMaya O.\t").changed
    assert step.changes == {PersonField.NAME: "Maya O."}
