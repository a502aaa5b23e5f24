"""The cells of the gradebook, each made once: a class of a thousand has few different ones."""

from collections.abc import Callable, Collection, Sequence
from functools import cached_property

from flask import get_template_attribute
from flask_babel import gettext as _
from markupsafe import Markup

from cpd.schools.gradebook import labels
from cpd.schools.gradebook.class_table import GradedCourse
from cpd.schools.gradebook.rules.listing import GradebookRow


class TableCells:
    """Makes the cells of one page."""

    def __init__(self, graded: GradedCourse, *, has_details: bool) -> None:
        self._sections = graded.section_ids if has_details else ()
        self._zone = graded.assignment.zone
        self._state: Callable[..., Markup] = get_template_attribute("web/macros.html", "state")
        self._icon: Callable[..., Markup] = get_template_attribute("web/macros.html", "icon")
        self._reading: dict[frozenset[int], Markup] = {}
        self._states: dict[tuple[str, str, int], Markup] = {}

    def render_reading(self, row: GradebookRow) -> Markup:
        """Return the cells of all sections."""
        if not row.has_details:
            return self._unshown
        read = frozenset(row.work.read)
        made = self._reading.get(read)
        if made is None:
            made = self._reading[read] = self._render_sections(read, self._sections)
        return made

    def _render_sections(self, read: Collection[int], sections: Sequence[int]) -> Markup:
        cells = (self._finished if number in read else self._unfinished for number in sections)
        return Markup().join(cells)

    @cached_property
    def _unshown(self) -> Markup:
        return Markup('<td class="pip">–</td>') * len(self._sections)

    @cached_property
    def _finished(self) -> Markup:
        return self._render_section("done", _("read"), "st d1")

    @cached_property
    def _unfinished(self) -> Markup:
        return self._render_section("to-do", _("not read"), "st")

    def _render_section(self, icon: str, words: str, style: str) -> Markup:
        cell = Markup('<td class="pip"><span class="{}">{}</span></td>')
        return cell.format(style, self._icon(icon, words))

    def render_work_state(self, row: GradebookRow) -> Markup:
        """Return how far the learner is."""
        words = labels.describe_work_state(row, is_employer=not row.has_details)
        sign, level = labels.SIGNS[row.work_state]
        if not row.has_details:
            sign, level = ("done", 1) if row.work_state.is_finished else ("to-do", 0)
        return self._render_state(sign, words, level)

    def render_due(self, row: GradebookRow) -> Markup:
        """Return when it is due for the learner, or that it is late."""
        words = labels.describe_due(row, self._zone, is_employer=not row.has_details)
        sign = "excused" if row.work.is_excused else "clock"
        return self._render_state(sign, words, 4 if row.is_late else 0)

    def _render_state(self, sign: str, words: str, level: int) -> Markup:
        made = self._states.get((sign, words, level))
        if made is None:
            made = self._state(sign, words, level, bool(level))
            self._states[sign, words, level] = made
        return made
