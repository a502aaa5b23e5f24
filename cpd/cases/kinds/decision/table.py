"""A decision as cells of a table: which one is right, and the reasons for all five."""

from collections.abc import Mapping
from typing import Any

from cpd.cases.kinds.decision.front import NAME
from cpd.cases.kinds.table import (
    REASON_COLUMNS,
    YES_NO,
    CellReader,
    StepTable,
    build_cells_of_reason,
    name_columns_of_reason,
)
from cpd.cases.scales import Decision
from cpd.cases.standard_reasons import REASONS
from cpd.content.frontmatter import Path, Value

ID = "decide"
WORDS: Mapping[str, str] = {
    Decision.PROCEED.value: "go ahead",
    Decision.MODIFY.value: "change the plan",
    Decision.POSTPONE.value: "reschedule",
    Decision.SAME_DAY.value: "advice today",
    Decision.EMERGENCY.value: "call now",
}
_OPTIONS = {value: word.replace(" ", "_") for value, word in WORDS.items()}
_TEXTS = {"when": "decision_when", "prompt": "decision_question", "say": "decision_say"}
_SIGNS = ("emergency_sign", "clot_suspected")
_RIGHT = "right_decision"


class DecisionTable(StepTable):
    """The decision about today's session."""

    asking_column = _RIGHT
    columns = (
        *("decision_when", "decision_question", _RIGHT, *_SIGNS, "decision_say"),
        *(column for option in _OPTIONS.values() for column in name_columns_of_reason(option)),
    )

    def build_cells(self, step: Any) -> dict[str, str]:
        """Return the cells of a decision; other decisions with the same marks have none."""
        cells = {column: getattr(step, key) or "" for key, column in _TEXTS.items()}
        cells[_RIGHT] = WORDS[step.key]
        cells |= {sign: YES_NO["true"] if getattr(step, sign) else "" for sign in _SIGNS}
        for decision, option in step.options.options_by_decision().items():
            cells |= build_cells_of_reason(_OPTIONS[decision.value], option)
        return cells

    def build_step(self, reader: CellReader, following: Mapping[str, Value]) -> dict[str, Value]:
        """Return the keys of a decision; wrong ones without a reason get the standard one."""
        right = reader.read_word(_RIGHT, WORDS)
        unknown = dict.fromkeys(Decision, "-")  # one fault is enough
        standard = REASONS[Decision(right)] if right else unknown
        signs = {sign: True for sign in _SIGNS if reader.read_yes_no(sign)}
        return {
            "id": ID,
            **reader.read_optional_texts({"when": _TEXTS["when"]}),
            "prompt": reader.read_needed_text(_TEXTS["prompt"]),
            "kind": NAME,
            "key": right,
            **signs,
            "say": reader.read_needed_text(_TEXTS["say"]),
            "options": {
                decision.value: {
                    **reader.read_reason(_OPTIONS[decision.value], standard.get(decision, "")),
                    **following,
                }
                for decision in Decision
            },
        }

    def find_column(self, path: Path) -> str:
        """Return the column of a value."""
        match path:
            case ("options", str(word), str(key)) if key in REASON_COLUMNS:
                return f"{_OPTIONS[word]}_{REASON_COLUMNS[key]}"
        return _TEXTS.get(str(path[0]) if path else "", _RIGHT)


TABLE = DecisionTable()
