"""How the form of a draft asks for each value of a course file, and names the answers."""

from collections.abc import Mapping
from typing import NamedTuple

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from cpd.authoring.editor.field_tree import Group, Question
from cpd.cases.labels import BASIS, DANGERS, DECISIONS


class Wording(NamedTuple):
    """A question in plain words, and a hint below it."""

    label: LazyString | str
    hint: LazyString | str = ""


_ID = Wording(
    _l("Its id"), _l("Lowercase letters, digits and hyphens; the same as the file’s name.")
)
_ITEM_ID = Wording(_l("Its id"), _l("Lowercase letters, digits and hyphens; never shown."))
_TITLE = Wording(_l("Title"))
_SUMMARY = Wording(_l("What is it about, in a sentence or two?"))
_REASON = {
    "rationale": Wording(
        _l("The reason, for the learner"), _l("Cite a source by its id in brackets: [@brand-2022].")
    ),
    "basis": Wording(_l("What supports this reason?")),
    "reviewer": Wording(
        _l("Who reviewed it?"),
        _l("This is needed if there is no source. Write “awaiting review” until somebody has."),
    ),
    "leads_to": Wording(_l("What comes next?"), _l("Another step, or the end of the case.")),
}
_BY_TYPE: Mapping[str, Mapping[str, Wording]] = {
    "course": {
        "id": Wording(_l("Its id"), _l("The name of the course in web addresses.")),
        "title": _TITLE,
        "title_on_certificate": Wording(
            _l("Title on certificates"),
            _l("Enter this only if a certificate cannot show the title itself."),
        ),
        "subject": Wording(_l("Subjects"), _l("One per line.")),
        "language": Wording(_l("Which language is it in?"), _l("A tag such as en-US.")),
        "summary": _SUMMARY,
        "level": Wording(_l("Who is it for?")),
        "entry": Wording(_l("What should learners have before they begin?")),
        "objectives": Wording(_l("What will the learner be able to do?")),
        "objectives.id": _ITEM_ID,
        "objectives.text": Wording(_l("The objective")),
        "authors": Wording(_l("Who wrote it?")),
        "authors.name": Wording(_l("Name")),
        "authors.credentials": Wording(_l("Credentials")),
        "authors.role": Wording(_l("What did they do?")),
        "authors.disclosure": Wording(_l("Their financial interests")),
        "disclosures": Wording(
            _l("Financial interests of everyone who decided on the content"),
            _l("If there are none, write “None”."),
        ),
        "released": Wording(_l("When was it released?")),
        "reviewed": Wording(_l("When was it last reviewed?")),
        "review_by": Wording(_l("When must it be reviewed next?")),
        "expires": Wording(_l("When does it expire?")),
        "sections": Wording(_l("Its sections, in order"), _l("Their ids, separated by commas.")),
        "body": Wording(_l("The description on the course’s page")),
    },
    "exam": {
        "title": _TITLE,
        "pass_mark": Wording(_l("What does it take to pass?"), _l("A fraction, such as 3/4.")),
        "standard_setting": Wording(
            _l("How was this set?"), _l("Leave it empty if the authors simply set it.")
        ),
        "draw": Wording(_l("Which cases are drawn?")),
        "draw.cases": Wording(_l("How many cases?")),
        "draw.red_flags": Wording(_l("At least how many with a warning sign?")),
        "draw.per_objective": Wording(_l("At least how many for each objective?")),
        "tries": Wording(_l("How many tries?"), _l("Leave it empty for no limit.")),
        "pause_hours": Wording(_l("How long is the wait after a try that was not passed?")),
        "pause_hours.first": Wording(_l("After the first, in hours")),
        "pause_hours.later": Wording(_l("After later ones, in hours")),
        "time_limit_minutes": Wording(
            _l("Time limit in minutes"), _l("Leave it empty for no limit.")
        ),
        "time_limit_essential": Wording(
            _l("Is the time limit part of what the exam tests?"),
            _l(
                "If not, learners can add time near the end, up to ten times. If it is, only a "
                "school can give somebody more time."
            ),
        ),
        "grace_seconds": Wording(_l("Seconds that an answer may arrive late")),
        "body": Wording(_l("The rules, as the exam’s page shows them")),
    },
    "section": {
        "id": Wording(_l("Its id"), _l("The file’s name without its number.")),
        "title": _TITLE,
        "objectives": Wording(_l("Which objectives does it serve?")),
        "required": Wording(_l("Must it be read before the exam?")),
        "summary": _SUMMARY,
        "body": Wording(_l("The text to read")),
    },
    "case": {
        "id": _ID,
        "title": _TITLE,
        "section": Wording(_l("Which section does it belong to?")),
        "position": Wording(
            _l("Its place in the section"),
            _l("Enter a number for a practice case. Leave it empty for an exam case."),
        ),
        "objectives": Wording(_l("Which objectives does it serve?")),
        "hazards": Wording(_l("Which safety cards does it belong to?")),
        "family": Wording(_l("Its family"), _l("Cases made from one another share this word.")),
        "difficulty": Wording(_l("How hard is it?")),
        "pool": Wording(_l("Where is it used?")),
        "red_flag": Wording(_l("Does it have a warning sign?")),
        "open": Wording(_l("May visitors without an account decide it?")),
        "passage": Wording(_l("Which passage should the learner read again?")),
        "author": Wording(_l("Who wrote it?")),
        "body": Wording(
            _l("The client"),
            _l("Say who comes and what is found. If there is a decision, end with today’s plan."),
        ),
        "steps": Wording(_l("Steps")),
        "steps.id": _ITEM_ID,
        "steps.when": Wording(_l("When is this?"), _l("Such as “Before the session”.")),
        "steps.facts": Wording(
            _l("What does the learner now find out?"),
            _l("For the first step this is the client above, so leave it empty."),
        ),
        "steps.prompt": Wording(_l("The question to the learner")),
        "steps.key": Wording(_l("What is the right decision?")),
        "steps.also": Wording(
            _l("Does another decision earn the same marks?"),
            _l("Only a neighboring decision can. Say why; the learner will read it."),
        ),
        "steps.raise": Wording(
            _l("Is a wrong decision worse than usual here?"),
            _l("Say why it could cost a life or cause lasting harm, and cite a source."),
        ),
        "steps.emergency_sign": Wording(_l("Is there a sign of an emergency?")),
        "steps.clot_suspected": Wording(_l("Is a clot suspected?")),
        "steps.say": Wording(_l("A sentence to say to the client")),
        "steps.options": Wording(_l("The answers")),
        "steps.options.id": _ITEM_ID,
        "steps.options.text": Wording(_l("The answer")),
        "steps.options.correct": Wording(_l("Is it right?")),
        "steps.options.danger": Wording(
            _l("What could this do to the client?"), _l("Leave it empty for a right answer.")
        ),
        "steps.options.danger_if_missed": Wording(
            _l("What could leaving it out do to the client?")
        ),
        "steps.options.marks": Wording(
            _l("What share of the marks does it earn?"), _l("A fraction. Usually this stays empty.")
        ),
        **{f"steps.options.{key}": wording for key, wording in _REASON.items()},
        "steps.leads_to": _REASON["leads_to"],
    },
    "hazard": {
        "id": _ID,
        "title": _TITLE,
        "family_of_flags": Wording(_l("Which warning signs does it cover?"), _l("One per line.")),
        "signs": Wording(
            _l("What are the signs?"), _l("One per line, below the decision that they call for.")
        ),
        "rule": Wording(_l("What is the rule?")),
        "say": Wording(_l("A sentence to say to the client")),
        "tell": Wording(_l("Who must be told, and by when?")),
        "passage": Wording(_l("Which passage explains it?")),
        "basis": _REASON["basis"],
        "references": Wording(_l("Its sources"), _l("Their ids, separated by commas.")),
        "signed_by": Wording(
            _l("Which clinician signed the rule?"), _l("Leave it empty until one has.")
        ),
        "body": Wording(_l("More about it")),
    },
    "tool": {
        "id": _ID,
        "title": _TITLE,
        "summary": _SUMMARY,
        "open": Wording(_l("May visitors without an account see it?")),
        "searchable": Wording(
            _l("Can its tables be searched?"), _l("They are searched by their first column.")
        ),
        "body": Wording(_l("The sheet")),
    },
    "figure": {
        "id": _ID,
        "title": _TITLE,
        "alt": Wording(
            _l("What does the picture show?"),
            _l("Write a sentence or two, as you would say it on the phone."),
        ),
        "body": Wording(_l("A full description of what it shows")),
    },
    "reference": {
        "id": _ID,
        "authors": Wording(
            _l("Authors"), _l("Write them as printed. Leave it empty if the source names none.")
        ),
        "title": _TITLE,
        "source": Wording(_l("Where did it appear?")),
        "year": Wording(_l("Year")),
        "doi": Wording(_l("DOI")),
        "pmid": Wording(_l("PMID")),
        "pmcid": Wording(_l("PMCID")),
        "url": Wording(_l("Address")),
        "type": Wording(_l("What is it?")),
        "note": Wording(
            _l("What did it find, and how is it used?"),
            _l("Say whether it studied the people whom the course is about."),
        ),
        "body": Wording(_l("Main text"), _l("A source has none.")),
    },
    "list": {
        "id": _ID,
        "title": _TITLE,
        "decision": Wording(_l("What does each of these signs call for?")),
        "family_of_flags": Wording(_l("Which warning signs does it cover?"), _l("One per line.")),
        "references": Wording(_l("Its sources"), _l("Their ids, separated by commas.")),
        "say": Wording(_l("What to say on the phone")),
        "signs": Wording(_l("The signs")),
        "signs.sign": Wording(_l("The sign"), _l("Worded so that it fits after a colon.")),
        "signs.short": Wording(_l("The sign in fewer words, for sheets")),
        "signs.cites": Wording(_l("Its own sources"), _l("Their ids, separated by commas.")),
        "body": Wording(_l("Main text"), _l("A list of signs has none.")),
    },
    "glossary": {
        "title": _TITLE,
        "terms": Wording(_l("Terms")),
        "terms.id": _ITEM_ID,
        "terms.term": Wording(_l("The word")),
        "terms.meaning": Wording(_l("What does it mean, in one plain sentence?")),
        "terms.section": Wording(_l("Which section explains it?")),
        "body": Wording(_l("Text above the list")),
    },
}
"""By type of file, then by key; keys below another are joined with a period."""
_ANSWERS: Mapping[str, LazyString] = {
    "yes": _l("Yes"),
    "no": _l("No"),
    "end": _l("The end of the case"),
    "easy": _l("Easy"),
    "medium": _l("Medium"),
    "hard": _l("Hard"),
    "practice": _l("In a section, for practice"),
    "exam": _l("In the exam"),
    "meta-analysis": _l("Meta-analysis"),
    "case-report": _l("Case report"),
}


