"""A case file from six answers and the card of its safety topic; it reads nothing."""

import re
import textwrap
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from cpd.authoring.files.bundle import Bundle
from cpd.authoring.files.case import CaseFile
from cpd.authoring.files.hazard import HazardFile
from cpd.authoring.files.part import CoursePart
from cpd.authoring.short.rules.naming import build_slug, choose_free_slug, parse_client_name
from cpd.cases.kinds.kind import AWAITING_REVIEW
from cpd.cases.kinds.registry import find_deciding_kind
from cpd.cases.scales import Decision
from cpd.cases.standard_reasons import (
    REASONS,
    SENTENCES_TO_SAY,
    build_pointer_to_card,
)
from cpd.content.frontmatter import FENCE, Value
from cpd.content.yaml_writing import Style, format_entry, format_scalar

WIDTH = 100
EXAM, PRACTICE = "exam", "practice"
PROMPT = "What do you decide about today’s session?"
WHEN = "Before the session"
_CITED = re.compile(r"\[@([a-z0-9-]+)(?:; @[a-z0-9-]+)*\]")
_PLAN = re.compile(
    r"(?:\*\*)?(?:(?:we|i) planned|(?:the |today[’']s )?plan(?: is| was)?)\b:?(?:\*\*)?:?\s*",
    re.IGNORECASE,
)
"""How an answer may begin that says it is a plan, which the file says already."""
_RIGHT = re.compile(r"right\b[.,:]?", re.IGNORECASE)
_GUIDELINES = ("guideline", "charity", "manufacturer")
_NEEDS_SOURCE = ("evidence", "guideline")
_QUOTED = '"'


@dataclass(frozen=True)
class ShortCase:
    """The six answers from which a case is made, and what may be added to them."""

    client: str
    plan: str
    found: str
    decision: Decision
    """The right one."""
    why: str
    tempting: Decision
    why_it_tempts: str
    author: str
    sources: Sequence[str] = ()
    """References that say what `why` says."""
    say: str = ""
    pool: str = EXAM

    @property
    def title(self) -> str:
        """A title that reveals nothing."""
        return f"{parse_client_name(self.client) or 'A client'}’s visit"


def choose_case_id(short: ShortCase, taken: Collection[str]) -> str:
    """Return an id for the case that no file of the course has."""
    return choose_free_slug(build_slug(short.title.replace("’s", "")) or "visit", taken)


def build_case_text(
    short: ShortCase, card: HazardFile, course: Bundle, *, taken: Collection[str] = ()
) -> str:
    """Return the file of the case, in the layout of the shipped cases.

    `taken` has the ids of cases that are still drafts; those of the course are never taken twice.
    """
    case_id = choose_case_id(short, {*taken, *(case.slug for case in course.cases)})
    keys: dict[str, Value] = {
        "id": case_id,
        "title": short.title,
        "section": _section_of_card(card),
        **_build_position(short, card, course),
        "objectives": list(find_objectives_of_card(card, course)),
        "hazards": [card.id],
        "family": case_id,
        "difficulty": "medium",
        "pool": short.pool,
        "red_flag": is_red_flag(short.decision),
        "open": False,
        "passage": card.passage,
        "author": short.author,
        "steps": [_build_step(short, card, course)],
    }
    return format_file(keys, _build_stem(short))


def format_file(keys: Mapping[str, Value], body: str = "") -> str:
    """Return a course file with these keys and this text."""
    lines = [
        f"{key}: {format_scalar(value, 0, Style(sign=_QUOTED))}"
        if key in ("passage", "url")
        else format_entry(key, value, 0)
        for key, value in keys.items()
    ]
    return "\n".join([FENCE, *lines, FENCE, *([body] if body else [])]) + "\n"


def is_red_flag(decision: Decision) -> bool:
    """Tell whether missing the sign could harm: the client is not treated today."""
    return not decision.treats_client


def _section_of_card(card: HazardFile) -> str:
    return card.passage.partition(":")[2].partition("#")[0]


def _build_position(short: ShortCase, card: HazardFile, course: Bundle) -> dict[str, Value]:
    if short.pool == EXAM:
        return {}
    return {"position": find_next_position(_section_of_card(card), course)}


def find_next_position(section: str, course: Bundle) -> int:
    """Return the place after the last practice case of a section."""
    places = [case.file.position or 0 for case in course.cases if case.file.section == section]
    return max(places, default=0) + 1


def find_objectives_of_card(card: HazardFile, course: Bundle) -> Sequence[str]:
    """Return what most cases of a topic are about, or else its section, or else the course."""
    counts = Counter(tuple(case.file.objectives) for case in _cases_about(card, course))
    if counts:
        return counts.most_common(1)[0][0]
    section = course.section_or_none(_section_of_card(card))
    named = section.file.objectives if section else []
    return named[:1] or [course.course.file.objectives[0].id]


def _cases_about(card: HazardFile, course: Bundle) -> list[CoursePart[CaseFile]]:
    return [case for case in course.cases if case.file.hazards[:1] == [card.id]]


