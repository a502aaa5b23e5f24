"""What a new step or answer begins with, and how the steps of a case stay connected."""

from collections.abc import Iterator, Sequence
from itertools import count

from cpd.authoring.editor.field_tree import Group, Question, build_new_item
from cpd.cases.kinds.step_file import END, StepFile, WordedOption
from cpd.content import splice
from cpd.content.frontmatter import Path, Value
from cpd.content.splice import Order

STEPS: Path = ("steps",)


def add_item(text: str, group: Group, addition: str, *, order: Order) -> str:
    """Add an item to the end of a list; a question has its answers, and the story leads to it."""
    schema, item = group.models[addition], build_new_item(group, addition)
    if issubclass(schema, StepFile):
        step_id = _choose_id("step", group)
        item = {"id": step_id, **schema.build_new_step()}
        text = _lead_to_new_step(text, group, step_id, order=order)
    elif issubclass(schema, WordedOption):
        item = {"id": _choose_id("answer", group), **schema.build_new_option(is_right=False)}
    return splice.insert_item(text, group.path, len(group.parts), item, order=order)


def _choose_id(word: str, group: Group) -> str:
    """Return an id that no item of a list has, such as `step-2` for the second one."""
    taken = {part.own_name for part in group.parts if isinstance(part, Group)}
    numbers = count(len(group.parts) + 1)
    return next(name for number in numbers if (name := f"{word}-{number}") not in taken)


def _lead_to_new_step(text: str, group: Group, new: str, *, order: Order) -> str:
    """Let the answers to the last step that end the case lead to the new step."""
    for question in _list_ways_on(group.parts[-1:]):
        if _read_target(text, question) == END:
            text = splice.set_value(text, question.path, new, order=order)
    return text


def lead_past_step(text: str, group: Group, position: int, *, order: Order) -> str:
    """Let what leads to a step lead to the one after it instead, before the step is removed."""
    ids = [part.own_name for part in group.parts if isinstance(part, Group)]
    after = ids[position + 1] if position + 1 < len(ids) else END
    for question in _list_ways_on([*group.parts[:position], *group.parts[position + 1 :]]):
        if _read_target(text, question) == ids[position]:
            target = END if question.path[1] == position + 1 else after
            text = (
                splice.remove_value(text, question.path)
                if target == END
                else splice.set_value(text, question.path, target, order=order)
            )
    return text


def _list_ways_on(steps: Sequence[Group | Question]) -> Iterator[Question]:
    for step in steps:
        if isinstance(step, Group):
            yield from (one for one in step.iterate_questions() if one.key == "leads_to")


def _read_target(text: str, question: Question) -> Value:
    try:
        return splice.read_value(text, question.path)
    except LookupError:
        return END
