"""The table of marks in the documentation is the one in the code."""

from cpd.cases.mark_table import danger_and_marks_of_decision
from cpd.cases.scales import Decision
from tests.support.house import ROOT

PAGE = ROOT / "docs" / "developers" / "marks.md"
SHORT = dict(
    zip(
        Decision,
        ["Go ahead", "Change the plan", "Reschedule", "Advice today", "Call now"],
        strict=True,
    )
)


def table() -> str:
    rows = [
        ["key", *SHORT.values()],
        *([words, *(cell(key, chosen) for chosen in Decision)] for key, words in SHORT.items()),
    ]
    head, *body = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([head, "|---" * 6 + "|", *body])


def cell(key: Decision, chosen: Decision) -> str:
    danger, marks = danger_and_marks_of_decision(
        chosen, accepted={key}, treating_is_critical=key is Decision.EMERGENCY
    )
    return f"{marks} {danger.value}"


def test_the_page_shows_the_table_of_the_code() -> None:
    page = PAGE.read_text()
    shown = page.split("<!-- table: decisions -->")[1].split("<!-- end of table -->")[0].strip()
    assert shown == table()
