"""The steps of a case as a drawing: where each box stands, and which answers lead from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cpd.authoring.files.case import CaseFile
from cpd.cases.kinds.step_file import END, StepFile
from cpd.content.frontmatter import Path

WIDTH = 240
_BOX, _ROW, _GAP = 40, 84, 12
_WIDEST = 150


@dataclass(frozen=True)
class Box:
    """A step, or the end of the case."""

    step: str
    number: int | None
    """Its place in the file, from 1; None for the end."""
    x: int
    y: int
    width: int
    height: int = _BOX

    @property
    def middle(self) -> int:
        """The horizontal middle."""
        return self.x + self.width // 2


@dataclass(frozen=True)
class Exit:
    """Where some answers of a step lead."""

    target: str
    answers: Sequence[str]
    """The decisions or the words of the options; empty if all answers lead there."""

    @property
    def is_end(self) -> bool:
        """Whether the case ends there."""
        return self.target == END


@dataclass(frozen=True)
class StepGraph:
    """The drawing, and the same as a list."""

    boxes: Mapping[str, Box]
    exits: Mapping[str, Sequence[Exit]]
    """By the id of the step."""

    @property
    def height(self) -> int:
        """The height of the drawing."""
        return max(box.y + box.height for box in self.boxes.values()) + 4

    @property
    def lines(self) -> Sequence[tuple[Box, Box]]:
        """The boxes between which there is a line."""
        return [
            (self.boxes[step], self.boxes[leaving.target])
            for step, exits in self.exits.items()
            for leaving in exits
            if leaving.target in self.boxes
        ]


def build_step_graph(case: CaseFile) -> StepGraph:
    """Return the graph of a case, whose steps may still lead nowhere or in a circle."""
    exits = {step.id: _find_exits(step) for step in case.steps}
    rows = _assign_rows([step.id for step in case.steps], exits)
    numbers = {step.id: number for number, step in enumerate(case.steps, 1)}
    boxes = {}
    for row in sorted(set(rows.values())):
        names = [name for name, at in rows.items() if at == row]
        width = min(_WIDEST, (WIDTH - _GAP * (len(names) - 1)) // len(names))
        start = (WIDTH - width * len(names) - _GAP * (len(names) - 1)) // 2
        for place, name in enumerate(names):
            x = start + place * (width + _GAP)
            boxes[name] = Box(name, numbers.get(name), x, 4 + row * _ROW, width)
    return StepGraph(boxes, exits)


def _find_exits(step: StepFile) -> Sequence[Exit]:
    answers: dict[str, list[str]] = {}
    for path, target in step.answer_paths_and_targets:
        answers.setdefault(target, []).extend(_answer_of_path(step, path))
    return [Exit(target, () if len(answers) == 1 else names) for target, names in answers.items()]


def _answer_of_path(step: StepFile, path: Path) -> list[str]:
    """Return the decision or the option in a path such as `("options", 0, "leads_to")`."""
    if len(path) < len(("options", "name", "leads_to")):
        return []
    name = path[1]
    return [step.worded_options[name].text if isinstance(name, int) else name]


def _assign_rows(steps: Sequence[str], exits: Mapping[str, Sequence[Exit]]) -> dict[str, int]:
    """Put each step below every step that leads to it, and the end last."""
    rows = dict.fromkeys(steps, 0)
    for _ in steps:  # as often as there are steps, so that a circle ends too
        for step in steps:
            for leaving in exits[step]:
                if leaving.target in rows:
                    below = min(rows[step] + 1, len(steps) - 1)
                    rows[leaving.target] = max(rows[leaving.target], below)
    return {**rows, END: max(rows.values()) + 1}
