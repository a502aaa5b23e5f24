"""How a practice case is shown: its story, the answers so far with reasons, the open question."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup

from cpd.cases.front import Answer
from cpd.cases.mark_table import RuleSigners
from cpd.courses.rules.addresses import CourseAddress
from cpd.kernel.memory import LruCache
from cpd.quizzes.practice.cases import CaseProgress
from cpd.quizzes.practice.labels import CONFIDENCES
from cpd.web.country import current_country_key
from cpd.web.formatting import current_page_language
from cpd.web.markup import render_markup


@dataclass(frozen=True)
class CardForm:
    """The form with which a practice case is answered."""

    action: str
    may_answer: bool
    is_signed_in: bool
    fault: str | None = None
    again: bool = False
    """Whether the case is shown from its beginning although it was answered."""
    carried: Mapping[str, Answer] = field(default_factory=dict)
    """The answers that the form repeats, where none are stored."""
    on_own_page: bool = False
    """Whether the answer leads to the page of the case, instead of its section."""
    opens: str = ""
    """The section that the case opens, by its slug."""
    asks_confidence: bool = False
    rule_signers: RuleSigners = field(default_factory=RuleSigners)


_finished_cards: LruCache[tuple[object, ...], Markup] = LruCache(256)


def render_practice_card(progress: CaseProgress, form: CardForm) -> Markup:
    """Render a practice case.

    Cards of finished cases are cached: the same answers give the same reasons to everybody.
    """
    key = (
        progress.text.id,
        repr(progress.answers),
        form.may_answer,
        not form.carried,
        form.on_own_page,
        form.rule_signers,
        current_page_language(),
        current_country_key(),
    )
    if progress.is_done and (cached := _finished_cards.get(key)) is not None:
        return cached
    card = render_markup(
        "quizzes/practice/_case.html",
        progress=progress,
        form=form,
        confidences=CONFIDENCES,
        fill=Markup,
    )
    return _finished_cards.put(key, card) if progress.is_done else card


def message_for_nothing_chosen() -> str:
    """Return what a learner reads who decided without a choice."""
    return str(_("Choose an answer, then decide."))


def address_of_answer(address: CourseAddress, progress: CaseProgress) -> str:
    """Return where an answer to a case is sent."""
    return url_for("quizzes.answer_practice_case", address=address, case_slug=progress.case.id)