def find_wording(type_: str, part: Question | Group) -> Wording:
    """Return how a value is asked for; a key without a question is asked for by its name.

    What stands under a decision is asked for by that decision, below the question of its group.
    """
    if part.key in DECISIONS:
        return Wording(label_of_answer(str(part.key)))
    key = _key_of_path(part)
    found = _BY_TYPE.get(type_, {}).get(key)
    return found or Wording(label_of_answer(str(part.path[-1])))


def has_wording(type_: str, part: Question | Group) -> bool:
    """Tell whether a value has a question of its own; a test asks this of every schema."""
    return _key_of_path(part) in _BY_TYPE.get(type_, {})


def _key_of_path(part: Question | Group) -> str:
    if isinstance(part, Question) and part.path == ():
        return "body"
    names = [str(step) for step in part.path if not isinstance(step, int)]
    return ".".join(name for name in names if name not in DECISIONS)


def describe_step(number: int, prompt: str) -> str:
    """Return a step by its place in the case and its question."""
    words = " ".join(prompt.split())
    if not words:
        return str(_("Step %(number)s", number=number))
    return str(_("Step %(number)s: %(question)s", number=number, question=words))


def label_of_answer(value: str) -> LazyString | str:
    """Return a choice in words."""
    if value in DECISIONS:
        return DECISIONS[value].words
    if value in DANGERS:
        return DANGERS[value].words
    words = BASIS.get(value) or _ANSWERS.get(value)
    return words or value.replace("_", " ").replace("-", " ").capitalize()
