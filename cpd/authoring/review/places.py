"""The places of a file on which a comment can hang: its sentences and its options."""

import re

from cpd.cases.front import CaseFront
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
