"""Changes every field of every shipped file, and looks at every byte; run alone by `make soak`."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from cpd.authoring.editor.answers import write_answers
from cpd.authoring.editor.field_tree import Control, Group, KnownNames, Question
from cpd.authoring.editor.form_pages import EditedFile, parse_edited_file
from cpd.authoring.sources.disk import shipped_course_folders
from cpd.content import splice
from cpd.content.frontmatter import FrontMatter, Path, Value, parse_front_matter


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


def shipped_files() -> list[tuple[str, EditedFile]]:
    """Return the text of every file, and the file as its form reads it."""
    found = []
    for folder in shipped_course_folders():
        for path in sorted(folder.rglob("*.md")):
            text = path.read_text()
            file = parse_edited_file(path.relative_to(folder).as_posix(), text)
            assert isinstance(file, EditedFile)
            found.append((text, file))
    return found


def answers_on(tree: Group) -> dict[str, list[str]]:
    """Return what a form sends that nobody touched."""
    return {question.name: [question.text] for question in tree.iterate_questions()}


def other_answer(question: Question) -> str:
    """Return another answer that a field can give."""
    if question.control is Control.YES_NO:
        return "no" if question.text == "yes" else "yes"
    if question.control is Control.CHOICE:
        return next(choice for choice in question.choices if choice != question.text)
    if question.control in (Control.NUMBER, Control.FRACTION):
        return "7"
    if question.control is Control.DAY:
        return "2031-05-06"
    return f"{question.text}\nand-more".strip()


def check_answer(
    text: str, file: EditedFile, question: Question, answer: str, sent: dict[str, list[str]]
) -> None:
    """Give one answer, and read all of them again."""
    done = write_answers(
        text, file.build_tree(KnownNames()), {**sent, question.name: [answer]}, file.schema
    )
    again = parse_front_matter("", done.text)
    assert isinstance(again, FrontMatter)
    now = answers_on(replace(file, front=again).build_tree(KnownNames()))
    kept = now.pop(question.name)[0]
    assert done.errors == {}
    assert kept.split() == answer.replace("\n", " ").split() or ", " in kept
    assert now.items() <= {**sent, **now}.items()
    assert {name: sent[name] for name in now if name in sent} == now


if __name__ == "__main__":
    fields = [(text, *field) for text in shipped_texts() for field in find_values(text)]
    for field in fields:
        check_field(*field)
    asked = 0
    for text, file in shipped_files():
        tree = file.build_tree(KnownNames())
        sent = answers_on(tree)
        for question in tree.iterate_questions():
            check_answer(text, file, question, other_answer(question), sent)
            asked += 1
    sys.stdout.write(f"Each of {len(fields):,} fields and {asked:,} answers changed alone.\n")
