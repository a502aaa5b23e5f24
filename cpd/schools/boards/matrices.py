"""The matrices of safety topics, by class and by learner; reads the database."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from flask import get_template_attribute
from markupsafe import Markup
from sqlalchemy.orm import Session

from cpd.courses import outlines
from cpd.courses.models import Revision
from cpd.courses.rules.outline import HazardPart, Outline
from cpd.db import Page
from cpd.organisations.models import Membership
from cpd.quizzes.practice.queries import ChosenInstead, find_choices_instead
from cpd.schools.boards.first_choices import FirstChoices, select_class_choices
from cpd.schools.boards.harmful_choices import (
    HarmfulChoice,
    find_harmful_choices,
    find_passages,
)
from cpd.schools.boards.queries import LearnerOfClass, find_learners_of_class
from cpd.schools.boards.rules.topics import (
    TopicCell,
    TopicCount,
    TopicRow,
    TopicState,
    build_cell,
    build_row,
    count_topics,
    merge_states,
    sort_rows,
)
from cpd.schools.boards.topic_queries import ClassTopics, find_class_topics, load_topics
from cpd.schools.cohorts.models import Cohort
from cpd.schools.cohorts.queries import Reach

PEOPLE_PER_PAGE = 50


@dataclass(frozen=True)
class TopicBoard:
    """Whose first answers in a course a board shows: those in the exam, or in practice."""

    session: Session
    reach: Reach
    course: Revision
    is_practice: bool

    @cached_property
    def outline(self) -> Outline:
        """The parts of the course; its cards are the safety topics."""
        return outlines.load_outline(self.session, self.course)

    @property
    def choices(self) -> FirstChoices:
        """The first answers."""
        course_id = self.course.document.course_id
        return select_class_choices(self.reach, course_id, is_practice=self.is_practice)

    def find_classes(self, choices: FirstChoices) -> Sequence[ClassTopics]:
        """Return what people chose first, by class."""
        topics = load_topics(self.session, [self.course])
        return find_class_topics(self.session, choices, topics, find_passages(self.outline))


# By class


@dataclass(frozen=True)
class ClassColumn:
    """A class with what its people chose first, by topic."""

    public_id: str
    name: str
    counts: Mapping[str, TopicCount]

    def build_cell(self, topic: str) -> TopicCell:
        """Return the cell of a topic."""
        return build_cell(self.counts.get(topic))


@dataclass(frozen=True)
class ClassMatrix:
    """How many people need practice on which topic, by class."""

    classes: Sequence[ClassColumn]
    rows: Sequence[TopicRow]


def find_class_matrix(board: TopicBoard) -> ClassMatrix:
    """Return the classes in order of name, and the topics that somebody has met."""
    classes = [
        ClassColumn(each.public_id, each.name, count_topics(each.learners))
        for each in board.find_classes(board.choices)
    ]
    met = {topic for column in classes for topic in column.counts}
    rows = sort_rows(
        build_row(card.slug, (column.build_cell(card.slug) for column in classes))
        for card in board.outline.hazards
        if card.slug in met
    )
    return ClassMatrix(classes, rows)


# By learner


@dataclass(frozen=True)
class TopicColumn:
    """A topic on which somebody needs practice; its number is its place in the course."""

    number: int
    card: HazardPart


@dataclass(frozen=True)
class LearnerMatrix:
    """On which topics each learner of a class needs practice."""

    columns: Sequence[TopicColumn]
    page: Page[LearnerOfClass]
    states: Mapping[int, Mapping[str, TopicState]]
    """By membership and topic."""
    _cells: dict[tuple[TopicState, ...], Markup] = field(default_factory=dict)

    def render_cells(self, learner: LearnerOfClass) -> Markup:
        """Return the cells of a learner; a class of a thousand has few different rows."""
        own = self.states.get(learner.membership_id, {})
        row = tuple(own.get(column.card.slug, TopicState.NOT_MET) for column in self.columns)
        made = self._cells.get(row)
        if made is None:
            made = self._cells[row] = Markup().join(self._cell_of_state[state] for state in row)
        return made

    @cached_property
    def _cell_of_state(self) -> Mapping[TopicState, Markup]:
        cell: Callable[..., Markup] = get_template_attribute("schools/boards/_cell.html", "cell")
        return {state: cell(state.name) for state in TopicState}


def find_learner_matrix(
    board: TopicBoard, cohort: Cohort, *, number: int | None
) -> LearnerMatrix | None:
    """Return one page of a class, or all of it without a number; None past the last page.

    Its columns are the topics on which somebody on the page needs practice.
    """
    size = None if number is None else PEOPLE_PER_PAGE
    page = find_learners_of_class(board.session, board.reach, cohort, number=number or 1, size=size)
    if page is None:
        return None
    choices = board.choices.with_names().where(Cohort.id == cohort.id)
    if size is not None:
        choices = choices.where(Membership.id.in_([it.membership_id for it in page.rows]))
    states = merge_states(
        learner for each in board.find_classes(choices) for learner in each.learners
    )
    needed = {
        topic
        for own in states.values()
        for topic, state in own.items()
        if state >= TopicState.HARMFUL
    }
    columns = [
        TopicColumn(place, card)
        for place, card in enumerate(board.outline.hazards, start=1)
        if card.slug in needed
    ]
    return LearnerMatrix(columns, page, states)


# One topic of a class


@dataclass(frozen=True)
class TopicOfClass:
    """What a class chose first on one topic."""

    cell: TopicCell
    choices: Sequence[HarmfulChoice]
    """The harmful ones of people whose names may be shown."""
    chosen_instead: Sequence[ChosenInstead]
    """In practice: what was chosen in place of a right answer, by how many people."""


def find_topic_of_class(board: TopicBoard, cohort: Cohort, card: HazardPart) -> TopicOfClass:
    """Return who needs practice on a topic; of practice, what may be shown without names."""
    topics = load_topics(board.session, [board.course])
    revisions = [id_ for id_, of_case in topics.items() if card.slug in of_case]
    choices = board.choices.where(Cohort.id == cohort.id)
    choices = choices.where(choices.revision_id.in_(revisions))
    outlines_by_course = {board.course.document.course_id: board.outline}
    named = find_harmful_choices(board.session, [choices], outlines_by_course)
    if not board.is_practice:
        return TopicOfClass(TopicCell(None), named, ())
    counts = [count_topics(each.learners) for each in board.find_classes(choices)]
    cell = build_cell(counts[0].get(card.slug) if counts else None)
    instead = (
        find_choices_instead(board.session, choices.enrolment_ids, board.course, card.slug)
        if cell.count is not None
        else ()
    )
    return TopicOfClass(cell, named, instead)
