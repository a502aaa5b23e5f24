"""A question with one answer as cells of a table: its answers, and which of them is right."""

from collections.abc import Mapping
from itertools import takewhile
from typing import Any

from cpd.cases.kinds.single.key import NAME
from cpd.cases.kinds.table import (
    REASON_COLUMNS,
    CellFault,
    CellReader,
    StepTable,
    build_cells_of_reason,
    name_columns_of_reason,
)
from cpd.cases.scales import Danger
from cpd.content.frontmatter import Path, Value

MOST_ANSWERS = 5
ID = "ask"
HARM_WORDS: Mapping[str, str] = {
    Danger.SAFE.value: "safe",
    Danger.OVERCAUTIOUS.value: "too cautious",
    Danger.SUBOPTIMAL.value: "not the best",
    Danger.UNSAFE.value: "unsafe",
    Danger.CRITICAL.value: "critical",
}
_TEXTS = {
    "when": "question_when",
    "facts": "question_facts",
    "prompt": "question",
    "say": "question_say",
}
_RIGHT = "right_answer"
_ANSWERS = tuple(f"answer_{number}" for number in range(1, MOST_ANSWERS + 1))
_RIGHTS = {str(number): str(number) for number in range(1, MOST_ANSWERS + 1)}


class SingleTable(StepTable):
    """A question whose answer is one of a few options."""

    asking_column = "question"
    columns = (
        *("question_id", "question_when", "question_facts", "question", "question_say", _RIGHT),
        *(
            column
            for answer in _ANSWERS
            for column in (
                answer,
                f"{answer}_id",
                *name_columns_of_reason(answer),
                f"{answer}_harm",
                f"{answer}_marks",
            )
        ),
    )

    def build_cells(self, step: Any) -> dict[str, str]:
        """Return the cells of a question; answers beyond the last column have none."""
        cells = {column: getattr(step, key) or "" for key, column in _TEXTS.items()}
        cells["question_id"] = step.id
        for number, (answer, option) in enumerate(zip(_ANSWERS, step.options, strict=False), 1):
            if option.correct:
                cells[_RIGHT] = str(number)
            cells[answer], cells[f"{answer}_id"] = option.text, option.id
            cells |= build_cells_of_reason(answer, option)
            cells[f"{answer}_harm"] = HARM_WORDS[option.danger] if option.danger else ""
            cells[f"{answer}_marks"] = "" if option.marks is None else str(option.marks)
        return cells

    def build_step(self, reader: CellReader, following: Mapping[str, Value]) -> dict[str, Value]:
        """Return the keys of a question."""
        right = reader.read_word(_RIGHT, _RIGHTS) or reader.read_needed_text(_RIGHT)
        answers = list(takewhile(reader.read_text, _ANSWERS))
        reader.faults += [
            CellFault(answer, "An answer before this one is empty.", "Move the answers up.")
            for answer in _ANSWERS[len(answers) :]
            if reader.read_text(answer)
        ]
        if right in _RIGHTS and f"answer_{right}" not in answers:
            message = f"There is no answer {right}."
            reader.faults.append(CellFault(_RIGHT, message, "Give the number of an answer."))
        return {
            "id": reader.read_text("question_id") or ID,
            **reader.read_optional_texts({key: _TEXTS[key] for key in ("when", "facts")}),
            "prompt": reader.read_needed_text(_TEXTS["prompt"]),
            "kind": NAME,
            **reader.read_optional_texts({"say": _TEXTS["say"]}),
            "options": [
                {**_build_option(reader, answer, is_right=answer == f"answer_{right}"), **following}
                for answer in answers
            ],
        }

    def find_column(self, path: Path) -> str:
        """Return the column of a value."""
        match path:
            case ("options", int(position), str(key)) if key in REASON_COLUMNS:
                return f"{_ANSWERS[position]}_{REASON_COLUMNS[key]}"
            case ("options", int(position), "id" | "marks" as key):
                return f"{_ANSWERS[position]}_{key}"
            case ("options", int(position), *_):
                return _ANSWERS[position]
            case ("id",):
                return "question_id"
            case (str(key), *_):
                return _TEXTS.get(key, "question")
        return "question"


def _build_option(reader: CellReader, answer: str, *, is_right: bool) -> dict[str, Value]:
    harm = reader.read_word(f"{answer}_harm", HARM_WORDS)
    return {
        "id": reader.read_text(f"{answer}_id") or answer.replace("_", "-"),
        "text": reader.read_text(answer),
        "correct": is_right,
        **({"danger": harm} if harm else {}),
        **reader.read_optional_texts({"marks": f"{answer}_marks"}),
        **reader.read_reason(answer),
    }


TABLE = SingleTable()