def find_suspicions(card: HazardFile, decision: Decision, course: Bundle) -> dict[str, Value]:
    """Return what other cases of this topic with this answer suspect, such as a clot."""
    return {
        key: value
        for case in _cases_about(card, course)
        for step in case.file.steps
        if step.right_decision is decision
        for key, value in step.suspicions.items()
    }


def _build_step(short: ShortCase, card: HazardFile, course: Bundle) -> dict[str, Value]:
    return {
        "id": "decide",
        "when": WHEN,
        "prompt": PROMPT,
        "kind": find_deciding_kind(),
        "key": short.decision.value,
        **find_suspicions(card, short.decision, course),
        "say": short.say or choose_sentence_to_say(card, short.decision),
        "options": {
            decision.value: _build_option(decision, short, card, course) for decision in Decision
        },
    }


def choose_sentence_to_say(card: HazardFile, decision: Decision) -> str:
    """Return the card's sentence if all its signs call for this decision, else a standard one.

    A token of a country or a mark is allowed on cards only.
    """
    fits = list(card.signs) == [decision.value] and not re.search(r"[{\[]", card.say)
    return card.say if fits else SENTENCES_TO_SAY[decision]


def _build_option(
    decision: Decision, short: ShortCase, card: HazardFile, course: Bundle
) -> dict[str, Value]:
    if decision is short.decision:
        return build_own_reason(begin_with_right(short.why), short.sources, card, course)
    if decision is short.tempting:
        return build_own_reason(
            f"{close_sentence(short.why_it_tempts)} {REASONS[short.decision][decision]}",
            (),
            card,
            course,
        )
    return build_standard_reason(decision, short.decision, card)


def begin_with_right(why: str) -> str:
    """Return the reason for the right decision as the shipped cases begin it."""
    why = why.strip()
    return why if _RIGHT.match(why) else f"Right. {why[:1].upper()}{why[1:]}"


def build_own_reason(
    text: str, sources: Sequence[str], card: HazardFile | None, course: Bundle
) -> dict[str, Value]:
    """Return a reason in the author's words, resting on the sources that it names, if any."""
    text = close_sentence(text)
    if sources:
        text = f"{text[:-1]} [{'; '.join(f'@{key}' for key in sources)}]{text[-1]}"
    cited = _CITED.search(text)
    if cited is None:
        return {"rationale": text, "basis": "expert-caution", "reviewer": AWAITING_REVIEW}
    return _with_reviewer_if_needed(text, _basis_of_source(cited[1], card, course))


def _basis_of_source(key: str, card: HazardFile | None, course: Bundle) -> str:
    if card is not None and key in card.references and card.basis in _NEEDS_SOURCE:
        return card.basis
    types = {part.slug: part.file.type for part in course.references}
    return basis_of_source_type(types.get(key, "expert"))


def basis_of_source_type(type_: str) -> str:
    """Return what a reason rests on that cites a source of this type."""
    if type_ == "expert":
        return "expert-caution"
    return "guideline" if type_ in _GUIDELINES else "evidence"


def build_standard_reason(
    decision: Decision, right: Decision, card: HazardFile
) -> dict[str, Value]:
    """Return the standard reason against a decision, which names the card.

    It rests on the card's sources only where the card itself asks for more than the decision.
    """
    rests_on_card = decision < right and right.value in card.signs and card.references
    has_basis = rests_on_card and card.basis in _NEEDS_SOURCE
    cites = f"[{'; '.join(f'@{key}' for key in card.references)}]" if has_basis else ""
    text = REASONS[right][decision] + build_pointer_to_card(card.id, card.title, cites)
    return _with_reviewer_if_needed(text, card.basis if has_basis else "expert-caution")


def _with_reviewer_if_needed(text: str, basis: str) -> dict[str, Value]:
    reviewer: dict[str, Value] = {} if basis in _NEEDS_SOURCE else {"reviewer": AWAITING_REVIEW}
    return {"rationale": text, "basis": basis, **reviewer}


def close_sentence(text: str) -> str:
    """Return a text on one line that ends like a sentence."""
    line = " ".join(text.split())
    return line if line.endswith((".", "?", "!")) else f"{line}."


def _build_stem(short: ShortCase) -> str:
    plan = close_sentence(short.plan)
    if said := _PLAN.match(plan):
        plan = plan[said.end() :]
    return "\n\n".join(
        [
            *_wrap_paragraphs(_close_text(short.client)),
            *_wrap_paragraphs(_close_text(short.found)),
            f"**Plan:** {plan[:1].upper()}{plan[1:]}",
        ]
    )


def _close_text(text: str) -> str:
    text = text.strip()
    return f"{text}." if text[-1:].isalnum() else text


def _wrap_paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text; those of plain sentences are wrapped."""
    return [
        part
        if re.search(r"(?m)^(?:[-*>|] ?|[0-9]+\. |\||    )", part)
        else textwrap.fill(part, WIDTH, break_long_words=False, break_on_hyphens=False)
        for part in re.split(r"\n\s*\n", text.strip())
    ]
