"""What the columns of the table of simple cases mean, and two rows as examples.

The examples fit the course that a new course begins with.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from cpd.cases.scales import Decision
from cpd.cases.standard_reasons import RIGHT, SENTENCES_TO_SAY


class ColumnGroup(NamedTuple):
    """Columns that belong together, and what is in them."""

    columns: Sequence[str]
    """Of columns for each decision or answer, only the first is named."""
    meaning: LazyString | str
    is_needed: bool = False


COLUMN_GUIDE: Sequence[tuple[LazyString, Sequence[ColumnGroup]]] = (
    (
        _l("The case"),
        (
            ColumnGroup(["title"], _l("A title that does not reveal the answer"), is_needed=True),
            ColumnGroup(
                ["client"],
                _l(
                    "Who comes, and what is found. If there is a decision, end with today’s plan. "
                    "Lines and Markdown are kept."
                ),
                is_needed=True,
            ),
            ColumnGroup(
                ["section", "objectives", "passage"],
                _l(
                    "Ids, as in the course’s files: the section, the objectives with commas "
                    "between them, and the passage to read again, such as section:heat#signs"
                ),
                is_needed=True,
            ),
            ColumnGroup(
                ["warning_sign"],
                _l("“yes” if the client could be harmed when the sign is missed, or “no”"),
                is_needed=True,
            ),
            ColumnGroup(["safety_cards"], _l("The ids of its safety cards, the main one first")),
            ColumnGroup(
                ["id"],
                _l(
                    "The id of the case. Leave it empty, and it is made from the title. With the "
                    "id of a case that is already here, the row changes that case."
                ),
            ),
            ColumnGroup(
                ["used_in", "position"],
                _l("“exam”, or “practice” with a number for its place in the section"),
            ),
            ColumnGroup(
                ["difficulty", "family", "open", "author"],
                _l(
                    "“easy”, “medium” or “hard”; a word that cases made from one another share; "
                    "“yes” if visitors without an account may decide it; who wrote it"
                ),
            ),
        ),
    ),
    (
        _l("A decision about today’s session"),
        (
            ColumnGroup(
                ["right_decision"],
                _l("“go ahead”, “change the plan”, “reschedule”, “advice today” or “call now”"),
            ),
            ColumnGroup(
                ["decision_question", "decision_say"],
                _l("The question to the learner, and a sentence to say to the client"),
            ),
            ColumnGroup(
                ["go_ahead_reason"],
                _l(
                    "Why this decision is right or wrong, and the same for change_the_plan_, "
                    "reschedule_, advice_today_ and call_now_. Leave the reason for a wrong "
                    "decision empty, and a standard text is filled in."
                ),
            ),
            ColumnGroup(
                ["go_ahead_support", "go_ahead_reviewer"],
                _l(
                    "What supports the reason: “evidence”, “guideline”, “expert caution” or “house "
                    "rule”. If it is empty, it is expert caution. Without a source, name who "
                    "reviewed it."
                ),
            ),
            ColumnGroup(
                ["emergency_sign", "clot_suspected"], _l("“yes” if there is one, or nothing")
            ),
            ColumnGroup(["decision_when"], _l("When this is, such as “Before the session”")),
        ),
    ),
    (
        _l("A question with one right answer"),
        (
            ColumnGroup(
                ["question", "right_answer"],
                _l("The question to the learner, and the number of the right answer"),
            ),
            ColumnGroup(
                ["answer_1", "answer_1_reason"],
                _l("An answer, and why it is right or wrong; the same up to answer_5"),
            ),
            ColumnGroup(
                ["answer_1_support", "answer_1_reviewer"], _l("As for the reasons of a decision")
            ),
            ColumnGroup(
                ["answer_1_harm", "answer_1_marks"],
                _l(
                    "What a wrong answer could do to the client: “too cautious”, “not the best”, "
                    "“unsafe” or “critical”; and the share of the marks that it earns, usually "
                    "nothing"
                ),
            ),
            ColumnGroup(
                ["question_when", "question_facts"],
                _l("After a decision: when this is, and what the learner now finds out"),
            ),
            ColumnGroup(
                ["question_say", "question_id", "answer_1_id"],
                _l("A sentence to say to the client; ids that are never shown"),
            ),
        ),
    ),
)

_COURSE = {
    "section": "before-the-session",
    "objectives": "prepare",
    "passage": "section:before-the-session#talk",
    "warning_sign": "no",
    "used_in": "exam",
    "difficulty": "easy",
}
EXAMPLES: Sequence[Mapping[str, str]] = (
    {
        **_COURSE,
        "title": "Emil’s usual hour",
        "client": (
            "Emil, 40, comes for his usual hour. Nothing has changed since last time, he says.\n\n"
            "**Plan:** 60 minutes, back and legs, as usual."
        ),
        "right_decision": "go ahead",
        "decision_when": "Before the session",
        "decision_question": "What do you decide about today’s session?",
        "decision_say": SENTENCES_TO_SAY[Decision.PROCEED],
        "go_ahead_reason": RIGHT[Decision.PROCEED],
    },
    {
        **_COURSE,
        "title": "A form that is empty",
        "client": "Nora is a new client. She hands you the intake form and has filled in nothing.",
        "question": "What do you do first?",
        "right_answer": "1",
        "answer_1": "Go through the form together",
        "answer_1_reason": "You agree on the plan once you know what the client has told you.",
        "answer_1_support": "house rule",
        "answer_2": "Start, and ask afterward",
        "answer_2_reason": (
            "Then you would plan the session without knowing anything about the client."
        ),
        "answer_2_support": "house rule",
        "answer_2_harm": "not the best",
    },
)
