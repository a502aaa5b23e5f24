"""Steps of simple cases as cells of a table; each kind that fits into one has a `table.py`.

What is in the cells is plain words, and a file has shorter ones; cells may have either.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from cpd.cases.scales import Basis
from cpd.content.frontmatter import Path, Value

SUPPORT_WORDS: Mapping[str, str] = {basis.value: basis.value.replace("-", " ") for basis in Basis}
YES_NO: Mapping[str, str] = {"true": "yes", "false": "no"}
REASON_COLUMNS: Mapping[str, str] = {
    "rationale": "reason",
    "basis": "support",
    "reviewer": "reviewer",
}
"""By the key of an option: what follows the name of the option in that of the column."""


class CellFault(NamedTuple):
    """What is wrong with a cell, and what to do about it."""

    column: str
    message: str
    remedy: str


class CellReader:
    """Reads the cells of a row, and collects what is wrong with them."""

    def __init__(self, cells: Mapping[str, str]) -> None:
        self._cells = cells
        self.faults: list[CellFault] = []

    def read_text(self, column: str) -> str:
        """Return the text of a cell; empty if there is none."""
        return self._cells.get(column, "").strip()

    def read_needed_text(self, column: str) -> str:
        """Return the text of a cell that must have one."""
        text = self.read_text(column)
        if not text:
            self.faults.append(CellFault(column, "The cell is empty.", "Fill it in."))
        return text

    def read_word(self, column: str, words: Mapping[str, str], default: str = "") -> str:
        """Return the value that one of some words stands for."""
        text = _fold(self.read_text(column))
        found = [value for value, word in words.items() if text in (_fold(value), _fold(word))]
        if text and not found:
            message = f"The word “{self.read_text(column)}” is not known here."
            remedy = f"Use one of these: {', '.join(words.values())}."
            self.faults.append(CellFault(column, message, remedy))
        return found[0] if found else default

    def read_yes_no(self, column: str) -> bool:
        """Return whether a cell says yes."""
        return self.read_word(column, YES_NO) == "true"

    def read_optional_texts(self, columns: Mapping[str, str]) -> dict[str, Value]:
        """Return the texts of those columns that have any, by key; columns are given by key."""
        return {key: text for key, column in columns.items() if (text := self.read_text(column))}

    def read_reason(self, option: str, default: str = "") -> dict[str, Value]:
        """Return the reason for an option, and what supports it."""
        column = f"{option}_reason"
        text = self.read_text(column) or default or self.read_needed_text(column)
        support = self.read_word(f"{option}_support", SUPPORT_WORDS, Basis.EXPERT_CAUTION.value)
        reviewer = self.read_optional_texts({"reviewer": f"{option}_reviewer"})
        return {"rationale": text, "basis": support, **reviewer}


def _fold(text: str) -> str:
    return re.sub(r"[_\s-]+", " ", text.lower())


class StepTable(ABC):
    """How a step of one kind stands in a table."""

    columns: Sequence[str]
    asking_column: str
    """The column with a text in each row that has such a step."""

    @abstractmethod
    def build_cells(self, step: Any) -> dict[str, str]:
        """Return the cells of a step; what no cell can hold is left out."""

    @abstractmethod
    def build_step(self, reader: CellReader, following: Mapping[str, Value]) -> dict[str, Value]:
        """Return the keys of a step as its row has them.

        `following` has what each of its answers leads to, if that is not the end.
        """

    @abstractmethod
    def find_column(self, path: Path) -> str:
        """Return the column of a value, by its path in the step; empty if it has none."""


def build_cells_of_reason(option: str, reasoned: Any) -> dict[str, str]:
    """Return the cells of the reason for an option."""
    return {
        f"{option}_reason": reasoned.rationale,
        f"{option}_support": SUPPORT_WORDS[reasoned.basis],
        f"{option}_reviewer": reasoned.reviewer or "",
    }


def name_columns_of_reason(option: str) -> list[str]:
    """Return the columns of the reason for an option."""
    return [f"{option}_{name}" for name in REASON_COLUMNS.values()]
