"""Changes every field of every shipped file, and looks at every byte; run alone by `make soak`."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path as FilePath
from typing import Any

import yaml

from cpd.authoring.drafts.rules.saving import clean_posted_text
from cpd.authoring.editor.answers import Answered, write_answers
from cpd.authoring.editor.field_tree import MISSING, Control, Group, KnownNames, Question
from cpd.authoring.editor.form_pages import (
    EditedFile,
    known_names_of_posted,
    parse_edited_file,
)
from cpd.authoring.sources.disk import shipped_course_folders
from cpd.cases.kinds.step_file import END
from cpd.content import splice
from cpd.content.frontmatter import FrontMatter, Path, Value, parse_front_matter
from cpd.content.yaml_places import MappedFile


def shipped_texts() -> list[str]:
    """Return the text of every file with keys."""
    return [
        path.read_text()
        for folder in shipped_course_folders()
        for path in sorted(folder.rglob("*.md"))
    ]


def find_values(text: str) -> Iterator[tuple[Path, Value]]:
    """Yield every text, number, day and word of a file, with its path."""
    read = parse_front_matter("", text)
    assert isinstance(read, FrontMatter)
    yield from _walk(read.data, ())


def _walk(value: Value, path: Path) -> Iterator[tuple[Path, Value]]:
    if isinstance(value, dict | list):
        for part, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _walk(inner, (*path, part))
    else:
        yield path, value


def other_value(value: Value) -> Value:
    """Return another value of the same type."""
    if isinstance(value, bool) or value is None:
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, date):
        return date(2031, 5, 6)
    assert isinstance(value, str)
    end = "\n" if value.endswith("\n") else ""
    return f"{value.removesuffix(end)} and more{end}"


def check_field(text: str, path: Path, value: Value) -> None:
    """Change one field and back, and compare every line outside its own.

    The way back may fold a text otherwise that was folded by hand.
    """
    read = parse_front_matter("", text)
    assert isinstance(read, FrontMatter)
    begin = read.places.locate_line(path)
    lines = {place.line for place in read.places.by_path.values()}
    after = min((line for line in lines if line > begin), default=read.body_line - 1)
    changed = splice.set_value(text, path, other_value(value))
    before, behind = text.split("\n")[: begin - 1], text.split("\n")[after - 1 :]
    assert changed.split("\n")[: len(before)] == before
    assert changed.split("\n")[-len(behind) :] == behind
    back = splice.set_value(changed, path, value)
    assert list(find_values(back)) == list(find_values(text))
    assert back.split("\n")[: len(before)] == before
    assert splice.set_value(text, path, value) == text


# By the form


@dataclass(frozen=True)
class ShippedFile:
    """A file of a shipped course with the form that an author opens, and what the form sends."""

    path: str
    file: EditedFile
    text: str
    known: KnownNames

    @cached_property
    def tree(self) -> Group:
        """The questions on the page."""
        return self.file.build_tree(self.known)

    @cached_property
    def questions(self) -> list[Question]:
        """The questions that have a field."""
        return questions_with_fields(self.tree)

    @cached_property
    def sent(self) -> dict[str, list[str]]:
        """What a browser sends of a form that nobody touched."""
        return {one.name: send_unchanged(one) for one in self.questions}

    @cached_property
    def posted_tree(self) -> Group:
        """The questions as the server finds them again, by the names of the fields."""
        return self.file.build_tree(known_names_of_posted(_names_below_keys(self.sent)))

    @cached_property
    def mapped(self) -> MappedFile:
        """Where each value stands."""
        return MappedFile.from_text(self.text, self.file.front.data)


@lru_cache(maxsize=1)
def shipped_files() -> list[ShippedFile]:
    """Return every file that has a form, in every shipped course."""
    return [file for folder in shipped_course_folders() for file in read_forms(folder)]


def read_forms(folder: FilePath) -> Iterator[ShippedFile]:
    """Yield the files of a course with the names that its other files offer as answers."""
    read = {}
    for path in sorted(folder.rglob("*.md")):
        text, name = path.read_text(), path.relative_to(folder).as_posix()
        file = parse_edited_file(name, text)
        assert isinstance(file, EditedFile), name
        read[name] = (file, text)
    ids: dict[str, list[str]] = {}
    for file, _text in read.values():
        ids.setdefault(file.type_, []).append(str(file.front.data["id"]))
    objectives: Any = read["course.md"][0].front.data["objectives"]
    offered = {
        "section": ids["section"],
        "hazards": ids["hazard"],
        "objectives": [one["id"] for one in objectives],
        "per_objective": [one["id"] for one in objectives],
        "passage": [f"section:{slug}#a" for slug in ids["section"]],
    }
    for name, (file, text) in read.items():
        steps: Any = file.front.data.get("steps", [])
        leads = {"leads_to": [*(step["id"] for step in steps), END]} if steps else {}
        by_key = {key: dict.fromkeys(names, "") for key, names in {**offered, **leads}.items()}
        yield ShippedFile(name, file, text, KnownNames(by_key))


def questions_with_fields(tree: Group) -> list[Question]:
    """Return the questions that a form shows with a field."""
    return [one for one in tree.iterate_questions() if one.is_writable]


def _names_below_keys(sent: dict[str, list[str]]) -> list[str]:
    return [name for name in sent if name != "body"]


def send_unchanged(question: Question) -> list[str]:
    """Return what a browser sends for a field that nobody touched."""
    if question.control is Control.PICKS:
        return ["", *question.picked]
    return send_answer(question, question.text)


def send_answer(question: Question, text: str) -> list[str]:
    """Return what a browser sends for a field in which somebody wrote a text."""
    if question.control is Control.PICKS:
        return ["", *text.split(", ")] if text else [""]
    return [text.replace("\n", "\r\n")]


def other_answers(question: Question) -> Iterator[str]:
    """Yield other answers that somebody can give to a question."""
    now, control = question.text, question.control
    if control in (Control.CHOICE, Control.YES_NO):
        yield from [choice for choice in question.choices or ("yes", "no") if choice != now][:1]
    elif control is Control.PICKS:
        yield ", ".join(one for one in question.choices if one not in question.picked[:1])
    elif control in (Control.NUMBER, Control.FRACTION):
        yield "7"
    elif control is Control.DAY:
        yield "2031-05-06"
    elif control is Control.IDS:
        yield f"{now}, and-more".removeprefix(", ")
    else:
        yield f"{now} and more".strip()
        yield ODD_LINE
        if control in (Control.MARKDOWN, Control.ITEMS):
            yield f"{now}\n{ODD_LINE}\n- [x]: y".strip()
    if now and (question.may_be_blank or not question.is_required):
        yield from [""] if question.control is not Control.YES_NO else []


ODD_LINE = "“So”: it's #1 - {no, [yes]} & *all* | 100% \\n @home"


def answer_one_question(shipped: ShippedFile, question: Question, answer: str) -> Answered:
    """Write another answer to one question, and send the others as they are."""
    sent = {**shipped.sent, question.name: send_answer(question, answer)}
    return write_answers(shipped.text, shipped.posted_tree, sent, shipped.file.schema)


def check_answer(shipped: ShippedFile, question: Question, answer: str) -> None:
    """Give one answer, and look at every line of the file and at every other answer."""
    done = answer_one_question(shipped, question, answer)
    assert done.errors == {}
    again = parse_front_matter("", done.text)
    assert isinstance(again, FrontMatter)
    tree = replace(shipped.file, front=again).build_tree(shipped.known)
    now = {one.name: send_unchanged(one) for one in questions_with_fields(tree)}
    kept = now.pop(question.name, [""])
    if answer or not question.text:
        assert sorted(kept) == sorted(send_answer(question, answer))
    assert now == {name: shipped.sent[name] for name in now if name in shipped.sent}
    check_lines(shipped, question.path, done.text)


def check_lines(shipped: ShippedFile, path: Path, changed: str) -> None:
    """Compare every line but those of one value, which may be missing so far."""
    begin, end = find_lines(shipped.mapped, path)
    old, new = shipped.text.split("\n"), changed.split("\n")
    if begin is None:  # anywhere, but all in one place
        pairs = zip(old, new, strict=False)
        begin = end = next((at for at, pair in enumerate(pairs) if pair[0] != pair[1]), len(old))
    assert new[:begin] == old[:begin]
    assert new[len(new) - len(old) + end :] == old[end:]


def find_lines(file: MappedFile, path: Path) -> tuple[int | None, int]:
    """Return the lines of a value with its key; of what is around it while it is missing."""
    if path == ():
        lines = file.text.split("\n")
        return lines.index("---", 1) + 1, len(lines)
    if not file.has_value(path):
        while not file.has_value(path):
            path = path[:-1]
        node = file.find_node(path)
        if not (isinstance(node, yaml.ScalarNode) or node.flow_style):
            return None, 0
    while len(path) > 1 and len(file.find_node(path[:-1]).value) == 1:
        path = path[:-1]  # it disappears with its only value
    start, last = file.start_of_entry(path), file.span_of_node(file.find_node(path))[1]
    return file.text.count("\n", 0, start), file.text.count("\n", 0, last) + 1


def check_unchanged(shipped: ShippedFile) -> None:
    """Save a form that nobody touched, and the text page."""
    done = write_answers(shipped.text, shipped.posted_tree, shipped.sent, shipped.file.schema)
    assert (done.text, done.errors) == (shipped.text, {})
    assert clean_posted_text(shipped.text.replace("\n", "\r\n")) == shipped.text


def describe_field(shipped: ShippedFile, question: Question) -> tuple[object, ...]:
    """Return what a field has in common with others that are asked and written alike."""
    node = (
        shipped.mapped.find_node(question.path) if shipped.mapped.has_value(question.path) else None
    )
    style = None if question.path == () or node is None else getattr(node, "style", None)
    depth = min(len(question.path), 3)
    return shipped.file.type_, question.control, question.value is MISSING, style, depth


def main() -> None:
    """Change everything, and say how much it was."""
    values = answers = 0
    for text in shipped_texts():
        for path, value in find_values(text):
            check_field(text, path, value)
            values += 1
    for shipped in shipped_files():
        check_unchanged(shipped)
        for question in shipped.questions:
            for answer in other_answers(question):
                try:
                    check_answer(shipped, question, answer)
                except Exception as error:
                    error.add_note(f"{shipped.path}: {question.name}: {answer!r}")
                    raise
                answers += 1
    sys.stdout.write(f"Each of {values:,} values and {answers:,} answers changed alone.\n")


if __name__ == "__main__":
    main()
