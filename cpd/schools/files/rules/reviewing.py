"""What a person sees before a file is filled; the same function makes the file."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from cpd.schools.files.rules.changes import Filling
from cpd.schools.files.rules.filling import choose_grades, fill_column
from cpd.schools.files.rules.layouts import Layout, PersonField, guess_layout, simplify_title
from cpd.schools.files.rules.matching import Learner, Matches, identify_row, match_rows
from cpd.schools.files.rules.people import Person, read_people
from cpd.schools.files.rules.scaling import USUAL_MOST, find_most, scale_score
from cpd.schools.files.rules.table_reading import read_table
from cpd.schools.files.rules.tables import Table


@dataclass(frozen=True)
class Choices:
    """What a person has chosen instead of what was guessed."""

    sheet: str = ""
    columns: Mapping[PersonField, int] | None = None
    column: int | None = None
    """The column to fill."""
    most: Decimal | None = None
    """The points that a score of 100% is."""
    pairs: Mapping[int, str] = field(default_factory=dict)
    """The learner of the row in a line, or nothing if it is about nobody here."""


@dataclass(frozen=True)
class OpenFile:
    """A file as it was understood."""

    contents: bytes
    table: Table
    layout: Layout
    people: Mapping[int, Person]
    """Who is in the rows, by their lines."""
    choices: Choices

    @property
    def row_identities(self) -> list[str]:
        """What the file says of each person again the next time."""
        return list(filter(None, map(identify_row, self.people.values())))

    @property
    def confirmed(self) -> Mapping[str, str]:
        """The pairs that a person chose: what identifies a row, and the learner or nothing."""
        return {
            identity: key
            for line, key in self.choices.pairs.items()
            if line in self.people and (identity := identify_row(self.people[line]))
        }


@dataclass(frozen=True)
class Review:
    """A file as it would be filled."""

    matches: Matches
    column: int | None
    most: Decimal
    filling: Filling | None
    """Nothing before a column was chosen."""


def open_file(contents: bytes, filename: str, choices: Choices) -> OpenFile:
    """Understand a file; raises FileRefusedError."""
    table = read_table(contents, filename, sheet=choices.sheet)
    layout = guess_layout(table)
    if choices.columns is not None:
        layout = Layout(layout.header_line, choices.columns)
    people = {person.line: person for person in read_people(table, layout).people}
    return OpenFile(contents, table, layout, people, choices)


def review_file(
    opened: OpenFile,
    *,
    learners: Collection[Learner],
    scores: Mapping[str, Fraction],
    title: str,
    remembered: Mapping[str, str],
) -> Review:
    """Fill the scores of learners into a file; raises FileRefusedError.

    The title is that of what was graded: the column to fill is usually called like it.
    """
    table, choices = opened.table, opened.choices
    matches = match_rows(table, opened.layout, learners, {**remembered, **opened.confirmed})
    column = choices.column
    if column is None:
        column = guess_column_to_fill(table, opened.layout, title)
    if column is None:
        return Review(matches, None, choices.most or USUAL_MOST, None)
    most = choices.most or find_most(table, column)
    points = {key: scale_score(score, most) for key, score in scores.items()}
    chosen, without = choose_grades(table, matches.found, points)
    filling = fill_column(opened.contents, table, column, chosen)
    filling.kept = sorted([*matches.kept, *without, *filling.kept], key=lambda kept: kept.line)
    return Review(matches, column, most, filling)


def guess_column_to_fill(table: Table, layout: Layout, title: str) -> int | None:
    """Return the only column whose title has the given one in it, if there is one."""
    wanted = simplify_title(title)
    header = next((row for row in table.rows if row.line == layout.header_line), None)
    if header is None or not wanted:
        return None
    taken = set(layout.columns.values())
    found = [
        column
        for column, cell in enumerate(header.cells)
        if column not in taken and wanted in simplify_title(cell)
    ]
    return found[0] if len(found) == 1 else None
