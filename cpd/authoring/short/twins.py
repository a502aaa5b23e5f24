"""A twin: a case copied with one fact changed, and adapted as far as rules can."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from cpd.authoring.files.bundle import Bundle
from cpd.authoring.files.case import CaseFile
from cpd.authoring.files.hazard import HazardFile
from cpd.authoring.short.case_text import (
    begin_with_right,
    build_own_reason,
    build_standard_reason,
    choose_sentence_to_say,
    find_next_position,
    is_red_flag,
)
from cpd.authoring.short.rules.naming import LONGEST, choose_free_slug
from cpd.cases.kinds.kind import AWAITING_REVIEW
from cpd.cases.scales import Decision
from cpd.cases.standard_reasons import REASONS, RIGHT, SENTENCES_TO_SAY
from cpd.content import splice
from cpd.content.frontmatter import Fault, FrontMatter, Path, Value, parse_front_matter


@dataclass(frozen=True)
class TwinChanges:
    """The one fact that changes, and what it changes."""

    old_words: str
    new_words: str
    decision: Decision
    author: str
    why: str = ""


@dataclass(frozen=True)
class Twin:
    """The file of a twin."""

    id: str
    text: str
    leftovers: tuple[Path, ...]
    """The values that still speak of the old fact, or that were written for the old answer."""


class WordsNotFoundError(Exception):
    """The words that are to change are not in what learners read of the case."""


def build_twin(
    text: str, file: CaseFile, changes: TwinChanges, course: Bundle, *, taken: set[str]
) -> Twin:
    """Return a twin of a case; raises WordsNotFoundError."""
    twin_id = choose_free_slug(f"{file.id[:LONGEST]}-twin", taken)
    text = _replace_fact(text, changes)
    fresh: dict[str, Value] = {"id": twin_id, "open": False, "author": changes.author}
    if file.position is not None:
        fresh["position"] = find_next_position(file.section, course)
    for key, value in fresh.items():
        text = splice.set_value(text, (key,), value)
    decisions = [n for n, step in enumerate(file.steps) if step.right_decision is not None]
    decided = decisions[0] if decisions else None
    written: set[Path] = set()
    if decided is not None and file.steps[decided].right_decision is not changes.decision:
        text, written = _change_answer(text, decided, file, changes, course)
    return Twin(twin_id, text, tuple(_find_leftovers(text, changes, decided, written)))


def _parse_sound_file(text: str) -> FrontMatter:
    """Return the parts of a file that was read without faults before."""
    front = parse_front_matter("", text)
    if isinstance(front, Fault):
        raise TypeError(front)
    return front


def _pattern_of_words(words: str) -> re.Pattern[str]:
    spaced = r"\s+".join(re.escape(word) for word in words.split())
    return re.compile(rf"(?<!\w){spaced}(?!\w)", re.IGNORECASE)


def _replace_fact(text: str, changes: TwinChanges) -> str:
    """Replace the words in the stem, the title and the facts of later steps."""
    words, is_found = _pattern_of_words(changes.old_words), False
    front = _parse_sound_file(text)
    for path, value in list(iterate_values(front.data)):
        if path == ("title",) or path[-1] == "facts":
            changed = words.sub(lambda _: changes.new_words, value)
            is_found |= changed != value and path != ("title",)
            text = splice.set_value(text, path, changed)
    body = front.body
    changed = words.sub(lambda _: changes.new_words, body)
    if changed == body and not is_found:
        raise WordsNotFoundError(changes.old_words)
    return splice.replace_body(text, changed)


def iterate_values(value: Value, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield every text of the keys of a file with its path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict | list):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in cast(Any, pairs):
            yield from iterate_values(item, (*path, key))


def _change_answer(
    text: str, position: int, file: CaseFile, changes: TwinChanges, course: Bundle
) -> tuple[str, set[Path]]:
    """Give the decision another right answer; return the text, and what was written anew."""
    new, place = changes.decision, ("steps", position)
    change, card = file.steps[position].change_decision(new), find_card_of_case(file, course)
    say = choose_sentence_to_say(card, new) if card else SENTENCES_TO_SAY[new]
    values: dict[Path, Value] = {
        ("red_flag",): is_red_flag(new),
        (*place, "key"): new.value,
        (*place, "say"): say,
    }
    removed: list[Path] = [(*place, key) for key in change.removed_keys]
    written: set[Path] = {(*place, "say")}
    paths = {path for path, _ in iterate_values(_parse_sound_file(text).data)}
    for decision in (each for each in Decision if each not in change.kept):
        at: Path = (*place, "options", decision.value)
        reason = _build_reason(decision, changes, card, course)
        values.update({(*at, key): value for key, value in reason.items()})
        if "reviewer" not in reason and (*at, "reviewer") in paths:
            removed.append((*at, "reviewer"))
        written.add((*at, "rationale"))
    for path, value in values.items():
        text = splice.set_value(text, path, value, order=_order_of_keys)
    for path in removed:
        text = splice.remove_value(text, path)
    return text, written


def _order_of_keys(path: Path) -> tuple[str, ...]:
    return ("rationale", "basis", "reviewer", "leads_to") if path[-2:-1] == ("options",) else ()


def find_card_of_case(file: CaseFile, course: Bundle) -> HazardFile | None:
    """Return the card of a case's main topic; None if it has no topic, or none with a card."""
    return next((part.file for part in course.hazards if [part.slug] == file.hazards[:1]), None)


def _build_reason(
    decision: Decision, changes: TwinChanges, card: HazardFile | None, course: Bundle
) -> Mapping[str, Value]:
    if decision is changes.decision and changes.why:
        return build_own_reason(begin_with_right(changes.why), (), card, course)
    if decision is not changes.decision and card is not None:
        return build_standard_reason(decision, changes.decision, card)
    is_right = decision is changes.decision
    text = RIGHT[decision] if is_right else REASONS[changes.decision][decision]
    return {"rationale": text, "basis": "expert-caution", "reviewer": AWAITING_REVIEW}


def _find_leftovers(
    text: str,
    changes: TwinChanges,
    decided: int | None,
    written: set[Path],
) -> Iterator[Path]:
    """Yield what a person must rewrite or read again, in the order of the file.

    It is everything for learners that still names the old fact, all that was filled in, and, if
    the answer changed, the reasons that stayed and the steps after the decision.
    """
    words = _pattern_of_words(changes.old_words)
    front = _parse_sound_file(text)
    own = {path for path in written if changes.why and path[-2:] == (changes.decision, "rationale")}
    for path, value in iterate_values(front.data):
        if path in own or path[:1] != ("steps",):
            continue
        is_reason = path[-1] in ("rationale", "say")
        is_later = decided is not None and int(path[1]) > decided and path[-1] in _READ_AGAIN
        if path in written or (written and (is_reason or is_later)) or words.search(value):
            yield path


_READ_AGAIN = ("facts", "prompt", "text")
