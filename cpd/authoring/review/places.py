"""The places of a file on which a comment can hang, and their names: sentences and options."""

import re

from flask_babel import gettext as _

from cpd.authoring.blind.models import SentText
from cpd.cases.front import CaseFront, StepFront
from cpd.content.readability import extract_plain_text

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
MOST_PLACES = 200


def list_places_of_case(front: CaseFront) -> list[tuple[str, str]]:
    """Return the path and the words of each sentence and each option of a case."""
    places = []
    for position, step in enumerate(front.steps):
        html = step.vignette_html if position else front.stem_html
        path = f"steps/{step.id}/facts" if position else "body"
        places += _list_sentences(path, extract_plain_text(html))
        places.append((f"steps/{step.id}/prompt", step.prompt))
        places += [(f"steps/{step.id}/options/{o.id}", o.text) for o in step.options]
    return places


def list_places_of_text(text: str) -> list[tuple[str, str]]:
    """Return the number and the words of each line of another file."""
    return [
        (f"line/{number}", line)
        for number, line in enumerate(text.splitlines(), start=1)
        if line.strip(" -")
    ][:MOST_PLACES]


def _list_sentences(path: str, text: str) -> list[tuple[str, str]]:
    return [
        (f"{path}/{number}", sentence)
        for number, sentence in enumerate(_SENTENCE_END.split(text), start=1)
        if sentence.strip()
    ]


def describe_place(path: str, sent: SentText) -> str:
    """Return what a place of a text that was sent to review is called."""
    if not path:
        return str(_("The file as a whole"))
    head, _slash, rest = path.partition("/")
    if head == "line":
        return str(_("Line %(number)s", number=rest))
    if head == "body":
        return str(_("The client, sentence %(number)s", number=rest))
    id_, _slash, place = rest.partition("/")
    steps = CaseFront.from_json(sent.front).steps if sent.has_key else ()
    found = next(((at, step) for at, step in enumerate(steps, start=1) if step.id == id_), None)
    if found is None:
        return str(_("A step that the case no longer has"))
    number, step = found
    return _describe_place_of_step(number, step, *place.partition("/")[::2])


def _describe_place_of_step(number: int, step: StepFront, part: str, rest: str) -> str:
    if part == "prompt":
        return str(_("Step %(number)s, the question", number=number))
    if part == "facts":
        return str(
            _("Step %(number)s, the facts, sentence %(sentence)s", number=number, sentence=rest)
        )
    words = next((option.text for option in step.options if option.id == rest), "")
    if not words:
        return str(_("Step %(number)s, an answer that it no longer has", number=number))
    return str(_("Step %(number)s, the answer “%(words)s”", number=number, words=words))
